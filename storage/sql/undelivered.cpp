#include "storage/sql/undelivered.hpp"

#include <algorithm>
#include <tuple>

#include "storage/sql/rows.hpp"
#include "storage/sql/sql_store.hpp"
#include "storage/sql/text.hpp"

namespace parley::storage::sql {
namespace {

using pairs = std::vector<std::pair<chat::user_id, chat::conversation_id>>;

// One seek per conversation finds its last seq. What somebody has read has reached them.
constexpr std::string_view ahead_head =
    "SELECT k.user_id, k.conversation_id, k.reached FROM (SELECT m.user_id, m.conversation_id, "
    "CASE WHEN m.delivered_seq >= m.read_seq AND m.delivered_seq >= m.after_seq "
    "THEN m.delivered_seq WHEN m.read_seq >= m.after_seq THEN m.read_seq ELSE m.after_seq END "
    "AS reached, (SELECT x.seq FROM messages x WHERE x.conversation_id = m.conversation_id "
    "ORDER BY x.seq DESC LIMIT 1) AS last_seq FROM members m WHERE m.user_id IN (";
constexpr std::string_view ahead_tail =
    ")) k LEFT JOIN conversations c ON c.id = k.conversation_id "
    "WHERE k.last_seq > k.reached AND COALESCE(c.type, 4) <> 4";

constexpr std::string_view of_others =
    "FROM messages WHERE conversation_id = ? AND seq > ? AND kind = 0 AND deleted_at IS NULL "
    "AND sender_id <> ? ORDER BY seq LIMIT ";

auto first_text(std::size_t width) -> std::string {
  std::string text;
  for (std::size_t i = 0; i < width; ++i) {
    text += i > 0 ? " UNION ALL SELECT " : "SELECT ";
    text += std::to_string(i) + " AS place, (SELECT created_at " + std::string{of_others} +
            "1) AS first_at";
  }
  return text;
}

auto keys_text(std::size_t width) -> std::string {
  return repeat("", "SELECT * FROM (SELECT created_at, conversation_id, seq " +
                        std::string{of_others} + "?) k", width, " UNION ALL ", "");
}

auto messages_text(std::size_t width) -> std::string {
  const auto head = select_entries(visible_content, "m") + " FROM messages m WHERE ";
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
  const std::span<waiting> all{found};
  in_list_shapes(all, [&](std::span<waiting> some, std::size_t width) { find_first(some, width); });
  std::erase_if(found, [](const waiting& w) { return !w.first_at; });
  return found;
}

void undelivered_reader::find_ahead(std::span<const chat::user_id> users,
                                    std::vector<waiting>& found) {
  in_list_shapes(users, [&](std::span<const chat::user_id> some, std::size_t width) {
    std::vector<value> values(some.begin(), some.end());
    values.resize(width, nobody);
    db_.query(repeat(ahead_head, "?", width, ",", ahead_tail), values, [&](const row& r) {
      found.push_back({read_user(r, 0), {read_uuid(r, 1)}, read_number(r, 2), {}});
    });
  });
}

void undelivered_reader::find_first(std::span<waiting> some, std::size_t width) {
  std::vector<value> values;
  for (const auto& w : some) values.insert(values.end(), {w.conversation, w.floor, w.user});
  while (values.size() < 3 * width)
    values.insert(values.end(), {no_conversation, std::uint64_t{0}, nobody});
  db_.query(first_text(width), values, [&](const row& r) {
    const auto at = read_number(r, 0);
    if (at < some.size() && !r.is_null(1)) some[at].first_at = read_time(r, 1);
  });
}

/// Conversations come in the order of their first message: once `limit` messages are older than
/// the next one's, the rest need not be asked.
auto undelivered_reader::oldest(std::span<const waiting> sorted, std::size_t limit)
    -> std::vector<key> {
  std::vector<key> keys;
  in_list_shapes(sorted, [&](std::span<const waiting> some, std::size_t width) {
    if (keys.size() == limit && keys.back().created_at < *some.front().first_at) return;
    list_keys(some, width, limit, keys);
    std::sort(keys.begin(), keys.end());
    if (keys.size() > limit) keys.resize(limit);
  });
  return keys;
}

void undelivered_reader::list_keys(std::span<const waiting> some, std::size_t width,
                                   std::size_t limit, std::vector<key>& keys) {
  std::vector<value> values;
  const auto most = std::uint64_t{limit};
  for (const auto& w : some) values.insert(values.end(), {w.conversation, w.floor, w.user, most});
  while (values.size() < 4 * width)
    values.insert(values.end(), {no_conversation, std::uint64_t{0}, nobody, most});
  db_.query(keys_text(width), values, [&](const row& r) {
    keys.push_back({read_time(r, 0), {read_uuid(r, 1)}, read_number(r, 2)});
  });
}

auto undelivered_reader::read(std::span<const key> keys) -> std::vector<chat::entry> {
  std::vector<chat::entry> found;
  in_list_shapes(keys, [&](std::span<const key> some, std::size_t width) {
    std::vector<value> values;
    for (const auto& k : some) values.insert(values.end(), {k.conversation, k.seq});
    while (values.size() < 2 * width)
      values.insert(values.end(), {no_conversation, std::uint64_t{0}});
    db_.query(messages_text(width), values,
              [&](const row& r) { found.push_back(read_entry(r)); });
  });
  std::sort(found.begin(), found.end(), [](const chat::entry& a, const chat::entry& b) {
    return std::tie(a.created_at, a.conversation, a.seq) <
           std::tie(b.created_at, b.conversation, b.seq);
  });
  return found;
}

auto sql_store::undelivered(const chat::user_id& user, std::size_t limit)
    -> chat::expected<std::vector<chat::entry>> {
  return attempt([&] { return undelivered_reader{*db_}.of(user, limit); });
}

auto sql_store::undelivered_in(std::span<const chat::user_id> users) -> chat::expected<pairs> {
  return attempt([&] { return undelivered_reader{*db_}.in(users); });
}

}  // namespace parley::storage::sql
