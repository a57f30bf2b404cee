#include "tests/functional_hub/functional_site.hpp"

#include <boost/beast/core/string.hpp>

namespace parley::functional {
namespace {

using net::http_request;
using net::http_response;
namespace http = net::http;

auto path_of(const http_request& request) -> std::string {
  const auto target = request.target();
  std::string path{net::split_target({target.data(), target.size()}).path};
  for (auto& c : path) c = boost::beast::detail::ascii_tolower(c);
  if (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

/// What stands behind `prefix`, when the path begins with it.
auto behind(const std::string& path, std::string_view prefix) -> std::optional<std::string> {
  if (!path.starts_with(prefix)) return std::nullopt;
  return path.substr(prefix.size());
}

}  // namespace

functional_site::functional_site(const config::options& options,
                                 const net::auth::verifier& verifier)
    : options_(options), verifier_(verifier) {}

auto functional_site::find_hub(const http_request& request) const -> std::optional<net::hub_path> {
  auto path = path_of(request);
  net::hub_path hub;
  hub.keeps_request = true;
  constexpr std::string_view suffix = "/negotiate";
  if (path.ends_with(suffix)) {
    hub.negotiates = true;
    path.resize(path.size() - suffix.size());
  }
  hub.has_websockets = path != "/testhub-nowebsockets";
  if (path == "/testhub" || path == "/testhub-nowebsockets")
    hub.methods = &test_hub_;
  else if (path == "/uncreatable")
    hub.methods = &uncreatable_hub_;
  else if (path == "/authorizedhub")
    hub.methods = &authorized_hub_;
  else if (path == "/echo")
    hub.methods = &echo_hub_;
  else
    return std::nullopt;
  return hub;
}

auto functional_site::sign_in(const net::hub_path& hub, const http_request& request) const
    -> std::variant<chat::profile, http_response> {
  if (hub.methods != &authorized_hub_) return chat::profile{};
  auto who = net::authenticate(request, verifier_, chat::system_clock().now(), hub.negotiates);
  if (!who) return http_response{http::status::unauthorized, 11};
  return std::move(who->profile);
}

void functional_site::on_negotiated(http_response& answer) const {
  answer.insert(http::field::set_cookie, "testCookie=testValue; path=/");
  answer.insert(http::field::set_cookie, "testCookie2=testValue2; path=/");
  answer.insert(http::field::set_cookie,
                "expiredCookie=doesntmatter; expires=Thu, 01 Jan 1970 00:00:01 GMT; path=/");
}

auto functional_site::serve(const http_request& request, net::reply to) const -> bool {
  const auto path = path_of(request);
  if (path == "/ready") return to(http::status::ok), true;
  if (path == "/bad-negotiate/negotiate")
    return to(net::text_response(http::status::bad_request, "Some response from server")), true;
  if (path.starts_with("/redirect/")) return to(redirect(request)), true;
  if (behind(path, "/echoredirect")) {
    const auto target = request.target();
    http_response answer{http::status::temporary_redirect, 11};
    answer.set(http::field::location,
               "/echo" + std::string{target.substr(std::string_view{"/echoredirect"}.size())});
    return to(std::move(answer)), true;
  }
  if (path == "/generatejwttoken") {
    chat::profile user;
    user.user.value = "testuser";
    const auto token = net::auth::issue(options_.auth, user, chat::system_clock().now());
    return to(net::text_response(http::status::ok, token ? *token : token.error().detail)), true;
  }
  if (behind(path, "/clientresult/")) {
    const auto target = request.target();  // ids are told apart by case
    ask_client(std::string{target.substr(std::string_view{"/clientresult/"}.size())}, std::move(to));
    return true;
  }
  return false;
}

auto functional_site::redirect(const http_request& request) const -> http_response {
  const auto before = net::query_value(request, "numRedirects").value_or("0");
  const auto base = net::query_value(request, "baseUrl").value_or("");
  const auto count = std::atoi(before.c_str()) + ++redirects_;
  return net::json_response(http::status::ok,
                            {{"url", base + "/testHub?numRedirects=" + std::to_string(count)}});
}

void functional_site::ask_client(const std::string& connection_id, net::reply to) const {
  const auto at = open_.find(connection_id);
  if (at == open_.end()) return to(net::text_response(http::status::ok, "No such connection."));
  const auto back = std::make_shared<net::reply>(std::move(to));
  at->second->invoke("Result", net::codec::json::array(), [back](const auto& got) {
    (*back)(net::text_response(http::status::ok, !got ? got.error().detail
                                                 : got->is_number_integer()
                                                     ? got->dump()
                                                     : "Error trying to deserialize result to "
                                                       "System.Int32."));
  });
}

}  // namespace parley::functional
