#pragma once

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/serializer.hpp>
#include <chrono>
#include <optional>

#include "net/auth/device_cookie.hpp"
#include "net/codec/json.hpp"
#include "net/endpoint/request_route.hpp"
#include "net/endpoint/services.hpp"
#include "net/http/origin.hpp"
#include "net/http/request_rules.hpp"
#include "net/io/stream.hpp"
#include "net/limits/unserved.hpp"
#include "net/rest/routes.hpp"
#include "net/signalr/connection_host.hpp"
#include "net/transports/hub_client.hpp"

// The class behind serve_http, for the files that make it up.

namespace parley::net {

/// One HTTP/1.1 connection: reads requests and answers them, until it closes or its stream goes on as a
/// WebSocket, an event stream or a transfer. Its parts: http_connection.cpp reads heads and answers,
/// http_bodies.cpp reads bodies, http_check.cpp answers OPTIONS, http_hub.cpp is the hub's requests,
/// http_rest.cpp REST's. @thread its io thread
class http_connection final : public std::enable_shared_from_this<http_connection>,
                              public connection,
                              public asker,
                              public answerable {
 public:
  http_connection(io_thread& thread, stream wire, const http_services& services)
      : thread_(thread), wire_(std::move(wire)), services_(services) {
    thread_.add(*this);
  }

  ~http_connection() override {
    end_session();
    thread_.remove(*this);
  }

  /// Serves requests, unless the address has too many sockets open on which nothing was served yet.
  void start(unserved waiting);
  /// Goes on with what was read behind the last request.
  void start(boost::beast::flat_buffer rest);
  void await_request();

  // connection
  void on_tick(std::chrono::steady_clock::time_point now) override;
  void shut_down() override;
  auto is_lasting() const -> bool override { return false; }

  // asker
  void on_answer(std::uint64_t, const chat::outcome& outcome) override;

  // answerable
  void answer(http_response response) override;

 private:
  void bound_buffer();
  auto overstays(std::chrono::steady_clock::time_point now) -> bool;
  void read();
  void read_header();
  auto skip_line_ends() -> bool;
  auto has_line() const -> bool;
  void on_header();
  void begin_exchange(const http_request& head);
  auto is_for_file(const http_request& head) const -> bool;
  void on_file(http_request head);
  void on_read_failed(boost::system::error_code why);
  void on_request(http_request request);

  // bodies: net/front/connection_bodies.cpp
  /// Reads what follows the head, unless that alone decides.
  void await_body();
  auto allowed_body(const http_request& head) const -> std::size_t;
  void invite();
  void read_body();
  void on_body();
  /// The refusal that the head alone brings about: its body is not asked for, and not kept.
  auto refuse_early(const http_request& head) -> std::optional<http_response>;
  auto refuse_hub(const hub_path& hub, const http_request& head) -> std::optional<http_response>;

  // OPTIONS: net/front/connection_options.cpp
  auto answer_options(const http_request& request) -> http_response;
  /// The verbs of its path; nothing: there is no such path.
  auto verbs_of(const http_request& request) -> std::vector<http::verb>;

  // hub: net/front/connection_hub.cpp
  void on_hub(const hub_path& hub, http_request request);
  void on_hub(const hub_path& hub, hub_caller caller, http_request request);
  void open_connection(const hub_way& way, hub_client who, http_request request, bool resumable);

  /// The socket of an open connection is replaced by this one, which moves to its thread.
  void take_over(http_transports::entry open, http_request request, chat::timestamp until);

  /// @thread that of the open connection
  void hand_socket(const http_transports::entry& open, http_request request,
                   chat::timestamp until);

  /// POST {hub}/refresh: the connection goes on with a newer token of its user. One that was only
  /// negotiated has nothing to extend: its transport will come with a token of its own.
  void on_refresh(const http_request& request, hub_caller* who);

  /// The answer comes from another connection.
  void await_answer();

  /// To an open connection, which may live on another thread and answers when it likes.
  void hand_over(http_transports::entry to, http_request request, chat::timestamp until);

  /// A client that goes away while it polls is noticed then, not when there is something to say.
  void watch_poll(const http_transports::entry& of);
  auto hub_caller_of(const hub_path& hub, const http_request& request)
      -> std::optional<hub_caller>;
  /// Who sent the present request: its token is judged once.
  auto identity_of(const http_request& request, bool header_only)
      -> const chat::expected<auth::identity>&;
  auto refuse_foreign(const http_request& request) -> http_response;

  // besides chat: net/front/connection_hub.cpp
  /// @returns was the request one for the site?
  auto serve_site(http_request& request) -> bool;
  auto serve_site_page(const http_request& request) -> bool;

  // REST: net/front/connection_rest.cpp
  void on_rest(http_request request);
  auto refuse_rest(const rest::match& matched, const http_request& head)
      -> std::optional<http_response>;

  /// What cannot be run costs what a call costs.
  void refuse_call(const chat::user_id& who, const chat::error& why);
  /// Who asks, and by what it is known.
  struct rest_caller {
    chat::profile profile;
    chat::uuid device;    ///< see rest::call
    chat::device cookie;
  };
  /// @pre refuse_rest has nothing against it
  auto caller_of(const rest::route& route, const http_request& request) -> rest_caller;
  /// A token and, for a browser that stays, its cookie.
  auto welcome(const chat::signed_in& who) -> http_response;

  // cookies: net/front/connection_cookie.cpp
  auto cookie_of(const http_request& request) const -> std::optional<auth::device_claim>;
  auto is_from_own_page(const http_request& request) const -> bool;
  auto refuse_cookie(const http_request& head) const -> std::optional<http_response>;
  auto no_session() const -> http_response;
  auto refusal_of(const chat::error& why) const -> http_response;
  void set_cookie(http_response& answer, const auth::device_claim& what) const;
  void clear_cookie(http_response& answer) const;
  void write_cookie(http_response& answer, std::string_view value, std::int64_t max_age_s) const;
  /// What is kept of a User-Agent.
  static auto agent_of(std::string_view header) -> std::string;

  auto refuse_stranger() -> std::optional<http_response>;

  /// Sign-ins and registrations over their rate, before anything is hashed.
  auto refuse_login(const chat::request& what, const chat::user_id& user)
      -> std::optional<http_response>;
  auto read_body(const http_request& request) const -> chat::expected<codec::json>;

  // answers
  auto is_read() const -> bool { return parser_ && parser_->is_done(); }
  auto goes_on() const -> bool { return keep_alive_ && !closing_ && is_read(); }
  void respond(http_response response);
  /// Is this an answer 401 too many for the address? Then it goes out later, and is the last.
  auto holds_back(http_response& response) -> bool;
  void write_answer();
  void on_answered(boost::system::error_code failed);
  void end_session();
  void close();
  void expect_within(std::uint32_t ms) {
    deadline_ = std::chrono::steady_clock::now() + std::chrono::milliseconds{ms};
  }

  static auto view(boost::beast::string_view text) -> std::string_view;
  auto host() const -> connection_host& { return thread_.host(); }
  auto options() const -> const config::options& { return host().options(); }
  auto clock_now() const -> chat::timestamp { return host().clock().now(); }

  io_thread& thread_;
  stream wire_;
  const http_services& services_;
  boost::beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  std::size_t header_bytes_ = 0;  ///< of the present request, taken by the parser
  /// Of a request in chunks, as it came: trailers do not change it.
  std::optional<http::request_header<>> head_;
  std::optional<http_response> refusal_;  ///< goes out once the body is read
  std::optional<chat::expected<auth::identity>> identity_;
  std::optional<http_response> response_;
  std::optional<http::response_serializer<http::string_body>> serializer_;
  std::chrono::steady_clock::time_point answered_by_;  ///< the answer must be out, however it goes
  origin_verdict origin_;
  unsigned version_ = 11;  ///< of the request
  std::shared_ptr<http_connection> alive_;  ///< while an answer is awaited
  std::optional<std::chrono::steady_clock::time_point> held_until_;  ///< response_ waits for then
  std::uint64_t session_ = 0;
  unsigned success_ = 200;
  std::string client_;  ///< who sent the present request: peer::client_of()
  std::string name_;    ///< the account that it signs in to, or makes
  enum class cookie_use : std::uint8_t { none, renews, ends };
  cookie_use cookie_ = cookie_use::none;  ///< what the present request does with its cookie
  bool is_secure_ = false;                ///< browsers reach us by TLS, as far as the request tells
  unserved unserved_;
  bool keep_alive_ = true;
  bool busy_ = false;
  bool closing_ = false;
  bool head_only_ = false;
  bool waits_ = false;          ///< for an answer from another connection
  std::uint64_t exchange_ = 0;  ///< requests handed over so far
  std::chrono::steady_clock::time_point deadline_ = std::chrono::steady_clock::time_point::max();
};

}  // namespace parley::net
