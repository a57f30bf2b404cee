#include "storage/foreign/intake.hpp"

#include "storage/sql/rows.hpp"

namespace parley::storage::foreign {
namespace {

using sql::read_text;
using sql::read_time;
using sql::read_user;
using sql::read_uuid;
using sql::row;
using sql::value;

constexpr auto tables = R"sql(
CREATE TABLE users (id TEXT PRIMARY KEY, first_name TEXT, last_name TEXT, display_name TEXT,
  user_name TEXT, is_disabled INTEGER, place TEXT) WITHOUT ROWID;
CREATE TABLE conversations (id BLOB PRIMARY KEY, type INTEGER, participant1 TEXT, participant2 TEXT,
  pair TEXT UNIQUE, title TEXT, created_by TEXT, created_at INTEGER, place TEXT) WITHOUT ROWID;
CREATE TABLE other_ids (id BLOB PRIMARY KEY, conversation BLOB) WITHOUT ROWID;
CREATE TABLE members (conversation BLOB, user TEXT, role INTEGER, delivered_up_to INTEGER,
  delivered_at INTEGER, read_up_to INTEGER, read_at INTEGER, PRIMARY KEY (conversation, user))
  WITHOUT ROWID;
CREATE TABLE entries (number INTEGER PRIMARY KEY, conversation BLOB, at INTEGER, kind INTEGER,
  id BLOB UNIQUE, actor TEXT, content TEXT, created_at INTEGER, reply_to BLOB, target BLOB,
  place TEXT, files TEXT);
BEGIN;
)sql";

constexpr std::string_view conversation_columns =
    "SELECT id, type, participant1, participant2, title, created_by, created_at, place "
    "FROM conversations ";

auto text_of(const std::string& text) -> value {
  return std::string_view{text};
}

auto join_lines(const std::vector<std::string>& lines) -> std::string {
  std::string joined;
  for (const auto& line : lines) joined += line + '\n';
  return joined;
}

auto split_lines(std::string_view joined) -> std::vector<std::string> {
  std::vector<std::string> lines;
  for (auto end = joined.find('\n'); end != joined.npos; end = joined.find('\n')) {
    lines.emplace_back(joined.substr(0, end));
    joined.remove_prefix(end + 1);
  }
  return lines;
}

auto read_conversation(const row& r) -> foreign_conversation {
  foreign_conversation found;
  auto& info = found.info;
  info.id = {read_uuid(r, 0)};
  info.type = static_cast<chat::conversation_type>(r.integer(1));
  info.participant1 = read_user(r, 2);
  info.participant2 = read_user(r, 3);
  info.title = read_text(r, 4);
  info.created_by = read_user(r, 5);
  info.created_at = read_time(r, 6);
  found.place = read_text(r, 7);
  return found;
}

auto read_foreign_entry(const row& r, chat::conversation_id in) -> foreign_entry {
  foreign_entry found;
  auto& e = found.what;
  found.number = r.integer(0);
  found.at = r.integer(1);
  e.conversation = in;
  e.kind = static_cast<chat::entry_kind>(r.integer(2));
  e.id = {read_uuid(r, 3)};
  e.actor = read_user(r, 4);
  e.content = read_text(r, 5);
  e.created_at = read_time(r, 6);
  e.reply_to = {read_uuid(r, 7)};
  e.target = {read_uuid(r, 8)};
  found.place = read_text(r, 9);
  found.files = split_lines(r.text(10));
  return found;
}

}  // namespace

intake::intake() {
  db_.execute(tables);
}

auto intake::add(const foreign_user& who) -> bool {
  const auto& [user, first, last, display, picture] = who.profile;
  return db_.run("INSERT OR IGNORE INTO users VALUES (?,?,?,?,?,?,?)",
                 {user, text_of(first), text_of(last), text_of(display), text_of(who.user_name),
                  std::int64_t{who.is_disabled}, text_of(who.place)}) > 0;
}

auto intake::add(const foreign_conversation& what) -> chat::conversation_id {
  const auto& info = what.info;
  const auto pair = is_two_person(info.type) ? sql::direct_key(info.participant1, info.participant2)
                                             : std::string{};
  const auto added =
      db_.run("INSERT OR IGNORE INTO conversations VALUES (?,?,?,?,?,?,?,?,?)",
              {info.id, static_cast<std::int64_t>(info.type), info.participant1, info.participant2,
               value::or_null(std::string_view{pair}), text_of(info.title), info.created_by,
               info.created_at, text_of(what.place)});
  auto holder = info.id;
  if (added > 0 || pair.empty()) return holder;
  db_.query("SELECT id FROM conversations WHERE pair = ?", {text_of(pair)},
            [&](const row& r) { holder = {read_uuid(r, 0)}; });
  if (holder != info.id) db_.run("INSERT OR IGNORE INTO other_ids VALUES (?,?)", {info.id, holder});
  return holder;
}

void intake::add(chat::conversation_id to, const foreign_member& who) {
  db_.run("INSERT OR IGNORE INTO members VALUES (?,?,?,?,?,?,?)",
          {to, who.user, static_cast<std::int64_t>(who.role), who.delivered_up_to, who.delivered_at,
           who.read_up_to, who.read_at});
}

auto intake::add(const foreign_entry& what) -> bool {
  const auto& e = what.what;
  const auto files = join_lines(what.files);
  return db_.run(
             "INSERT OR IGNORE INTO entries (conversation, at, kind, id, actor, content, "
             "created_at, reply_to, target, place, files) VALUES (?,?,?,?,?,?,?,?,?,?,?)",
             {e.conversation, what.at, static_cast<std::int64_t>(e.kind), e.id, e.actor,
              text_of(e.content), e.created_at, value::or_null(e.reply_to.value),
              value::or_null(e.target.value), text_of(what.place), text_of(files)}) > 0;
}

void intake::advance(chat::conversation_id in, const foreign_member& to) {
  db_.run(
      "UPDATE members SET delivered_at = CASE WHEN delivered_up_to < ? THEN ? ELSE delivered_at "
      "END, "
      "delivered_up_to = MAX(delivered_up_to, ?), "
      "read_at = CASE WHEN read_up_to < ? THEN ? ELSE read_at END, read_up_to = MAX(read_up_to, ?) "
      "WHERE conversation = ? AND user = ?",
      {to.delivered_up_to, to.delivered_at, to.delivered_up_to, to.read_up_to, to.read_at,
       to.read_up_to, in, to.user});
}

auto intake::knows(const chat::user_id& user) -> bool {
  bool found = false;
  db_.query("SELECT 1 FROM users WHERE id = ?", {user}, [&](const row&) { found = true; });
  return found;
}

auto intake::find(chat::conversation_id id) -> std::optional<foreign_conversation> {
  static const auto text =
      std::string{conversation_columns} +
      "WHERE id = COALESCE((SELECT conversation FROM other_ids WHERE id = ?), ?)";
  std::optional<foreign_conversation> found;
  db_.query(text, {id, id}, [&](const row& r) { found = read_conversation(r); });
  return found;
}

void intake::sort() {
  db_.execute("CREATE INDEX entries_order ON entries (conversation, at, kind, number); COMMIT");
}

auto intake::counts() -> intake_counts {
  intake_counts found;
  const auto count = [&](std::string_view text, std::uint64_t& into) {
    db_.query(text, {}, [&](const row& r) { into = sql::read_number(r, 0); });
  };
  count("SELECT COUNT(*) FROM users", found.users);
  count("SELECT COUNT(*) FROM conversations", found.conversations);
  count("SELECT COUNT(*) FROM entries WHERE kind = 0", found.messages);
  count("SELECT COUNT(*) FROM entries WHERE kind <> 0", found.changes);
  return found;
}

auto intake::users_after(const chat::user_id& after, std::size_t limit)
    -> std::vector<foreign_user> {
  std::vector<foreign_user> found;
  db_.query(
      "SELECT id, first_name, last_name, display_name, user_name, is_disabled, place FROM users "
      "WHERE id > ? ORDER BY id LIMIT ?",
      {after, std::uint64_t{limit}}, [&](const row& r) {
        found.push_back({{read_user(r, 0), read_text(r, 1), read_text(r, 2), read_text(r, 3), ""},
                         read_text(r, 4),
                         r.integer(5) != 0,
                         read_text(r, 6)});
      });
  return found;
}

auto intake::conversations_after(chat::conversation_id after, std::size_t limit)
    -> std::vector<foreign_conversation> {
  static const auto text = std::string{conversation_columns} + "WHERE id > ? ORDER BY id LIMIT ?";
  std::vector<foreign_conversation> found;
  db_.query(text, {after, std::uint64_t{limit}},
            [&](const row& r) { found.push_back(read_conversation(r)); });
  return found;
}

auto intake::members_of(chat::conversation_id id) -> std::vector<foreign_member> {
  std::vector<foreign_member> found;
  db_.query(
      "SELECT user, role, delivered_up_to, delivered_at, read_up_to, read_at FROM members "
      "WHERE conversation = ? ORDER BY user",
      {id}, [&](const row& r) {
        found.push_back({read_user(r, 0), static_cast<chat::member_role>(r.integer(1)),
                         r.integer(2), read_time(r, 3), r.integer(4), read_time(r, 5)});
      });
  return found;
}

auto intake::entries_of(chat::conversation_id id, entry_mark& after, std::size_t limit)
    -> std::vector<foreign_entry> {
  std::vector<foreign_entry> found;
  db_.query(
      "SELECT number, at, kind, id, actor, content, created_at, reply_to, target, place, files "
      "FROM entries WHERE conversation = ? AND (at, kind, number) > (?, ?, ?) "
      "ORDER BY at, kind, number LIMIT ?",
      {id, after.at, after.kind, after.number, std::uint64_t{limit}},
      [&](const row& r) { found.push_back(read_foreign_entry(r, id)); });
  if (!found.empty())
    after = {found.back().at, static_cast<std::int64_t>(found.back().what.kind),
             found.back().number};
  return found;
}

auto intake::entry_id_at(chat::conversation_id id, std::uint64_t place)
    -> std::optional<chat::message_id> {
  std::optional<chat::message_id> found;
  db_.query(
      "SELECT id FROM entries WHERE conversation = ? ORDER BY at, kind, number LIMIT 1 OFFSET ?",
      {id, place}, [&](const row& r) { found = chat::message_id{read_uuid(r, 0)}; });
  return found;
}

auto intake::messages_in(chat::conversation_id id) -> std::uint64_t {
  std::uint64_t found = 0;
  db_.query("SELECT COUNT(*) FROM entries WHERE conversation = ? AND kind = 0", {id},
            [&](const row& r) { found = sql::read_number(r, 0); });
  return found;
}

}  // namespace parley::storage::foreign
