// The requests that concern a hub: negotiation, opening a transport, what belongs to an open one.

#include <spdlog/spdlog.h>

#include <boost/asio/post.hpp>

#include "net/front/connection_parts.hpp"
#include "net/front/site.hpp"
#include "net/http/answer_head.hpp"
#include "net/transports/event_stream.hpp"
#include "net/transports/long_polling.hpp"
#include "net/transports/post_queue.hpp"
#include "net/transports/resumable_connection.hpp"
#include "net/transports/websocket.hpp"

namespace parley::net {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

/// What came behind an upgrade belongs to the WebSocket.
auto taken_text(boost::beast::flat_buffer& buffer) -> std::string {
  std::string taken(buffer.size(), '\0');
  asio::buffer_copy(asio::buffer(taken), buffer.data());
  buffer = {};
  return taken;
}

}  // namespace

void http_connection::on_hub(const hub_path& hub, http_request request) {
  if (origin_.is_foreign) return respond(refuse_foreign(request));
  auto who = hub_caller_of(hub, request);
  if (hub.refreshes) return on_refresh(request, who ? &*who : nullptr);
  if (!who) return respond(unauthorized());
  unserved_.serve();  // a poll is answered late
  on_hub(hub, std::move(*who), std::move(request));
}

void http_connection::on_hub(const hub_path& hub, hub_caller caller, http_request request) {
  auto* who = &caller;
  if (hub.negotiates) return respond(negotiate(hub, request, *who, services_, host().clock()));
  auto way = find_way(request, *who, services_, host().clock());
  if (way.refusal) return respond(std::move(*way.refusal));
  const bool resumes = way.open && way.open->resumable && request.method() == http::verb::get;
  if (resumes && buffer_.size() > 0) {
    keep_alive_ = false;
    return respond(problem(http::status::bad_request, "bad_request",
                           "nothing may be sent before the upgrade is answered"));
  }
  if (resumes)
    return take_over(std::move(*way.open), std::move(request), who->expires_at);
  if (way.open) return hand_over(std::move(*way.open), std::move(request), who->expires_at);
  if (way.kind == carrier::websocket && !hub.has_websockets) return respond(no_such_connection());
  auto place = services_.counts.take(who->profile.user, client_);
  if (!place) {
    services_.metrics.limits.connections.Increment();
    return respond(problem_for_now(http::status::service_unavailable,
                                   {chat::errc::limit, "too many connections"}));
  }
  hub_client client{std::move(who->profile), hub.spoken, std::move(place), who->expires_at};
  client.methods = hub.methods;
  client.origin.connection_id =
      who->connection_id.empty() ? signalr::random_token() : std::move(who->connection_id);
  if (hub.keeps_request) client.origin.request = opening_request_of(request, way.kind);
  open_connection(way, std::move(client), std::move(request), who->resumable);
}

void http_connection::open_connection(const hub_way& way, hub_client who, http_request request, bool resumable) {
  auto& open = services_.transports;
  if (way.kind == carrier::long_polling) {
    open_long_polling(thread_, std::move(who), open, way.token);
    return respond(http_response{http::status::ok, 11});
  }
  thread_.remove(*this);
  if (way.kind == carrier::event_stream) {
    http_response head{http::status::ok, 11};
    allow_origin(head, origin_);
    finish_head(head, false, version_, clock_now());
    return serve_event_stream(thread_, std::move(wire_), std::move(head), std::move(who), open,
                              way.token);
  }
  if (!resumable)
    return serve_websocket(thread_, std::move(wire_), request, std::move(who), open, way.token,
                           taken_text(buffer_));
  const auto user = who.user.user;
  auto above = std::make_shared<resumable_connection>(thread_, std::move(who));
  above->start(open.add(way.token, {user, carrier::websocket, &thread_, above, true}));
  serve_websocket(thread_, std::move(wire_), request, std::move(above), taken_text(buffer_));
}

void http_connection::take_over(http_transports::entry open, http_request request, chat::timestamp until) {
  thread_.remove(*this);
  if (open.home == &thread_) return hand_socket(open, std::move(request), until);
  asio::post(open.home->io(),
             [open, wire = wire_.detach(), &services = services_, until,
              request = std::move(request)]() mutable {
               const auto here = std::make_shared<http_connection>(
                   *open.home, stream{open.home->io(), std::move(wire)}, services);
               open.home->remove(*here);
               here->hand_socket(open, std::move(request), until);
             });
}

void http_connection::hand_socket(const http_transports::entry& open, http_request request,
                 chat::timestamp until) {
  const auto target = open.who.lock();
  const auto answer =
      target ? target->take_over(wire_, request, until) : http::status::not_found;
  if (answer == http::status::switching_protocols) return;
  thread_.add(*this);
  keep_alive_ = false;
  respond(answer == http::status::not_found
              ? no_such_connection()
              : problem(answer, "conflict", "the transport is active already"));
}

void http_connection::on_refresh(const http_request& request, hub_caller* who) {
  const auto token = refreshed_token_of(request).value_or("");
  const auto found = services_.transports.find(token);
  const auto owner = found ? std::optional{found->user}
                           : services_.negotiations.owner_of(token, host().clock().steady_now());
  if (auto refusal = check_refresh(request, who, owner)) return respond(std::move(*refusal));
  auto lifetime = json_response(http::status::ok, token_lifetime(*who, clock_now()));
  if (!found) return respond(std::move(lifetime));
  await_answer();
  asio::post(found->home->io(), [who = found->who, until = who->expires_at,
                                 lifetime = std::move(lifetime),
                                 back = reply{thread_, weak_from_this()}]() mutable {
    const auto target = who.lock();
    if (!target) return back(no_such_connection());
    target->extend(until);
    back(std::move(lifetime));
  });
}

void http_connection::await_answer() {
  alive_ = shared_from_this();
  ++exchange_;
  waits_ = true;
}

void http_connection::hand_over(http_transports::entry to, http_request request, chat::timestamp until) {
  await_answer();
  if (request.method() == http::verb::get) watch_poll(to);
  asio::post(to.home->io(), [who = std::move(to.who), request = std::move(request), until,
                             back = reply{thread_, weak_from_this()}]() mutable {
    const auto target = who.lock();
    if (!target) return back(no_such_connection());
    target->extend(until);
    if (request.method() == http::verb::get) return target->on_poll(std::move(back));
    if (request.method() == http::verb::delete_) return target->on_delete(std::move(back));
    target->on_post(std::move(request.body()), std::move(back));
  });
}

void http_connection::watch_poll(const http_transports::entry& of) {
  wire_.async_wait(tcp_socket::wait_read, [self = shared_from_this(), home = of.home,
                                             who = of.who, exchange = exchange_](
                                                error_code failed) {
    if (!self->waits_ || self->exchange_ != exchange) return;
    const auto seen = failed ? stream::sight::gone : self->wire_.look();
    if (seen == stream::sight::data) return;  // the next request already
    if (seen == stream::sight::nothing) return self->watch_poll({{}, {}, home, who});
    asio::post(home->io(), [who, poll = self->weak_from_this()] {
      if (const auto target = who.lock()) target->on_poll_abandoned(poll);
    });
    self->waits_ = false;
    self->close();
  });
}

auto http_connection::refuse_foreign(const http_request& request) -> http_response {
  services_.metrics.foreign_origins.Increment();
  if (!services_.notices->foreign_origin.exchange(true))
    spdlog::warn("a page of {} was refused: it is not of this server, whose {} is {}. Is it the site's "
                 "own? Then set http.public_origin; another may be listed in http.allowed_origins",
                 view(request[http::field::origin]),
                 options().http.public_origin.empty() ? "Host" : "http.public_origin",
                 options().http.public_origin.empty() ? view(request[http::field::host])
                                                      : options().http.public_origin);
  return problem(http::status::forbidden, "forbidden", "this origin is not allowed");
}

auto http_connection::identity_of(const http_request& request, bool header_only)
    -> const chat::expected<auth::identity>& {
  if (!identity_)
    identity_ = authenticate(request, *services_.verifier.load(), clock_now(), header_only);
  return *identity_;
}

auto http_connection::hub_caller_of(const hub_path& hub, const http_request& request)
    -> std::optional<hub_caller> {
  // Where a browser cannot set headers the token may stand in the query.
  const bool header_only = hub.negotiates || hub.refreshes || request.method() != http::verb::get;
  if (hub.admits_guests && !hub.refreshes && options().auth.anonymous && !has_token(request, header_only))
    return hub_caller{new_guest(), client_};
  const auto& who = identity_of(request, header_only);
  if (!who) return std::nullopt;
  return hub_caller{who->profile, client_, {who->expires_at_s * 1'000}};
}

auto http_connection::serve_site(http_request& request) -> bool {
  const auto& site = *services_.site;
  const auto hub = site.find_hub(request);
  if (!hub) return serve_site_page(request);
  auto who = site.sign_in(*hub, request);
  if (auto* refusal = std::get_if<http_response>(&who)) return respond(std::move(*refusal)), true;
  hub_caller caller{std::move(std::get<chat::profile>(who)), client_};
  if (hub->negotiates) {
    auto answer = negotiate(*hub, request, caller, services_, host().clock());
    site.on_negotiated(answer);
    respond(std::move(answer));
  } else {
    on_hub(*hub, std::move(caller), std::move(request));
  }
  return true;
}

auto http_connection::serve_site_page(const http_request& request) -> bool {
  ++exchange_;
  alive_ = shared_from_this();
  waits_ = services_.site->serve(request, reply{thread_, weak_from_this()});
  if (!waits_) alive_.reset();
  return waits_;
}

}  // namespace parley::net
