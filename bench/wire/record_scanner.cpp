#include "bench/wire/record_scanner.hpp"

#include "bench/wire/json_cursor.hpp"

namespace parley::bench {
namespace {

auto read_field(json_cursor& json, std::string_view key, hub_record& out) -> bool {
  if (key == "seq") return json.read_integer(out.seq);
  if (key == "content") return json.read_string(out.content);
  if (key == "conversationId") return json.read_string(out.conversation_id);
  return json.skip_value();
}

auto scan_object(json_cursor& json, hub_record& out) -> bool {
  if (json.peek() != '{') return json.skip_value();
  json.take('{');
  std::string_view key;
  while (json.next_key(key)) {
    if (!read_field(json, key, out)) return false;
  }
  return json.take('}');
}

auto scan_arguments(json_cursor& json, hub_record& out) -> bool {
  if (out.target == "NewMessageNotification") return json.skip_value();
  if (!json.take('[')) return false;
  const bool read = json.peek() == '"' ? json.read_string(out.first_argument)
                                       : json.peek() == ']' || scan_object(json, out);
  if (read && json.take(',')) {
    const bool is_text = json.peek() == '"';
    if (!(is_text ? json.read_string(out.second_argument) : json.skip_value())) return false;
  }
  while (read && json.take(',')) {
    if (!json.skip_value()) return false;
  }
  return read && json.take(']');
}

auto read_top(json_cursor& json, std::string_view key, hub_record& out) -> bool {
  if (key == "arguments") return scan_arguments(json, out);
  if (key == "target") return json.read_string(out.target);
  if (key == "invocationId") return json.read_string(out.invocation_id);
  if (key == "result") return scan_object(json, out);
  if (key == "error" && json.peek() == '"') return json.read_string(out.error);
  if (key == "connectionToken") return json.read_string(out.connection_token);
  if (key == "type" && json.peek() != '"') {
    std::int64_t type = 0;
    const bool read = json.read_integer(type);
    out.type = static_cast<int>(type);
    return read;
  }
  return read_field(json, key, out);
}

}  // namespace

auto scan_record(std::string_view bytes, hub_record& out) -> bool {
  json_cursor json(bytes);
  if (!json.take('{')) return false;
  out.raw = bytes;
  std::string_view key;
  while (json.next_key(key)) {
    if (!read_top(json, key, out)) return false;
  }
  return json.take('}') && json.peek() == '\0';
}

auto next_record(std::string_view& payload, std::string_view& record) -> bool {
  const auto end = payload.find(record_end);
  if (end == std::string_view::npos) return false;
  record = payload.substr(0, end);
  payload.remove_prefix(end + 1);
  return true;
}

}  // namespace parley::bench
