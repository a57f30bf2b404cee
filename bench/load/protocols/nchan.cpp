// nginx with nchan: a channel per room at /room/{id}, published to and heard over one WebSocket.
// A frame is a message, as it was sent.

#include "bench/load/content.hpp"
#include "bench/load/protocol.hpp"
#include "bench/wire/failure.hpp"

namespace parley::bench {
namespace {

class nchan_protocol final : public protocol {
 public:
  nchan_protocol() : protocol({.rooms_by_rest = false, .acks = false, .seqs = false}) {}

  auto upgrade_target(const identity& who) const -> std::string override {
    return "/room/" + (who.room.empty() ? who.user : who.room);
  }

  auto greeting(const identity&) const -> std::string override { return {}; }

  auto next(std::string_view& payload, const identity&, int&, hub_record& out,
            std::string&) const -> heard override {
    const auto space = payload.find(' ');
    if (space == std::string_view::npos) check_failed("not our text: " + std::string(payload));
    out.target = "MessageReceived";
    out.conversation_id = payload.substr(0, space);
    out.content = payload.substr(space + 1);
    payload = {};
    return heard::record;
  }

  void write_send(std::string& out, std::string_view room, std::uint64_t number,
                  std::uint32_t bytes) const override {
    out += room;
    out += ' ';
    write_content(out, number, bytes);
  }
};

}  // namespace

auto make_nchan_protocol() -> std::unique_ptr<const protocol> {
  return std::make_unique<nchan_protocol>();
}

}  // namespace parley::bench
