#include "net/http_connection.hpp"

#include <boost/asio/post.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <optional>

#include "net/codec/render.hpp"
#include "net/connection_host.hpp"
#include "net/docs/pages.hpp"
#include "net/event_stream.hpp"
#include "net/files/file_request.hpp"
#include "net/hub_ways.hpp"
#include "net/http_message.hpp"
#include "net/long_polling.hpp"
#include "net/origin.hpp"
#include "net/post_queue.hpp"
#include "net/request_rules.hpp"
#include "net/resumable_connection.hpp"
#include "net/rest/routes.hpp"
#include "net/server_pages.hpp"
#include "net/site.hpp"
#include "net/websocket.hpp"

namespace parley::net {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

class http_connection final : public std::enable_shared_from_this<http_connection>,
                              public connection,
                              public asker,
                              public answerable {
 public:
  http_connection(io_thread& thread, stream wire, const http_services& services)
      : thread_(thread), wire_(std::move(wire)), services_(services) {
    error_code ignored;
    const auto peer = wire_.socket().remote_endpoint(ignored);
    from_loopback_ = !ignored && peer.address().is_loopback();
    address_ = network_of(peer.address().to_string(ignored));
    thread_.add(*this);
  }

  ~http_connection() override {
    end_session();
    thread_.remove(*this);
  }

  /// Serves requests, unless the address has too many sockets open on which nothing was served yet.
  void start(bool fresh) {
    if (!fresh) return await_request();
    unknown_ = services_.counts.take_unknown(address_);
    if (unknown_) return await_request();
    services_.metrics.limits.unauthenticated.Increment();
    keep_alive_ = false;
    respond(problem_for_now(http::status::service_unavailable,
                            {chat::errc::limit, "too many connections that ask for nothing"}));
  }

  void await_request() {
    if (buffer_.size() > 0) return read();
    expect_within(options().http.idle_timeout_ms);
    wire_.async_wait(tcp_socket::wait_read, [self = shared_from_this()](error_code failed) {
      if (!failed) self->read();
    });
  }

  // connection
  void on_tick(steady_clock::time_point now) override {
    if (now > deadline_) close();
  }
  void shut_down() override {
    closing_ = true;
    if (!busy_) close();
  }
  auto is_lasting() const -> bool override { return false; }

  // asker
  void on_answer(std::uint64_t, const chat::outcome& outcome) override {
    const auto self = shared_from_this();
    end_session();
    if (!outcome) return respond(problem(outcome.error()));
    if (const auto* who = std::get_if<chat::signed_in>(&*outcome))
      return respond(token_response(options().auth, who->profile, clock_now()));
    const auto body = codec::render(*outcome);
    if (body.is_null()) return respond(http_response{http::int_to_status(success_), 11});
    respond(json_response(http::int_to_status(success_), body));
  }

  // answerable
  void answer(http_response response) override {
    if (!std::exchange(waits_, false)) return;
    respond(std::move(response));
  }

 private:
  void read() {
    busy_ = true;
    expect_within(options().http.header_timeout_ms);
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(options().http.max_header_bytes));
    parser_->body_limit(boost::none);  // files have their own
    http::async_read_header(wire_, buffer_, *parser_,
                            [self = shared_from_this()](error_code failed, std::size_t) {
                              if (failed) return self->on_read_failed(failed);
                              self->on_header();
                            });
  }

  void on_header() {
    const auto& head = parser_->get();
    head_only_ = head.method() == http::verb::head;
    if (auto refusal = refuse_request(head, options().http)) {
      services_.metrics.limits.requests.Increment();
      keep_alive_ = false;
      return respond(std::move(*refusal));
    }
    const bool is_file = files::is_file_path(split_target(view(head.target())).path);
    if (services_.files != nullptr && is_file && head.method() != http::verb::options)
      return on_file(parser_->release());
    const auto limit = options().http.max_body_bytes;
    if (parser_->content_length().value_or(0) > limit)
      return on_read_failed(http::error::body_limit);
    parser_->body_limit(limit);
    if (parser_->is_done()) return on_request(parser_->release());
    http::async_read(wire_, buffer_, *parser_,
                     [self = shared_from_this()](error_code failed, std::size_t) {
                       if (failed) return self->on_read_failed(failed);
                       self->on_request(self->parser_->release());
                     });
  }

  void on_file(http_request head) {
    using http::verb;
    const bool is_upload = head.method() == verb::put;
    head_only_ = head.method() == verb::head;
    keep_alive_ = head.keep_alive() && !services_.draining;
    origin_ = check_origin(head, options().http.allowed_origins);
    if (!is_upload && !head_only_ && head.method() != verb::get) {
      keep_alive_ = false;  // its body is not read
      return respond(method_not_allowed({verb::get, verb::head, verb::put}));
    }
    thread_.remove(*this);
    files::file_exchange request{thread_,           std::move(wire_), services_,
                                 std::move(head),   std::move(buffer_), std::move(origin_),
                                 keep_alive_};
    is_upload ? files::serve_upload(std::move(request)) : files::serve_download(std::move(request));
  }

  void on_read_failed(error_code why) {
    keep_alive_ = false;
    if (why == http::error::body_limit)
      return respond(problem(http::status::payload_too_large, "too_long", "the body is too large"));
    if (why == http::error::header_limit)
      return respond(problem(http::status::request_header_fields_too_large, "too_long",
                             "the headers are too large"));
    const bool malformed = why.category() == http::make_error_code(http::error::bad_method).category() &&
                           why != http::error::end_of_stream && why != http::error::partial_message;
    if (!malformed) return close();
    services_.metrics.limits.requests.Increment();
    respond(problem(http::status::bad_request, "bad_request", "not a valid HTTP request"));
  }

  void on_request(http_request request) {
    deadline_ = steady_clock::time_point::max();
    head_only_ = request.method() == http::verb::head;
    keep_alive_ = request.keep_alive() && !services_.draining;
    origin_ = check_origin(request, options().http.allowed_origins);
    if (request.method() == http::verb::options) return respond(preflight(origin_));
    if (services_.site != nullptr && serve_site(request)) return;
    if (const auto hub = find_hub(request)) return on_hub(*hub, std::move(request));
    const auto path = split_target(view(request.target())).path;
    if (auto page = server_page(path, request.method(), services_, host().metrics(), from_loopback_))
      return respond(std::move(*page));
    if (options().http.docs)
      if (auto page = docs::page(path, request.method())) return respond(std::move(*page));
    on_rest(std::move(request));
  }

  // -- hub ------------------------------------------------------------------------------------------

  void on_hub(const hub_path& hub, http_request request) {
    if (origin_.is_foreign)
      return respond(problem(http::status::forbidden, "forbidden", "this origin is not allowed"));
    auto who = hub_caller_of(hub, request);
    if (hub.refreshes) return on_refresh(request, who ? &*who : nullptr);
    if (!who) return respond(unauthorized());
    unknown_.reset();  // a poll is answered late
    on_hub(hub, std::move(*who), std::move(request));
  }

  void on_hub(const hub_path& hub, hub_caller caller, http_request request) {
    auto* who = &caller;
    if (hub.negotiates) return respond(negotiate(hub, request, *who, services_, host().clock()));
    auto way = find_way(request, *who, services_, host().clock());
    if (way.refusal) return respond(std::move(*way.refusal));
    if (way.open && way.open->resumable && request.method() == http::verb::get)
      return take_over(std::move(*way.open), std::move(request), who->expires_at);
    if (way.open) return hand_over(std::move(*way.open), std::move(request), who->expires_at);
    if (way.kind == carrier::websocket && !hub.has_websockets) return respond(no_such_connection());
    auto place = services_.counts.take(who->profile.user, address_);
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

  void open_connection(const hub_way& way, hub_client who, http_request request, bool resumable) {
    auto& open = services_.transports;
    if (way.kind == carrier::long_polling) {
      open_long_polling(thread_, std::move(who), open, way.token);
      return respond(http_response{http::status::ok, 11});
    }
    thread_.remove(*this);
    if (way.kind == carrier::event_stream) {
      http_response head{http::status::ok, 11};
      allow_origin(head, origin_);
      return serve_event_stream(thread_, std::move(wire_), std::move(head), std::move(who), open,
                                way.token);
    }
    if (!resumable)
      return serve_websocket(thread_, std::move(wire_), std::move(request), std::move(who), open,
                             way.token);
    const auto user = who.user.user;
    auto above = std::make_shared<resumable_connection>(thread_, std::move(who));
    above->start(open.add(way.token, {user, carrier::websocket, &thread_, above, true}));
    serve_websocket(thread_, std::move(wire_), std::move(request), std::move(above));
  }

  /// The socket of an open connection is replaced by this one, which moves to its thread.
  void take_over(http_transports::entry open, http_request request, chat::timestamp until) {
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

  /// @thread that of the open connection
  void hand_socket(const http_transports::entry& open, http_request request,
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

  /// POST {hub}/refresh?id=: the connection goes on with a newer token of its user.
  void on_refresh(const http_request& request, hub_caller* who) {
    const auto id = query_value(request, "id");
    const auto found = id ? services_.transports.find(*id) : std::nullopt;
    if (auto refusal = check_refresh(request, who, found)) return respond(std::move(*refusal));
    auto lifetime = json_response(http::status::ok, token_lifetime(*who, clock_now()));
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

  /// The answer comes from another connection.
  void await_answer() {
    alive_ = shared_from_this();
    ++exchange_;
    waits_ = true;
  }

  /// To an open connection, which may live on another thread and answers when it likes.
  void hand_over(http_transports::entry to, http_request request, chat::timestamp until) {
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

  /// A client that goes away while it polls is noticed then, not when there is something to say.
  void watch_poll(const http_transports::entry& of) {
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

  auto hub_caller_of(const hub_path& hub, const http_request& request) const
      -> std::optional<hub_caller> {
    // Where a browser cannot set headers the token may stand in the query.
    const bool header_only = hub.negotiates || hub.refreshes || request.method() != http::verb::get;
    if (hub.admits_guests && !hub.refreshes && options().auth.anonymous && !has_token(request, header_only))
      return hub_caller{new_guest(), address_};
    auto who = authenticate(request, *services_.verifier.load(), clock_now(), header_only);
    if (!who) return std::nullopt;
    return hub_caller{std::move(who->profile), address_, {who->expires_at_s * 1'000}};
  }

  // -- what the server has besides chat ---------------------------------------------------------------

  /// @returns was the request one for the site?
  auto serve_site(http_request& request) -> bool {
    const auto& site = *services_.site;
    const auto hub = site.find_hub(request);
    if (!hub) return serve_site_page(request);
    auto who = site.sign_in(*hub, request);
    if (auto* refusal = std::get_if<http_response>(&who)) return respond(std::move(*refusal)), true;
    hub_caller caller{std::move(std::get<chat::profile>(who)), address_};
    if (hub->negotiates) {
      auto answer = negotiate(*hub, request, caller, services_, host().clock());
      site.on_negotiated(answer);
      respond(std::move(answer));
    } else {
      on_hub(*hub, std::move(caller), std::move(request));
    }
    return true;
  }

  auto serve_site_page(const http_request& request) -> bool {
    ++exchange_;
    alive_ = shared_from_this();
    waits_ = services_.site->serve(request, reply{thread_, weak_from_this()});
    if (!waits_) alive_.reset();
    return waits_;
  }

  // -- REST -----------------------------------------------------------------------------------------

  void on_rest(http_request request) {
    const auto target = split_target(view(request.target()));
    auto matched = rest::find_route(request.method(), target.path);
    if (matched.allowed.empty())
      return respond(problem(http::status::not_found, "not_found", "no such path"));
    if (matched.found == nullptr) return respond(method_not_allowed(matched.allowed));
    chat::profile user;
    if (matched.found->needs_user) {
      const auto who = authenticate(request, *services_.verifier.load(), clock_now(), true);
      if (!who) return respond(unauthorized());
      user = who->profile;
    } else if (!accounts_enabled(options().auth)) {
      return respond(problem(http::status::not_found, "not_found", "built-in accounts are off"));
    }
    auto body = read_body(request);
    if (!body) return respond(problem(body.error()));
    const rest::call call{std::move(matched.path), rest::parse_query(target.query),
                          std::move(*body), std::string{view(request["Idempotency-Key"])}};
    auto command = matched.found->bind(call);
    if (!command) return respond(problem(command.error()));
    if (auto refused = refuse_login(*command)) return respond(std::move(*refused));
    success_ = matched.found->success;
    session_ = host().open_rest_session(*this, user);
    alive_ = shared_from_this();
    host().execute(session_, 1, std::move(*command), std::move(matched.case_id));
  }

  /// Sign-ins and registrations over their rate, before anything is hashed.
  auto refuse_login(const chat::request& what) -> std::optional<http_response> {
    const auto* in = std::get_if<chat::sign_in>(&what);
    if (in == nullptr && !std::holds_alternative<chat::register_account>(what)) return std::nullopt;
    const auto wait = services_.logins.take(address_, in != nullptr ? in->user_name : std::string{},
                                            host().clock().steady_now());
    if (!wait) return std::nullopt;
    return problem({chat::errc::rate_limited, "too many tries; come back later",
                    static_cast<std::uint32_t>(wait->count() * 1'000)});
  }

  auto read_body(const http_request& request) const -> chat::expected<codec::json> {
    if (request.body().empty()) return codec::json{};
    auto read = codec::parse(request.body(), 32, options().http.max_body_nodes);
    if (!read) return chat::unexpected{read.error()};
    if (read->has_lone_surrogate)
      return chat::unexpected{chat::errc::bad_request, "text holds a lone surrogate"};
    return std::move(read->value);
  }

  // -- answers --------------------------------------------------------------------------------------

  void respond(http_response response) {
    expect_within(options().hub.write_timeout_ms);
    if (response.result_int() < 400) unknown_.reset();
    allow_origin(response, origin_);
    if (response.find(http::field::cache_control) == response.end())
      response.set(http::field::cache_control, "no-store");
    response.set("X-Content-Type-Options", "nosniff");
    response.keep_alive(keep_alive_);
    response.prepare_payload();
    if (head_only_) response.body().clear();  // its length stays announced
    response_.emplace(std::move(response));
    http::async_write(wire_, *response_,
                      [self = shared_from_this()](error_code failed, std::size_t) {
                        self->busy_ = false;
                        self->alive_.reset();
                        if (failed || !self->keep_alive_ || self->closing_) return self->close();
                        self->await_request();
                      });
  }

  void end_session() {
    if (session_ != 0 && !thread_.has_ended()) host().close_session(std::exchange(session_, 0), true);
  }

  void close() {
    wire_.close();
    end_session();
    asio::post(thread_.io(), [last = std::move(alive_)] {});
  }

  void expect_within(std::uint32_t ms) { deadline_ = steady_clock::now() + milliseconds{ms}; }

  static auto view(boost::beast::string_view text) -> std::string_view {
    return {text.data(), text.size()};
  }

  auto host() const -> connection_host& { return thread_.host(); }
  auto options() const -> const config::options& { return host().options(); }
  auto clock_now() const -> chat::timestamp { return host().clock().now(); }

  io_thread& thread_;
  stream wire_;
  const http_services& services_;
  boost::beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  std::optional<http_response> response_;
  origin_verdict origin_;
  std::shared_ptr<http_connection> alive_;  ///< while an answer is awaited
  std::uint64_t session_ = 0;
  unsigned success_ = 200;
  std::string address_;  ///< of the peer, as network_of() has it
  std::shared_ptr<void> unknown_;  ///< a place among sockets on which nothing was served; then null
  bool from_loopback_ = false;
  bool keep_alive_ = true;
  bool busy_ = false;
  bool closing_ = false;
  bool head_only_ = false;
  bool waits_ = false;          ///< for an answer from another connection
  std::uint64_t exchange_ = 0;  ///< requests handed over so far
  steady_clock::time_point deadline_ = steady_clock::time_point::max();
};

}  // namespace

void serve_http(io_thread& thread, stream wire, const http_services& services, bool fresh) {
  std::make_shared<http_connection>(thread, std::move(wire), services)->start(fresh);
}

}  // namespace parley::net
