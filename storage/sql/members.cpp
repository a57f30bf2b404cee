#include <map>

#include "storage/sql/profiles.hpp"
#include "storage/sql/rows.hpp"
#include "storage/sql/sql_store.hpp"
#include "storage/sql/text.hpp"

// Members of conversations as people.

namespace parley::storage::sql {
namespace {

// From the person to its conversations and on to the caller's membership there: each step is one descent
// of an index.
constexpr std::string_view shares_a_conversation =
    ") AND (u.id = ? OR EXISTS (SELECT 1 FROM members o JOIN members m ON "
    "m.conversation_id = o.conversation_id AND m.user_id = ? JOIN conversations c ON "
    "c.id = o.conversation_id WHERE o.user_id = u.id AND c.type <> 4))";

}  // namespace

auto sql_store::people_known_to(const chat::user_id& user, std::span<const chat::user_id> users,
                                bool all) -> chat::expected<std::vector<chat::profile>> {
  return attempt([&] {
    std::map<chat::user_id, chat::profile> found;
    const auto head = "SELECT u.id, " + with_alias(profile_columns, "u") + " FROM users u WHERE u.id IN (";
    in_list_shapes(users, [&](std::span<const chat::user_id> some, std::size_t width) {
      std::vector<value> values(some.begin(), some.end());
      values.resize(width, std::string_view{});
      if (!all) values.insert(values.end(), {user, user});
      db_->query(repeat(head, "?", width, ",", all ? ")" : shares_a_conversation), values,
                 [&](const row& r) {
                   auto id = read_user(r, 0);
                   found.insert_or_assign(id, read_profile(r, 1, id));
                 });
    });
    std::vector<chat::profile> in_order;
    for (const auto& one : users)
      if (const auto at = found.find(one); at != found.end()) in_order.push_back(at->second);
    return in_order;
  });
}

auto sql_store::members_page(const chat::list_members& what) -> chat::expected<chat::member_page> {
  static const auto text = "SELECT " + with_alias(member_columns, "m") + ", " +
                           with_alias(profile_columns, "u") +
                           " FROM members m LEFT JOIN users u ON u.id = m.user_id "
                           "WHERE m.conversation_id = ? AND (m.joined_at > ? OR "
                           "(m.joined_at = ? AND m.user_id > ?)) "
                           "ORDER BY m.joined_at, m.user_id LIMIT ?";
  const auto& after = what.after;
  return attempt([&] {
    chat::member_page page;
    db_->query(text,
               {what.conversation, after.joined_at, after.joined_at, after.user,
                std::uint64_t{what.limit + 1}},
               [&](const row& r) {
                 const auto one = read_member(r);
                 page.participants.push_back(
                     {read_profile(r, member_column_count, one.user), one.role, one.joined_at});
               });
    if (page.participants.size() > what.limit) {
      page.participants.pop_back();
      const auto& last = page.participants.back();
      page.next = {last.joined_at, last.profile.user};
    }
    return page;
  });
}

}  // namespace parley::storage::sql
