// REST: a request becomes a command, its outcome a response.

#include "net/codec/render.hpp"
#include "net/endpoint/server_pages.hpp"
#include "net/front/connection_parts.hpp"
#include "net/limits/crowd_watch.hpp"
#include "net/rest/routes.hpp"

namespace parley::net {

void http_connection::on_answer(std::uint64_t, const chat::outcome& outcome) {
  const auto self = shared_from_this();
  end_session();
  if (!outcome) return respond(problem(outcome.error()));
  if (const auto* who = std::get_if<chat::signed_in>(&*outcome)) {
    services_.logins.succeeded(client_, name_, host().clock().steady_now());
    return respond(token_response(options().auth, who->profile, clock_now()));
  }
  auto body = codec::json_text([&](codec::writer& to) { codec::write_result(to, *outcome); });
  if (body == "null") return respond(http_response{http::int_to_status(success_), 11});
  respond(json_text_response(http::int_to_status(success_), std::move(body)));
}

void http_connection::on_rest(http_request request) {
  const auto target = split_target(view(request.target()));
  auto matched = rest::find_route(request.method(), target.path);
  if (auto refusal = refuse_rest(matched, request)) return respond(std::move(*refusal));
  const bool is_signed_in = matched.found->needs_user;
  const auto user = is_signed_in ? identity_of(request, true)->profile : chat::profile{};
  auto body = read_body(request);
  if (!body) return refuse_call(user.user, body.error());
  const rest::call call{std::move(matched.path), rest::query_of(target.query),
                        *body, std::string{view(request["Idempotency-Key"])}};
  auto command = matched.found->bind(call);
  if (!command) return refuse_call(user.user, command.error());
  if (auto refused = refuse_login(*command)) return respond(std::move(*refused));
  success_ = matched.found->success;
  session_ = host().open_rest_session(*this, user);
  alive_ = shared_from_this();
  host().execute(session_, 1, std::move(*command), std::move(matched.case_id));
}

void http_connection::refuse_call(const chat::user_id& who, const chat::error& why) {
  const auto paid = host().charge(who);
  respond(problem(paid ? why : paid.error()));
}

auto http_connection::refuse_rest(const rest::match& matched, const http_request& head)
    -> std::optional<http_response> {
  if (matched.allowed.empty()) return problem(http::status::not_found, "not_found", "no such path");
  if (matched.found == nullptr) return method_not_allowed(matched.allowed);
  if (matched.found->needs_user) {
    if (!identity_of(head, true)) return unauthorized();
  } else if (!accounts_enabled(options().auth)) {
    return problem(http::status::not_found, "not_found", "built-in accounts are off");
  }
  return std::nullopt;
}

auto http_connection::refuse_login(const chat::request& what) -> std::optional<http_response> {
  const auto* in = std::get_if<chat::sign_in>(&what);
  if (in == nullptr && !std::holds_alternative<chat::register_account>(what)) return std::nullopt;
  name_ = in != nullptr ? in->user_name : std::string{};
  const auto wait = services_.logins.take(client_, name_, host().clock().steady_now());
  if (!wait) return std::nullopt;
  services_.metrics.limits.logins.Increment();
  if (services_.crowds != nullptr) services_.crowds->refused(client_);
  return problem({chat::errc::rate_limited, "too many tries; come back later",
                  static_cast<std::uint32_t>(wait->count() * 1'000)});
}

auto http_connection::read_body(const http_request& request) const -> chat::expected<codec::json> {
  if (request.body().empty()) return codec::json{};
  auto read = codec::parse(request.body(), 32, options().http.max_body_nodes);
  if (!read) return chat::unexpected{read.error()};
  if (read->has_lone_surrogate)
    return chat::unexpected{chat::errc::bad_request, "text holds a lone surrogate"};
  return std::move(read->value);
}

}  // namespace parley::net
