#include <optional>

#include "storage/sql/rows.hpp"
#include "storage/sql/sql_store.hpp"

namespace parley::storage::sql {
namespace {

using table = rekey_mark::table;

constexpr std::size_t entries_looked_at = 16;

/// Texts and fingerprint of one row of a history.
struct stored_entry {
  std::uint64_t seq = 0;
  seal_place place;
  std::string content;
  std::optional<std::string> previous;
  std::uint64_t fingerprint = 0;
};

auto read_stored(const row& r, const chat::uuid& conversation) -> stored_entry {
  const auto id = read_uuid(r, 1);
  const auto target = read_uuid(r, 2);
  stored_entry found{read_number(r, 0),
                     {seal_place::kind::text, {conversation}, target.is_nil() ? id : target},
                     read_text(r, 3), std::nullopt, read_number(r, 5)};
  if (!r.is_null(4)) found.previous = read_text(r, 4);
  return found;
}

auto name_of(table in) -> std::string {
  switch (in) {
    case table::messages: return "messages";
    case table::messages_archive: return "messages_archive";
    case table::dead_letters: return "dead_letters";
    case table::titles: return "conversations";
    case table::done: break;
  }
  return {};
}

auto is_history(table in) -> bool { return in == table::messages || in == table::messages_archive; }

auto after(table in) -> table { return static_cast<table>(static_cast<int>(in) + 1); }

}  // namespace

auto sql_store::rekey(std::size_t max_rows, rekey_mark& from) -> chat::expected<rekey_step> {
  rekey_step step;
  auto reached = from;
  const auto done = transact([&] {
    step = {};
    reached = from;
    rekey_some(max_rows, reached, step);
  });
  if (!done) return chat::unexpected{done.error()};
  from = reached;
  return step;
}

void sql_store::rekey_some(std::size_t max_rows, rekey_mark& from, rekey_step& step) {
  while (from.in != table::done && step.seen < max_rows) {
    const auto next = find_next(from);
    if (!next) {
      from = {after(from.in), {}, 0};
      continue;
    }
    from = *next;
    if (is_history(from.in)) rekey_entries(name_of(from.in), max_rows - step.seen, from, step);
    if (from.in == table::dead_letters) rekey_letter(from, step);
    if (from.in == table::titles) rekey_title(from, step);
  }
}

/// The row to look at next, or the conversation whose entries to look at. A mark with a seq stands
/// inside a conversation.
auto sql_store::find_next(const rekey_mark& from) -> std::optional<rekey_mark> {
  if (from.seq > 0) return from;
  const std::string column = is_history(from.in) ? "conversation_id" : "id";
  std::optional<rekey_mark> next;
  db_->query("SELECT " + column + " FROM " + name_of(from.in) + " WHERE " + column +
                 " > ? ORDER BY " + column + " LIMIT 1",
             {from.key}, [&](const row& r) { next = rekey_mark{from.in, read_uuid(r, 0), 0}; });
  return next;
}

void sql_store::rekey_entries(std::string_view name, std::size_t max_rows, rekey_mark& from,
                              rekey_step& step) {
  const std::string in{name};
  std::vector<stored_entry> rows;
  db_->query("SELECT seq, id, target_id, content, previous_content, fingerprint FROM " + in +
                 " WHERE conversation_id = ? AND seq > ? ORDER BY seq LIMIT ?",
             {from.key, from.seq, std::uint64_t{max_rows}},
             [&](const row& r) { rows.push_back(read_stored(r, from.key)); });
  for (const auto& one : rows) {
    const auto content = as_now(one.place, one.content, step);
    const auto previous = one.previous ? as_now(one.place, *one.previous, step) : std::nullopt;
    const auto plain = db_->texts().get_fingerprint(one.place, one.fingerprint);
    const bool is_other = plain != 0 && !db_->texts().is_current_fingerprint(one.fingerprint);
    if (!content && !previous && !is_other) continue;
    const auto& text = content ? *content : one.content;
    const auto& before = previous ? previous : one.previous;
    step.changed += db_->run(
        "UPDATE " + in + " SET content = ?, previous_content = ?, fingerprint = ? "
        "WHERE conversation_id = ? AND seq = ? AND content = ?",
        {std::string_view{text},
         before ? value{std::string_view{*before}} : value::or_null(std::string_view{}),
         is_other ? db_->texts().put_fingerprint(one.place, plain) : one.fingerprint, from.key,
         one.seq, std::string_view{one.content}});
  }
  step.seen += rows.size();
  from.seq = rows.size() < max_rows ? 0 : rows.back().seq;
}

void sql_store::rekey_letter(const rekey_mark& at, rekey_step& step) {
  stored_entry found;
  db_->query(
      "SELECT seq, id, target_id, content, NULL AS previous_content, fingerprint, conversation_id "
      "FROM dead_letters WHERE id = ?",
      {at.key}, [&](const row& r) { found = read_stored(r, read_uuid(r, 6)); });
  ++step.seen;
  const auto content = as_now(found.place, found.content, step);
  const auto plain = db_->texts().get_fingerprint(found.place, found.fingerprint);
  const bool is_other = plain != 0 && !db_->texts().is_current_fingerprint(found.fingerprint);
  if (!content && !is_other) return;
  step.changed += db_->run(
      "UPDATE dead_letters SET content = ?, fingerprint = ? WHERE id = ?",
      {value::blob(content ? *content : found.content),
       is_other ? db_->texts().put_fingerprint(found.place, plain) : found.fingerprint, at.key});
}

void sql_store::rekey_title(const rekey_mark& at, rekey_step& step) {
  std::string stored;
  db_->query("SELECT title FROM conversations WHERE id = ?", {at.key},
             [&](const row& r) { stored = read_text(r, 0); });
  ++step.seen;
  const auto title = as_now(title_place({at.key}), stored, step);
  if (!title) return;
  step.changed += db_->run("UPDATE conversations SET title = ? WHERE id = ? AND title = ?",
                           {std::string_view{*title}, at.key, std::string_view{stored}});
}

/// @returns how it is to be stored; nothing when it is stored so, or cannot be read
auto sql_store::as_now(const seal_place& place, std::string_view stored, rekey_step& step)
    -> std::optional<std::string> {
  if (db_->texts().is_current(stored)) return std::nullopt;
  const auto text = db_->texts().get(place, stored);
  step.unreadable += text ? 0 : 1;
  if (!text) return std::nullopt;
  std::string room;
  return std::string{db_->texts().put(place, *text, room)};
}

auto sql_store::check_texts() -> chat::expected<void> {
  std::string trouble;
  const auto looked = attempt([&] {
    bool is_any_readable = false;
    trouble.clear();
    db_->query("SELECT seq, id, target_id, content, NULL AS previous_content, fingerprint, "
               "conversation_id FROM messages ORDER BY created_at DESC LIMIT ?",
               {std::uint64_t{entries_looked_at}}, [&](const row& r) {
                 const auto one = read_stored(r, read_uuid(r, 6));
                 if (!is_sealed(one.content)) return;
                 const auto text = db_->texts().get(one.place, one.content);
                 is_any_readable = is_any_readable || text;
                 if (!text && trouble.empty()) trouble = text.error().detail;
               });
    if (is_any_readable) trouble.clear();
  });
  if (!looked) return looked;
  if (!trouble.empty()) return chat::unexpected{chat::errc::conflict, trouble};
  return {};
}

}  // namespace parley::storage::sql
