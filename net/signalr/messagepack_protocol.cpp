// The hub protocol `messagepack`: a length prefix, then one array per record. The element at 0 is
// the type; what follows it depends on the type (ASP.NET Core, HubProtocol.md).

#include <array>

#include "net/codec/messagepack.hpp"
#include "net/codec/messagepack_writer.hpp"
#include "net/signalr/hub_protocol.hpp"

namespace parley::net::signalr {
namespace {

/// Bytes a length prefix may take, and the largest length it may hold.
constexpr std::size_t max_prefix = 5;
constexpr std::uint64_t max_length = 0x7fff'ffff;

constexpr int max_depth = 32;

/// What a completion carries.
enum class outcome_kind : std::uint8_t { error = 1, none = 2, result = 3 };

auto malformed(const char* why) {
  return chat::unexpected{chat::errc::bad_request, why};
}

/// The length in front of a record: 7 bits a byte, the lowest first.
struct prefix {
  std::uint64_t length = 0;
  std::size_t size = 0;  ///< of the prefix itself; 0: more bytes must come
};

auto read_prefix(std::string_view input) -> chat::expected<prefix> {
  prefix found;
  for (std::size_t i = 0; i < input.size() && i < max_prefix; ++i) {
    const auto byte = static_cast<unsigned char>(input[i]);
    found.length |= static_cast<std::uint64_t>(byte & 0x7f) << (7 * i);
    if (found.length > max_length) return malformed("Messages over 2GB in size are not supported.");
    if ((byte & 0x80) != 0) continue;
    found.size = i + 1;
    return found;
  }
  if (input.size() >= max_prefix) return malformed("Messages over 2GB in size are not supported.");
  return prefix{};
}

/// Puts the length in front.
auto framed(std::string body) -> std::string {
  std::array<char, 10> front;  // what 64 bits take, seven a byte
  std::size_t size = 0;
  auto length = body.size();
  for (; length >= 0x80; length >>= 7) front[size++] = static_cast<char>(length | 0x80);
  front[size++] = static_cast<char>(length);
  body.insert(0, front.data(), size);
  return body;
}

/// A record of one type, with the elements that `add_elements` writes behind it.
template <class AddElements>
auto record_of(message_type type, AddElements add_elements, std::size_t room = 0) -> std::string {
  std::string body;
  body.reserve(room);
  codec::messagepack_writer to{body};
  to.begin_array();
  to.number(static_cast<std::uint64_t>(type));
  add_elements(to);
  to.end_array();
  return framed(std::move(body));
}

void write_no_headers(codec::writer& to) { codec::object_writer{to}; }

/// The elements in front of a completion's result or error.
void write_completed(codec::writer& to, std::string_view id, outcome_kind kind) {
  write_no_headers(to);
  to.text(id);
  to.number(static_cast<std::uint64_t>(kind));
}

/// Text, or nothing for nil.
auto read_text(json& element, std::string& into) -> bool {
  if (element.is_null()) return true;
  if (!element.is_string()) return false;
  into = std::move(element.get_ref<std::string&>());
  return true;
}

auto has_good_headers(const json& headers) -> bool {
  if (headers.is_null()) return true;
  if (!headers.is_object()) return false;
  for (const auto& value : headers)
    if (!value.is_string()) return false;
  return true;
}

auto read_stream_ids(json& ids, hub_message& into) -> bool {
  if (ids.is_null()) return true;
  if (!ids.is_array()) return false;
  for (auto& id : ids) {
    if (!id.is_string()) return false;
    into.stream_ids.push_back(std::move(id.get_ref<std::string&>()));
  }
  return true;
}

/// [type, headers, invocationId, target, arguments (, streamIds)]
auto read_invocation(json& record, hub_message into) -> chat::expected<hub_message> {
  if (record.size() < 5) return malformed("an invocation has at least 5 elements");
  if (!record[3].is_string())
    return malformed("target must be a string");
  if (!record[4].is_array()) return malformed("arguments must be an array");
  if (record.size() > 5 && !read_stream_ids(record[5], into))
    return malformed("streamIds must be strings");
  into.target = std::move(record[3].get_ref<std::string&>());
  into.arguments = std::move(record[4]);
  if (into.type == message_type::stream_invocation && into.invocation_id.empty())
    return malformed("a stream invocation needs an invocationId");
  return into;
}

/// [type, headers, invocationId, kind (, result or error)]
auto read_completion(json& record, hub_message into) -> chat::expected<hub_message> {
  if (record.size() < 4 || !record[3].is_number_unsigned() || into.invocation_id.empty())
    return malformed("a completion needs an invocationId and a kind");
  const auto kind = record[3].get<std::uint64_t>();
  if (kind < 1 || kind > 3) return malformed("the kind of a completion is 1, 2 or 3");
  if (kind != static_cast<std::uint64_t>(outcome_kind::none) && record.size() < 5)
    return malformed("the completion lacks its result");
  if (kind == static_cast<std::uint64_t>(outcome_kind::error) &&
      (!record[4].is_string() || !read_text(record[4], into.error)))
    return malformed("error must be a string");
  into.has_error = kind == static_cast<std::uint64_t>(outcome_kind::error);
  if (kind == static_cast<std::uint64_t>(outcome_kind::result)) into.payload = std::move(record[4]);
  return into;
}

/// [type, headers, invocationId, ...]
auto read_about_invocation(json& record, hub_message into) -> chat::expected<hub_message> {
  if (record.size() < 3) return malformed("headers and invocationId are missing");
  if (!has_good_headers(record[1])) return malformed("headers must be strings");
  if (!read_text(record[2], into.invocation_id)) return malformed("invocationId must be a string");
  switch (*into.type) {
    case message_type::stream_item:
      if (into.invocation_id.empty() || record.size() < 4)
        return malformed("a stream item needs an invocationId and an item");
      into.payload = std::move(record[3]);
      return into;
    case message_type::completion: return read_completion(record, std::move(into));
    case message_type::cancel_invocation:
      if (into.invocation_id.empty()) return malformed("a cancel needs an invocationId");
      return into;
    default: return read_invocation(record, std::move(into));
  }
}

auto read_body(json& record, hub_message into) -> chat::expected<hub_message> {
  switch (*into.type) {
    case message_type::ping: return into;
    case message_type::close:
      if (record.size() < 2 || !read_text(record[1], into.error))
        return malformed("a close has an error or nil");
      return into;
    case message_type::ack:
    case message_type::sequence:
      if (record.size() < 2 || !record[1].is_number_unsigned())
        return malformed("sequenceId must be a whole number");
      into.sequence_id = record[1].get<std::uint64_t>();
      return into;
    default: return read_about_invocation(record, std::move(into));
  }
}

class messagepack_hub_protocol final : public hub_protocol {
 public:
  auto name() const -> std::string_view override { return "messagepack"; }
  auto format() const -> wire_format override { return wire_format::binary; }

  auto record_size(std::string_view input, std::size_t max) const
      -> chat::expected<std::size_t> override {
    const auto front = read_prefix(input);
    if (!front) return chat::unexpected{front.error()};
    const auto size = front->size + front->length;
    if (size > max) return chat::unexpected{record_too_long(max)};
    return front->size == 0 || size > input.size() ? 0 : size;
  }

  auto parse(std::string_view bytes, std::size_t max_nodes) const
      -> chat::expected<hub_message> override {
    const auto front = read_prefix(bytes);
    if (!front) return chat::unexpected{front.error()};
    auto read = codec::parse_messagepack(bytes.substr(front->size), max_depth, max_nodes);
    if (!read) return chat::unexpected{read.error()};
    auto& record = read->value;
    if (!record.is_array() || record.empty()) return malformed("not an array");
    if (!record[0].is_number_integer()) return malformed("type must be a whole number");
    hub_message message;
    message.has_bad_text = read->has_lone_surrogate;
    const auto number = record[0].get<std::int64_t>();
    if (number < 1 || number > 9) return message;
    message.type = static_cast<message_type>(number);
    return read_body(record, std::move(message));
  }

  auto invocation(std::string_view target, const value_source& arguments,
                  std::string_view id) const -> std::string override {
    const auto add_elements = [&](codec::writer& to) {
      write_no_headers(to);
      id.empty() ? to.null() : to.text(id);
      to.text(target);
      arguments(to);
    };
    return record_of(message_type::invocation, add_elements, usual_record);
  }
  auto stream_item(std::string_view id, const value_source& item) const -> std::string override {
    const auto add_elements = [&](codec::writer& to) {
      write_no_headers(to);
      to.text(id);
      item(to);
    };
    return record_of(message_type::stream_item, add_elements, usual_record);
  }
  auto completion(std::string_view id, const value_source& result) const -> std::string override {
    const auto add_elements = [&](codec::writer& to) {
      write_completed(to, id, outcome_kind::result);
      result(to);
    };
    return record_of(message_type::completion, add_elements, usual_record);
  }
  auto empty_completion(std::string_view id) const -> std::string override {
    return record_of(message_type::completion, [&](codec::writer& to) {
      write_completed(to, id, outcome_kind::none);
    });
  }
  auto failed_completion(std::string_view id, std::string_view error) const
      -> std::string override {
    return record_of(message_type::completion, [&](codec::writer& to) {
      write_completed(to, id, outcome_kind::error);
      to.text(error);
    });
  }
  auto ping() const -> std::string override {
    return record_of(message_type::ping, [](codec::writer&) {});
  }
  auto ack(std::uint64_t sequence_id) const -> std::string override {
    return record_of(message_type::ack, [&](codec::writer& to) { to.number(sequence_id); });
  }
  auto sequence(std::uint64_t sequence_id) const -> std::string override {
    return record_of(message_type::sequence, [&](codec::writer& to) { to.number(sequence_id); });
  }
  auto close(std::string_view error, bool allow_reconnect) const -> std::string override {
    return record_of(message_type::close, [&](codec::writer& to) {
      error.empty() ? to.null() : to.text(error);
      to.boolean(allow_reconnect);
    });
  }
};

}  // namespace

auto messagepack_protocol() -> const hub_protocol& {
  static const messagepack_hub_protocol instance;
  return instance;
}

}  // namespace parley::net::signalr
