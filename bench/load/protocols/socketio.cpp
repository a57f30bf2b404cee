// Socket.IO 4 over the WebSocket transport of Engine.IO 4: a packet is a frame. The server is
// bench/peers/socketio/server.mjs: "join" answers, "send" is emitted to the room as "message".

#include "bench/load/content.hpp"
#include "bench/load/protocol.hpp"
#include "bench/wire/failure.hpp"

namespace parley::bench {
namespace {

constexpr std::string_view event_start = "42[\"message\",\"";

class socketio_protocol final : public protocol {
 public:
  socketio_protocol() : protocol({.rooms_by_rest = false, .acks = false, .seqs = false}) {}

  auto upgrade_target(const identity&) const -> std::string override {
    return "/socket.io/?EIO=4&transport=websocket";
  }

  auto greeting(const identity&) const -> std::string override { return "40"; }

  auto next(std::string_view& payload, const identity& who, int& step, hub_record& out,
            std::string& reply) const -> heard override {
    const auto packet = payload;
    payload = {};
    if (packet.starts_with(event_start)) return message(packet, out);
    if (packet == "2") return say("3", reply);
    if (packet.starts_with("40") && step == 0) {
      step = 1;
      if (who.room.empty()) return heard::opened;
      return say("420[\"join\",\"" + who.room + "\"]", reply);
    }
    if (packet.starts_with("430") && step == 1) {
      step = 2;
      return heard::opened;
    }
    if (packet.starts_with('0')) return heard::nothing;  // Engine.IO's own opening
    check_failed("an unexpected packet: " + std::string(packet));
  }

  void write_send(std::string& out, std::string_view room, std::uint64_t number,
                  std::uint32_t bytes) const override {
    out += "42[\"send\",\"";
    out += room;
    out += "\",\"";
    write_content(out, number, bytes);
    out += "\"]";
  }

 private:
  static auto say(std::string what, std::string& reply) -> heard {
    reply = std::move(what);
    return heard::reply;
  }

  static auto message(std::string_view packet, hub_record& out) -> heard {
    packet.remove_prefix(event_start.size());
    const auto room_end = packet.find("\",\"");
    const auto text_end = packet.rfind("\"]");
    if (room_end == std::string_view::npos || text_end < room_end + 3)
      check_failed("not our event: " + std::string(packet));
    out.target = "MessageReceived";
    out.conversation_id = packet.substr(0, room_end);
    out.content = packet.substr(room_end + 3, text_end - room_end - 3);
    return heard::record;
  }
};

}  // namespace

auto make_socketio_protocol() -> std::unique_ptr<const protocol> {
  return std::make_unique<socketio_protocol>();
}

}  // namespace parley::bench
