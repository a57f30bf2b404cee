#pragma once

#include <boost/beast/http/verb.hpp>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chat/request.hpp"
#include "net/codec/client_value.hpp"
#include "net/http/query.hpp"

namespace parley::net::rest {

using boost::beast::http::verb;

/// One request, taken apart.
struct call {
  std::vector<std::string> path;  ///< what stood for the {} of the route's pattern
  query_map query;
  codec::client_value body;       ///< null when there was none
  std::string idempotency_key;    ///< header; empty: none
  std::string agent;              ///< User-Agent, as it is kept: ASCII, at most max_agent_bytes
  chat::uuid device;              ///< that the caller's token comes from; nil: none
  chat::device cookie;            ///< of a route by access::cookie
};

/// Who may ask.
enum class access : std::uint8_t {
  user,      ///< with a token
  newcomer,  ///< anybody, when there are built-in accounts
  cookie,    ///< a browser that stays signed in, when there are
  anybody,
};

/// A route and the command it becomes.
struct route {
  verb method;
  std::string_view pattern;  ///< "/messaging/conversations/{}/messages"
  std::function<chat::expected<chat::request>(const call&)> bind;
  access by = access::user;
  unsigned success = 200;
};

/// The seven routes of the guide and their kin.
auto routes() -> const std::vector<route>&;

/// What a path and a verb lead to.
struct match {
  const route* found = nullptr;
  std::vector<std::string> path;
  std::string case_id;        ///< of /messaging/conversations/by-case/{caseId}/... (Q-36)
  std::vector<verb> allowed;  ///< verbs of this path, when it exists
};

/// HEAD is served where GET is.
/// @param path without query, still percent-encoded
auto find_route(verb method, std::string_view path) -> match;

}  // namespace parley::net::rest
