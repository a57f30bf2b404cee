// SignalR's MessagePack hub protocol; the handshake is JSON.

#include "bench/load/content.hpp"
#include "bench/load/protocol.hpp"
#include "bench/wire/failure.hpp"
#include "bench/wire/message_scanner.hpp"

namespace parley::bench {
namespace {

constexpr std::string_view handshake_record = "{\"protocol\":\"messagepack\",\"version\":1}\x1e";
constexpr std::string_view ping_message = "\x02\x91\x06";
constexpr int ping_type = 6;
constexpr int close_type = 7;
constexpr char empty_map = '\x80';
constexpr char empty_array = '\x90';
constexpr char one_argument = '\x91';
constexpr char invocation_of_six = '\x96';

/// A string of up to 65,535 bytes.
void append_string(std::string& out, std::string_view text) {
  const auto size = text.size();
  if (size < 32) {
    out.push_back(static_cast<char>(0xa0U | size));
  } else {
    out.push_back('\xda');
    out.push_back(static_cast<char>(size >> 8));
    out.push_back(static_cast<char>(size & 0xffU));
  }
  out += text;
}

auto invocation(std::string_view id, std::string_view target) -> std::string {
  std::string out{invocation_of_six, '\x01', empty_map};
  append_string(out, id);
  append_string(out, target);
  out.push_back(one_argument);
  return out;
}

void append_invocation(std::string& out, std::string message) {
  message.push_back(empty_array);  // no streams
  append_message_length(out, message.size());
  out += message;
}

class binary_hub_protocol final : public protocol {
 public:
  binary_hub_protocol() : protocol({}) {}

  auto frame_kind() const -> opcode override { return opcode::binary; }

  auto upgrade_target(const identity& who) const -> std::string override {
    return who.hub_path + "?access_token=" + who.token;
  }

  auto greeting(const identity&) const -> std::string override {
    return std::string(handshake_record);
  }

  auto next(std::string_view& payload, const identity&, int& step, hub_record& out,
            std::string& reply) const -> heard override {
    std::string_view bytes;
    if (step == 0) return shaken(payload, step, out, reply);
    if (!next_message(payload, bytes)) check_failed("a message does not end within its frame");
    if (!scan_message(bytes, out)) check_failed("not a hub message");
    if (out.type == close_type)
      check_failed("the server said goodbye: " + std::string(out.error));
    return out.type == ping_type ? heard::nothing : heard::record;
  }

  auto ping() const -> std::string_view override { return ping_message; }

  void write_send(std::string& out, std::string_view room, std::uint64_t number,
                  std::uint32_t bytes) const override {
    auto message = invocation(std::to_string(number), "Send");
    message.push_back('\x83');
    append_string(message, "conversationId");
    append_string(message, room);
    append_string(message, "content");
    std::string text;
    write_content(text, number, bytes);
    append_string(message, text);
    append_string(message, "clientMessageId");
    append_string(message, client_message_id(number));
    append_invocation(out, std::move(message));
  }

  void write_join(std::string& out, std::string_view room) const override {
    auto message = invocation(join_id, "JoinConversation");
    append_string(message, room);
    append_invocation(out, std::move(message));
  }

 private:
  static auto shaken(std::string_view& payload, int& step, hub_record& out, std::string& reply)
      -> heard {
    std::string_view bytes;
    if (!next_record(payload, bytes) || !scan_record(bytes, out))
      cannot_run("no answer to the handshake");
    if (!out.error.empty()) cannot_run("handshake refused: " + std::string(out.error));
    step = 1;
    reply = ping_message;
    return heard::opened;
  }
};

}  // namespace

auto make_binary_hub_protocol() -> std::unique_ptr<const protocol> {
  return std::make_unique<binary_hub_protocol>();
}

}  // namespace parley::bench
