#include "chat/errors.hpp"

namespace parley::chat {

auto to_string(errc code) -> std::string_view {
  switch (code) {
    case errc::none: return "none";
    case errc::not_found: return "not_found";
    case errc::forbidden: return "forbidden";
    case errc::bad_request: return "bad_request";
    case errc::too_long: return "too_long";
    case errc::id_conflict: return "id_conflict";
    case errc::conflict: return "conflict";
    case errc::busy: return "busy";
    case errc::rate_limited: return "rate_limited";
    case errc::unavailable: return "unavailable";
    case errc::limit: return "limit";
    case errc::unauthenticated: return "unauthenticated";
    case errc::unknown: return "unknown";
    case errc::duplicate: return "duplicate";
    case errc::stale_owner: return "stale_owner";
    case errc::refused: return "refused";
  }
  return "unknown";
}

}  // namespace parley::chat
