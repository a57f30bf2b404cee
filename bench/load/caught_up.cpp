#include "bench/load/caught_up.hpp"

#include <string>

#include "bench/load/content.hpp"
#include "bench/wire/failure.hpp"
#include "bench/wire/json_cursor.hpp"

namespace parley::bench {
namespace {

/// @param read  takes one item; false for one it does not understand
template <class Read>
auto for_each_item(json_cursor& json, const Read& read) -> bool {
  if (!json.take('[')) return false;
  while (json.peek() != ']') {
    json.take(',');
    if (!read()) return false;
  }
  return json.take(']');
}

/// @param read  takes the value of a key; false for one it does not understand
template <class Read>
auto for_each_key(json_cursor& json, const Read& read) -> bool {
  if (!json.take('{')) return false;
  for (std::string_view key; json.next_key(key);)
    if (!read(key)) return false;
  return json.take('}');
}

auto read_content_of(json_cursor& json, std::string_view& content) -> bool {
  if (json.peek() != '{') return json.skip_value();
  return for_each_key(json, [&](std::string_view key) {
    return key == "content" && json.peek() == '"' ? json.read_string(content) : json.skip_value();
  });
}

auto read_event(json_cursor& json, missed_event& out) -> bool {
  return for_each_key(json, [&](std::string_view key) {
    if (key == "event") return json.read_string(out.event);
    if (key == "seq") return json.read_integer(out.seq);
    return key == "data" ? read_content_of(json, out.content) : json.skip_value();
  });
}

auto read_one(json_cursor& json, caught_up& out) -> bool {
  return for_each_key(json, [&](std::string_view key) {
    if (key == "conversationId") return json.read_string(out.conversation_id);
    if (key == "lastSeq") return json.read_integer(out.last_seq);
    if (key == "recovered") {
      out.recovered = json.peek() == 't';
      return json.skip_value();
    }
    if (key != "events") return json.skip_value();
    return for_each_item(json, [&] { return read_event(json, out.events.emplace_back()); });
  });
}

}  // namespace

auto read_caught_up(std::string_view record, std::vector<caught_up>& out) -> bool {
  json_cursor json(record);
  bool found = false;
  const bool read = for_each_key(json, [&](std::string_view key) {
    if (key != "result") return json.skip_value();
    found = true;
    return for_each_item(json, [&] { return read_one(json, out.emplace_back()); });
  });
  return read && found;
}

void check_missed(const caught_up& answer, std::int64_t first_seq, std::uint32_t count) {
  const std::string id(answer.conversation_id);
  if (!answer.recovered) check_failed("CatchUp did not recover " + id);
  if (answer.events.size() != count)
    check_failed("lost: CatchUp of " + id + " gave " + std::to_string(answer.events.size()) +
                 " of " + std::to_string(count) + " messages");
  for (std::uint32_t i = 0; i < count; ++i) {
    std::uint64_t number = 0;
    const auto& event = answer.events[i];
    if (!read_content(event.content, number) || number != i || event.seq != first_seq + i)
      check_failed("CatchUp of " + id + " is out of order at seq " + std::to_string(event.seq));
  }
}

}  // namespace parley::bench
