#include <algorithm>
#include <cctype>

#include "net/codec/json_writer.hpp"
#include "net/signalr/hub_protocol.hpp"

namespace parley::net::signalr {
namespace {

/// As System.Text.Json reads it.
constexpr int max_depth = 64;

auto malformed(const char* why) { return chat::unexpected{chat::errc::bad_request, why}; }

/// A record of one type, with what `add_fields` adds to it.
template <class AddFields>
auto record_of(message_type type, AddFields add_fields, std::size_t room = 0) -> std::string {
  std::string text;
  text.reserve(room);
  {
    codec::json_writer to{text};
    codec::object_writer record{to};
    record.add("type", static_cast<unsigned>(type));
    add_fields(record);
  }
  text.push_back(record_separator);
  return text;
}

/// The id of an invocation: a string, or nothing.
auto read_id(const json& record, hub_message& into) -> bool {
  const auto at = record.find("invocationId");
  if (at == record.end() || at->is_null()) return true;
  if (!at->is_string()) return false;
  into.invocation_id = at->get<std::string>();
  return true;
}

auto has_good_headers(const json& record) -> bool {
  const auto at = record.find("headers");
  if (at == record.end() || at->is_null()) return true;
  return at->is_object() &&
         std::all_of(at->begin(), at->end(), [](const json& v) { return v.is_string(); });
}

auto read_stream_ids(const json& record, hub_message& into) -> bool {
  const auto at = record.find("streamIds");
  if (at == record.end() || at->is_null()) return true;
  if (!at->is_array()) return false;
  for (const auto& id : *at) {
    if (!id.is_string()) return false;
    into.stream_ids.push_back(id.get<std::string>());
  }
  return true;
}

auto read_invocation(json& record, hub_message into) -> chat::expected<hub_message> {
  const auto target = record.find("target");
  if (target == record.end() || !target->is_string())
    return malformed("target must be a string");
  const auto arguments = record.find("arguments");
  if (arguments == record.end() || !arguments->is_array())
    return malformed("arguments must be an array");
  if (!read_stream_ids(record, into)) return malformed("streamIds must be strings");
  into.target = std::move(target->get_ref<std::string&>());
  into.arguments = std::move(*arguments);
  if (into.type == message_type::stream_invocation && into.invocation_id.empty())
    return malformed("a stream invocation needs an invocationId");
  return into;
}

auto read_completion(json& record, hub_message into) -> chat::expected<hub_message> {
  if (into.invocation_id.empty()) return malformed("a completion needs an invocationId");
  const auto error = record.find("error");
  const bool has_error = error != record.end() && !error->is_null();
  if (has_error && record.contains("result"))
    return malformed("a completion has a result or an error");
  if (has_error && !error->is_string()) return malformed("error must be a string");
  if (has_error) into.error = error->get<std::string>();
  into.has_error = has_error;
  if (const auto result = record.find("result"); result != record.end())
    into.payload = std::move(*result);
  return into;
}

auto read_stream_item(json& record, hub_message into) -> chat::expected<hub_message> {
  const auto item = record.find("item");
  if (into.invocation_id.empty() || item == record.end())
    return malformed("a stream item needs an invocationId and an item");
  into.payload = std::move(*item);
  return into;
}

auto read_close(const json& record, hub_message into) -> chat::expected<hub_message> {
  const auto error = record.find("error");
  const auto again = record.find("allowReconnect");
  if (again != record.end() && !again->is_boolean())
    return malformed("allowReconnect must be true or false");
  if (error == record.end() || error->is_null()) return into;
  if (!error->is_string()) return malformed("error must be a string");
  into.error = error->get<std::string>();
  return into;
}

auto read_sequence(const json& record, hub_message into) -> chat::expected<hub_message> {
  const auto number = record.find("sequenceId");
  if (number == record.end() || !number->is_number_unsigned())
    return malformed("sequenceId must be a whole number");
  into.sequence_id = number->get<std::uint64_t>();
  return into;
}

auto read_body(json& record, hub_message into) -> chat::expected<hub_message> {
  switch (*into.type) {
    case message_type::invocation:
    case message_type::stream_invocation: return read_invocation(record, std::move(into));
    case message_type::stream_item: return read_stream_item(record, std::move(into));
    case message_type::completion: return read_completion(record, std::move(into));
    case message_type::cancel_invocation:
      if (into.invocation_id.empty()) return malformed("a cancel needs an invocationId");
      return into;
    case message_type::ping: return into;
    case message_type::close: return read_close(record, std::move(into));
    case message_type::ack:
    case message_type::sequence: return read_sequence(record, std::move(into));
  }
  return malformed("unknown type");
}

class json_hub_protocol final : public hub_protocol {
 public:
  auto name() const -> std::string_view override { return "json"; }
  auto format() const -> wire_format override { return wire_format::text; }

  auto record_size(std::string_view input, std::size_t max) const
      -> chat::expected<std::size_t> override {
    const auto end = input.find(record_separator);
    const auto size = end == std::string_view::npos ? input.size() : end + 1;
    if (size > max) return chat::unexpected{record_too_long(max)};
    return end == std::string_view::npos ? 0 : size;
  }

  auto parse(std::string_view text, std::size_t max_nodes) const
      -> chat::expected<hub_message> override {
    text.remove_suffix(1);
    auto read = codec::parse(text, max_depth, max_nodes);
    if (!read || !read->value.is_object()) return malformed("not a JSON object");
    auto& record = read->value;
    const auto type = record.find("type");
    if (type == record.end() || !type->is_number_integer())
      return malformed("type must be a whole number");
    hub_message message;
    message.has_bad_text = read->has_lone_surrogate;
    const auto number = type->get<std::int64_t>();
    if (number < 1 || number > 9) return message;
    message.type = static_cast<message_type>(number);
    if (!read_id(record, message)) return malformed("invocationId must be a string");
    if (!has_good_headers(record)) return malformed("headers must be strings");
    return read_body(record, std::move(message));
  }

  auto invocation(std::string_view target, const value_source& arguments,
                  std::string_view id) const -> std::string override {
    const auto add_fields = [&](codec::object_writer& record) {
      record.add("target", target).add("arguments", arguments);
      if (!id.empty()) record.add("invocationId", id);  // null would end the connection
    };
    return record_of(message_type::invocation, add_fields, usual_record);
  }
  auto stream_item(std::string_view id, const value_source& item) const -> std::string override {
    const auto add_fields = [&](codec::object_writer& record) {
      record.add("invocationId", id).add("item", item);
    };
    return record_of(message_type::stream_item, add_fields, usual_record);
  }
  auto completion(std::string_view id, const value_source& result) const -> std::string override {
    const auto add_fields = [&](codec::object_writer& record) {
      record.add("invocationId", id).add("result", result);
    };
    return record_of(message_type::completion, add_fields, usual_record);
  }
  auto empty_completion(std::string_view id) const -> std::string override {
    return record_of(message_type::completion,
                     [&](codec::object_writer& record) { record.add("invocationId", id); });
  }
  auto failed_completion(std::string_view id, std::string_view error) const
      -> std::string override {
    return record_of(message_type::completion, [&](codec::object_writer& record) {
      record.add("invocationId", id).add("error", error);
    });
  }
  auto ping() const -> std::string override {
    return record_of(message_type::ping, [](codec::object_writer&) {});
  }
  auto ack(std::uint64_t sequence_id) const -> std::string override {
    return record_of(message_type::ack, [&](codec::object_writer& record) {
      record.add("sequenceId", sequence_id);
    });
  }
  auto sequence(std::uint64_t sequence_id) const -> std::string override {
    return record_of(message_type::sequence, [&](codec::object_writer& record) {
      record.add("sequenceId", sequence_id);
    });
  }
  auto close(std::string_view error, bool allow_reconnect) const -> std::string override {
    return record_of(message_type::close, [&](codec::object_writer& record) {
      if (!error.empty()) record.add("error", error);
      if (allow_reconnect) record.add("allowReconnect", true);
    });
  }
};

}  // namespace

auto json_protocol() -> const hub_protocol& {
  static const json_hub_protocol instance;
  return instance;
}

auto find_protocol(std::string_view name) -> const hub_protocol* {
  for (const auto* known : {&json_protocol(), &messagepack_protocol()})
    if (std::equal(name.begin(), name.end(), known->name().begin(), known->name().end(),
                   [](unsigned char a, unsigned char b) { return std::tolower(a) == b; }))
      return known;
  return nullptr;
}

auto record_too_long(std::size_t max) -> chat::error {
  return {chat::errc::too_long, "The maximum message size of " + std::to_string(max) +
                                    "B was exceeded. The message size can be configured in "
                                    "AddHubOptions."};
}

}  // namespace parley::net::signalr
