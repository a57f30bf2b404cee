#include <algorithm>
#include <iterator>
#include <limits>

#include "storage/sql/rows.hpp"
#include "storage/sql/sql_store.hpp"
#include "storage/sql/text.hpp"

namespace parley::storage::sql {
namespace {

using page = std::vector<chat::entry>;

// A message shows its present text or nothing, a change of one what its target shows now.
constexpr std::string_view caught_up_content =
    "CASE WHEN e.kind = 0 AND e.deleted_at IS NOT NULL THEN '' "
    "WHEN e.kind NOT IN (1, 2) THEN e.content "
    "WHEN t.deleted_at IS NULL THEN COALESCE(t.content, '') ELSE '' END";

/// One text for each of the two tables that hold a history. The archive is a prefix of it, and what
/// is not archived is never empty: where the front of an answer is as it must be, nobody asks the
/// archive.
struct text_pair {
  template <class Make>
  explicit text_pair(Make make) : live(make("messages")), archived(make("messages_archive")) {}

  std::string live;
  std::string archived;
};

auto select_messages(std::string_view rest) -> text_pair {
  return text_pair{[&](const std::string& table) {
    return select_entries(visible_content, "m") + " FROM " + table +
           " m WHERE m.conversation_id = ? AND " + std::string{rest};
  }};
}

auto select_caught_up() -> text_pair {
  return text_pair{[](const std::string& table) {
    return select_entries(caught_up_content, "e") +
           ", CASE WHEN e.kind IN (1, 2) AND t.seq IS NULL THEN 1 ELSE 0 END AS is_target_away "
           "FROM " +
           table + " e LEFT JOIN " + table +
           " t ON t.conversation_id = e.conversation_id AND t.seq = e.target_seq "
           "WHERE e.conversation_id = ? AND e.seq > ? AND e.seq < ? ORDER BY e.seq LIMIT ?";
  }};
}

const chat::message_id nobodys_message;

void prepend(page older, page& to) {
  to.insert(to.begin(), std::make_move_iterator(older.begin()),
            std::make_move_iterator(older.end()));
}

/// The largest seq a column can hold, for windows without an upper end.
auto upper_end(std::uint64_t before) -> std::uint64_t {
  constexpr auto last = std::uint64_t{std::numeric_limits<std::int64_t>::max()};
  return before == 0 ? last : std::min(before, last);
}

/// Whether messages older than the front of `found`, inside the window, may be in the archive.
auto may_go_on_archived(const page& found, const seq_window& window) -> bool {
  if (found.empty()) return window.before != 0;
  return found.front().ordinal > 1 && found.front().seq > window.after + 1;
}

}  // namespace

auto sql_store::read_entries(std::string_view text, std::initializer_list<value> values) -> page {
  page found;
  db_->query(text, values, [&](const row& r) { found.push_back(read_entry(r, db_->texts())); });
  return found;
}

auto sql_store::entries(chat::conversation_id id, std::uint64_t first, std::uint64_t last)
    -> chat::expected<page> {
  static const auto text = select_messages("m.seq BETWEEN ? AND ? ORDER BY m.seq");
  return attempt([&] {
    auto found = read_entries(text.live, {id, first, upper_end(last)});
    const auto end = found.empty() ? upper_end(last) : found.front().seq - 1;
    if (std::max<std::uint64_t>(first, 1) <= end)
      prepend(read_entries(text.archived, {id, first, end}), found);
    return found;
  });
}

auto sql_store::entries_after(chat::conversation_id id, std::uint64_t after_seq, std::size_t limit)
    -> chat::expected<page> {
  static const auto text = select_caught_up();
  const auto after = upper_end(after_seq + 1) - 1;
  const auto most = std::uint64_t{limit};
  return attempt([&] {
    auto found = read_caught_up(text.live, {id, after, upper_end(0), most});
    if (!found.empty() && found.front().seq > after + 1)
      prepend(read_caught_up(text.archived, {id, after, found.front().seq, most}), found);
    if (found.size() > limit) found.resize(limit);
    return found;
  });
}

/// The target of a change may be in the archive while the change is not.
auto sql_store::read_caught_up(std::string_view text, std::initializer_list<value> values) -> page {
  page found;
  std::vector<std::size_t> away;
  db_->query(text, values, [&](const row& r) {
    if (r.integer(entry_column_count) != 0) away.push_back(found.size());
    found.push_back(read_entry(r, db_->texts()));
  });
  for (const auto at : away)
    db_->query(
        "SELECT content FROM messages_archive WHERE conversation_id = ? AND seq = ? AND "
        "deleted_at IS NULL",
        {found[at].conversation, found[at].target_seq},
        [&](const row& r) {
          found[at].content = db_->texts().show(text_place(found[at]), r.text(0));
        });
  return found;
}

auto sql_store::messages(chat::conversation_id id, ordinal_range range) -> chat::expected<page> {
  static const auto text = select_messages("m.ordinal BETWEEN ? AND ? ORDER BY m.ordinal");
  if (range.first > range.last) return page{};
  return attempt([&] {
    auto found = read_entries(text.live, {id, range.first, upper_end(range.last)});
    const auto end = found.empty() ? upper_end(range.last) : found.front().ordinal - 1;
    if (std::max<std::uint64_t>(range.first, 1) <= end)
      prepend(read_entries(text.archived, {id, range.first, end}), found);
    return found;
  });
}

auto sql_store::messages(chat::conversation_id id, const seq_window& window)
    -> chat::expected<page> {
  static const auto oldest =
      select_messages("m.seq > ? AND m.seq < ? AND m.kind = 0 ORDER BY m.seq LIMIT ?");
  static const auto newest =
      select_messages("m.seq > ? AND m.seq < ? AND m.kind = 0 ORDER BY m.seq DESC LIMIT ?");
  const auto& text = window.newest_first ? newest : oldest;
  const auto after = upper_end(window.after + 1) - 1;
  const auto before = upper_end(window.before);
  return attempt([&] {
    const auto read = [&](const std::string& from, std::uint64_t end, std::size_t limit) {
      auto found = read_entries(from, {id, after, end, std::uint64_t{limit}});
      if (window.newest_first) std::reverse(found.begin(), found.end());
      return found;
    };
    auto found = read(text.live, before, window.limit);
    const bool is_full = window.newest_first && found.size() == window.limit;
    if (is_full || !may_go_on_archived(found, window)) return found;
    const auto missing = window.limit - (window.newest_first ? found.size() : 0);
    prepend(read(text.archived, found.empty() ? before : found.front().seq, missing), found);
    if (found.size() > window.limit) found.resize(window.limit);
    return found;
  });
}

auto sql_store::changes(chat::conversation_id id, const seq_window& window)
    -> chat::expected<page> {
  static const auto oldest =
      select_messages("m.seq > ? AND m.seq < ? AND m.kind >= 3 ORDER BY m.seq LIMIT ?");
  static const auto newest =
      select_messages("m.seq > ? AND m.seq < ? AND m.kind >= 3 ORDER BY m.seq DESC LIMIT ?");
  const auto& text = window.newest_first ? newest : oldest;
  const auto after = upper_end(window.after + 1) - 1;
  const auto before = upper_end(window.before);
  if (after + 1 >= before) return page{};
  return attempt([&] {
    page found;
    for (const auto* from : {&text.archived, &text.live}) {
      auto some = read_entries(*from, {id, after, before, std::uint64_t{window.limit}});
      std::move(some.begin(), some.end(), std::back_inserter(found));
    }
    std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.seq < b.seq; });
    if (found.size() <= window.limit) return found;
    const auto surplus = static_cast<std::ptrdiff_t>(found.size() - window.limit);
    window.newest_first ? found.erase(found.begin(), found.begin() + surplus)
                        : found.erase(found.end() - surplus, found.end());
    return found;
  });
}

auto sql_store::messages(chat::conversation_id id, std::span<const chat::message_id> wanted)
    -> chat::expected<page> {
  static const auto heads = text_pair{[](const std::string& table) {
    return select_entries(visible_content, "m") + " FROM " + table + " m WHERE m.kind = 0 AND m.id IN (";
  }};
  return attempt([&] {
    page found;
    const auto read = [&](std::string_view head, std::span<const chat::message_id> ids) {
      in_list_shapes(ids, [&](std::span<const chat::message_id> some, std::size_t width) {
        std::vector<value> values(some.begin(), some.end());
        values.resize(width, nobodys_message);
        db_->query(repeat(head, "?", width, ",", ")"), values, [&](const row& r) {
          auto one = read_entry(r, db_->texts());
          if (one.conversation == id) found.push_back(std::move(one));
        });
      });
    };
    read(heads.live, wanted);
    if (found.size() < wanted.size()) read(heads.archived, wanted);
    return found;
  });
}

auto sql_store::find_send(chat::conversation_id id, const chat::user_id& sender,
                          std::string_view client_message_id)
    -> chat::expected<std::optional<chat::entry>> {
  static const auto text = select_messages("m.sender_id = ? AND m.client_message_id = ?");
  return attempt([&]() -> std::optional<chat::entry> {
    auto found = read_entries(text.live, {id, sender, client_message_id});
    if (found.empty()) found = read_entries(text.archived, {id, sender, client_message_id});
    // MySQL compares without trailing spaces; ids are compared exactly.
    if (found.empty() || found.front().client_message_id != client_message_id) return std::nullopt;
    return std::move(found.front());
  });
}

auto sql_store::locate(chat::message_id id) -> chat::expected<std::optional<message_place>> {
  return attempt([&] {
    std::optional<message_place> place;
    const auto take = [&](const row& r) {
      place = message_place{{read_uuid(r, 0)}, read_number(r, 1)};
    };
    db_->query("SELECT conversation_id, seq FROM messages WHERE id = ? AND kind = 0", {id}, take);
    if (!place)
      db_->query("SELECT conversation_id, seq FROM messages_archive WHERE id = ? AND kind = 0",
                 {id}, take);
    return place;
  });
}

}  // namespace parley::storage::sql
