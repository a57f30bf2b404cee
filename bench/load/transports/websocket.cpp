// RFC 6455: a payload is a frame.

#include "bench/load/connection.hpp"
#include "bench/wire/failure.hpp"
#include "bench/wire/http.hpp"
#include "bench/wire/websocket.hpp"

namespace parley::bench {
namespace {

constexpr std::string_view normal_closure{"\x03\xe8", 2};

auto upgrade_request(const std::string& target, std::string_view subprotocol) -> std::string {
  std::string out = "GET " + target + " HTTP/1.1\r\nHost: parley\r\nConnection: Upgrade\r\n" +
                    "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
                    "Sec-WebSocket-Key: cGFybGV5LWJlbmNobWFyaw==\r\n";
  if (!subprotocol.empty())
    out += "Sec-WebSocket-Protocol: " + std::string(subprotocol) + "\r\n";
  return out + "\r\n";
}

class websocket_connection final : public connection {
 public:
  explicit websocket_connection(std::uint32_t index) : connection(index), link_(*this) {}

  void send_payload(std::string_view payload, shared_io& io) override {
    io.frame.clear();
    append_client_frame(io.frame, io.speaks->frame_kind(), payload);
    link_.write(io.frame, io);
  }

  auto on_bytes(link&, char* data, std::size_t size, shared_io& io) -> std::size_t override {
    std::size_t used = 0;
    while (stage_ != stage::frames) {
      const auto taken = consume_http({data + used, size - used}, io);
      if (taken == 0) return used;
      used += taken;
    }
    while (used < size && !link_.is_closed()) {
      const auto next = decode_frame(data + used, size - used);
      if (next.size == 0) break;
      used += next.size;
      on_frame(next, io);
    }
    return used;
  }

 private:
  enum class stage : std::uint8_t { negotiating, upgrading, frames };

  void begin(shared_io& io) override {
    stage_ = who().negotiate ? stage::negotiating : stage::upgrading;
    link_.open(who().server, who().source_address, io);
    if (who().negotiate) {
      const auto target = who().who.hub_path + "/negotiate?negotiateVersion=1";
      return link_.write(request_head("POST", target, who().who, "Content-Length: 0\r\n"), io);
    }
    upgrade({}, io);
  }

  void upgrade(const std::string& more, shared_io& io) {
    stage_ = stage::upgrading;
    const auto target = io.speaks->upgrade_target(who().who) + more;
    link_.write(upgrade_request(target, io.speaks->subprotocol()), io);
  }

  auto consume_http(std::string_view bytes, shared_io& io) -> std::size_t {
    const auto size = http_message_size(bytes);
    if (size == 0) return 0;
    const auto answer = bytes.substr(0, size);
    if (stage_ == stage::upgrading) {
      if (http_status(answer) != 101) fail("the upgrade was refused: " + std::string(answer));
      stage_ = stage::frames;
      greet(io);
      return size;
    }
    const auto token = negotiated_token(answer);
    if (token.empty()) fail("negotiate was refused: " + std::string(answer));
    upgrade("&id=" + token, io);
    return size;
  }

  void on_frame(const frame& next, shared_io& io) {
    if (next.kind == opcode::close) fail("the server sent a close frame");
    if (next.kind == opcode::ping) {
      std::string pong;
      append_client_frame(pong, opcode::pong, next.payload);
      return link_.write(pong, io);
    }
    if (next.kind == opcode::pong) return;
    const auto wanted = fragments_.empty() ? io.speaks->frame_kind() : opcode::continuation;
    if (next.kind != wanted) fail("a frame is not of the protocol's kind");
    if (next.is_final && fragments_.empty()) return on_payload(next.payload, io);
    on_fragment(next, io);
  }

  /// ASP.NET Core cuts what it has gathered into frames where its buffers end.
  void on_fragment(const frame& next, shared_io& io) {
    fragments_ += next.payload;
    if (!next.is_final) return;
    on_payload(fragments_, io);
    fragments_.clear();
  }

  void say_goodbye(shared_io& io) override {
    io.frame.clear();
    append_client_frame(io.frame, opcode::close, normal_closure);
    link_.write(io.frame, io);
  }
  void close_links() override { link_.close(); }

  link link_;
  stage stage_ = stage::negotiating;
  std::string fragments_;  ///< of a message whose end has not come
};

}  // namespace

auto make_websocket_connection(std::uint32_t index) -> std::unique_ptr<connection> {
  return std::make_unique<websocket_connection>(index);
}

}  // namespace parley::bench
