#include "bench/wire/message_scanner.hpp"

#include "bench/wire/msgpack_cursor.hpp"

namespace parley::bench {
namespace {

constexpr int invocation_type = 1;
constexpr int completion_type = 3;
constexpr int close_type = 7;
constexpr std::int64_t error_result = 1;
constexpr std::int64_t value_result = 3;
constexpr int max_length_bytes = 5;

auto read_field(msgpack_cursor& in, std::string_view key, hub_record& out) -> bool {
  if (key == "seq") return in.read_integer(out.seq);
  if (key == "content" && in.is_string()) return in.read_string(out.content);
  if (key == "conversationId" && in.is_string()) return in.read_string(out.conversation_id);
  return in.skip_value();
}

auto scan_value(msgpack_cursor& in, hub_record& out) -> bool {
  if (!in.is_map()) return in.skip_value();
  std::uint32_t count = 0;
  if (!in.read_map(count)) return false;
  for (; count > 0; --count) {
    std::string_view key;
    if (!in.read_string(key) || !read_field(in, key, out)) return false;
  }
  return true;
}

auto read_id(msgpack_cursor& in, hub_record& out) -> bool {
  return in.is_string() ? in.read_string(out.invocation_id) : in.skip_value();
}

auto scan_invocation(msgpack_cursor& in, hub_record& out) -> bool {
  std::uint32_t count = 0;
  if (!in.skip_value() || !read_id(in, out) || !in.read_string(out.target)) return false;
  if (!in.read_array(count)) return false;
  for (std::uint32_t i = 0; i < count; ++i) {
    auto* const text = i == 0 ? &out.first_argument : i == 1 ? &out.second_argument : nullptr;
    const bool is_text = text != nullptr && in.is_string();
    const bool is_ours = i == 0 && out.target != "NewMessageNotification";
    if (!(is_text ? in.read_string(*text) : is_ours ? scan_value(in, out) : in.skip_value()))
      return false;
  }
  return true;
}

auto scan_completion(msgpack_cursor& in, hub_record& out) -> bool {
  std::int64_t kind = 0;
  if (!in.skip_value() || !read_id(in, out) || !in.read_integer(kind)) return false;
  if (kind == error_result) return in.read_string(out.error);
  return kind != value_result || scan_value(in, out);
}

}  // namespace

auto scan_message(std::string_view bytes, hub_record& out) -> bool {
  msgpack_cursor in(bytes);
  std::uint32_t count = 0;
  std::int64_t type = 0;
  if (!in.read_array(count) || count == 0 || !in.read_integer(type)) return false;
  out.raw = bytes;
  out.type = static_cast<int>(type);
  if (type == invocation_type) return scan_invocation(in, out);
  if (type == completion_type) return scan_completion(in, out);
  if (type == close_type && in.is_string()) return in.read_string(out.error);
  return true;
}

auto next_message(std::string_view& payload, std::string_view& message) -> bool {
  std::size_t length = 0;
  for (std::size_t i = 0; i < max_length_bytes && i < payload.size(); ++i) {
    const auto byte = static_cast<std::uint8_t>(payload[i]);
    length |= static_cast<std::size_t>(byte & 0x7fU) << 7 * i;
    if ((byte & 0x80U) != 0) continue;
    if (payload.size() - i - 1 < length) return false;
    message = payload.substr(i + 1, length);
    payload.remove_prefix(i + 1 + length);
    return true;
  }
  return false;
}

void append_message_length(std::string& out, std::size_t length) {
  for (; length >= 0x80; length >>= 7) out.push_back(static_cast<char>(length | 0x80U));
  out.push_back(static_cast<char>(length));
}

}  // namespace parley::bench
