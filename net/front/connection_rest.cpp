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
  if (!outcome) return respond(refusal_of(outcome.error()));
  if (const auto* who = std::get_if<chat::signed_in>(&*outcome)) return respond(welcome(*who));
  auto body = codec::json_text([&](codec::writer& to) { codec::write_result(to, *outcome); });
  if (body == "null") {
    http_response nothing{http::int_to_status(success_), 11};
    if (cookie_ == cookie_use::ends) clear_cookie(nothing);
    return respond(std::move(nothing));
  }
  respond(json_text_response(http::int_to_status(success_), std::move(body)));
}

auto http_connection::welcome(const chat::signed_in& who) -> http_response {
  if (!name_.empty()) services_.logins.succeeded(client_, name_, host().clock().steady_now());
  auto answer = token_response(options().auth, who, clock_now());
  if (answer.result() == http::status::ok) answer.result(success_);
  if (!who.device.id.is_nil()) set_cookie(answer, {who.profile.user, who.device});
  return answer;
}

void http_connection::on_rest(http_request request) {
  const auto target = split_target(view(request.target()));
  auto matched = rest::find_route(request.method(), target.path);
  if (auto refusal = refuse_rest(matched, request)) return respond(std::move(*refusal));
  if (matched.found->by == rest::access::anybody)
    if (auto refusal = refuse_stranger()) return respond(std::move(*refusal));
  const auto [user, device, cookie] = caller_of(*matched.found, request);
  auto body = read_body(request);
  if (!body) return refuse_call(user.user, body.error());
  const rest::call call{std::move(matched.path), rest::query_of(target.query), *body,
                        std::string{view(request["Idempotency-Key"])},
                        agent_of(view(request[http::field::user_agent])), device, cookie};
  auto command = matched.found->bind(call);
  if (!command) return refuse_call(user.user, command.error());
  if (auto refused = refuse_login(*command, user.user)) return respond(std::move(*refused));
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
  const auto by = matched.found->by;
  if (by == rest::access::anybody) return std::nullopt;
  if (by == rest::access::user)
    return identity_of(head, true) ? std::nullopt : std::optional{unauthorized()};
  if (!accounts_enabled(options().auth))
    return problem(http::status::not_found, "not_found", "built-in accounts are off");
  return by == rest::access::cookie ? refuse_cookie(head) : std::nullopt;
}

auto http_connection::caller_of(const rest::route& route, const http_request& request) -> rest_caller {
  cookie_ = cookie_use::none;
  name_.clear();
  if (route.by == rest::access::user) {
    const auto& who = *identity_of(request, true);
    return {who.profile, who.device, {}};
  }
  if (route.by != rest::access::cookie) return {};
  cookie_ = route.method == http::verb::delete_ ? cookie_use::ends : cookie_use::renews;
  const auto claim = cookie_of(request);
  return {{claim->user, {}, {}, {}, {}}, {}, claim->device};
}

/// Who has no user is held by the rate of its address, as whoever begins a connection.
auto http_connection::refuse_stranger() -> std::optional<http_response> {
  const auto wait = services_.counts.take_negotiate(client_, host().clock().steady_now());
  if (!wait) return std::nullopt;
  services_.metrics.limits.negotiates.Increment();
  return problem({chat::errc::rate_limited, "too many requests without a token",
                  static_cast<std::uint32_t>(wait->count())});
}

/// What costs a hash is counted for the address and, when a password is guessed at, for the account: by
/// its name, or by the id of who is signed in already.
auto http_connection::refuse_login(const chat::request& what, const chat::user_id& user)
    -> std::optional<http_response> {
  const auto* in = std::get_if<chat::sign_in>(&what);
  const auto* made = std::get_if<chat::register_account>(&what);
  const bool changes = std::holds_alternative<chat::change_password>(what);
  if (in == nullptr && made == nullptr && !changes) return std::nullopt;
  const bool stays = in != nullptr ? in->stays : made != nullptr && made->stays;
  if (stays && (origin_.is_foreign || !origin_.allowed.empty()))
    return problem(http::status::forbidden, "forbidden", "a session is for pages of this server");
  name_ = in != nullptr ? in->user_name : made != nullptr ? made->user_name : std::string{};
  const auto account = in != nullptr ? name_ : changes ? user.value : std::string{};
  const auto wait = services_.logins.take(client_, account, host().clock().steady_now());
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
