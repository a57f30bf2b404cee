#include <algorithm>
#include <limits>

#include "storage/sql/rows.hpp"
#include "storage/sql/sql_store.hpp"

namespace parley::storage::sql {
namespace {

using page = std::vector<chat::entry>;

// A message shows its present text or nothing, a change of one what its target shows now.
constexpr std::string_view caught_up_content =
    "CASE WHEN e.kind = 0 AND e.deleted_at IS NOT NULL THEN '' "
    "WHEN e.kind NOT IN (1, 2) THEN e.content "
    "WHEN t.deleted_at IS NULL THEN COALESCE(t.content, '') ELSE '' END";

auto select_messages() -> const std::string& {
  static const auto text =
      select_entries(visible_content, "m") + " FROM messages m WHERE m.conversation_id = ? AND ";
  return text;
}

/// The largest seq a column can hold, for windows without an upper end.
auto upper_end(std::uint64_t before) -> std::uint64_t {
  constexpr auto last = std::uint64_t{std::numeric_limits<std::int64_t>::max()};
  return before == 0 ? last : std::min(before, last);
}

}  // namespace

auto sql_store::read_entries(std::string_view text, std::initializer_list<value> values) -> page {
  page found;
  db_->query(text, values, [&](const row& r) { found.push_back(read_entry(r)); });
  return found;
}

auto sql_store::entries(chat::conversation_id id, std::uint64_t first, std::uint64_t last)
    -> chat::expected<page> {
  static const auto text = select_messages() + "m.seq BETWEEN ? AND ? ORDER BY m.seq";
  return attempt([&] { return read_entries(text, {id, first, upper_end(last)}); });
}

auto sql_store::entries_after(chat::conversation_id id, std::uint64_t after_seq, std::size_t limit)
    -> chat::expected<page> {
  static const auto text =
      select_entries(caught_up_content, "e") +
      " FROM messages e LEFT JOIN messages t ON t.conversation_id = e.conversation_id AND "
      "t.seq = e.target_seq WHERE e.conversation_id = ? AND e.seq > ? ORDER BY e.seq LIMIT ?";
  return attempt([&] {
    return read_entries(text, {id, upper_end(after_seq + 1) - 1, std::uint64_t{limit}});
  });
}

auto sql_store::messages(chat::conversation_id id, ordinal_range range) -> chat::expected<page> {
  static const auto text = select_messages() + "m.ordinal BETWEEN ? AND ? ORDER BY m.ordinal";
  if (range.first > range.last) return page{};
  return attempt([&] { return read_entries(text, {id, range.first, upper_end(range.last)}); });
}

auto sql_store::messages(chat::conversation_id id, const seq_window& window)
    -> chat::expected<page> {
  static const auto oldest =
      select_messages() + "m.seq > ? AND m.seq < ? AND m.kind = 0 ORDER BY m.seq LIMIT ?";
  static const auto newest =
      select_messages() + "m.seq > ? AND m.seq < ? AND m.kind = 0 ORDER BY m.seq DESC LIMIT ?";
  return attempt([&] {
    auto found = read_entries(window.newest_first ? newest : oldest,
                              {id, upper_end(window.after + 1) - 1, upper_end(window.before),
                               std::uint64_t{window.limit}});
    if (window.newest_first) std::reverse(found.begin(), found.end());
    return found;
  });
}

auto sql_store::find_send(chat::conversation_id id, const chat::user_id& sender,
                          std::string_view client_message_id)
    -> chat::expected<std::optional<chat::entry>> {
  static const auto text = select_messages() + "m.sender_id = ? AND m.client_message_id = ?";
  return attempt([&]() -> std::optional<chat::entry> {
    auto found = read_entries(text, {id, sender, client_message_id});
    // MySQL compares without trailing spaces; ids are compared exactly.
    if (found.empty() || found.front().client_message_id != client_message_id) return std::nullopt;
    return std::move(found.front());
  });
}

auto sql_store::locate(chat::message_id id) -> chat::expected<std::optional<message_place>> {
  return attempt([&] {
    std::optional<message_place> place;
    db_->query("SELECT conversation_id, seq FROM messages WHERE id = ? AND kind = 0", {id},
               [&](const row& r) {
                 place = message_place{{read_uuid(r, 0)}, read_number(r, 1)};
               });
    return place;
  });
}

}  // namespace parley::storage::sql
