#include "net/limits/login_limits.hpp"

#include <algorithm>
#include <array>

namespace parley::net {
namespace {

using std::chrono::steady_clock;

/// Entries of a kind that are remembered; beyond, the memory of some is lost.
constexpr std::size_t max_keys = 100'000;
/// No account has a longer name.
constexpr std::size_t max_name_bytes = 33;

/// One rate that a try counts for. Nothing to do when there is no such rate.
class rate {
 public:
  rate(double per_min, steady_clock::time_point* due) : due_(per_min > 0 ? due : nullptr) {
    if (due_ == nullptr) return;
    const std::chrono::duration<double> interval{60.0 / per_min};
    interval_ = std::chrono::duration_cast<steady_clock::duration>(interval);
    tolerance_ = std::chrono::duration_cast<steady_clock::duration>(
        interval * std::max(per_min - 1, 0.0));
  }

  auto wait(steady_clock::time_point now) const -> steady_clock::duration {
    return due_ == nullptr ? steady_clock::duration::zero() : *due_ - tolerance_ - now;
  }
  void count(steady_clock::time_point now) const {
    if (due_ != nullptr) *due_ = std::max(*due_, now) + interval_;
  }

 private:
  steady_clock::time_point* due_;
  steady_clock::duration interval_{};   ///< between tries that never wait
  steady_clock::duration tolerance_{};  ///< how far they may be ahead of it
};

auto both(const std::string& address, const std::string& name) -> std::string {
  return address + ' ' + name;  // no address has a space
}

}  // namespace

auto login_limits::take(const std::string& address, const std::string& user_name, steady now)
    -> std::optional<seconds> {
  if (!limits_.enabled) return std::nullopt;
  const std::lock_guard lock{mutex_};
  sweep(now);
  const auto name = user_name.substr(0, max_name_bytes);
  const auto pair = both(address, name);
  const auto at = known_.find(pair);
  const bool is_known = at != known_.end() && at->second > now;
  const bool is_sign_in = !name.empty();
  const std::array rates{
      rate{limits_.logins_per_ip_per_min, &by_address_[address]},
      rate{limits_.logins_per_min, is_sign_in ? &by_both_[pair] : nullptr},
      rate{limits_.logins_per_account_per_min,
           is_sign_in && !is_known ? &by_account_[name] : nullptr}};
  auto longest = steady_clock::duration::zero();
  for (const auto& one : rates) longest = std::max(longest, one.wait(now));
  if (longest > steady_clock::duration::zero())
    return std::max(seconds{1}, std::chrono::ceil<seconds>(longest));
  for (const auto& one : rates) one.count(now);
  return std::nullopt;
}

void login_limits::succeeded(const std::string& address, const std::string& user_name, steady now) {
  const std::lock_guard lock{mutex_};
  sweep(now);
  known_[both(address, user_name.substr(0, max_name_bytes))] = now + known_for;
}

void login_limits::sweep(steady now) {
  std::size_t most = 0;
  const std::array all{&by_address_, &by_account_, &by_both_, &known_};
  for (const auto* one : all) most = std::max(most, one->size());
  if (most < sweep_at_) return;
  for (auto* one : all) {
    std::erase_if(*one, [now](const auto& entry) { return entry.second <= now; });
    if (one->size() < max_keys) continue;
    while (one->size() > max_keys / 4 * 3) one->erase(one->begin());
  }
  most = 0;
  for (const auto* one : all) most = std::max(most, one->size());
  sweep_at_ = std::clamp<std::size_t>(2 * most, 1'024, max_keys);
}

}  // namespace parley::net
