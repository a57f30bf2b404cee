#include "net/rest/account_routes.hpp"

#include "net/codec/bind.hpp"

namespace parley::net::rest {
namespace {

using chat::request;
using bound = chat::expected<request>;

template <class Command>
auto as_request(chat::expected<Command> command) -> bound {
  if (!command) return chat::unexpected{command.error()};
  return request{std::move(*command)};
}

auto bind_register(const call& from) -> bound {
  codec::object_reader read{from.body};
  chat::register_account what{read.required_text("userName"), read.required_text("password"),
                              read.text("firstName"),         read.text("lastName"),
                              read.text("displayName"),       read.flag("session"),
                              from.agent};
  return as_request(read.finish(std::move(what)));
}

auto bind_sign_in(const call& from) -> bound {
  codec::object_reader read{from.body};
  chat::sign_in what{read.required_text("userName"), read.required_text("password"),
                     read.flag("session"), from.agent};
  return as_request(read.finish(std::move(what)));
}

auto bind_password(const call& from) -> bound {
  codec::object_reader read{from.body};
  chat::change_password what{read.required_text("currentPassword"),
                             read.required_text("newPassword"), from.device};
  return as_request(read.finish(std::move(what)));
}

auto bind_renew(const call& from) -> bound { return request{chat::renew_device{from.cookie}}; }

/// However often it is asked: the answer may have been lost.
auto bind_sign_out(const call& from) -> bound {
  return request{chat::end_device{from.cookie.id, true}};
}

auto bind_devices(const call& from) -> bound { return request{chat::list_devices{from.device}}; }

/// An id that is no GUID cannot exist: it is answered like one that does not.
auto bind_end(const call& from) -> bound {
  return request{chat::end_device{chat::parse_uuid(from.path[0]).value_or(chat::uuid{}), false}};
}

}  // namespace

auto account_routes() -> std::vector<route> {
  return {
      {verb::post, "/auth/register", bind_register, access::newcomer, 201},
      {verb::post, "/auth/token", bind_sign_in, access::newcomer},
      {verb::post, "/auth/session", bind_renew, access::cookie},
      {verb::delete_, "/auth/session", bind_sign_out, access::cookie},
      {verb::get, "/auth/sessions", bind_devices},
      {verb::delete_, "/auth/sessions/{}", bind_end},
      {verb::put, "/auth/password", bind_password},
  };
}

}  // namespace parley::net::rest
