#include "storage/sql/undelivered.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "storage/sql/rows.hpp"
#include "storage/sql/sql_store.hpp"
#include "storage/sql/text.hpp"

namespace parley::storage::sql {
namespace {

using pairs = std::vector<std::pair<chat::user_id, chat::conversation_id>>;

// One seek per conversation finds its last seq. What somebody has read has reached them.
constexpr std::string_view ahead_head =
    "SELECT k.user_id, k.conversation_id, k.reached, c.archived_up_to_seq FROM (SELECT m.user_id, "
    "m.conversation_id, "
    "CASE WHEN m.delivered_seq >= m.read_seq AND m.delivered_seq >= m.after_seq "
    "THEN m.delivered_seq WHEN m.read_seq >= m.after_seq THEN m.read_seq ELSE m.after_seq END "
    "AS reached, (SELECT x.seq FROM messages x WHERE x.conversation_id = m.conversation_id "
    "ORDER BY x.seq DESC LIMIT 1) AS last_seq FROM members m WHERE m.user_id IN (";
constexpr std::string_view ahead_tail =
    ")) k LEFT JOIN conversations c ON c.id = k.conversation_id "
    "WHERE k.last_seq > k.reached AND COALESCE(c.type, 4) <> 4";

constexpr std::string_view of_others =
    " WHERE conversation_id = ? AND seq > ? AND kind = 0 AND deleted_at IS NULL "
    "AND sender_id <> ? ORDER BY seq LIMIT ";

constexpr std::string_view live = "messages";
constexpr std::string_view archived = "messages_archive";

auto first_text(std::string_view table, std::size_t width) -> std::string {
  std::string text;
  for (std::size_t i = 0; i < width; ++i) {
    text += i > 0 ? " UNION ALL SELECT " : "SELECT ";
    text += std::to_string(i) + " AS place, (SELECT created_at FROM " + std::string{table} +
            std::string{of_others} + "1) AS first_at";
  }
  return text;
}

auto keys_text(std::string_view table, std::size_t width) -> std::string {
  const auto part = "SELECT * FROM (SELECT created_at, conversation_id, seq FROM " +
                    std::string{table} + std::string{of_others} + "?) k";
  return repeat("", part, width, " UNION ALL ", "");
}

auto messages_text(std::string_view table, std::size_t width) -> std::string {
  const auto head =
      select_entries(visible_content, "m") + " FROM " + std::string{table} + " m WHERE ";
  return repeat(head, "(m.conversation_id = ? AND m.seq = ?)", width, " OR ", "");
}

const chat::conversation_id no_conversation;
const chat::user_id nobody;

}  // namespace

auto undelivered_reader::of(const chat::user_id& user, std::size_t limit)
    -> std::vector<chat::entry> {
  if (limit == 0) return {};
  auto all = with_messages({&user, 1});
  std::sort(all.begin(), all.end(),
            [](const waiting& a, const waiting& b) { return a.first_at < b.first_at; });
  return read(oldest(all, limit));
}

auto undelivered_reader::in(std::span<const chat::user_id> users) -> pairs {
  pairs found;
  for (auto& w : with_messages(users)) found.emplace_back(std::move(w.user), w.conversation);
  return found;
}

auto undelivered_reader::with_messages(std::span<const chat::user_id> users)
    -> std::vector<waiting> {
  std::vector<waiting> found;
  find_ahead(users, found);
  // The archive first: what it has is older. A conversation found there is not asked again.
  for (const auto table : {archived, live}) {
    std::vector<waiting*> asked;
    for (auto& w : found)
      if (table == archived ? w.archived > w.floor : !w.first_at) asked.push_back(&w);
    in_list_shapes(std::span<waiting* const>{asked},
                   [&](auto some, std::size_t width) { find_first(table, some, width); });
  }
  std::erase_if(found, [](const waiting& w) { return !w.first_at; });
  return found;
}

void undelivered_reader::find_ahead(std::span<const chat::user_id> users,
                                    std::vector<waiting>& found) {
  in_list_shapes(users, [&](std::span<const chat::user_id> some, std::size_t width) {
    std::vector<value> values(some.begin(), some.end());
    values.resize(width, nobody);
    db_.query(repeat(ahead_head, "?", width, ",", ahead_tail), values, [&](const row& r) {
      found.push_back(
          {read_user(r, 0), {read_uuid(r, 1)}, read_number(r, 2), read_number(r, 3), {}});
    });
  });
}

void undelivered_reader::find_first(std::string_view table, std::span<waiting* const> some,
                                    std::size_t width) {
  std::vector<value> values;
  for (const auto* w : some) values.insert(values.end(), {w->conversation, w->floor, w->user});
  while (values.size() < 3 * width)
    values.insert(values.end(), {no_conversation, std::uint64_t{0}, nobody});
  db_.query(first_text(table, width), values, [&](const row& r) {
    const auto at = read_number(r, 0);
    if (at < some.size() && !r.is_null(1)) some[at]->first_at = read_time(r, 1);
  });
}

/// Conversations come in the order of their first message: once `limit` messages are older than
/// the next one's, the rest need not be asked. The cut takes the first messages of each conversation
/// by seq, as none counts as older than those before it: a clock that was set back leaves no hole.
auto undelivered_reader::oldest(std::span<const waiting> sorted, std::size_t limit)
    -> std::vector<key> {
  std::vector<key> keys;
  in_list_shapes(sorted, [&](std::span<const waiting> some, std::size_t) {
    if (keys.size() == limit && keys.back().created_at < *some.front().first_at) return;
    std::vector<key> listed;
    list_keys(live, some, limit, listed);
    std::vector<waiting> old;
    for (const auto& w : some)
      if (w.archived > w.floor) old.push_back(w);
    list_keys(archived, old, limit, listed);
    make_ascending(listed);
    keys.insert(keys.end(), listed.begin(), listed.end());
    std::sort(keys.begin(), keys.end());
    if (keys.size() > limit) keys.resize(limit);
  });
  return keys;
}

void undelivered_reader::list_keys(std::string_view table, std::span<const waiting> all,
                                   std::size_t limit, std::vector<key>& keys) {
  const auto most = std::uint64_t{limit};
  in_list_shapes(all, [&](std::span<const waiting> some, std::size_t width) {
    std::vector<value> values;
    for (const auto& w : some) values.insert(values.end(), {w.conversation, w.floor, w.user, most});
    while (values.size() < 4 * width)
      values.insert(values.end(), {no_conversation, std::uint64_t{0}, nobody, most});
    db_.query(keys_text(table, width), values, [&](const row& r) {
      keys.push_back({read_time(r, 0), {read_uuid(r, 1)}, read_number(r, 2)});
    });
  });
}

void undelivered_reader::make_ascending(std::vector<key>& keys) {
  std::sort(keys.begin(), keys.end(), [](const key& a, const key& b) {
    return std::tie(a.conversation, a.seq) < std::tie(b.conversation, b.seq);
  });
  for (std::size_t i = 1; i < keys.size(); ++i)
    if (keys[i].conversation == keys[i - 1].conversation)
      keys[i].created_at = std::max(keys[i].created_at, keys[i - 1].created_at);
}

/// In the order of the keys.
auto undelivered_reader::read(std::span<const key> keys) -> std::vector<chat::entry> {
  std::vector<chat::entry> found;
  read(live, keys, found);
  if (found.size() < keys.size()) read(archived, keys, found);
  std::map<std::pair<chat::conversation_id, std::uint64_t>, std::size_t> places;
  for (std::size_t i = 0; i < keys.size(); ++i) places[{keys[i].conversation, keys[i].seq}] = i;
  std::sort(found.begin(), found.end(), [&](const chat::entry& a, const chat::entry& b) {
    return places.at({a.conversation, a.seq}) < places.at({b.conversation, b.seq});
  });
  return found;
}

void undelivered_reader::read(std::string_view table, std::span<const key> keys,
                              std::vector<chat::entry>& found) {
  in_list_shapes(keys, [&](std::span<const key> some, std::size_t width) {
    std::vector<value> values;
    for (const auto& k : some) values.insert(values.end(), {k.conversation, k.seq});
    while (values.size() < 2 * width)
      values.insert(values.end(), {no_conversation, std::uint64_t{0}});
    db_.query(messages_text(table, width), values,
              [&](const row& r) { found.push_back(read_entry(r, db_.texts())); });
  });
}

auto sql_store::undelivered(const chat::user_id& user, std::size_t limit)
    -> chat::expected<std::vector<chat::entry>> {
  return read_at_once([&] { return undelivered_reader{*db_}.of(user, limit); });
}

auto sql_store::undelivered_in(std::span<const chat::user_id> users) -> chat::expected<pairs> {
  return read_at_once([&] { return undelivered_reader{*db_}.in(users); });
}

}  // namespace parley::storage::sql
