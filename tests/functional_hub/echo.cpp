// The endpoint without a hub protocol: whatever comes in is one call of Echo, whose answer is the
// bytes themselves.

#include "net/codec/messagepack_writer.hpp"
#include "tests/functional_hub/test_hub.hpp"

namespace parley::functional {
namespace {

using namespace net::signalr;

class raw_protocol final : public hub_protocol {
 public:
  auto name() const -> std::string_view override { return "raw"; }
  auto format() const -> net::wire_format override { return net::wire_format::text; }
  auto record_size(std::string_view input, std::size_t) const
      -> chat::expected<std::size_t> override {
    return input.size();
  }
  auto parse(std::string_view record, std::size_t) const -> chat::expected<hub_message> override {
    hub_message message;
    message.type = message_type::invocation;
    message.invocation_id = "echo";
    message.target = "Echo";
    message.arguments.push_back(std::string{record});
    return message;
  }
  auto completion(std::string_view, const value_source& result) const -> std::string override {
    std::string text;  // MessagePack keeps bytes that are no UTF-8
    net::codec::messagepack_writer to{text};
    result(to);
    return json::from_msgpack(text).get<std::string>();
  }
  // Of everything else the wire shows nothing.
  auto invocation(std::string_view, const value_source&, std::string_view) const
      -> std::string override {
    return {};
  }
  auto stream_item(std::string_view, const value_source&) const -> std::string override {
    return {};
  }
  auto empty_completion(std::string_view) const -> std::string override { return {}; }
  auto failed_completion(std::string_view, std::string_view) const -> std::string override {
    return {};
  }
  auto ping() const -> std::string override { return {}; }
  auto ack(std::uint64_t) const -> std::string override { return {}; }
  auto sequence(std::uint64_t) const -> std::string override { return {}; }
  auto close(std::string_view, bool) const -> std::string override { return {}; }
};

}  // namespace

auto make_echo_hub() -> hub {
  static const raw_protocol raw;
  auto h = make_authorized_hub();
  h.fixed_protocol = &raw;
  return h;
}

}  // namespace parley::functional
