#include <algorithm>
#include <cassert>
#include <tuple>

#include "storage/sql/attachments.hpp"
#include "storage/sql/profiles.hpp"
#include "storage/sql/rows.hpp"
#include "storage/sql/sql_store.hpp"
#include "storage/sql/text.hpp"

namespace parley::storage::sql {
namespace {

using chat::entry;
using chat::entry_kind;

constexpr std::size_t message_values = 11;
/// Keeps a statement of the longest texts below the 16 MiB that servers take by default.
constexpr std::size_t max_rows_at_once = 256;

constexpr std::string_view insert_head =
    "INSERT INTO messages (conversation_id, seq, ordinal, kind, id, sender_id, content, "
    "client_message_id, fingerprint, created_at, reply_to, attachments) VALUES ";
constexpr std::string_view insert_part = "(?,?,?,0,?,?,?,?,?,?,?,?)";

constexpr std::string_view insert_change =
    "INSERT INTO messages (conversation_id, seq, kind, id, sender_id, content, previous_content, "
    "fingerprint, created_at, target_id, target_seq, subjects) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)";

/// One text per shape, made once: they are long.
auto insert_text(std::size_t rows) -> std::string_view {
  static const auto texts = [] {
    std::array<std::string, insert_shapes.size()> made;
    for (std::size_t i = 0; i < made.size(); ++i)
      made[i] = repeat(insert_head, insert_part, insert_shapes[i], ",", "");
    return made;
  }();
  const auto at = std::find(insert_shapes.begin(), insert_shapes.end(), rows);
  return texts[static_cast<std::size_t>(at - insert_shapes.begin())];
}

auto is_message(const entry& e) -> bool {
  return e.kind == entry_kind::message;
}

auto is_plain_message(const entry& e) -> bool {
  return is_message(e) && e.attachments.empty();
}

auto is_shape(std::size_t rows) -> bool {
  return std::find(insert_shapes.begin(), insert_shapes.end(), rows) != insert_shapes.end();
}

auto parse_role(std::string_view name) -> std::int64_t {
  for (const auto role : {chat::member_role::admin, chat::member_role::owner})
    if (name == to_string(role)) return static_cast<std::int64_t>(role);
  return static_cast<std::int64_t>(chat::member_role::member);
}

}  // namespace

auto sql_store::append(std::span<const entry> batch) -> chat::expected<void> {
  if (batch.empty()) return {};
  if (!std::all_of(batch.begin(), batch.end(), is_plain_message))
    return transact([&] { append_in_order(batch); });
  return attempt([&] { append_plain(batch); });
}

/// Without a transaction around it where a single statement will do.
void sql_store::append_plain(std::span<const entry> batch) {
  if (batch.size() <= max_rows_at_once && db_->takes_rows_at_once())
    return db_->run_each_alone(insert_text(1), bind_messages(batch), batch.size());
  if (!db_->takes_rows_at_once() && is_shape(batch.size()))
    return db_->run_alone(insert_text(batch.size()), bind_messages(batch));
  db_->begin();
  insert_messages(batch);
  db_->commit();
}

void sql_store::append_in_order(std::span<const entry> batch) {
  while (!batch.empty()) {
    const auto change = std::find_if_not(batch.begin(), batch.end(), is_message);
    const auto messages = static_cast<std::size_t>(change - batch.begin());
    insert_messages(batch.first(messages));
    for (const auto& e : batch.first(messages))
      if (!e.attachments.empty()) claim_attachments(e);
    if (change == batch.end()) return;
    insert_entry(*change);
    apply(*change);
    batch = batch.subspan(messages + 1);
  }
}

void sql_store::insert_messages(std::span<const entry> batch) {
  if (db_->takes_rows_at_once()) {
    for (; !batch.empty(); batch = batch.subspan(std::min(batch.size(), max_rows_at_once))) {
      const auto some = batch.first(std::min(batch.size(), max_rows_at_once));
      db_->run_each(insert_text(1), bind_messages(some), some.size());
    }
    return;
  }
  in_insert_shapes(batch, [&](std::span<const entry> shape) {
    db_->run(insert_text(shape.size()), bind_messages(shape));
  });
}

/// Neighbours in the table and in most of its indexes are written together: that touches each page
/// of them once a batch.
auto sql_store::by_conversation(std::span<const entry> batch) -> std::span<const entry* const> {
  sorted_.clear();
  for (const auto& e : batch) sorted_.push_back(&e);
  std::sort(sorted_.begin(), sorted_.end(), [](const entry* a, const entry* b) {
    return std::tie(a->conversation, a->seq) < std::tie(b->conversation, b->seq);
  });
  return sorted_;
}

auto sql_store::bind_messages(std::span<const entry> shape) -> std::span<const value> {
  values_.clear();
  values_.reserve(shape.size() * message_values);
  texts_.clear();
  sealed_.resize(std::max(sealed_.size(), shape.size()));
  auto room = sealed_.begin();
  for (const auto* row : by_conversation(shape)) {
    const auto& e = *row;
    const auto place = text_place(e);
    values_.emplace_back(e.conversation);
    values_.emplace_back(e.seq);
    values_.emplace_back(e.ordinal);
    values_.emplace_back(e.id);
    values_.emplace_back(e.actor);
    values_.emplace_back(db_->texts().put(place, e.content, *room++));
    values_.push_back(value::or_null(std::string_view{e.client_message_id}));
    values_.emplace_back(db_->texts().put_fingerprint(place, e.fingerprint));
    values_.emplace_back(e.created_at);
    values_.push_back(value::or_null(e.reply_to.value));
    if (!e.attachments.empty()) texts_.push_back(dump_attachments(e.attachments));
    values_.push_back(value::or_null(
        e.attachments.empty() ? std::string_view{} : std::string_view{texts_.back()}));
  }
  return values_;
}

void sql_store::insert_entry(const entry& e) {
  const auto previous = e.kind == entry_kind::edited ? as_now(e, present_content(e)) : std::string{};
  std::string room;
  const auto content = db_->texts().put(text_place(e), e.content, room);
  const auto subjects = join_users(e.subjects);
  db_->run(insert_change,
           {e.conversation, e.seq, static_cast<std::int64_t>(e.kind), e.id, e.actor,
            content, value::or_null(std::string_view{previous}), e.fingerprint, e.created_at, value::or_null(e.target.value), value::or_null(e.target_seq),
            value::or_null(std::string_view{subjects})});
}

/// The text of the message before, stored as texts are stored now; it has the place of its edit's.
auto sql_store::as_now(const entry& edit, std::string stored) -> std::string {
  if (db_->texts().is_current(stored)) return stored;
  const auto text = db_->texts().get(text_place(edit), stored);
  std::string room;
  return text ? std::string{db_->texts().put(text_place(edit), *text, room)} : stored;
}

/// As it is stored.
auto sql_store::present_content(const entry& edit) -> std::string {
  std::optional<std::string> found;
  const auto take = [&](const row& r) { found = read_text(r, 0); };
  db_->query("SELECT content FROM messages WHERE conversation_id = ? AND seq = ?",
             {edit.conversation, edit.target_seq}, take);
  if (!found)
    db_->query("SELECT content FROM messages_archive WHERE conversation_id = ? AND seq = ?",
               {edit.conversation, edit.target_seq}, take);
  return found.value_or("");
}

/// In the archive where it is not in `messages`.
void sql_store::change_target(std::string_view sets, std::vector<value> values) {
  const auto tail =
      " SET " + std::string{sets} + " WHERE conversation_id = ? AND seq = ? AND kind = 0";
  if (db_->run("UPDATE messages" + tail, values) == 0)
    db_->run("UPDATE messages_archive" + tail, values);
}

void sql_store::apply(const entry& e) {
  std::string room;
  switch (e.kind) {
    case entry_kind::edited:
      change_target("content = ?, edited_at = ?",
                    {db_->texts().put(text_place(e), e.content, room), e.created_at,
                     e.conversation, e.target_seq});
      break;
    case entry_kind::deleted:
      change_target("deleted_at = ?", {e.created_at, e.conversation, e.target_seq});
      break;
    case entry_kind::added: add_subjects(e); break;
    case entry_kind::removed:
      remove_subjects(e);
      drop_invites(e);
      break;
    case entry_kind::role:
      if (e.subjects.empty()) break;
      db_->run("UPDATE members SET role = ? WHERE conversation_id = ? AND user_id = ?",
               {parse_role(e.content), e.conversation, e.subjects.front()});
      break;
    case entry_kind::title:
      db_->run("UPDATE conversations SET title = ?, updated_at = ? WHERE id = ?",
               {value::or_null(db_->texts().put(title_place(e.conversation), e.content, room)),
                e.created_at, e.conversation});
      break;
    case entry_kind::message:
    case entry_kind::created: break;
  }
}

void sql_store::add_subjects(const entry& e) {
  const bool sees_all = e.content == "all";
  chat::member newcomer;
  newcomer.after_seq = sees_all ? 0 : e.seq;
  newcomer.after_ordinal = sees_all ? 0 : last_ordinal(e.conversation);
  newcomer.joined_at = e.created_at;
  // What was said before somebody came back is not unread.
  newcomer.cursors = {e.seq, {}, e.seq, {}};
  std::vector<chat::member> newcomers(e.subjects.size(), newcomer);
  for (std::size_t i = 0; i < newcomers.size(); ++i) newcomers[i].user = e.subjects[i];
  insert_stubs(*db_, e.subjects);
  insert_members(e.conversation, newcomers);
}

void sql_store::remove_subjects(const entry& e) {
  const std::span<const chat::user_id> all{e.subjects};
  in_list_shapes(all, [&](std::span<const chat::user_id> some, std::size_t width) {
    std::vector<value> values{e.conversation};
    values.insert(values.end(), some.begin(), some.end());
    values.resize(1 + width, std::string_view{});
    db_->run(repeat("DELETE FROM members WHERE conversation_id = ? AND user_id IN (", "?", width,
                    ",", ")"),
             values);
  });
}

}  // namespace parley::storage::sql
