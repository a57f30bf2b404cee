#include "net/front/connection.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/beast/core/read_size.hpp>
#include <boost/beast/http/write.hpp>

#include "net/docs/pages.hpp"
#include "net/endpoint/server_pages.hpp"
#include "net/files/file_request.hpp"
#include "net/front/connection_parts.hpp"
#include "net/http/answer_head.hpp"
#include "net/io/lingering.hpp"
#include "net/limits/crowd_watch.hpp"
#include "net/web/web_client.hpp"

namespace parley::net {

namespace asio = boost::asio;
using boost::system::error_code;
using std::chrono::steady_clock;

/// Bytes read at once.
constexpr std::size_t max_read = 64 * 1024;
/// A client that reads an answer more slowly than this, in bytes a second, holds it for too long.
constexpr std::size_t slowest_reader = 8 * 1024;
/// An answer 401 beyond limits.unauthorized_* waits so long. Nothing is read meanwhile, and there are
/// so many sockets: whoever guesses gets no further, whoever shares the address goes on as ever.
constexpr std::chrono::seconds held_back{1};

namespace {

/// What the parser has not taken.
auto text_in(const boost::beast::flat_buffer& buffer) -> std::string_view {
  const auto waiting = buffer.data();
  return {static_cast<const char*>(waiting.data()), waiting.size()};
}

/// Does the request line end with a version, such as "HTTP/2.0"?
auto ends_with_version(std::string_view text) -> bool {
  const auto line = text.substr(0, text.find("\r\n"));
  const auto last = line.substr(std::min(line.rfind(' ') + 1, line.size()));
  return line.find('\n') == std::string_view::npos && last.starts_with("HTTP/") &&
         last.find_first_not_of("0123456789.", 5) == std::string_view::npos;
}

}  // namespace

void http_connection::start(unserved waiting) {
  bound_buffer();
  unserved_ = std::move(waiting);
  if (!unserved_.is_refused()) return await_request();
  services_.metrics.limits.unauthenticated.Increment();
  keep_alive_ = false;
  respond(problem_for_now(http::status::service_unavailable,
                          {chat::errc::limit, "too many connections that ask for nothing"}));
}

void http_connection::start(boost::beast::flat_buffer rest) {
  buffer_ = std::move(rest);
  bound_buffer();
  await_request();
}

/// What the parser keeps of a body before it takes it: a line of a chunk, or all trailers.
void http_connection::bound_buffer() {
  buffer_.max_size(options().http.max_header_bytes + max_read);
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
  if (busy_ || !unserved_.overstays(now)) return false;
  services_.metrics.limits.unauthenticated.Increment();
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
  head_.reset();
  refusal_.reset();
  identity_.reset();
  origin_ = {};
  version_ = 11;
  head_only_ = false;
  read_header();
}

/// A line end behind the last body is no request (RFC 9112, 2.2). @returns false: wait for more
auto http_connection::skip_line_ends() -> bool {
  if (header_bytes_ > 0) return true;
  const auto text = [this] { return text_in(buffer_); };
  const bool any = text().starts_with("\r\n");
  while (text().starts_with("\r\n")) buffer_.consume(2);
  if (!any || !text().empty()) return text() != "\r";
  busy_ = false;
  await_request();
  return false;
}

/// The parser's own limit leaves out what it took of the first piece: how long a header may be would
/// depend on how it comes.
void http_connection::read_header() {
  error_code failed = http::error::need_more;
  if (buffer_.size() > 0 && !skip_line_ends()) {
    if (!busy_) return;  // it waits for a request again
  } else if (buffer_.size() > 0) {
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

void http_connection::begin_exchange(const http_request& head) {
  head_only_ = head.method() == http::verb::head;
  client_ = wire_.far_end().client_of(head);
  if (services_.crowds != nullptr) services_.crowds->look(wire_.far_end(), head);
  keep_alive_ = head.keep_alive() && !services_.draining;
  version_ = head.version();
}

void http_connection::on_header() {
  auto& head = parser_->get();
  begin_exchange(head);
  if (auto refusal = refuse_request(head, options().http)) {
    services_.metrics.limits.requests.Increment();
    keep_alive_ = false;
    return respond(std::move(*refusal));
  }
  normalize_target(head);
  origin_ = check_origin(head, options().http, wire_.is_tls());
  is_secure_ = wire_.is_tls() || options().http.public_origin.starts_with("https:") ||
               view(head[http::field::origin]).starts_with("https:");
  if (is_for_file(head) && head.method() == http::verb::put)
    return on_file(parser_->release());  // takes its body as it comes
  if (parser_->is_done()) return on_request(parser_->release());
  await_body();
}

auto http_connection::is_for_file(const http_request& head) const -> bool {
  return services_.files != nullptr &&
         files::is_file_path(split_target(view(head.target())).path);
}

void http_connection::on_file(http_request head) {
  using http::verb;
  const bool is_upload = head.method() == verb::put;
  if (!is_upload && !head_only_ && head.method() != verb::get)
    return respond(method_not_allowed({verb::get, verb::head, verb::put}));
  head.body() = {};
  thread_.remove(*this);
  files::file_exchange request{thread_,           std::move(wire_),   services_,
                               std::move(head),   std::move(buffer_), std::move(origin_),
                               keep_alive_,       std::move(client_)};
  is_upload ? files::serve_upload(std::move(request)) : files::serve_download(std::move(request));
}

/// Is the request line here as a whole?
auto http_connection::has_line() const -> bool {
  return header_bytes_ > 0 || text_in(buffer_).find("\r\n") != std::string_view::npos;
}

void http_connection::on_read_failed(error_code why) {
  keep_alive_ = false;
  if (why == http::error::body_limit && refusal_)
    return respond(std::move(*std::exchange(refusal_, {})));
  if (why == http::error::body_limit)
    return respond(problem(http::status::payload_too_large, "too_long", "the body is too large"));
  if (why == http::error::header_limit && !has_line())
    return respond(problem(http::status::uri_too_long, "too_long", "the URL is too long"));
  if (why == http::error::header_limit || why == http::error::buffer_overflow)
    return respond(problem(http::status::request_header_fields_too_large, "too_long",
                           "the headers are too large"));
  const bool malformed = why.category() == http::make_error_code(http::error::bad_method).category() &&
                         why != http::error::end_of_stream && why != http::error::partial_message;
  if (!malformed) return close();
  services_.metrics.limits.requests.Increment();
  if (why == http::error::bad_version && ends_with_version(text_in(buffer_)))
    return respond(problem(http::status::http_version_not_supported, "bad_request",
                           "HTTP/1.1 and HTTP/1.0 are spoken here"));
  respond(problem(http::status::bad_request, "bad_request", "not a valid HTTP request"));
}

void http_connection::on_request(http_request request) {
  deadline_ = steady_clock::time_point::max();
  if (services_.is_for_operator)
    return respond(operator_page(request, services_, host().metrics(), options().metrics));
  if (request.method() == http::verb::options) return respond(answer_options(request));
  if (is_for_file(request)) return on_file(std::move(request));
  if (services_.site != nullptr && serve_site(request)) return;
  if (const auto hub = find_hub(request)) return on_hub(*hub, std::move(request));
  const auto path = split_target(view(request.target())).path;
  if (auto page = server_page(path, request.method(), services_))
    return respond(std::move(*page));
  if (options().http.docs)
    if (auto page = docs::page(path, request.method())) return respond(std::move(*page));
  if (services_.web != nullptr)
    if (auto part = services_.web->answer(request)) return respond(std::move(*part));
  on_rest(std::move(request));
}

auto http_connection::holds_back(http_response& response) -> bool {
  if (response.result() != http::status::unauthorized || held_until_) return false;
  const auto now = steady_clock::now();
  if (!services_.counts.take_unauthorized(client_, now)) return false;
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
  if (response.result_int() < 400) unserved_.serve();
  allow_origin(response, origin_);
  if (response.find(http::field::cache_control) == response.end())
    response.set(http::field::cache_control, "no-store");
  response.set("X-Content-Type-Options", "nosniff");
  finish_head(response, goes_on(), version_, clock_now());
  response.prepare_payload();
  // Its length would be that of what is not sent (RFC 9110, 8.6).
  if (response.result() == http::status::not_modified) response.erase(http::field::content_length);
  if (head_only_) response.body().clear();  // its length stays announced
  const std::chrono::seconds slowly{response.body().size() / slowest_reader};
  response_.emplace(std::move(response));
  serializer_.emplace(*response_);
  expect_within(options().hub.write_timeout_ms);
  answered_by_ = deadline_ + slowly;
  write_answer();
}

/// Each piece that the client takes buys time for the next.
void http_connection::write_answer() {
  expect_within(options().hub.write_timeout_ms);
  deadline_ = std::min(deadline_, answered_by_);
  http::async_write_some(wire_, *serializer_,
                         [self = shared_from_this()](error_code failed, std::size_t) {
                           if (!failed && !self->serializer_->is_done())
                             return self->write_answer();
                           self->on_answered(failed);
                         });
}

/// What follows an answer is the next request only when all of this one was read: there is no other
/// place where a connection goes on.
void http_connection::on_answered(error_code failed) {
  busy_ = false;
  alive_.reset();
  serializer_.reset();
  response_.reset();
  if (!failed && goes_on()) return await_request();
  const bool may_still_send = parser_ && (!is_read() || buffer_.size() > 0);
  if (failed || closing_ || !may_still_send) return close();
  end_session();
  end_gently(thread_, std::move(wire_), std::make_shared<unserved>(std::move(unserved_)));
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

void serve_http(io_thread& thread, stream wire, unserved waiting, const http_services& services) {
  std::make_shared<http_connection>(thread, std::move(wire), services)->start(std::move(waiting));
}

void continue_http(io_thread& thread, stream wire, const http_services& services,
                   boost::beast::flat_buffer rest) {
  std::make_shared<http_connection>(thread, std::move(wire), services)->start(std::move(rest));
}

}  // namespace parley::net
