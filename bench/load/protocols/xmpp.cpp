// XMPP over WebSocket (RFC 7395), anonymous users in a room of XEP-0045: a stanza is a frame.

#include "bench/load/content.hpp"
#include "bench/load/protocol.hpp"
#include "bench/wire/failure.hpp"

namespace parley::bench {
namespace {

constexpr std::string_view stream_open =
    "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='localhost' version='1.0'/>";
constexpr std::string_view anonymous =
    "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='ANONYMOUS'/>";
constexpr std::string_view bind =
    "<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>";
constexpr std::string_view service = "@conference.localhost";

/// What stands between two marks of a stanza; empty when one is missing.
auto between(std::string_view stanza, std::string_view from, std::string_view to)
    -> std::string_view {
  const auto start = stanza.find(from);
  if (start == std::string_view::npos) return {};
  const auto end = stanza.find(to, start + from.size());
  if (end == std::string_view::npos) return {};
  return stanza.substr(start + from.size(), end - start - from.size());
}

class xmpp_protocol final : public protocol {
 public:
  xmpp_protocol() : protocol({.rooms_by_rest = false, .acks = false, .seqs = false}) {}

  auto subprotocol() const -> std::string_view override { return "xmpp"; }
  auto upgrade_target(const identity&) const -> std::string override { return "/ws"; }
  auto greeting(const identity&) const -> std::string override { return std::string(stream_open); }

  auto next(std::string_view& payload, const identity& who, int& step, hub_record& out,
            std::string& reply) const -> heard override {
    const auto stanza = payload;
    payload = {};
    if (step == opened) return after(stanza, out);
    return opening(stanza, who, step, reply);
  }

  void write_send(std::string& out, std::string_view room, std::uint64_t number,
                  std::uint32_t bytes) const override {
    out += "<message type='groupchat' to='";
    out += room;
    out += service;
    out += "'><body>";
    write_content(out, number, bytes);
    out += "</body></message>";
  }

 private:
  static constexpr int opened = 5;

  static auto say(std::string_view what, int& step, std::string& reply) -> heard {
    ++step;
    reply = what;
    return heard::reply;
  }

  static auto opening(std::string_view stanza, const identity& who, int& step, std::string& reply)
      -> heard {
    if (stanza.find("<failure") != std::string_view::npos ||
        stanza.find("type='error'") != std::string_view::npos)
      cannot_run("refused: " + std::string(stanza));
    const bool has_features = stanza.starts_with("<stream:features");
    if (step == 0 && has_features) return say(anonymous, step, reply);
    if (step == 1 && stanza.starts_with("<success")) return say(stream_open, step, reply);
    if (step == 2 && has_features) return say(bind, step, reply);
    if (step == 3 && stanza.starts_with("<iq")) return enter(who, step, reply);
    if (step == 4 && stanza.find("code='110'") != std::string_view::npos) {
      step = opened;
      return heard::opened;
    }
    return heard::nothing;
  }

  static auto enter(const identity& who, int& step, std::string& reply) -> heard {
    if (who.room.empty()) {
      step = opened;
      return heard::opened;
    }
    return say("<presence to='" + who.room + std::string(service) + "/" + who.user +
                   "'><x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='0'/></x>"
                   "</presence>",
               step, reply);
  }

  static auto after(std::string_view stanza, hub_record& out) -> heard {
    out.content = between(stanza, "<body>", "</body>");
    if (!stanza.starts_with("<message") || out.content.empty()) return heard::nothing;
    if (stanza.find("type='error'") != std::string_view::npos)
      check_failed("send refused: " + std::string(stanza));
    out.target = "MessageReceived";
    out.conversation_id = between(stanza, "from='", service);
    return heard::record;
  }
};

}  // namespace

auto make_xmpp_protocol() -> std::unique_ptr<const protocol> {
  return std::make_unique<xmpp_protocol>();
}

}  // namespace parley::bench
