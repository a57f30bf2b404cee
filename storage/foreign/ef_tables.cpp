#include "storage/foreign/ef_tables.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>

#include "chat/text.hpp"
#include "storage/foreign/ef_columns.hpp"
#include "storage/foreign/ef_values.hpp"
#include "storage/mysql/connection.hpp"
#include "storage/sql/rows.hpp"

namespace parley::storage::foreign {
namespace {

using chat::errc;
using chat::unexpected;
using sql::read_text;
using sql::row;
using sql::value;

constexpr int rows_at_once = 500;
/// For what a page of a cold table may take.
constexpr std::chrono::milliseconds patience{60'000};

enum conversation_column : int { c_id, c_one, c_other, c_type, c_created };
enum message_column : int {
  m_id,
  m_in,
  m_sender,
  m_text,
  m_status,
  m_created,
  m_delivered,
  m_read,
  m_deleted
};

/// Why a row is not taken: thrown within a row, caught by its reader.
struct unfit {
  std::string reason;
};

class ef_reader {
 public:
  ef_reader(sql::connection& db, const ef_options& how, intake& into, const refusal_sink& refuse)
      : db_(db), how_(how), into_(into), refuse_(refuse) {}

  auto read() -> chat::expected<ef_summary> {
    auto found = find_ef_schema(db_, how_);
    if (!found) return unexpected{found.error()};
    schema_ = std::move(*found);
    const auto order = find_guid_order(db_, schema_, how_);
    if (!order) return unexpected{order.error()};
    order_ = *order;
    note_forms(schema_.conversations, {"id", "participant1id", "participant2id"});
    walk(schema_.conversations, conversation_text(), summary_.conversation_rows, "conversation",
         [this](const row& r, const std::string& place) { take_conversation(r, place); });
    note_forms(schema_.messages, {"id", "conversationid", "senderid"});
    walk(schema_.messages, message_text(), summary_.message_rows, "message",
         [this](const row& r, const std::string& place) { take_message(r, place); });
    summary_.guids = holds_bytes(schema_) ? to_string(order_) : "text";
    return summary_;
  }

 private:
  static constexpr std::size_t ids = 3;  ///< both tables' first columns here

  void note_forms(const ef_table& table, const std::array<const char*, ids>& columns) {
    for (std::size_t i = 0; i < ids; ++i) forms_[i] = table.form_of(columns[i]);
  }

  auto conversation_text() const -> std::string {
    const auto& t = schema_.conversations;
    return t.expression("id") + ", " + t.expression("participant1id") + ", " +
           t.expression("participant2id") + ", " + t.expression("type") + ", " +
           t.expression("createdat");
  }

  /// A text that is far too long is not fetched whole.
  auto message_text() const -> std::string {
    const auto& t = schema_.messages;
    return t.expression("id") + ", " + t.expression("conversationid") + ", " +
           t.expression("senderid") + ", LEFT(" + t.expression("content") + ", " +
           std::to_string(how_.max_text_units + 1) + "), " + t.expression("status") + ", " +
           t.expression("createdat") + ", " + t.expression("deliveredat") + ", " +
           t.expression("readat") + ", " + t.expression("deletedat");
  }

  /// Page by page, by the key: no page costs more than another, and none is large.
  template <class Take>
  void walk(const ef_table& table, const std::string& columns, std::uint64_t& rows,
            const char* what, Take take) {
    const auto key = quoted(table.columns.at("id").name);
    const auto head = "SELECT " + columns + " FROM " + quoted(table.name);
    const auto tail = " ORDER BY " + key + " LIMIT " + std::to_string(rows_at_once);
    const bool is_bytes = table.form_of("id") == id_form::bytes;
    std::string last;
    for (auto read = rows_at_once; read == rows_at_once; rows += static_cast<std::uint64_t>(read)) {
      const auto from = is_bytes ? value::blob(last) : value{std::string_view{last}};
      read = 0;
      const auto sink = [&](const row& r) {
        ++read;
        next_ = read_text(r, 0);
        take_row(r, what, take);
      };
      rows == 0 ? db_.query(head + tail, {}, sink)
                : db_.query(head + " WHERE " + key + " > ?" + tail, {from}, sink);
      last = next_;
    }
  }

  template <class Take>
  void take_row(const row& r, const char* what, Take take) {
    const auto id = read_guid(r, 0);
    const auto place = "row " + (id ? to_string(*id) : shown_bytes(r.text(0)));
    try {
      take(r, place);
    } catch (const unfit& why) {
      refuse_({place, what, why.reason, true});
    }
  }

  void take_conversation(const row& r, const std::string& place) {
    foreign_conversation found;
    auto& info = found.info;
    info.id = {need_guid(r, c_id, "Id")};
    info.participant1 = need_user(r, c_one, "Participant1Id");
    info.participant2 = need_user(r, c_other, "Participant2Id");
    if (info.participant1 == info.participant2) throw unfit{"both participants are the same"};
    const auto type = parse_ef_type(r.text(c_type));
    if (!type) throw unfit{"Type " + read_text(r, c_type) + " is none of two people"};
    info.type = *type;
    info.created_by = info.participant1;
    info.created_at = creation_time(r, place);
    found.place = place;
    const auto holder = into_.add(found);
    if (holder != info.id)
      refuse_({place, "conversation",
               "the two have the conversation " + to_string(holder) +
                   " as well: its messages are taken into that one",
               false});
    for (const auto& user : {info.participant1, info.participant2})
      into_.add(holder, foreign_member{user});
  }

  void take_message(const row& r, const std::string& place) {
    foreign_entry found;
    auto& e = found.what;
    e.id = {need_guid(r, m_id, "Id")};
    const auto in = need_conversation(r);
    e.conversation = in.id;
    e.actor = need_user(r, m_sender, "SenderId");
    if (e.actor != in.participant1 && e.actor != in.participant2)
      throw unfit{"its sender " + e.actor.value + " is not in the conversation " +
                  to_string(in.id)};
    found.at = need_moment(r, m_created, "CreatedAt");
    e.created_at = to_timestamp(found.at);
    const auto deleted = moment(r, m_deleted, "DeletedAt");
    e.content = need_content(r, deleted.has_value());
    const auto status = parse_ef_status(r.text(m_status));
    if (!status) throw unfit{"Status " + read_text(r, m_status) + " is none"};
    found.place = place;
    note_status(r, in, found, *status);
    if (!into_.add(found)) throw unfit{"its Id is there twice"};
    if (deleted) add_deletion(found, *deleted);
  }

  /// Time 0 where there is none that can be: DateTime's first is year 1, and is what nobody has
  /// set.
  auto creation_time(const row& r, const std::string& place) const -> chat::timestamp {
    try {
      return to_timestamp(need_moment(r, c_created, "CreatedAt"));
    } catch (const unfit& why) {
      refuse_({place, "conversation", why.reason + ": the time of its first message stands for it",
               false});
      return {};
    }
  }

  auto need_conversation(const row& r) -> chat::conversation_info {
    const auto id = need_guid(r, m_in, "ConversationId");
    const auto found = into_.find({id});
    if (!found)
      throw unfit{"its conversation " + to_string(id) + " is not there, or was not taken"};
    return found->info;
  }

  auto need_content(const row& r, bool is_deleted) -> std::string {
    auto text = read_text(r, m_text);
    if (text.empty() && !is_deleted) throw unfit{"it has no Content"};
    if (auto fine = chat::check_text(text, how_.max_text_units); !fine)
      throw unfit{fine.error().code == errc::too_long
                      ? "its Content has more than " + std::to_string(how_.max_text_units) +
                            " characters (chat.max_text_units)"
                      : fine.error().detail};
    return text;
  }

  /// The status of a message is how far the other one has come.
  void note_status(const row& r, const chat::conversation_info& in, const foreign_entry& message,
                   chat::message_status status) {
    if (status == chat::message_status::sent) return;
    const bool is_first = message.what.actor == in.participant1;
    foreign_member to{is_first ? in.participant2 : in.participant1};
    const auto read = known_moment(r, m_read);
    const auto delivered = known_moment(r, m_delivered);
    to.delivered_up_to = message.at;
    to.delivered_at = to_timestamp(delivered.value_or(read.value_or(0)));
    if (status == chat::message_status::read) {
      to.read_up_to = message.at;
      to.read_at = to_timestamp(read.value_or(0));
    }
    into_.advance(in.id, to);
  }

  void add_deletion(const foreign_entry& of, micros at) {
    foreign_entry change;
    auto& e = change.what;
    e.conversation = of.what.conversation;
    e.kind = chat::entry_kind::deleted;
    e.id = of.what.id;
    for (auto& byte : e.id.value.bytes)
      byte = static_cast<std::uint8_t>(~byte);  // of its own, and no other's
    e.actor = of.what.actor;
    change.at = std::max(at, of.at);
    e.created_at = to_timestamp(change.at);
    e.target = of.what.id;
    change.place = of.place;
    into_.add(change);
  }

  auto read_guid(const row& r, int column) const -> std::optional<chat::uuid> {
    const auto text = r.text(column);
    const bool is_bytes = forms_[static_cast<std::size_t>(column)] == id_form::bytes;
    return is_bytes && text.size() == 16 ? guid_of(text, order_) : parse_guid(text);
  }

  auto need_guid(const row& r, int column, const char* name) const -> chat::uuid {
    const auto id = read_guid(r, column);
    if (!id || id->is_nil())
      throw unfit{std::string{name} + " is no GUID: " + shown_bytes(r.text(column))};
    return *id;
  }

  /// A GUID as .NET writes it into a token, or what other id stands there.
  auto need_user(const row& r, int column, const char* name) const -> chat::user_id {
    const auto id = read_guid(r, column);
    chat::user_id user{id ? to_string(*id) : read_text(r, column)};
    if ((id && id->is_nil()) || !chat::is_visible_ascii_id(user.value) || chat::is_guest(user))
      throw unfit{std::string{name} + " is no id of a user: " + shown_bytes(r.text(column))};
    return user;
  }

  auto moment(const row& r, int column, const char* name) const -> std::optional<micros> {
    if (r.is_null(column)) return std::nullopt;
    const auto at = parse_moment(r.text(column));
    if (!at || *at < 1'000)
      throw unfit{std::string{name} + " is no time since 1970: " + shown_bytes(r.text(column))};
    if (to_timestamp(*at) > how_.now)
      throw unfit{std::string{name} + " is in the future: " + read_text(r, column)};
    return at;
  }

  /// What cannot be is as good as unknown: the status is said beside it.
  auto known_moment(const row& r, int column) const -> std::optional<micros> {
    const auto at = parse_moment(r.text(column));
    return at && *at > 0 && to_timestamp(*at) <= how_.now ? at : std::nullopt;
  }

  auto need_moment(const row& r, int column, const char* name) const -> micros {
    const auto at = moment(r, column, name);
    if (!at) throw unfit{std::string{name} + " is not there"};
    return *at;
  }

  /// Text as it is, bytes as digits; nothing long.
  static auto shown_bytes(std::string_view text) -> std::string {
    constexpr std::string_view hex = "0123456789abcdef";
    constexpr std::size_t most = 64;
    text = text.substr(0, most);
    const auto is_plain = [](unsigned char c) { return c >= 0x20 && c < 0x7f; };
    if (std::ranges::all_of(text, is_plain)) return "'" + std::string{text} + "'";
    std::string digits = "0x";
    for (const unsigned char c : text) (digits += hex[c >> 4]) += hex[c & 15];
    return digits;
  }

  sql::connection& db_;
  const ef_options& how_;
  intake& into_;
  const refusal_sink& refuse_;
  ef_schema schema_;
  guid_order order_ = guid_order::big_endian;
  std::array<id_form, ids> forms_{};
  ef_summary summary_;
  std::string next_;
};

}  // namespace

auto read_ef_tables(const mysql_address& from, const ef_options& how, intake& into,
                    const refusal_sink& refuse) -> chat::expected<ef_summary> {
  mysql::connection db{mysql::settings{from, patience, patience, {}}};
  try {
    db.ensure_open();
    db.begin_reading();
    auto read = ef_reader{db, how, into, refuse}.read();
    db.end_reading();
    return read;
  } catch (const scratch_failure& why) {
    return unexpected{why.code(), why.detail()};
  } catch (const sql::failure& why) {
    db.abandon(why);
    return unexpected{why.code() == errc::unknown ? errc::unavailable : why.code(),
                      "the database to import: " + why.detail()};
  }
}

}  // namespace parley::storage::foreign
