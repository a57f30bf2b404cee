#include "net/io/lingering.hpp"

#include <array>

namespace parley::net {
namespace {

using boost::system::error_code;
using std::chrono::steady_clock;

constexpr std::uint64_t max_ignored_bytes = 64 * 1024 * 1024;
constexpr std::chrono::seconds lasts{5};

class lingering final : public std::enable_shared_from_this<lingering>, public connection {
 public:
  lingering(io_thread& thread, stream wire, std::shared_ptr<void> place)
      : thread_(thread), wire_(std::move(wire)), place_(std::move(place)) {
    thread_.add(*this);
  }
  ~lingering() override { thread_.remove(*this); }

  void start() {
    error_code ignored;
    wire_.socket().shutdown(tcp_socket::shutdown_send, ignored);
    ignore_more();
  }

  // connection
  void on_tick(steady_clock::time_point now) override {
    if (now > ends_at_) wire_.close();
  }
  void shut_down() override { wire_.close(); }
  auto is_lasting() const -> bool override { return false; }

 private:
  void ignore_more() {
    wire_.async_read_some(boost::asio::buffer(piece_), [self = shared_from_this()](
                                                           error_code failed, std::size_t bytes) {
      self->ignored_bytes_ += bytes;
      if (failed || self->ignored_bytes_ > max_ignored_bytes) return self->wire_.close();
      self->ignore_more();
    });
  }

  io_thread& thread_;
  stream wire_;
  std::shared_ptr<void> place_;
  std::array<char, 16 * 1024> piece_{};
  std::uint64_t ignored_bytes_ = 0;
  steady_clock::time_point ends_at_ = steady_clock::now() + lasts;
};

}  // namespace

void end_gently(io_thread& thread, stream wire, std::shared_ptr<void> place) {
  std::make_shared<lingering>(thread, std::move(wire), std::move(place))->start();
}

}  // namespace parley::net
