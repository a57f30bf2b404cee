#include "net/front/tls_handshake.hpp"

#include <spdlog/spdlog.h>

#include "net/front/connection.hpp"
#include "net/io/stream.hpp"
#include "net/io/tls.hpp"
#include "net/signalr/connection_host.hpp"

namespace parley::net {
namespace {

using boost::system::error_code;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

class tls_handshake final : public std::enable_shared_from_this<tls_handshake>, public connection {
 public:
  tls_handshake(io_thread& thread, stream wire, unserved waiting, const http_services& services)
      : thread_(thread),
        stream_(std::move(wire)),
        services_(services),
        waiting_(std::move(waiting)),
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
      if (stopped || !self->stream_.is_open()) return;
      self->has_begun_ = true;
      self->go_on();
    });
  }

  // connection
  void on_tick(steady_clock::time_point now) override {
    if (!stream_.is_open()) return;
    if (now > deadline_) return fail("it took too long");
    if (has_begun_ || !waiting_.overstays(now)) return;
    services_.metrics.limits.unauthenticated.Increment();
    fail("its address has too many sockets that ask for nothing");
  }
  void shut_down() override { stream_.close(); }

 private:
  void finish() {
    thread_.host().metrics().tls_handshakes.Increment();
    waiting_.begin_anew(steady_clock::now());
    serve_http(thread_, std::move(stream_), std::move(waiting_), services_);
  }

  void fail(const std::string& why) {
    thread_.host().metrics().tls_failures.Increment();
    spdlog::debug("a TLS handshake failed: {}", why);
    stream_.close();
    waiting_.serve();
  }

  io_thread& thread_;
  stream stream_;
  const http_services& services_;
  unserved waiting_;
  steady_clock::time_point deadline_;
  bool has_begun_ = false;  ///< the client has sent something
};

}  // namespace

void serve_tls(io_thread& thread, tcp_socket socket, peer_ptr from, unserved waiting,
               const http_services& services) {
  if (waiting.is_refused()) return services.metrics.limits.unauthenticated.Increment();
  auto session = services.tls->make_session();
  if (!session) return;
  stream wire{std::move(socket), std::move(session), std::move(from)};
  std::make_shared<tls_handshake>(thread, std::move(wire), std::move(waiting), services)->go_on();
}

}  // namespace parley::net
