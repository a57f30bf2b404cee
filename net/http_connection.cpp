#include "net/http_connection.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/beast/core/read_size.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

#include "net/docs/pages.hpp"
#include "net/files/file_request.hpp"
#include "net/http_connection_parts.hpp"
#include "net/server_pages.hpp"

namespace parley::net {

namespace asio = boost::asio;
using boost::system::error_code;
using std::chrono::steady_clock;

/// Bytes read at once.
constexpr std::size_t max_read = 64 * 1024;
/// Bytes of a body without a valid token. A registration has less.
constexpr std::size_t max_body_of_strangers = 4'096;
/// A socket is new for so long; then a request must be on its way.
constexpr std::chrono::seconds newness{1};
/// An answer 401 beyond limits.unauthorized_* waits so long. Nothing is read meanwhile, and there are
/// so many sockets: whoever guesses gets no further, whoever shares the address goes on as ever.
constexpr std::chrono::seconds held_back{1};

void http_connection::start(bool fresh) {
  // What the parser keeps of a body before it takes it: a line of a chunk, or all trailers.
  buffer_.max_size(options().http.max_header_bytes + max_read);
  if (!fresh) return await_request();
  judged_at_ = steady_clock::now() + newness;
  unknown_ = services_.counts.take_unknown(address_);
  if (unknown_) return await_request();
  services_.metrics.limits.unauthenticated.Increment();
  keep_alive_ = false;
  respond(problem_for_now(http::status::service_unavailable,
                          {chat::errc::limit, "too many connections that ask for nothing"}));
}

void http_connection::await_request() {
  if (buffer_.size() > 0) return read();
  expect_within(options().http.idle_timeout_ms);
  wire_.async_wait(tcp_socket::wait_read, [self = shared_from_this()](error_code failed) {
    if (!failed) self->read();
  });
}

void http_connection::on_tick(steady_clock::time_point now) {
  if (held_until_ && now >= *held_until_) return respond(std::move(*response_));
  if (now > deadline_ || overstays(now)) close();
}

/// A socket that asks for nothing is closed when its address has too many of them.
auto http_connection::overstays(steady_clock::time_point now) -> bool {
  if (!unknown_ || busy_ || now < judged_at_) return false;
  if (!services_.counts.has_too_many_unknown(address_)) return false;
  services_.metrics.limits.unauthenticated.Increment();
  unknown_.reset();  // the next one is judged without this one
  return true;
}

void http_connection::shut_down() {
  closing_ = true;
  if (!busy_) close();
}

void http_connection::answer(http_response response) {
  if (!std::exchange(waits_, false)) return;
  respond(std::move(response));
}

void http_connection::read() {
  busy_ = true;
  expect_within(options().http.header_timeout_ms);
  parser_.emplace();
  parser_->header_limit(static_cast<std::uint32_t>(options().http.max_header_bytes));
  parser_->body_limit(boost::none);  // files have their own
  header_bytes_ = 0;
  read_header();
}

/// The parser's own limit leaves out what it took of the first piece: how long a header may be would
/// depend on how it comes.
void http_connection::read_header() {
  error_code failed = http::error::need_more;
  if (buffer_.size() > 0) {
    const auto taken = parser_->put(buffer_.data(), failed);
    buffer_.consume(taken);
    header_bytes_ += taken;
  }
  if (failed && failed != http::error::need_more) return on_read_failed(failed);
  const auto waiting = parser_->is_header_done() ? 0 : buffer_.size();
  if (header_bytes_ + waiting > options().http.max_header_bytes)
    return on_read_failed(http::error::header_limit);
  if (parser_->is_header_done()) return on_header();
  wire_.async_read_some(buffer_.prepare(boost::beast::read_size(buffer_, max_read)),
                        [self = shared_from_this()](error_code broken, std::size_t size) {
                          if (broken) return self->on_read_failed(broken);
                          self->buffer_.commit(size);
                          self->read_header();
                        });
}

void http_connection::on_header() {
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
  const auto limit = allowed_body(head);
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

/// A long body is read once it is known who sends it: else whoever opens sockets fills memory.
auto http_connection::allowed_body(const http_request& head) -> std::size_t {
  const std::size_t most = options().http.max_body_bytes;
  const auto announced = parser_->content_length();
  is_stranger_ = false;
  if (announced && *announced <= max_body_of_strangers) return most;
  if (parser_->is_done() || services_.site != nullptr) return most;
  const bool may_be_guest = options().auth.anonymous && find_hub(head) && !has_token(head, true);
  if (may_be_guest || authenticate(head, *services_.verifier.load(), clock_now(), true)) return most;
  is_stranger_ = true;
  return std::min(max_body_of_strangers, most);
}

void http_connection::on_file(http_request head) {
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

void http_connection::on_read_failed(error_code why) {
  keep_alive_ = false;
  if (why == http::error::body_limit && is_stranger_) return respond(unauthorized());
  if (why == http::error::body_limit)
    return respond(problem(http::status::payload_too_large, "too_long", "the body is too large"));
  if (why == http::error::header_limit || why == http::error::buffer_overflow)
    return respond(problem(http::status::request_header_fields_too_large, "too_long",
                           "the headers are too large"));
  const bool malformed = why.category() == http::make_error_code(http::error::bad_method).category() &&
                         why != http::error::end_of_stream && why != http::error::partial_message;
  if (!malformed) return close();
  services_.metrics.limits.requests.Increment();
  respond(problem(http::status::bad_request, "bad_request", "not a valid HTTP request"));
}

void http_connection::on_request(http_request request) {
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

auto http_connection::holds_back(http_response& response) -> bool {
  if (response.result() != http::status::unauthorized || held_until_) return false;
  const auto now = steady_clock::now();
  if (!services_.counts.take_unauthorized(address_, now)) return false;
  services_.metrics.limits.unauthorized.Increment();
  held_until_ = now + held_back;
  keep_alive_ = false;
  alive_ = shared_from_this();
  response_.emplace(std::move(response));
  return true;
}

void http_connection::respond(http_response response) {
  if (holds_back(response)) return;
  held_until_.reset();
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

void http_connection::end_session() {
  if (session_ != 0 && !thread_.has_ended()) host().close_session(std::exchange(session_, 0), true);
}

void http_connection::close() {
  wire_.close();
  end_session();
  asio::post(thread_.io(), [last = std::move(alive_)] {});
}

auto http_connection::view(boost::beast::string_view text) -> std::string_view {
  return {text.data(), text.size()};
}

void serve_http(io_thread& thread, stream wire, const http_services& services, bool fresh) {
  std::make_shared<http_connection>(thread, std::move(wire), services)->start(fresh);
}

}  // namespace parley::net
