#include "storage/sql/attachments.hpp"
#include "storage/sql/rows.hpp"
#include "storage/sql/sql_store.hpp"
#include "storage/sql/text.hpp"

namespace parley::storage::sql {
namespace {

using chat::entry;
using chat::entry_kind;
using chat::errc;

/// How often a conversation's owner may take the seq first.
constexpr int max_races = 8;

constexpr std::string_view insert_text =
    "INSERT INTO dead_letters (id, conversation_id, seq, ordinal, kind, sender_id, content, "
    "client_message_id, fingerprint, created_at, reply_to, attachments, target_id, target_seq, "
    "subjects, failed_at, reason) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";
constexpr std::string_view renew = "failed_at = new(failed_at), reason = new(reason)";

// In the order of entry_columns; nobody has edited or deleted what was never stored.
constexpr std::string_view select_text =
    "SELECT d.content, d.conversation_id, d.seq, d.ordinal, d.kind, d.id, d.sender_id, "
    "d.client_message_id, d.fingerprint, d.created_at, d.reply_to, d.attachments, d.target_id, "
    "d.target_seq, d.subjects, NULL AS edited_at, NULL AS deleted_at, d.failed_at, d.reason "
    "FROM dead_letters d WHERE ";

auto bytes_of(const std::string& text) -> value {
  return value::blob(text);
}

auto bytes_or_null(const std::string& text) -> value {
  return value::blob_or_null(text.data(), text.size());
}

auto read_letter(const row& r, const vault& texts) -> dead_letter {
  return {read_entry(r, texts), read_time(r, entry_column_count), read_text(r, entry_column_count + 1)};
}

auto can_be_posted(const entry& e) -> bool {
  return e.kind == entry_kind::message || e.kind == entry_kind::edited;
}

}  // namespace

auto sql_store::add_dead_letter(const dead_letter& what) -> chat::expected<void> {
  const auto& e = what.entry;
  const auto text = std::string{insert_text} + on_duplicate(db_->dialect(), "id", renew);
  const auto subjects = join_users(e.subjects);
  const auto files = dump_attachments(e.attachments);
  std::string room;
  const auto content = db_->texts().put(text_place(e), e.content, room);
  return transact([&] {
    const std::initializer_list<value> values{
        e.id,
        e.conversation,
        e.seq,
        value::or_null(e.ordinal),
        static_cast<std::int64_t>(e.kind),
        bytes_of(e.actor.value),
        value::blob(content),
        bytes_or_null(e.client_message_id),
        db_->texts().put_fingerprint(text_place(e), e.fingerprint),
        e.created_at,
        value::or_null(e.reply_to.value),
        bytes_or_null(files),
        value::or_null(e.target.value),
        value::or_null(e.target_seq),
        bytes_or_null(subjects),
        what.failed_at,
        bytes_of(what.reason)};
    db_->run(text, {values.begin(), values.size()});
    if (!e.attachments.empty()) keep_attachments(e);
  });
}

auto sql_store::dead_letters(chat::message_id before, std::size_t limit)
    -> chat::expected<std::vector<dead_letter>> {
  static const auto newest = std::string{select_text} + "1 = 1 ORDER BY d.id DESC LIMIT ?";
  static const auto older = std::string{select_text} + "d.id < ? ORDER BY d.id DESC LIMIT ?";
  return attempt([&] {
    std::vector<dead_letter> found;
    const auto take = [&](const row& r) { found.push_back(read_letter(r, db_->texts())); };
    const auto most = std::uint64_t{limit};
    before.is_nil() ? db_->query(newest, {most}, take) : db_->query(older, {before, most}, take);
    return found;
  });
}

auto sql_store::find_dead_letter(chat::message_id id)
    -> chat::expected<std::optional<dead_letter>> {
  static const auto text = std::string{select_text} + "d.id = ?";
  return attempt([&] {
    std::optional<dead_letter> found;
    db_->query(text, {id}, [&](const row& r) { found = read_letter(r, db_->texts()); });
    return found;
  });
}

auto sql_store::drop_dead_letter(chat::message_id id) -> chat::expected<bool> {
  bool was_there = false;
  const auto dropped = transact([&] {
    was_there = db_->run("DELETE FROM dead_letters WHERE id = ?", {id}) > 0;
    if (was_there) release_attachments(id);
  });
  if (!dropped) return chat::unexpected{dropped.error()};
  return was_there;
}

auto sql_store::count_dead_letters() -> chat::expected<std::uint64_t> {
  return attempt([&] {
    std::uint64_t count = 0;
    db_->query("SELECT COUNT(*) FROM dead_letters", {},
               [&](const row& r) { count = read_number(r, 0); });
    return count;
  });
}

auto sql_store::retry_dead_letter(chat::message_id id, chat::timestamp now)
    -> chat::expected<message_place> {
  auto letter = find_dead_letter(id);
  if (!letter) return chat::unexpected{letter.error()};
  if (!*letter) return chat::unexpected{errc::not_found, "there is no such dead letter"};
  auto& what = (*letter)->entry;
  if (!can_be_posted(what))
    return chat::unexpected{errc::bad_request, "only messages and edits can be posted again"};
  if (auto fine = check_readable(what); !fine) return chat::unexpected{fine.error()};
  for (int race = 0; race < max_races; ++race) {
    const auto earlier = stored_already(what);
    if (!earlier) return chat::unexpected{earlier.error()};
    if (*earlier) {
      if (auto dropped = drop_dead_letter(id); !dropped) return chat::unexpected{dropped.error()};
      return **earlier;
    }
    const auto posted = transact([&] { post_again(what, now); });
    if (posted) return message_place{what.conversation, what.seq};
    if (posted.error().code != errc::duplicate) return chat::unexpected{posted.error()};
  }
  return chat::unexpected{errc::busy, "the conversation is too busy; try again"};
}

/// What stands in for a text must not be posted.
auto sql_store::check_readable(const entry& letter) -> chat::expected<void> {
  auto readable = attempt([&] {
    chat::expected<void> found;
    db_->query("SELECT content FROM dead_letters WHERE id = ?", {letter.id}, [&](const row& r) {
      const auto text = db_->texts().get(text_place(letter), r.text(0));
      if (!text) found = chat::unexpected{text.error()};
    });
    return found;
  });
  return readable ? *readable : chat::unexpected{readable.error()};
}

/// Part of a transaction. The primary key judges: whoever takes the seq first has it.
void sql_store::post_again(entry& what, chat::timestamp now) {
  std::uint64_t last = 0;
  chat::timestamp last_at;
  db_->query(
      "SELECT seq, created_at FROM messages WHERE conversation_id = ? ORDER BY seq DESC LIMIT 1",
      {what.conversation}, [&](const row& r) {
        last = read_number(r, 0);
        last_at = read_time(r, 1);
      });
  if (last == 0) throw failure{errc::not_found, cure::none, "there is no such conversation"};
  what.seq = last + 1;
  if (what.kind == entry_kind::message) what.ordinal = last_ordinal(what.conversation) + 1;
  what.created_at = std::max(now, last_at);
  append_in_order({&what, 1});
  db_->run("DELETE FROM dead_letters WHERE id = ?", {what.id});
}

/// The send itself was answered before, or an earlier try was: nothing is to be posted.
auto sql_store::stored_already(const entry& what) -> chat::expected<std::optional<message_place>> {
  if (!what.client_message_id.empty()) {
    const auto sent = find_send(what.conversation, what.actor, what.client_message_id);
    if (!sent) return chat::unexpected{sent.error()};
    if (*sent) return std::optional{message_place{what.conversation, (*sent)->seq}};
  }
  return attempt([&] {
    std::optional<message_place> place;
    for (const std::string table : {"messages", "messages_archive"})
      db_->query("SELECT conversation_id, seq FROM " + table + " WHERE id = ?", {what.id},
                 [&](const row& r) {
                   place = message_place{{read_uuid(r, 0)}, read_number(r, 1)};
                 });
    return place;
  });
}

}  // namespace parley::storage::sql
