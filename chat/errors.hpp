#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace parley::chat {

/// Why one command was refused. The connection stays.
///
/// The numbers are stored nowhere and sent nowhere but between nodes; append only.
/// The wire word of each is `to_string`; every one but `unknown` and the three marked "inside"
/// promises the caller that nothing was stored.
enum class errc : std::uint8_t {
  none = 0,
  not_found,        ///< no such thing, or the caller may not know that there is one
  forbidden,        ///< a member, but not allowed to do this
  bad_request,      ///< the arguments make no sense
  too_long,         ///< text over the limit
  id_conflict,      ///< a client_message_id again, with other content
  conflict,         ///< the present state forbids it (name taken, case of strangers)
  busy,             ///< a queue is full; come back
  rate_limited,     ///< over a rate; come back later
  unavailable,      ///< the store cannot be reached, nothing was stored
  limit,            ///< over a size that no waiting changes
  unauthenticated,  ///< no valid identity
  unknown,          ///< the outcome could not be learned; retry with the same client_message_id
  duplicate,        ///< inside: a unique key of the store refused the row
  stale_owner,      ///< inside: another owner of this conversation has written its seq
  refused,          ///< inside: the store will never take this row
};

/// The stable word clients see, e.g. "not_found".
auto to_string(errc code) -> std::string_view;

/// An errc and a sentence for a human; never SQL, paths or tokens.
struct error {
  errc code = errc::none;
  std::string detail;
  /// When another try may succeed; 0: not known. Set with rate_limited and busy.
  std::uint32_t retry_after_ms = 0;

  friend auto operator==(const error&, const error&) -> bool = default;
};

}  // namespace parley::chat
