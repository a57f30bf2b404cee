#include "bench/load/chat_list_walk.hpp"

#include "bench/wire/failure.hpp"
#include "bench/wire/json_cursor.hpp"

namespace parley::bench {
namespace {

auto read_row(json_cursor& json, chat_row& out) -> bool {
  std::string_view key;
  std::string_view text;
  if (!json.take('{')) return false;
  while (json.next_key(key)) {
    const bool is_id = key == "id";
    if (!is_id && key != "lastActivityAt") {
      if (!json.skip_value()) return false;
      continue;
    }
    if (!json.read_string(text)) return false;
    (is_id ? out.id : out.last_activity_at) = text;
  }
  return json.take('}');
}

}  // namespace

auto read_chat_rows(std::string_view record) -> std::vector<chat_row> {
  std::vector<chat_row> rows;
  json_cursor json(record);
  json.take('{');
  for (std::string_view key; json.next_key(key);) {
    if (key != "result") {
      if (!json.skip_value()) check_failed("not an answer");
      continue;
    }
    json.take('[');
    while (json.peek() == '{' || json.take(','))
      if (!read_row(json, rows.emplace_back())) check_failed("not a chat list");
    if (!json.take(']')) check_failed("not a chat list");
  }
  return rows;
}

void chat_list_walk::take(const std::vector<chat_row>& page) {
  for (const auto& row : page) {
    if (!seen_.empty() && row.last_activity_at > last_.last_activity_at)
      check_failed("the chat list is out of order at " + row.id);
    if (!seen_.insert(row.id).second) check_failed("the chat list has a row twice: " + row.id);
    last_ = row;
  }
}

auto chat_list_walk::mark() const -> std::string {
  return seen_.empty() ? std::string() : last_.last_activity_at + '|' + last_.id;
}

void chat_list_walk::finish(const std::set<std::string>& expected) const {
  if (seen_ != expected)
    check_failed("lost: the chat list has " + std::to_string(seen_.size()) + " rows, of " +
                 std::to_string(expected.size()) + " conversations");
}

}  // namespace parley::bench
