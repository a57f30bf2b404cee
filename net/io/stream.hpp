#pragma once

#include <openssl/ssl.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <algorithm>
#include <memory>
#include <string>
#include <type_traits>

#include "net/io/io_thread.hpp"
#include "net/limits/peer.hpp"

namespace parley::net {

struct ssl_deleter {
  void operator()(SSL* tls) const { SSL_free(tls); }
};
using ssl_ptr = std::unique_ptr<SSL, ssl_deleter>;

/// A client's socket, plain or with TLS on top. Plain costs one test of a pointer per call.
///
/// OpenSSL works on the descriptor itself: it keeps no buffers while nothing is on its way, where
/// asio's ssl::stream keeps 34 KiB for each connection, and writes need no handler. What TLS has
/// accepted counts as written; `has_unsent` says whether a record still waits for the socket.
/// An AsyncStream of Asio and Beast.
/// @thread its io thread's
/// @source docs/decisions/0008-tls-on-the-descriptor.md
class stream {
 public:
  using executor_type = tcp_socket::executor_type;
  using error_code = boost::system::error_code;

  explicit stream(tcp_socket socket, peer_ptr from = nullptr)
      : socket_(std::move(socket)), from_(std::move(from)) {}
  /// Begins TLS as its server. `tls` is a fresh SSL of the listener's context.
  stream(tcp_socket socket, ssl_ptr tls, peer_ptr from = nullptr);
  stream(stream&&) = default;
  auto operator=(stream&&) -> stream& = default;

  auto get_executor() -> executor_type { return socket_.get_executor(); }
  auto socket() -> tcp_socket& { return socket_; }
  auto is_open() const -> bool { return socket_.is_open(); }
  auto is_tls() const -> bool { return tls_ != nullptr; }
  /// Who is at the other end.
  auto far_end() const -> const peer&;

  /// One step of the handshake. @returns done; else would_block in `failed`, and `waits_for` says
  /// what for; or another error.
  auto handshake(error_code& failed) -> bool;
  /// What the last call that answered would_block waits for.
  auto waits_for() const -> tcp_socket::wait_type { return waits_for_; }

  /// Do not block; the socket is in non-blocking mode already, or is TLS.
  /// @returns bytes taken; would_block or another error in `failed`. A write of nothing sends what
  ///          is unsent.
  template <class Buffers>
  auto write_some(const Buffers& from, error_code& failed) -> std::size_t;
  auto read_some(boost::asio::mutable_buffer into, error_code& failed) -> std::size_t;
  /// A record that the socket has not taken yet.
  auto has_unsent() const -> bool { return !unsent_.empty(); }

  enum class sight { data, nothing, gone };
  /// What the next read would find, without reading it; after a `wait_read`.
  auto look() -> sight;

  /// Calls `handler(error)` when there may be something to read, or room to write.
  template <class Handler>
  void async_wait(tcp_socket::wait_type what, Handler&& handler);
  template <class Buffers, class Handler>
  auto async_read_some(const Buffers& into, Handler&& handler);
  template <class Buffers, class Handler>
  auto async_write_some(const Buffers& from, Handler&& handler);

  /// What is left of a stream that goes to another thread: nothing may be under way on it.
  struct detached {
    boost::asio::ip::tcp protocol = boost::asio::ip::tcp::v4();
    tcp_socket::native_handle_type socket{};
    ssl_ptr tls;
    peer_ptr from;
  };
  auto detach() -> detached;
  /// Goes on with it there.
  stream(boost::asio::io_context& io, detached from);

  /// Says goodbye as far as that does not block, and closes.
  void close();

 private:
  /// Longest record. Gathered writes become as few of them as possible.
  static constexpr std::size_t max_record = 16 * 1024;

  auto write_record(const char* data, std::size_t size, error_code& failed) -> std::size_t;
  auto send_unsent(error_code& failed) -> bool;
  auto has_plain_text_waiting() const -> bool { return tls_ && SSL_pending(tls_.get()) > 0; }
  auto judge(int result) -> error_code;

  template <class Attempt>
  struct retried;

  tcp_socket socket_;
  ssl_ptr tls_;
  peer_ptr from_;
  std::string unsent_;  ///< plain text of a record that OpenSSL holds and the socket has no room for
  tcp_socket::wait_type waits_for_ = tcp_socket::wait_read;
  bool is_broken_ = false;  ///< TLS failed: nothing may be sent any more
};

/// Tries until it does not block any more. An operation for async_compose.
template <class Attempt>
struct stream::retried {
  stream& on;
  Attempt attempt;
  error_code result{};
  std::size_t size = 0;
  bool has_waited = false;
  bool is_done = false;

  template <class Self>
  void operator()(Self& self, error_code failed = {}) {
    if (is_done) return self.complete(result, size);
    if (!failed) size = attempt(on, failed);
    if (failed == boost::asio::error::would_block) {
      has_waited = true;
      return on.socket_.async_wait(on.waits_for_, std::move(self));
    }
    result = failed;
    if (has_waited) return self.complete(result, size);
    is_done = true;  // a handler never runs inside the call that started it
    boost::asio::post(on.get_executor(), std::move(self));
  }
};

template <class Buffers>
auto stream::write_some(const Buffers& from, error_code& failed) -> std::size_t {
  if (!tls_) return socket_.write_some(from, failed);
  if (!send_unsent(failed)) return 0;
  const auto size = std::min(boost::asio::buffer_size(from), max_record);
  if (size == 0) return 0;
  // One thread's records are made one after the other.
  thread_local std::string record;
  record.resize(size);
  boost::asio::buffer_copy(boost::asio::buffer(record), from);
  return write_record(record.data(), size, failed);
}

template <class Handler>
void stream::async_wait(tcp_socket::wait_type what, Handler&& handler) {
  if (what == tcp_socket::wait_read && has_plain_text_waiting())
    return boost::asio::post(get_executor(), [handler = std::forward<Handler>(handler)]() mutable {
      handler(error_code{});
    });
  socket_.async_wait(what, std::forward<Handler>(handler));
}

template <class Buffers, class Handler>
auto stream::async_read_some(const Buffers& into, Handler&& handler) {
  return boost::asio::async_initiate<Handler, void(error_code, std::size_t)>(
      [this](auto&& done, const Buffers& to) {
        if (!tls_) return socket_.async_read_some(to, std::forward<decltype(done)>(done));
        boost::asio::mutable_buffer first;
        for (auto at = boost::asio::buffer_sequence_begin(to);
             first.size() == 0 && at != boost::asio::buffer_sequence_end(to); ++at)
          first = *at;
        const auto attempt = [first](stream& on, error_code& failed) {
          return on.read_some(first, failed);
        };
        using operation = retried<std::remove_const_t<decltype(attempt)>>;
        boost::asio::async_compose<std::decay_t<decltype(done)>, void(error_code, std::size_t)>(
            operation{*this, attempt}, done, socket_);
      },
      handler, into);
}

template <class Buffers, class Handler>
auto stream::async_write_some(const Buffers& from, Handler&& handler) {
  return boost::asio::async_initiate<Handler, void(error_code, std::size_t)>(
      [this](auto&& done, const Buffers& what) {
        if (!tls_) return socket_.async_write_some(what, std::forward<decltype(done)>(done));
        // Complete when the socket has it: the next write would only wait here.
        const auto attempt = [what, taken = std::size_t{0}](stream& on,
                                                            error_code& failed) mutable {
          if (taken == 0) taken = on.write_some(what, failed);
          if (!failed) on.send_unsent(failed);
          return taken;
        };
        using operation = retried<std::remove_const_t<decltype(attempt)>>;
        boost::asio::async_compose<std::decay_t<decltype(done)>, void(error_code, std::size_t)>(
            operation{*this, attempt}, done, socket_);
      },
      handler, from);
}

}  // namespace parley::net
