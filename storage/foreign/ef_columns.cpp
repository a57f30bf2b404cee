#include "storage/foreign/ef_columns.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

#include "storage/sql/rows.hpp"

namespace parley::storage::foreign {
namespace {

using chat::errc;
using chat::unexpected;
using sql::read_text;
using sql::row;
using table_map = std::map<std::string, ef_table>;

struct wanted_column {
  std::string_view name;   ///< without case and underscores
  std::string_view shown;  ///< as the class spells it
};

constexpr std::array conversation_needs{
    wanted_column{"id", "Id"}, wanted_column{"participant1id", "Participant1Id"},
    wanted_column{"participant2id", "Participant2Id"}, wanted_column{"createdat", "CreatedAt"}};
constexpr std::array message_needs{
    wanted_column{"id", "Id"}, wanted_column{"conversationid", "ConversationId"},
    wanted_column{"senderid", "SenderId"}, wanted_column{"content", "Content"},
    wanted_column{"createdat", "CreatedAt"}};

constexpr std::array conversation_ids{"id", "participant1id", "participant2id"};
constexpr std::array message_ids{"id", "conversationid", "senderid"};
constexpr std::array byte_types{"binary", "varbinary",  "tinyblob",
                                "blob",   "mediumblob", "longblob"};
constexpr std::array text_types{"char",       "varchar",  "tinytext", "text",
                                "mediumtext", "longtext", "uuid"};
constexpr std::array time_types{"datetime", "timestamp", "char", "varchar", "text", "longtext"};
constexpr int sampled_rows = 500;

template <class Range>
auto is_among(const Range& all, std::string_view what) -> bool {
  return std::ranges::find(all, what) != all.end();
}

auto bare(std::string_view name) -> std::string {
  std::string text;
  for (const char c : name)
    if (c != '_') text += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

auto wrong(std::string why) -> unexpected {
  return {errc::conflict, std::move(why)};
}

auto read_tables(sql::connection& db) -> table_map {
  table_map found;
  db.query(
      "SELECT table_name, column_name, data_type FROM information_schema.columns "
      "WHERE table_schema = DATABASE() ORDER BY table_name, ordinal_position LIMIT 20000",
      {}, [&](const row& r) {
        auto& table = found[read_text(r, 0)];
        table.name = read_text(r, 0);
        table.columns[bare(r.text(1))] = {read_text(r, 1), bare(r.text(2))};
      });
  return found;
}

/// At most ten, so that the line stays one.
template <class Range, class Name>
auto listed(const Range& all, Name name) -> std::string {
  std::string text;
  std::size_t shown = 0;
  for (const auto& one : all) {
    if (shown++ == 10) return text + ", ...";
    text += (text.empty() ? "" : ", ") + name(one);
  }
  return text.empty() ? "nothing" : text;
}

auto database_name(sql::connection& db) -> std::string {
  std::string name;
  db.query("SELECT DATABASE()", {}, [&](const row& r) { name = read_text(r, 0); });
  return name;
}

auto pick_table(sql::connection& db, const table_map& all, const std::string& given,
                const std::string& usual) -> chat::expected<ef_table> {
  for (const auto& [name, table] : all)
    if (given.empty() ? bare(name) == usual || bare(name) == "messaging" + usual : name == given)
      return table;
  return wrong("the database " + database_name(db) + " has no table " +
               (given.empty() ? usual : given) + "; it has " +
               listed(all, [](const auto& one) { return one.first; }) + ". Name it with --" +
               usual);
}

template <class Needs, class Ids>
auto check_columns(const ef_table& table, const Needs& needs, const Ids& ids)
    -> chat::expected<void> {
  if (table.has("directkey") || table.has("ordinal"))
    return wrong("the table " + table.name +
                 " is one of Parley's own: name the database of the .NET system");
  for (const auto& need : needs)
    if (!table.has(need.name))
      return wrong("the table " + table.name + " has no column " + std::string{need.shown} +
                   "; it has " +
                   listed(table.columns, [](const auto& one) { return one.second.name; }));
  for (const auto* id : ids) {
    const auto& [name, type] = table.columns.at(id);
    if (!is_among(byte_types, type) && !is_among(text_types, type))
      return wrong("the column " + name + " of " + table.name + " is " + type +
                   ", which holds no GUID");
  }
  const auto& [name, type] = table.columns.at("createdat");
  if (is_among(time_types, type)) return {};
  return wrong("the column " + name + " of " + table.name + " is " + type +
               ", which holds no time");
}

template <class Ids>
auto has_bytes(const ef_table& table, const Ids& ids) -> bool {
  return std::ranges::any_of(ids,
                             [&](const char* id) { return table.form_of(id) == id_form::bytes; });
}

void sample(sql::connection& db, const ef_table& table, std::string_view id, guid_vote& vote,
            std::string& first) {
  if (table.form_of(id) != id_form::bytes) return;
  db.query("SELECT " + table.expression(id) + " FROM " + quoted(table.name) + " LIMIT " +
               std::to_string(sampled_rows),
           {}, [&](const row& r) {
             if (first.empty()) first = read_text(r, 0);
             vote.see(r.text(0));
           });
}

auto cannot_tell(const std::string& first) -> unexpected {
  std::string text =
      "the order of the bytes of GUIDs cannot be told from the rows: give it with --guids. The "
      "first GUID is ";
  for (const auto order : guid_orders) {
    const auto id = guid_of(first, order);
    text += (order == guid_orders.front() ? "" : ", ") + (id ? to_string(*id) : "no GUID") +
            " if " + std::string{to_string(order)};
  }
  return wrong(text);
}

}  // namespace

auto quoted(std::string_view name) -> std::string {
  std::string text = "`";
  for (const char c : name) text += c == '`' ? "``" : std::string(1, c);
  return text + '`';
}

auto ef_table::form_of(std::string_view column) const -> id_form {
  const auto found = columns.find(column);
  return found != columns.end() && is_among(byte_types, found->second.type) ? id_form::bytes
                                                                            : id_form::text;
}

auto ef_table::expression(std::string_view column) const -> std::string {
  const auto found = columns.find(column);
  if (found == columns.end()) return "NULL";
  const auto& [spelled, type] = found->second;
  const bool is_plain =
      is_among(byte_types, type) || (is_among(text_types, type) && type != "uuid");
  return is_plain ? quoted(spelled) : "CAST(" + quoted(spelled) + " AS CHAR)";
}

auto find_ef_schema(sql::connection& db, const ef_options& how) -> chat::expected<ef_schema> {
  const auto all = read_tables(db);
  auto conversations = pick_table(db, all, how.conversations, "conversations");
  if (!conversations) return unexpected{conversations.error()};
  if (auto fine = check_columns(*conversations, conversation_needs, conversation_ids); !fine)
    return unexpected{fine.error()};
  auto messages = pick_table(db, all, how.messages, "messages");
  if (!messages) return unexpected{messages.error()};
  if (auto fine = check_columns(*messages, message_needs, message_ids); !fine)
    return unexpected{fine.error()};
  return ef_schema{std::move(*conversations), std::move(*messages)};
}

auto holds_bytes(const ef_schema& in) -> bool {
  return has_bytes(in.conversations, conversation_ids) || has_bytes(in.messages, message_ids);
}

auto find_guid_order(sql::connection& db, const ef_schema& in, const ef_options& how)
    -> chat::expected<guid_order> {
  if (how.order) return *how.order;
  if (!holds_bytes(in)) return guid_order::big_endian;
  // People first: they come from elsewhere, and their ids are the ones that must be right.
  std::array<guid_vote, 3> votes;
  auto& [people, talks, messages] = votes;
  std::string first;
  for (const auto* id : {"participant1id", "participant2id"})
    sample(db, in.conversations, id, people, first);
  sample(db, in.messages, "senderid", people, first);
  sample(db, in.conversations, "id", talks, first);
  sample(db, in.messages, "conversationid", talks, first);
  sample(db, in.messages, "id", messages, first);
  if (first.empty()) return guid_order::big_endian;  // there are no rows
  if (const auto order = agreed_order(votes)) return *order;
  return cannot_tell(first);
}

}  // namespace parley::storage::foreign
