// The bodies of requests that are not uploads: whether they are wanted, and reading them.

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/read_size.hpp>

#include "net/docs/pages.hpp"
#include "net/endpoint/server_pages.hpp"
#include "net/front/connection_parts.hpp"
#include "net/web/web_client.hpp"

namespace parley::net {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

/// Bytes read at once.
constexpr std::size_t max_read = 64 * 1024;
/// Bytes of a body without a valid token. A registration has less.
constexpr std::size_t max_body_of_strangers = 4'096;

/// The first line of a chunk is there, and a quote in it is still open: it would go on beyond the
/// line, where other parsers end it (RFC 9112, 7.1.1).
auto has_open_quote(std::string_view waiting) -> bool {
  if (waiting.starts_with("\r\n")) waiting.remove_prefix(2);
  const auto end = waiting.find("\r\n");
  if (end == std::string_view::npos) return false;
  const auto line = waiting.substr(0, end);
  return std::count(line.begin(), line.end(), '"') % 2 == 1;
}

}  // namespace

void http_connection::await_body() {
  const auto& head = parser_->get();
  const bool asks = expects_continue(head) && buffer_.size() == 0;
  refusal_ = refuse_early(head);
  const auto limit = allowed_body(head);
  const bool is_too_long = parser_->content_length().value_or(0) > limit;
  if (refusal_ && (asks || is_too_long)) return respond(std::move(*std::exchange(refusal_, {})));
  if (is_too_long) return on_read_failed(http::error::body_limit);
  if (parser_->chunked()) head_ = head.base();
  parser_->body_limit(limit);
  parser_->eager(true);
  asks ? invite() : read_body();
}

/// A long body is read once it is known who sends it: else whoever opens sockets fills memory.
auto http_connection::allowed_body(const http_request& head) const -> std::size_t {
  const std::size_t most = options().http.max_body_bytes;
  const bool is_known = services_.site != nullptr || (identity_ && *identity_) ||
                        (find_hub(head) && !refusal_);
  return is_known ? most : std::min(max_body_of_strangers, most);
}

void http_connection::invite() {
  static constexpr std::string_view go_ahead = "HTTP/1.1 100 Continue\r\n\r\n";
  asio::async_write(wire_, asio::buffer(go_ahead.data(), go_ahead.size()),
                    [self = shared_from_this()](error_code failed, std::size_t) {
                      failed ? self->close() : self->read_body();
                    });
}

void http_connection::read_body() {
  error_code failed = http::error::need_more;
  if (buffer_.size() > 0) buffer_.consume(parser_->put(buffer_.data(), failed));
  if (failed && failed != http::error::need_more) return on_read_failed(failed);
  if (refusal_) parser_->get().body().clear();
  if (parser_->is_done()) return on_body();
  const auto waiting = buffer_.data();
  if (parser_->chunked() &&
      has_open_quote({static_cast<const char*>(waiting.data()), waiting.size()}))
    return on_read_failed(http::error::bad_chunk_extension);
  const auto room = boost::beast::read_size(buffer_, max_read);
  if (room == 0) return on_read_failed(http::error::buffer_overflow);
  wire_.async_read_some(buffer_.prepare(room),
                        [self = shared_from_this()](error_code broken, std::size_t size) {
                          if (broken) return self->on_read_failed(broken);
                          self->buffer_.commit(size);
                          self->read_body();
                        });
}

void http_connection::on_body() {
  auto request = parser_->release();
  if (head_) request.base() = std::move(*std::exchange(head_, {}));
  if (refusal_) return respond(std::move(*std::exchange(refusal_, {})));
  on_request(std::move(request));
}

auto http_connection::refuse_early(const http_request& head) -> std::optional<http_response> {
  const bool is_anybodys = services_.site != nullptr || services_.is_for_operator ||
                           head.method() == http::verb::options;
  if (is_anybodys || is_for_file(head)) return std::nullopt;
  if (const auto hub = find_hub(head)) return refuse_hub(*hub, head);
  const auto path = split_target(view(head.target())).path;
  const bool is_page = std::ranges::find(server_page_paths, path) != server_page_paths.end() ||
                       std::ranges::find(docs::paths, path) != docs::paths.end() ||
                       (services_.web != nullptr && services_.web->serves(path));
  return is_page ? std::nullopt : refuse_rest(rest::find_route(head.method(), path), head);
}

auto http_connection::refuse_hub(const hub_path& hub, const http_request& head)
    -> std::optional<http_response> {
  if (origin_.is_foreign) return refuse_foreign(head);
  auto who = hub_caller_of(hub, head);
  if (hub.refreshes) return std::nullopt;
  if (!who) return unauthorized();
  if (hub.negotiates && head.method() != http::verb::post)
    return method_not_allowed({http::verb::post});
  // A GET may use a token up: its body, which means nothing, comes first.
  if (hub.negotiates || head.method() == http::verb::get) return std::nullopt;
  return find_way(head, *who, services_, host().clock()).refusal;
}

}  // namespace parley::net
