// nats-server over its WebSocket: lines of its text protocol, any number of them in a frame.

#include <charconv>

#include "bench/load/content.hpp"
#include "bench/load/protocol.hpp"
#include "bench/wire/failure.hpp"

namespace parley::bench {
namespace {

constexpr std::string_view line_end = "\r\n";

auto cut_line(std::string_view& payload) -> std::string_view {
  const auto end = payload.find(line_end);
  if (end == std::string_view::npos) check_failed("a line does not end within its frame");
  const auto line = payload.substr(0, end);
  payload.remove_prefix(end + line_end.size());
  return line;
}

auto cut_word(std::string_view& line) -> std::string_view {
  const auto end = std::min(line.find(' '), line.size());
  const auto word = line.substr(0, end);
  line.remove_prefix(std::min(end + 1, line.size()));
  return word;
}

class nats_protocol final : public protocol {
 public:
  nats_protocol() : protocol({.rooms_by_rest = false, .acks = false, .seqs = false}) {}

  auto frame_kind() const -> opcode override { return opcode::binary; }
  auto upgrade_target(const identity&) const -> std::string override { return "/"; }

  auto greeting(const identity& who) const -> std::string override {
    std::string out = "CONNECT {\"verbose\":false,\"pedantic\":false}\r\n";
    if (!who.room.empty()) out += "SUB " + who.room + " 1\r\n";
    return out + "PING\r\n";  // its PONG says that the subscription stands
  }

  auto next(std::string_view& payload, const identity&, int& step, hub_record& out,
            std::string& reply) const -> heard override {
    auto line = cut_line(payload);
    const auto verb = cut_word(line);
    if (verb == "MSG") return message(payload, line, out);
    if (verb == "PONG") return step++ == 0 ? heard::opened : heard::nothing;
    if (verb == "-ERR") check_failed("the server refused: " + std::string(line));
    if (verb != "PING") return heard::nothing;
    reply = "PONG\r\n";
    return heard::reply;
  }

  auto ping() const -> std::string_view override { return "PING\r\n"; }

  void write_send(std::string& out, std::string_view room, std::uint64_t number,
                  std::uint32_t bytes) const override {
    std::string content;
    write_content(content, number, bytes);
    out += "PUB ";
    out += room;
    out += ' ' + std::to_string(content.size()) + "\r\n" + content + "\r\n";
  }

 private:
  static auto message(std::string_view& payload, std::string_view line, hub_record& out) -> heard {
    out.target = "MessageReceived";
    out.conversation_id = cut_word(line);
    cut_word(line);  // the subscription
    std::size_t size = 0;
    std::from_chars(line.data(), line.data() + line.size(), size);
    if (payload.size() < size + line_end.size())
      check_failed("a message does not end within its frame");
    out.content = payload.substr(0, size);
    payload.remove_prefix(size + line_end.size());
    return heard::record;
  }
};

}  // namespace

auto make_nats_protocol() -> std::unique_ptr<const protocol> {
  return std::make_unique<nats_protocol>();
}

}  // namespace parley::bench
