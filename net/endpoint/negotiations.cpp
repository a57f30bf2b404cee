#include "net/endpoint/negotiations.hpp"

#include <sys/random.h>

#include <array>
#include <cstdlib>

#include "net/auth/base64url.hpp"

namespace parley::net::signalr {

auto random_token() -> std::string {
  std::array<unsigned char, 16> bytes{};
  if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) std::abort();
  return auth::base64url_encode({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

auto negotiations::issue(terms agreed, steady now, bool two_ids) -> chat::expected<ticket> {
  ticket made;
  made.connection_token = random_token();
  made.connection_id = two_ids ? random_token() : made.connection_token;
  const std::lock_guard lock{mutex_};
  forget_old(now);
  if (waiting_.size() >= max_)
    return chat::unexpected{chat::errc::busy, "too many connections are being set up"};
  agreed.connection_id = made.connection_id;
  waiting_.emplace(made.connection_token, waiting{std::move(agreed), now + lifetime_});
  return made;
}

auto negotiations::redeem(const std::string& connection_token, steady now)
    -> std::optional<terms> {
  const std::lock_guard lock{mutex_};
  const auto at = waiting_.find(connection_token);
  if (at == waiting_.end()) return std::nullopt;
  auto found = std::move(at->second);
  waiting_.erase(at);
  if (found.until < now) return std::nullopt;
  return std::move(found.agreed);
}

auto negotiations::owner_of(const std::string& connection_token, steady now)
    -> std::optional<chat::user_id> {
  const std::lock_guard lock{mutex_};
  const auto at = waiting_.find(connection_token);
  if (at == waiting_.end() || at->second.until < now) return std::nullopt;
  return at->second.agreed.user;
}

/// At most once a second: a negotiation must not pay for all others.
void negotiations::forget_old(steady now) {
  if (now < next_sweep_) return;
  next_sweep_ = now + std::chrono::seconds{1};
  std::erase_if(waiting_, [now](const auto& one) { return one.second.until < now; });
}

}  // namespace parley::net::signalr
