#include "net/tls_handshake.hpp"

#include <spdlog/spdlog.h>

#include "net/connection_host.hpp"
#include "net/http_connection.hpp"
#include "net/stream.hpp"
#include "net/tls.hpp"

namespace parley::net {
namespace {

using boost::system::error_code;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

class tls_handshake final : public std::enable_shared_from_this<tls_handshake>, public connection {
 public:
  tls_handshake(io_thread& thread, tcp_socket socket, ssl_ptr tls, const http_services& services)
      : thread_(thread),
        stream_(std::move(socket), std::move(tls)),
        services_(services),
        deadline_(steady_clock::now() +
                  milliseconds{thread.host().options().http.tls_handshake_timeout_ms}) {
    thread_.add(*this);
  }
  ~tls_handshake() override { thread_.remove(*this); }

  void go_on() {
    error_code failed;
    if (stream_.handshake(failed)) return finish();
    if (failed != boost::asio::error::would_block) return fail(failed.message());
    stream_.socket().async_wait(stream_.waits_for(), [self = shared_from_this()](error_code stopped) {
      if (!stopped && self->stream_.is_open()) self->go_on();
    });
  }

  // connection
  void on_tick(steady_clock::time_point now) override {
    if (now > deadline_ && stream_.is_open()) fail("it took too long");
  }
  void shut_down() override { stream_.close(); }

 private:
  void finish() {
    thread_.host().metrics().tls_handshakes.Increment();
    serve_http(thread_, std::move(stream_), services_);
  }

  void fail(const std::string& why) {
    thread_.host().metrics().tls_failures.Increment();
    spdlog::debug("a TLS handshake failed: {}", why);
    stream_.close();
  }

  io_thread& thread_;
  stream stream_;
  const http_services& services_;
  steady_clock::time_point deadline_;
};

}  // namespace

void serve_tls(io_thread& thread, tcp_socket socket, const http_services& services) {
  auto session = services.tls->make_session();
  if (!session) return;
  std::make_shared<tls_handshake>(thread, std::move(socket), std::move(session), services)->go_on();
}

}  // namespace parley::net
