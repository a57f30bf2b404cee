#include "net/limits/connection_counts.hpp"

#include <algorithm>

namespace parley::net {
namespace {

template <class Counts, class Key>
auto count_of(const Counts& counts, const Key& key) -> std::size_t {
  const auto at = counts.find(key);
  return at == counts.end() ? 0 : at->second;
}

/// `one` is an element of `counts`.
template <class Counts>
void decrement(Counts& counts, typename Counts::value_type& one) {
  if (--one.second == 0) counts.erase(counts.find(one.first));
}

/// 0 is no limit.
auto is_below(std::size_t count, std::size_t limit) -> bool { return limit == 0 || count < limit; }

}  // namespace

auto connection_counts::take(const chat::user_id& user, const std::string& address) -> place {
  const std::lock_guard lock{mutex_};
  if (!fits(user, address)) return nullptr;
  auto& of_user = *by_user_.try_emplace(user).first;
  auto& of_address = *by_address_.try_emplace(address).first;
  ++of_user.second;
  ++of_address.second;
  ++all_;
  return {this, [self = shared_from_this(), &of_user, &of_address](void*) {
            self->give_back(of_user, of_address);
          }};
}

void connection_counts::change_limits(const config::limit_options& limits) {
  const std::lock_guard lock{mutex_};
  limits_ = limits;
}

auto connection_counts::has_room(const chat::user_id& user, const std::string& address) -> bool {
  const std::lock_guard lock{mutex_};
  return fits(user, address);
}

auto connection_counts::fits(const chat::user_id& user, const std::string& address) const -> bool {
  if (!limits_.enabled) return true;
  return is_below(all_, limits_.connections) &&
         is_below(count_of(by_user_, user), limits_.connections_per_user) &&
         fits(count_of(by_address_, address), limits_.connections_per_ip, address);
}

/// Is an address below its limit? Whoever wants to know is told when it is not.
auto connection_counts::fits(std::size_t count, std::size_t limit, const std::string& address) const
    -> bool {
  if (is_below(count, limit)) return true;
  if (tell_) tell_(address);
  return false;
}

auto connection_counts::most_sockets() const -> std::size_t {
  const auto wanted = limits_.enabled ? limits_.sockets : 0;
  if (wanted == 0 || most_sockets_ == 0) return std::max(wanted, most_sockets_);
  return std::min(wanted, most_sockets_);
}

auto connection_counts::take_socket(const std::string& address) -> place {
  const std::lock_guard lock{mutex_};
  if (!is_below(all_sockets_, most_sockets())) return nullptr;
  const bool is_counted = !address.empty();
  if (is_counted && limits_.enabled &&
      !fits(count_of(sockets_, address), limits_.sockets_per_ip, address))
    return nullptr;
  auto* const of_address = is_counted ? &*sockets_.try_emplace(address).first : nullptr;
  if (of_address != nullptr) ++of_address->second;
  ++all_sockets_;
  return {this, [self = shared_from_this(), of_address](void*) {
            const std::lock_guard relock{self->mutex_};
            if (of_address != nullptr) decrement(self->sockets_, *of_address);
            --self->all_sockets_;
          }};
}

auto connection_counts::take_unknown(const std::string& address) -> place {
  const std::lock_guard lock{mutex_};
  auto& of_address = *unknown_.try_emplace(address).first;
  if (limits_.enabled &&
      !fits(of_address.second, most_new * limits_.unauthenticated_per_ip, address))
    return nullptr;
  ++of_address.second;
  return {this, [self = shared_from_this(), &of_address](void*) {
            const std::lock_guard relock{self->mutex_};
            decrement(self->unknown_, of_address);
          }};
}

auto connection_counts::has_too_many_unknown(const std::string& address) -> bool {
  const std::lock_guard lock{mutex_};
  const auto limit = limits_.unauthenticated_per_ip;
  return limits_.enabled && limit != 0 && !fits(count_of(unknown_, address), limit + 1, address);
}

auto connection_counts::take_negotiate(const std::string& address, steady now) -> verdict {
  const std::lock_guard lock{mutex_};
  if (!limits_.enabled) return std::nullopt;
  const auto wait =
      negotiates_.take(address, limits_.negotiates_per_s, limits_.negotiates_burst, now);
  if (wait && tell_) tell_(address);
  return wait;
}

auto connection_counts::take_open(const chat::user_id& user, steady now) -> verdict {
  const std::lock_guard lock{mutex_};
  if (!limits_.enabled) return std::nullopt;
  return opens_.take(user, limits_.opens_per_s, limits_.opens_burst, now);
}

auto connection_counts::take_unauthorized(const std::string& address, steady now) -> verdict {
  const std::lock_guard lock{mutex_};
  if (!limits_.enabled) return std::nullopt;
  return unauthorized_.take(address, limits_.unauthorized_per_s, limits_.unauthorized_burst, now);
}

void connection_counts::give_back(users::value_type& user, addresses::value_type& address) {
  const std::lock_guard lock{mutex_};
  decrement(by_user_, user);
  decrement(by_address_, address);
  --all_;
}

}  // namespace parley::net
