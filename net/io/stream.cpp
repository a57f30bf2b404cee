#include "net/io/stream.hpp"

#include <openssl/err.h>

namespace parley::net {
namespace {

namespace error = boost::asio::error;

}  // namespace

stream::stream(tcp_socket socket, ssl_ptr tls, peer_ptr from)
    : socket_(std::move(socket)), tls_(std::move(tls)), from_(std::move(from)) {
  error_code ignored;
  socket_.native_non_blocking(true, ignored);
  SSL_set_fd(tls_.get(), static_cast<int>(socket_.native_handle()));
  SSL_set_accept_state(tls_.get());
}

auto stream::far_end() const -> const peer& {
  static const peer nobody;
  return from_ ? *from_ : nobody;
}

/// What became of an SSL call that did not succeed.
auto stream::judge(int result) -> error_code {
  switch (SSL_get_error(tls_.get(), result)) {
    case SSL_ERROR_WANT_READ: waits_for_ = tcp_socket::wait_read; return error::would_block;
    case SSL_ERROR_WANT_WRITE: waits_for_ = tcp_socket::wait_write; return error::would_block;
    case SSL_ERROR_ZERO_RETURN: return error::eof;
    case SSL_ERROR_SYSCALL:
      is_broken_ = true;
      return errno != 0 ? error_code{errno, boost::system::system_category()}
                        : error_code{error::eof};
    default: is_broken_ = true; return error::connection_aborted;
  }
}

auto stream::handshake(error_code& failed) -> bool {
  ERR_clear_error();
  errno = 0;
  const auto result = SSL_do_handshake(tls_.get());
  failed = result == 1 ? error_code{} : judge(result);
  return result == 1;
}

auto stream::write_record(const char* data, std::size_t size, error_code& failed) -> std::size_t {
  ERR_clear_error();
  errno = 0;
  std::size_t written = 0;
  const auto result = SSL_write_ex(tls_.get(), data, size, &written);
  if (result == 1) return failed = {}, written;
  failed = judge(result);
  if (failed != error::would_block) return 0;
  // OpenSSL has made the record; it must get the same text again until the record is gone.
  if (data != unsent_.data()) unsent_.assign(data, size);
  failed = {};
  return size;
}

/// @returns nothing is left
auto stream::send_unsent(error_code& failed) -> bool {
  failed = {};
  if (unsent_.empty()) return true;
  ERR_clear_error();
  errno = 0;
  std::size_t written = 0;
  const auto result = SSL_write_ex(tls_.get(), unsent_.data(), unsent_.size(), &written);
  if (result != 1) return failed = judge(result), false;
  unsent_ = {};
  return true;
}

auto stream::read_some(boost::asio::mutable_buffer into, error_code& failed) -> std::size_t {
  if (!tls_) return socket_.read_some(boost::asio::buffer(into), failed);
  ERR_clear_error();
  errno = 0;
  std::size_t size = 0;
  const auto result = SSL_read_ex(tls_.get(), into.data(), into.size(), &size);
  failed = result == 1 ? error_code{} : judge(result);
  return size;
}

auto stream::look() -> sight {
  error_code failed;
  if (!tls_) return socket_.available(failed) > 0 && !failed ? sight::data : sight::gone;
  char byte = 0;
  std::size_t size = 0;
  ERR_clear_error();
  errno = 0;
  const auto result = SSL_peek_ex(tls_.get(), &byte, 1, &size);
  if (result == 1) return sight::data;
  return judge(result) == error::would_block ? sight::nothing : sight::gone;
}

auto stream::detach() -> detached {
  error_code ignored;
  const auto protocol = socket_.local_endpoint(ignored).protocol();
  return {protocol, socket_.release(ignored), std::move(tls_), std::move(from_)};
}

stream::stream(boost::asio::io_context& io, detached from)
    : socket_(io), tls_(std::move(from.tls)), from_(std::move(from.from)) {
  error_code ignored;
  socket_.assign(from.protocol, from.socket, ignored);
  if (tls_) socket_.native_non_blocking(true, ignored);
}

void stream::close() {
  error_code ignored;
  if (tls_ && socket_.is_open() && !is_broken_ && SSL_is_init_finished(tls_.get())) {
    ERR_clear_error();
    SSL_shutdown(tls_.get());  // close_notify; nobody waits for the client's
  }
  socket_.shutdown(tcp_socket::shutdown_both, ignored);
  socket_.close(ignored);
}

}  // namespace parley::net
