// Long polling: a payload is the body of an answered GET; what the client says goes by POST.

#include "bench/load/transports/post_line.hpp"
#include "bench/wire/http.hpp"

namespace parley::bench {
namespace {

class polling_connection final : public connection, private post_line::host {
 public:
  explicit polling_connection(std::uint32_t index)
      : connection(index), posts_(*this), poll_(*this) {}

  void send_payload(std::string_view payload, shared_io& io) override {
    posts_.send(who(), payload, io);
  }

  auto on_bytes(link&, char* data, std::size_t size, shared_io& io) -> std::size_t override {
    const std::string_view bytes(data, size);
    const auto length = http_message_size(bytes);
    if (length == 0) return 0;
    const auto answer = bytes.substr(0, length);
    if (http_status(answer) != 200) fail("a poll was refused: " + std::string(answer));
    poll(io);
    // The first poll says that the transport stands.
    if (!std::exchange(is_polling_, true)) greet(io);
    on_payload(http_body(answer), io);
    return length;
  }

 private:
  void begin(shared_io& io) override {
    is_polling_ = false;
    posts_.negotiate(who(), io);
  }
  void on_negotiated(const std::string&, shared_io& io) override { poll(io); }
  void on_refused(const std::string& why) override { fail(why); }

  void poll(shared_io& io) {
    if (poll_.is_closed()) poll_.open(who().server, who().source_address, io);
    poll_.write(request_head("GET", posts_.target(), who().who, {}), io);
  }

  void close_links() override {
    posts_.close();
    poll_.close();
  }

  post_line posts_;
  link poll_;
  bool is_polling_ = false;
};

}  // namespace

auto make_polling_connection(std::uint32_t index) -> std::unique_ptr<connection> {
  return std::make_unique<polling_connection>(index);
}

}  // namespace parley::bench
