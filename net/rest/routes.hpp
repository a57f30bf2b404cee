#pragma once

#include <boost/beast/http/verb.hpp>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "chat/request.hpp"
#include "net/codec/json.hpp"

namespace parley::net::rest {

using boost::beast::http::verb;
using codec::json;

/// One request, taken apart.
struct call {
  std::vector<std::string> path;  ///< what stood for the {} of the route's pattern
  std::unordered_map<std::string, std::string> query;
  json body;                      ///< null when there was none
  std::string idempotency_key;    ///< header; empty: none
};

/// A route and the command it becomes.
struct route {
  verb method;
  std::string_view pattern;  ///< "/messaging/conversations/{}/messages"
  std::function<chat::expected<chat::request>(const call&)> bind;
  bool needs_user = true;
  unsigned success = 200;
};

/// The seven routes of the guide and their kin.
auto routes() -> const std::vector<route>&;

/// The query's whole numbers of these names as an object, for the binders that the hub uses.
/// @errors errc::bad_request: one is no whole number
auto query_object(const call& from, std::initializer_list<const char*> numbers)
    -> chat::expected<json>;

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

/// "a=1&b=%20x" taken apart, in order. Fields without a name are left out; broken escapes stay as
/// they are.
auto query_fields(std::string_view query) -> std::vector<std::pair<std::string, std::string>>;

/// The same by name; the first of equal names counts.
auto parse_query(std::string_view query) -> std::unordered_map<std::string, std::string>;

}  // namespace parley::net::rest
