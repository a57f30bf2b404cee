#include "net/codec/bind_invites.hpp"

namespace parley::net::codec {
namespace {

/// 0: not given.
auto number_between(object_reader& read, const char* key, std::uint64_t low, std::uint64_t high)
    -> std::uint64_t {
  const auto given = read.number(key);
  if (given && (*given < low || *given > high))
    read.fail(std::string{key} + " must be " + std::to_string(low) + " to " + std::to_string(high));
  return given.value_or(0);
}

}  // namespace

auto bind_invite_in(chat::conversation_id where, client_value value) -> bound<chat::make_invite> {
  object_reader read{value};
  chat::make_invite what{where};
  what.expires_in_s = number_between(read, "expiresInS", chat::min_invite_s, chat::max_invite_s);
  what.max_uses = number_between(read, "maxUses", 1, chat::max_invite_uses);
  return read.finish(what);
}

}  // namespace parley::net::codec
