#include <cassert>

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

/// True when the batch is a single statement, which needs no transaction around it.
auto is_one_insert(std::span<const entry> batch) -> bool {
  return std::find(insert_shapes.begin(), insert_shapes.end(), batch.size()) !=
             insert_shapes.end() &&
         std::all_of(batch.begin(), batch.end(), is_plain_message);
}

auto parse_role(std::string_view name) -> std::int64_t {
  for (const auto role : {chat::member_role::admin, chat::member_role::owner})
    if (name == to_string(role)) return static_cast<std::int64_t>(role);
  return static_cast<std::int64_t>(chat::member_role::member);
}

}  // namespace

auto sql_store::append(std::span<const entry> batch) -> chat::expected<void> {
  if (batch.empty()) return {};
  if (!is_one_insert(batch)) return transact([&] { append_in_order(batch); });
  return attempt([&] { db_->run_alone(insert_text(batch.size()), bind_messages(batch)); });
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
  in_insert_shapes(batch, [&](std::span<const entry> shape) {
    db_->run(insert_text(shape.size()), bind_messages(shape));
  });
}

auto sql_store::bind_messages(std::span<const entry> shape) -> std::span<const value> {
  values_.clear();
  values_.reserve(shape.size() * message_values);
  texts_.clear();
  for (const auto& e : shape) {
    values_.emplace_back(e.conversation);
    values_.emplace_back(e.seq);
    values_.emplace_back(e.ordinal);
    values_.emplace_back(e.id);
    values_.emplace_back(e.actor);
    values_.emplace_back(std::string_view{e.content});
    values_.push_back(value::or_null(std::string_view{e.client_message_id}));
    values_.emplace_back(e.fingerprint);
    values_.emplace_back(e.created_at);
    values_.push_back(value::or_null(e.reply_to.value));
    if (!e.attachments.empty()) texts_.push_back(dump_attachments(e.attachments));
    values_.push_back(value::or_null(
        e.attachments.empty() ? std::string_view{} : std::string_view{texts_.back()}));
  }
  return values_;
}

void sql_store::insert_entry(const entry& e) {
  const auto previous = e.kind == entry_kind::edited ? present_content(e) : std::string{};
  const auto subjects = join_users(e.subjects);
  db_->run(insert_change,
           {e.conversation, e.seq, static_cast<std::int64_t>(e.kind), e.id, e.actor,
            std::string_view{e.content}, value::or_null(std::string_view{previous}), e.fingerprint,
            e.created_at, value::or_null(e.target.value), value::or_null(e.target_seq),
            value::or_null(std::string_view{subjects})});
}

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
  switch (e.kind) {
    case entry_kind::edited:
      change_target("content = ?, edited_at = ?",
                    {std::string_view{e.content}, e.created_at, e.conversation, e.target_seq});
      break;
    case entry_kind::deleted:
      change_target("deleted_at = ?", {e.created_at, e.conversation, e.target_seq});
      break;
    case entry_kind::added: add_subjects(e); break;
    case entry_kind::removed: remove_subjects(e); break;
    case entry_kind::role:
      if (e.subjects.empty()) break;
      db_->run("UPDATE members SET role = ? WHERE conversation_id = ? AND user_id = ?",
               {parse_role(e.content), e.conversation, e.subjects.front()});
      break;
    case entry_kind::title:
      db_->run("UPDATE conversations SET title = ?, updated_at = ? WHERE id = ?",
               {value::or_null(std::string_view{e.content}), e.created_at, e.conversation});
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
