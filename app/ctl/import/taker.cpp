#include "app/ctl/import/taker.hpp"

#include "storage/password.hpp"

namespace parley::app::ctl {
namespace {

using chat::errc;
using chat::unexpected;

constexpr std::size_t rows_at_once = 200;

}  // namespace

auto taker::take() -> chat::expected<taken_counts> {
  if (auto fine = find_other_people(); !fine) return unexpected{fine.error()};
  if (auto done = take_users(); !done) return unexpected{done.error()};
  if (auto done = take_conversations(); !done) return unexpected{done.error()};
  return counts_;
}

/// Before anything is written: whoever has an account of a name gets the messages of that name, and
/// where everybody may register anybody may have taken it.
auto taker::find_other_people() -> chat::expected<void> {
  std::string names;
  for (chat::user_id last;;) {
    const auto some = from_.users_after(last, rows_at_once);
    for (const auto& who : some) {
      if (who.user_name.empty()) continue;
      const auto account = store_.find_account(who.user_name);
      if (!account) return unexpected{account.error()};
      const auto& user = who.profile.user;
      if (!*account || (*account)->user == user) continue;
      others_[user] = (*account)->user;
      if (others_.size() <= 5) names += (names.empty() ? "" : ", ") + who.user_name;
    }
    if (some.size() < rows_at_once) break;
    last = some.back().profile.user;
  }
  if (others_.empty() || how_.same_people) return {};
  if (others_.size() > 5) names += ", ...";
  return unexpected{errc::conflict,
                    "nothing was written: there are accounts of these names already: " + names +
                        ". Say --same-people when they are the same people, or rename one side"};
}

auto taker::take_users() -> chat::expected<void> {
  for (chat::user_id last;;) {
    const auto some = from_.users_after(last, rows_at_once);
    for (const auto& who : some)
      if (auto done = take_user(who); !done) return done;
    if (some.size() < rows_at_once) return {};
    last = some.back().profile.user;
  }
}

/// An account without a password: its hash is one that no password is known for.
auto taker::take_user(const storage::foreign::foreign_user& who) -> chat::expected<void> {
  if (others_.contains(who.profile.user)) return {};
  if (who.user_name.empty()) {
    if (how_.is_dry) return {};
    return store_.save_profiles({&who.profile, 1});
  }
  const auto present = store_.find_account(who.user_name);
  if (!present) return unexpected{present.error()};
  if (*present) return {};
  ++counts_.new_accounts;
  if (how_.is_dry) return {};
  return store_.add_account({who.user_name, who.profile.user,
                             storage::with_disabled(storage::nobodys_hash(), who.is_disabled),
                             who.profile});
}

auto taker::person_of(const chat::user_id& user) const -> const chat::user_id& {
  const auto found = others_.find(user);
  return found == others_.end() ? user : found->second;
}

auto taker::take_conversations() -> chat::expected<void> {
  for (chat::conversation_id last;;) {
    const auto some = from_.conversations_after(last, rows_at_once);
    for (const auto& what : some)
      if (auto done = take_conversation(what); !done) return done;
    if (some.size() < rows_at_once) return {};
    last = some.back().info.id;
  }
}

}  // namespace parley::app::ctl
