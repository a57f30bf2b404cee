#include "net/connection_counts.hpp"

#include <algorithm>

namespace parley::net {
namespace {

template <class Counts, class Key>
auto count_of(const Counts& counts, const Key& key) -> std::size_t {
  const auto at = counts.find(key);
  return at == counts.end() ? 0 : at->second;
}

template <class Counts, class Key>
void decrement(Counts& counts, const Key& key) {
  const auto at = counts.find(key);
  if (--at->second == 0) counts.erase(at);
}

/// 0 is no limit.
auto is_below(std::size_t count, std::size_t limit) -> bool { return limit == 0 || count < limit; }

}  // namespace

auto connection_counts::take(const chat::user_id& user, const std::string& address) -> place {
  const std::lock_guard lock{mutex_};
  if (!fits(user, address)) return nullptr;
  ++by_user_[user];
  ++by_address_[address];
  ++all_;
  return {this, [self = shared_from_this(), user, address](void*) {
            self->give_back(user, address);
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
         is_below(count_of(by_address_, address), limits_.connections_per_ip);
}

auto connection_counts::take_unknown(const std::string& address) -> place {
  const std::lock_guard lock{mutex_};
  auto& count = unknown_[address];
  if (limits_.enabled && !is_below(count, limits_.unauthenticated_per_ip)) return nullptr;
  ++count;
  return {this, [self = shared_from_this(), address](void*) {
            const std::lock_guard relock{self->mutex_};
            decrement(self->unknown_, address);
          }};
}

auto connection_counts::take_negotiate(const std::string& address, steady now)
    -> std::optional<std::chrono::milliseconds> {
  if (!limits_.enabled) return std::nullopt;
  const std::lock_guard lock{mutex_};
  if (negotiates_.size() > sweep_at_) forget_full(now);
  auto& bucket =
      negotiates_
          .try_emplace(address, limits_.negotiates_per_s, limits_.negotiates_burst)
          .first->second;
  if (bucket.take(now)) return std::nullopt;
  return bucket.wait();
}

/// An address that has not negotiated for a while is remembered no more.
void connection_counts::forget_full(steady now) {
  std::erase_if(negotiates_, [now](auto& one) { return one.second.is_full(now); });
  sweep_at_ = std::max<std::size_t>(1'024, negotiates_.size() * 2);
}

void connection_counts::give_back(const chat::user_id& user, const std::string& address) {
  const std::lock_guard lock{mutex_};
  decrement(by_user_, user);
  decrement(by_address_, address);
  --all_;
}

}  // namespace parley::net
