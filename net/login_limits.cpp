#include "net/login_limits.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>

namespace parley::net {
namespace {

using std::chrono::steady_clock;

/// Names and addresses remembered; beyond, the memory of some is lost.
constexpr std::size_t max_keys = 100'000;
/// No account has a longer name.
constexpr std::size_t max_name_bytes = 33;

struct pace {
  steady_clock::duration interval;   ///< between tries that never wait
  steady_clock::duration tolerance;  ///< how far they may be ahead of it
};

auto pace_of(double per_min) -> pace {
  const std::chrono::duration<double> interval{60.0 / per_min};
  const auto ahead = interval * std::max(per_min - 1, 0.0);
  return {std::chrono::duration_cast<steady_clock::duration>(interval),
          std::chrono::duration_cast<steady_clock::duration>(ahead)};
}

}  // namespace

auto login_limits::take(const std::string& address, const std::string& user_name, steady now)
    -> std::optional<seconds> {
  if (!limits_.enabled || limits_.logins_per_min <= 0) return std::nullopt;
  const auto [interval, tolerance] = pace_of(limits_.logins_per_min);
  const std::lock_guard lock{mutex_};
  forget_idle(by_address_, now);
  forget_idle(by_name_, now);
  auto& of_address = by_address_[network_of(address)];
  auto* of_name = user_name.empty() ? nullptr : &by_name_[user_name.substr(0, max_name_bytes)];
  const auto due = std::max({of_address, of_name != nullptr ? *of_name : of_address, now});
  const auto wait = due - tolerance - now;
  if (wait > steady_clock::duration::zero())
    return std::max(seconds{1}, std::chrono::ceil<seconds>(wait));
  of_address = std::max(of_address, now) + interval;
  if (of_name != nullptr) *of_name = std::max(*of_name, now) + interval;
  return std::nullopt;
}

void login_limits::forget_idle(schedule& of, steady now) {
  if (of.size() < sweep_at_) return;
  std::erase_if(of, [now](const auto& one) { return one.second <= now; });
  while (of.size() >= max_keys) of.erase(of.begin());
  sweep_at_ = std::clamp<std::size_t>(
      2 * std::max(by_address_.size(), by_name_.size()), 1'024, max_keys);
}

auto network_of(const std::string& address) -> std::string {
  boost::system::error_code failed;
  const auto parsed = boost::asio::ip::make_address(address, failed);
  if (failed || parsed.is_v4()) return address;
  auto v6 = parsed.to_v6();
  auto bytes = v6.to_bytes();
  if (v6.is_v4_mapped())
    return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, v6).to_string();
  std::fill(bytes.begin() + 8, bytes.end(), static_cast<unsigned char>(0));
  return boost::asio::ip::address_v6{bytes}.to_string() + "/64";
}

}  // namespace parley::net
