// How a conversation comes to be: at once, or with many members in steps that let others in between.

#include <chrono>

#include "storage/sql/profiles.hpp"
#include "storage/sql/rows.hpp"
#include "storage/sql/sql_store.hpp"
#include "storage/sql/text.hpp"

namespace parley::storage::sql {
namespace {

using std::chrono::steady_clock;

/// A step of a creation takes up no more members after this; its commit comes on top.
constexpr std::chrono::milliseconds step_time{5};

constexpr std::string_view insert_info =
    "INSERT INTO conversations (id, type, participant1_id, participant2_id, direct_key, title, "
    "case_id, name, created_by, created_at, updated_at) VALUES (?,?,?,?,?,?,?,?,?,?,?)";

constexpr std::string_view insert_member_head =
    "INSERT INTO members (conversation_id, user_id, role, after_seq, after_ordinal, joined_at, "
    "delivered_seq, delivered_at, read_seq, read_at) VALUES ";

constexpr std::string_view renew_member =
    "role = new(role), after_seq = new(after_seq), after_ordinal = new(after_ordinal), "
    "joined_at = new(joined_at), delivered_seq = new(delivered_seq), "
    "delivered_at = new(delivered_at), read_seq = new(read_seq), read_at = new(read_at)";

auto mentioned_users(const chat::conversation_info& info) -> std::vector<chat::user_id> {
  std::vector<chat::user_id> users;
  for (const auto* user : {&info.participant1, &info.participant2, &info.created_by})
    if (!user->value.empty()) users.push_back(*user);
  return users;
}

auto text_or_null(const std::string& text) -> value {
  return value::or_null(std::string_view{text});
}

/// The first id that is made at `when` or later.
auto first_id_at(chat::timestamp when) -> chat::conversation_id {
  chat::conversation_id id;
  for (int i = 0; i < 6; ++i)
    id.value.bytes[static_cast<std::size_t>(i)] =
        static_cast<std::uint8_t>(static_cast<std::uint64_t>(when.ms) >> (8 * (5 - i)));
  return id;
}

auto users_of(std::span<const chat::member> members) -> std::vector<chat::user_id> {
  std::vector<chat::user_id> users;
  for (const auto& m : members) users.push_back(m.user);
  return users;
}

}  // namespace

auto sql_store::create(const new_conversation& what) -> chat::expected<chat::conversation_id> {
  // Most calls for a pair, a case or a name find it there: that must not cost a transaction.
  const auto holder = attempt([&] { return find_holder(what.info); });
  if (!holder) return chat::unexpected{holder.error()};
  if (*holder) return **holder;
  const auto made = transact([&] { insert_conversation(what); });
  if (made) return what.info.id;
  if (made.error().code != chat::errc::duplicate) return chat::unexpected{made.error()};
  return present_holder(what, made.error());
}

/// Somebody was faster.
auto sql_store::present_holder(const new_conversation& what, const chat::error& why)
    -> chat::expected<chat::conversation_id> {
  const auto holder = attempt([&] { return find_holder(what.info); });
  if (!holder) return chat::unexpected{holder.error()};
  if (!*holder) return chat::unexpected{why};
  return **holder;
}

void sql_store::insert_conversation(const new_conversation& what) {
  insert_stubs(*db_, users_of(what.members));
  insert_members(what.info.id, what.members);
  insert_head(what);
}

/// All of it but its members.
void sql_store::insert_head(const new_conversation& what) {
  const auto& info = what.info;
  const auto pair =
      is_two_person(info.type) ? direct_key(info.participant1, info.participant2) : std::string{};
  std::string room;
  db_->run(insert_info,
           {info.id, static_cast<std::int64_t>(info.type), text_or_null(info.participant1.value),
            text_or_null(info.participant2.value), text_or_null(pair),
            value::or_null(db_->texts().put(title_place(info.id), info.title, room)),
            text_or_null(info.case_id), text_or_null(info.name), info.created_by, info.created_at,
            info.created_at});
  insert_stubs(*db_, mentioned_users(info));
  insert_entry(what.created);
}

void sql_store::insert_members(chat::conversation_id id, std::span<const chat::member> members) {
  if (full_among(users_of(members), id))
    throw failure{chat::errc::limit, cure::none, chat::too_many_conversations};
  in_insert_shapes(members, [&](std::span<const chat::member> some) {
    std::vector<value> values;
    for (const auto& m : some)
      values.insert(values.end(), {id, m.user, static_cast<std::int64_t>(m.role), m.after_seq,
                                   m.after_ordinal, m.joined_at, m.cursors.delivered_seq,
                                   m.cursors.delivered_at, m.cursors.read_seq, m.cursors.read_at});
    db_->run(repeat(insert_member_head, "(?,?,?,?,?,?,?,?,?,?)", some.size(), ",",
                    on_duplicate(db_->dialect(), "conversation_id, user_id", renew_member)),
             values);
  });
}

auto sql_store::create_some(const new_conversation& what, creation_mark& from)
    -> chat::expected<std::optional<chat::conversation_id>> {
  using answer = std::optional<chat::conversation_id>;
  const std::span<const chat::member> all{what.members};
  if (from.members == all.size()) {
    const auto made = create_rest(what);
    return made ? chat::expected<answer>{*made} : chat::unexpected{made.error()};
  }
  if (from.members == 0) {
    const auto holder = attempt([&] { return find_holder(what.info); });
    if (!holder || *holder) return holder;
  }
  auto reached = from;
  const auto done = transact([&] {
    reached = from;
    const auto until = steady_clock::now() + step_time;
    do {
      const auto rest = all.subspan(reached.members);
      const auto some = rest.first(std::min(rest.size(), list_shapes.back()));
      insert_stubs(*db_, users_of(some));
      insert_members(what.info.id, some);
      reached.members += some.size();
    } while (reached.members < all.size() && steady_clock::now() < until);
  });
  if (!done) return chat::unexpected{done.error()};
  from = reached;
  return answer{};
}

/// The last step, which makes it visible: members of no conversation are none.
auto sql_store::create_rest(const new_conversation& what) -> chat::expected<chat::conversation_id> {
  const auto made = transact([&] { insert_head(what); });
  if (made) return what.info.id;
  if (made.error().code != chat::errc::duplicate) return chat::unexpected{made.error()};
  return present_holder(what, made.error());
}

auto sql_store::drop_unfinished(chat::conversation_id id, std::size_t max_rows)
    -> chat::expected<std::size_t> {
  std::vector<chat::user_id> users;
  const auto done = transact([&] {
    users.clear();
    if (exists(id)) return;
    db_->query("SELECT user_id FROM members WHERE conversation_id = ? LIMIT ?",
               {id, std::uint64_t{max_rows}},
               [&](const row& r) { users.push_back(read_user(r, 0)); });
    remove_members(id, users);
  });
  if (!done) return chat::unexpected{done.error()};
  return users.size();
}

auto sql_store::find_unfinished(chat::timestamp before, std::size_t limit, unfinished_mark& from)
    -> chat::expected<std::vector<chat::conversation_id>> {
  return attempt([&] {
    const auto begin = std::max(from.done, first_id_at(from.since));
    std::vector<chat::conversation_id> seen;
    db_->query("SELECT DISTINCT conversation_id FROM members WHERE conversation_id > ? AND "
               "conversation_id < ? ORDER BY conversation_id LIMIT ?",
               {begin, first_id_at(before), std::uint64_t{limit}},
               [&](const row& r) { seen.push_back({read_uuid(r, 0)}); });
    from.is_done = seen.size() < limit;
    if (!seen.empty()) from.done = seen.back();
    std::erase_if(seen, [&](chat::conversation_id id) { return exists(id); });
    return seen;
  });
}

auto sql_store::find_full(std::span<const chat::user_id> users)
    -> chat::expected<std::optional<chat::user_id>> {
  return attempt([&] { return full_among(users, {}); });
}

/// Who has as many conversations as may be, not counting `but`.
auto sql_store::full_among(std::span<const chat::user_id> users, chat::conversation_id but)
    -> std::optional<chat::user_id> {
  std::optional<chat::user_id> found;
  if (max_conversations_ == 0) return found;
  in_list_shapes(users, [&](std::span<const chat::user_id> some, std::size_t width) {
    if (found) return;
    std::vector<value> values(some.begin(), some.end());
    values.resize(width, std::string_view{});
    values.emplace_back(but);
    values.emplace_back(std::uint64_t{max_conversations_});
    db_->query(repeat("SELECT user_id FROM members WHERE user_id IN (", "?", width, ",",
                      ") AND conversation_id <> ? GROUP BY user_id HAVING COUNT(*) >= ? LIMIT 1"),
               values, [&](const row& r) { found = read_user(r, 0); });
  });
  return found;
}

}  // namespace parley::storage::sql
