#pragma once

#include <boost/asio/associator.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/role.hpp>
#include <cstdint>
#include <string>

#include "net/io_thread.hpp"

namespace parley::net {

/// Takes the bytes that the WebSocket layer itself writes: handshake, pongs, close frames.
class raw_writer {
 public:
  virtual ~raw_writer() = default;
  virtual void write_raw(std::string bytes) = 0;
};

/// Hands a read on, and adds its bytes up.
template <class Handler>
struct counted_read {
  Handler handler;
  std::uint64_t* total;

  void operator()(boost::system::error_code failed, std::size_t size) {
    *total += size;
    std::move(handler)(failed, size);
  }
};

/// The layer under a Beast WebSocket stream. Reads come from the socket; writes go into the
/// connection's outbox and count as done, so that one ordered queue is the only way out and frames
/// made by us never interleave with Beast's.
class outbox_stream {
 public:
  using executor_type = boost::asio::io_context::executor_type;

  outbox_stream(tcp_socket socket, raw_writer& out) : socket_(std::move(socket)), out_(&out) {}

  auto get_executor() -> executor_type { return socket_.get_executor(); }
  auto socket() -> tcp_socket& { return socket_; }

  template <class Buffers, class Handler>
  auto async_read_some(const Buffers& buffers, Handler&& handler) {
    return socket_.async_read_some(
        buffers, counted_read<std::decay_t<Handler>>{std::forward<Handler>(handler), &bytes_read_});
  }
  /// Bytes that came so far, frame headers included.
  auto bytes_read() const -> std::uint64_t { return bytes_read_; }

  template <class Buffers, class Handler>
  auto async_write_some(const Buffers& buffers, Handler&& handler) {
    return boost::asio::async_initiate<Handler, void(boost::system::error_code, std::size_t)>(
        [this](auto&& completion, const auto& what) {
          std::string bytes(boost::asio::buffer_size(what), '\0');
          boost::asio::buffer_copy(boost::asio::buffer(bytes), what);
          const auto size = bytes.size();
          out_->write_raw(std::move(bytes));
          boost::asio::post(socket_.get_executor(),
                            boost::beast::bind_front_handler(
                                std::forward<decltype(completion)>(completion),
                                boost::system::error_code{}, size));
        },
        handler, buffers);
  }

 private:
  tcp_socket socket_;
  raw_writer* out_;
  std::uint64_t bytes_read_ = 0;
};

// Beast ends the layer below a WebSocket through these. The connection closes the socket itself,
// once its outbox is written.
inline void teardown(boost::beast::role_type, outbox_stream&, boost::system::error_code& failed) {
  failed = {};
}

template <class Handler>
void async_teardown(boost::beast::role_type, outbox_stream& stream, Handler&& handler) {
  boost::asio::post(stream.get_executor(),
                    boost::beast::bind_front_handler(std::forward<Handler>(handler),
                                                     boost::system::error_code{}));
}

inline void beast_close_socket(outbox_stream& stream) {
  boost::system::error_code ignored;
  stream.socket().close(ignored);
}

}  // namespace parley::net

/// A counted read runs where the read it counts would, and allocates as that does.
template <template <class, class> class Associator, class Handler, class Default>
struct boost::asio::associator<Associator, parley::net::counted_read<Handler>, Default>
    : Associator<Handler, Default> {
  static auto get(const parley::net::counted_read<Handler>& read,
                  const Default& otherwise = Default()) noexcept {
    return Associator<Handler, Default>::get(read.handler, otherwise);
  }
};
