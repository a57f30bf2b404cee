#include "storage/sql/chat_list.hpp"

#include <algorithm>
#include <limits>
#include <unordered_map>

#include "storage/sql/profiles.hpp"
#include "storage/sql/rows.hpp"
#include "storage/sql/sql_store.hpp"
#include "storage/sql/text.hpp"

namespace parley::storage::sql {
namespace {

constexpr std::uint64_t max_participants = 50;
/// Whoever never reads must not make its list slower for ever: what is older is not counted.
constexpr std::uint64_t unread_reach = 10'000;

// One descent of the index per conversation finds its newest message; only the rows of the page
// are read beyond that. LEFT JOINs keep the way, from the user's memberships outwards: the server
// must not begin with all conversations. The rows come in no order: sorting them here spares it a
// temporary table with texts in it.
constexpr std::string_view page_keys =
    " FROM (SELECT k.conversation_id, k.read_seq, k.after_seq, n.seq AS last_seq, "
    "COALESCE(n.created_at, b.created_at) AS activity_at "
    "FROM (SELECT m.conversation_id, m.read_seq, m.after_seq, "
    "(SELECT x.ordinal FROM messages x WHERE x.conversation_id = m.conversation_id "
    "AND x.ordinal > m.after_ordinal ORDER BY x.ordinal DESC LIMIT 1) AS last_ordinal "
    "FROM members m WHERE m.user_id = ?) k "
    "LEFT JOIN conversations b ON b.id = k.conversation_id "
    "LEFT JOIN messages n ON n.conversation_id = k.conversation_id AND n.ordinal = k.last_ordinal "
    "WHERE COALESCE(b.type, 4) <> 4 AND (COALESCE(n.created_at, b.created_at) < ? OR "
    "(COALESCE(n.created_at, b.created_at) = ? AND k.conversation_id < ?)) "
    "ORDER BY COALESCE(n.created_at, b.created_at) DESC, k.conversation_id DESC LIMIT ?) p "
    "LEFT JOIN conversations c ON c.id = p.conversation_id "
    "LEFT JOIN messages l ON l.conversation_id = p.conversation_id AND l.seq = p.last_seq";

// The first members of each conversation with their profiles, and how many there are in all.
constexpr std::string_view members_of =
    " FROM (SELECT x.*, ROW_NUMBER() OVER (PARTITION BY x.conversation_id "
    "ORDER BY x.joined_at, x.user_id) AS place, "
    "COUNT(*) OVER (PARTITION BY x.conversation_id) AS total "
    "FROM members x WHERE x.conversation_id IN (";
constexpr std::string_view members_tail =
    ")) m LEFT JOIN users u ON u.id = m.user_id WHERE m.place <= ? "
    "ORDER BY m.conversation_id, m.place";

// Up to the last message shown: the user may have been removed since that was read.
constexpr std::string_view unread_part =
    " AS place, COUNT(*) FROM messages WHERE conversation_id = ? AND seq > ? AND seq <= ? "
    "AND kind = 0 AND deleted_at IS NULL AND sender_id <> ?";
constexpr std::string_view archived_unread_part =
    " AS place, COUNT(*) FROM messages_archive WHERE conversation_id = ? AND seq > ? AND seq <= ? "
    "AND kind = 0 AND deleted_at IS NULL AND sender_id <> ?";

// A message somebody has read has reached them.
constexpr std::string_view slowest_part =
    " AS place, "
    "MIN(CASE WHEN delivered_seq < read_seq THEN read_seq ELSE delivered_seq END), "
    "MAX(CASE WHEN delivered_seq < read_seq THEN read_at ELSE delivered_at END), "
    "MIN(read_seq), MAX(read_at) "
    "FROM members WHERE conversation_id = ? AND user_id <> ? AND after_seq < ?";

const chat::conversation_id no_conversation;

auto page_text() -> const std::string& {
  static const auto text =
      select_entries(visible_content, "l") + ", " + with_alias(info_columns, "c") +
      ", p.read_seq, p.after_seq, p.activity_at, c.archived_up_to_seq, "
      "(SELECT z.seq FROM messages z WHERE z.conversation_id = p.conversation_id "
      "ORDER BY z.seq DESC LIMIT 1)" +
      std::string{page_keys};
  return text;
}

auto members_text(std::size_t width) -> std::string {
  const auto head = "SELECT " + with_alias(member_columns, "m") + ", " +
                    with_alias(profile_columns, "u") + ", m.conversation_id, m.total" +
                    std::string{members_of};
  return repeat(head, "?", width, ",", members_tail);
}

/// `width` queries in one statement, each row saying in its first column whose it is.
auto union_of(std::string_view part, std::size_t width) -> std::string {
  std::string text;
  for (std::size_t i = 0; i < width; ++i) {
    if (i > 0) text += " UNION ALL ";
    text += "SELECT " + std::to_string(i);
    text += part;
  }
  return text;
}

/// Takes the cursors of one more member into the minimum.
void take_cursors(chat::cursors& slowest, const chat::cursors& member, bool is_first) {
  const bool has_read_more = member.delivered_seq < member.read_seq;
  const auto delivered = has_read_more ? member.read_seq : member.delivered_seq;
  const auto delivered_at = has_read_more ? member.read_at : member.delivered_at;
  if (is_first) {
    slowest = {delivered, delivered_at, member.read_seq, member.read_at};
    return;
  }
  slowest.delivered_seq = std::min(slowest.delivered_seq, delivered);
  slowest.delivered_at = std::max(slowest.delivered_at, delivered_at);
  slowest.read_seq = std::min(slowest.read_seq, member.read_seq);
  slowest.read_at = std::max(slowest.read_at, member.read_at);
}

auto other_of(const chat::conversation_info& info, const chat::user_id& user)
    -> const chat::user_id& {
  return info.participant1 == user ? info.participant2 : info.participant1;
}

}  // namespace

auto chat_list_reader::read(const std::optional<chat_list_mark>& before, std::size_t limit)
    -> std::vector<chat_list_row> {
  read_page(before, limit);
  read_held();
  read_members();
  count_unread();
  ask_slowest();
  name_others();
  std::vector<chat_list_row> rows;
  for (auto& l : page_) rows.push_back(std::move(l.row));
  return rows;
}

void chat_list_reader::read_page(const std::optional<chat_list_mark>& before, std::size_t limit) {
  constexpr auto no_end = std::numeric_limits<std::int64_t>::max();
  constexpr int rest = entry_column_count + info_column_count;
  const auto mark = before.value_or(chat_list_mark{{no_end}, {}});
  db_.query(page_text(),
            {user_, mark.last_activity_at, mark.last_activity_at, mark.id,
             limit == 0 ? no_end : static_cast<std::int64_t>(limit)},
            [&](const row& r) {
              auto& l = page_.emplace_back();
              if (!r.is_null(1)) l.row.last_message = read_entry(r, db_.texts());
              l.row.info = read_info(r, db_.texts(), entry_column_count);
              l.seen_seq = std::max(read_number(r, rest), read_number(r, rest + 1));
              if (l.row.last_message && l.row.last_message->seq > unread_reach)
                l.seen_seq = std::max(l.seen_seq, l.row.last_message->seq - unread_reach);
              l.row.last_activity_at = read_time(r, rest + 2);
              l.archived_up_to = read_number(r, rest + 3);
              l.row.last_seq = read_number(r, rest + 4);
              l.row.read_seq = read_number(r, rest);
            });
  std::sort(page_.begin(), page_.end(), [](const line& a, const line& b) {
    return std::tie(a.row.last_activity_at, a.row.info.id) >
           std::tie(b.row.last_activity_at, b.row.info.id);
  });
}

template <class Wanted>
auto chat_list_reader::where(Wanted wanted) -> std::vector<line*> {
  std::vector<line*> found;
  for (auto& l : page_)
    if (wanted(l)) found.push_back(&l);
  return found;
}

/// What the user may see of those who have blocked it, in the conversations of two.
void chat_list_reader::read_held() {
  const auto shows_cursors = [](const line& l) { return is_two_person(l.row.info.type); };
  if (std::none_of(page_.begin(), page_.end(), shows_cursors)) return;
  static const auto text =
      "SELECT blocker_id, " + std::string{held_columns} + " FROM blocks WHERE blocked_id = ?";
  db_.query(text, {user_}, [&](const row& r) {
    held_.emplace(read_user(r, 0), sql::read_held(r, 1));
  });
}

void chat_list_reader::read_members() {
  std::unordered_map<chat::conversation_id, line*> by_id;
  for (auto& l : page_) by_id.emplace(l.row.info.id, &l);
  const std::span<const line> all{page_};
  in_list_shapes(all, [&](std::span<const line> some, std::size_t width) {
    std::vector<value> values;
    for (const auto& l : some) values.emplace_back(l.row.info.id);
    values.resize(width, no_conversation);
    values.emplace_back(max_participants);
    db_.query(members_text(width), values, [&](const row& r) {
      const auto id = read_uuid(r, member_column_count + 4);
      take_member(*by_id.at({id}), r);
    });
  });
}

void chat_list_reader::take_member(line& into, const row& from) {
  auto& [row, seen_seq, archived_up_to, is_slowest_known] = into;
  auto member = read_member(from);
  row.participant_count = read_number(from, member_column_count + 5);
  row.participants.push_back(
      {read_profile(from, member_column_count, member.user), member.role, member.joined_at});
  const bool is_pair = is_two_person(row.info.type);
  if (const auto held = held_.find(member.user); held != held_.end() && is_pair)
    member.cursors = held->second;
  if (is_pair && member.user != user_) take_cursors(row.other_cursors, member.cursors, true);
  if (!row.last_message || row.last_message->actor == member.user ||
      member.after_seq >= row.last_message->seq)
    return;
  take_cursors(row.slowest, member.cursors, !is_slowest_known);
  is_slowest_known = true;
}

void chat_list_reader::count_unread() {
  count_unread(unread_part, where([](const line& l) {
                 return l.row.last_message && l.row.last_message->seq > l.seen_seq;
               }));
  count_unread(archived_unread_part,
               where([](const line& l) {
                 return l.row.last_message && l.archived_up_to > l.seen_seq;
               }));
}

void chat_list_reader::count_unread(std::string_view part, const std::vector<line*>& behind) {
  const std::span<line* const> all{behind};
  in_list_shapes(all, [&](std::span<line* const> some, std::size_t width) {
    std::vector<value> values;
    for (const auto* l : some)
      values.insert(values.end(),
                    {l->row.info.id, l->seen_seq, l->row.last_message->seq, user_});
    while (values.size() < 4 * width)
      values.insert(values.end(),
                    {no_conversation, std::uint64_t{0}, std::uint64_t{0}, user_});
    db_.query(union_of(part, width), values, [&](const row& r) {
      const auto at = read_number(r, 0);
      if (at < some.size()) some[at]->row.unread_count += read_number(r, 1);
    });
  });
}

/// Where the members listed are not all, the database finds the slowest.
void chat_list_reader::ask_slowest() {
  const auto large = where([](const line& l) {
    return l.row.last_message && l.row.participant_count > l.row.participants.size();
  });
  const std::span<line* const> all{large};
  in_list_shapes(all, [&](std::span<line* const> some, std::size_t width) {
    std::vector<value> values;
    for (const auto* l : some)
      values.insert(values.end(),
                    {l->row.info.id, l->row.last_message->actor, l->row.last_message->seq});
    while (values.size() < 3 * width)
      values.insert(values.end(), {no_conversation, user_, std::uint64_t{0}});
    db_.query(union_of(slowest_part, width), values, [&](const row& r) {
      const auto at = read_number(r, 0);
      if (at >= some.size()) return;
      some[at]->row.slowest = {read_number(r, 1), read_time(r, 2), read_number(r, 3),
                               read_time(r, 4)};
    });
  });
}

void chat_list_reader::name_others() {
  const auto two_person = where([](const line& l) { return is_two_person(l.row.info.type); });
  std::vector<chat::user_id> strangers;
  for (auto* l : two_person) {
    l->row.other.user = other_of(l->row.info, user_);
    const auto is_other = [&](const auto& p) { return p.profile.user == l->row.other.user; };
    const auto& listed = l->row.participants;
    const auto at = std::find_if(listed.begin(), listed.end(), is_other);
    if (at != listed.end()) l->row.other = at->profile;
    if (at == listed.end()) strangers.push_back(l->row.other.user);
  }
  for (const auto& [user, profile] : read_profiles(db_, strangers))
    for (auto* l : two_person)
      if (l->row.other.user == user) l->row.other = profile;
}

auto sql_store::chat_list(const chat::user_id& user, const std::optional<chat_list_mark>& before,
                          std::size_t limit) -> chat::expected<std::vector<chat_list_row>> {
  return read_at_once([&] { return chat_list_reader{*db_, user}.read(before, limit); });
}

}  // namespace parley::storage::sql
