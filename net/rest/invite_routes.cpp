#include "net/rest/invite_routes.hpp"

#include "net/codec/bind_invites.hpp"

namespace parley::net::rest {
namespace {

using chat::request;
using bound = chat::expected<request>;
using codec::conversation_of;

auto bind_make(const call& from) -> bound {
  const auto what = codec::bind_invite_in(conversation_of(from.path[0]), from.body);
  if (!what) return chat::unexpected{what.error()};
  return request{*what};
}

auto bind_list(const call& from) -> bound {
  return request{chat::list_invites{conversation_of(from.path[0])}};
}

auto bind_revoke(const call& from) -> bound {
  return request{chat::revoke_invite{conversation_of(from.path[0]), from.path[1]}};
}

auto bind_look(const call& from) -> bound { return request{chat::look_at_invite{from.path[0]}}; }

auto bind_join(const call& from) -> bound { return request{chat::join_by_invite{from.path[0]}}; }

}  // namespace

auto invite_routes() -> std::vector<route> {
  return {
      {verb::post, "/messaging/conversations/{}/invites", bind_make, access::user, 201},
      {verb::get, "/messaging/conversations/{}/invites", bind_list},
      {verb::delete_, "/messaging/conversations/{}/invites/{}", bind_revoke},
      {verb::get, "/messaging/invites/{}", bind_look, access::anybody},
      {verb::post, "/messaging/invites/{}/join", bind_join},
  };
}

}  // namespace parley::net::rest
