// Server-Sent Events: a payload is the data of one event; what the client says goes by POST.

#include "bench/load/transports/post_line.hpp"
#include "bench/wire/failure.hpp"
#include "bench/wire/http.hpp"

namespace parley::bench {
namespace {

constexpr std::string_view event_end = "\r\n\r\n";
constexpr std::string_view data_start = "data: ";

class event_stream_connection final : public connection, private post_line::host {
 public:
  explicit event_stream_connection(std::uint32_t index)
      : connection(index), posts_(*this), stream_(*this) {}

  void send_payload(std::string_view payload, shared_io& io) override {
    posts_.send(who(), payload, io);
  }

  auto on_bytes(link&, char* data, std::size_t size, shared_io& io) -> std::size_t override {
    const std::string_view bytes(data, size);
    std::size_t used = 0;
    if (!is_streaming_ && !(used = consume_head(bytes, io))) return 0;
    for (auto end = bytes.find(event_end, used); end != std::string_view::npos;
         end = bytes.find(event_end, used)) {
      const auto event = bytes.substr(used, end - used);
      used = end + event_end.size();
      if (event.starts_with(data_start)) on_payload(event.substr(data_start.size()), io);
      else if (!event.starts_with(':')) fail("not an event: " + std::string(event));
    }
    return used;
  }

 private:
  void begin(shared_io& io) override {
    is_streaming_ = false;
    if (io.speaks->frame_kind() != opcode::text) cannot_run("sse carries text protocols only");
    posts_.negotiate(who(), io);
  }

  void on_negotiated(const std::string&, shared_io& io) override {
    stream_.open(who().server, who().source_address, io);
    stream_.write(request_head("GET", posts_.target(), who().who, "Accept: text/event-stream\r\n"),
                  io);
  }
  void on_refused(const std::string& why) override { fail(why); }

  auto consume_head(std::string_view bytes, shared_io& io) -> std::size_t {
    const auto end = bytes.find("\r\n\r\n");
    if (end == std::string_view::npos) return 0;
    if (http_status(bytes) != 200) fail("the stream was refused: " + std::string(bytes));
    is_streaming_ = true;
    greet(io);
    return end + 4;
  }

  void close_links() override {
    posts_.close();
    stream_.close();
  }

  post_line posts_;
  link stream_;
  bool is_streaming_ = false;
};

}  // namespace

auto make_event_stream_connection(std::uint32_t index) -> std::unique_ptr<connection> {
  return std::make_unique<event_stream_connection>(index);
}

}  // namespace parley::bench
