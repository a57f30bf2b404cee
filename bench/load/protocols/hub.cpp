// SignalR's JSON hub protocol, as Parley's /hubs/chat and a .NET hub with the same methods speak it.

#include "bench/load/content.hpp"
#include "bench/load/protocol.hpp"
#include "bench/wire/failure.hpp"

namespace parley::bench {
namespace {

constexpr std::string_view handshake_record = "{\"protocol\":\"json\",\"version\":1}\x1e";
constexpr std::string_view ping_record = "{\"type\":6}\x1e";
constexpr int ping_type = 6;
constexpr int close_type = 7;

class hub_protocol final : public protocol {
 public:
  explicit hub_protocol(bool numbered) : protocol({.seqs = numbered}) {}

  auto upgrade_target(const identity& who) const -> std::string override {
    return who.hub_path + "?access_token=" + who.token;
  }

  auto greeting(const identity&) const -> std::string override {
    return std::string(handshake_record);
  }

  auto next(std::string_view& payload, const identity&, int& step, hub_record& out,
            std::string& reply) const -> heard override {
    std::string_view bytes;
    if (!next_record(payload, bytes)) check_failed("a record does not end within its frame");
    if (!scan_record(bytes, out)) check_failed("not a record: " + std::string(bytes));
    if (step == 0) return shaken(out, step, reply);
    if (out.type == close_type) check_failed("the server said goodbye: " + std::string(bytes));
    return out.type == ping_type ? heard::nothing : heard::record;
  }

  auto ping() const -> std::string_view override { return ping_record; }

  void write_send(std::string& out, std::string_view room, std::uint64_t number,
                  std::uint32_t bytes) const override {
    out += R"({"type":1,"target":"Send","invocationId":")" + std::to_string(number);
    out += R"(","arguments":[{"conversationId":")";
    out += room;
    out += R"(","content":")";
    write_content(out, number, bytes);
    out += R"(","clientMessageId":")";
    out += client_message_id(number);
    out += "\"}]}";
    out += record_end;
  }

  void write_join(std::string& out, std::string_view room) const override {
    out.append(R"({"type":1,"target":"JoinConversation","invocationId":")").append(join_id);
    out.append(R"(","arguments":[")").append(room).append("\"]}").push_back(record_end);
  }

 private:
  /// A ping right behind the handshake, as the official client sends it.
  static auto shaken(const hub_record& answer, int& step, std::string& reply) -> heard {
    if (!answer.error.empty()) cannot_run("handshake refused: " + std::string(answer.error));
    if (answer.type != 0) cannot_run("a record came before the handshake's answer");
    step = 1;
    reply = ping_record;
    return heard::opened;
  }
};

}  // namespace

auto make_hub_protocol(bool numbered) -> std::unique_ptr<const protocol> {
  return std::make_unique<hub_protocol>(numbered);
}

}  // namespace parley::bench
