#include "app/ctl/users.hpp"

#include <algorithm>
#include <ostream>

#include "app/ctl/departure.hpp"
#include "app/ctl/output.hpp"
#include "app/ctl/secret_input.hpp"
#include "app/ctl/workplace.hpp"
#include "chat/accounts.hpp"
#include "storage/password.hpp"

namespace parley::app::ctl {
namespace {

using chat::errc;
using chat::unexpected;

constexpr std::size_t conversations_at_once = 200;

auto no_account(const std::string& name) -> unexpected {
  return {errc::not_found, "there is no account '" + name + "'; see parleyctl user list"};
}

auto user_of(const std::string& word, const std::optional<storage::account_row>& account)
    -> chat::user_id {
  return account ? account->user : chat::user_id{word};
}

auto is_admin(const config::options& options, const chat::user_id& user) -> bool {
  const auto& admins = options.auth.admins;
  return std::ranges::find(admins, user.value) != admins.end();
}

/// The account, and the user that the first operand means.
struct somebody {
  std::optional<storage::account_row> account;
  chat::user_id user;
};

auto find_somebody(workplace& at) -> chat::expected<somebody> {
  const auto who = at.operand(0);
  const auto census = at.census();
  if (!census) return unexpected{census.error()};
  const auto account = (*census)->find_account(who);
  if (!account) return unexpected{account.error()};
  const auto user = user_of(who, *account);
  const auto is_known = (*census)->knows(user);
  if (!is_known) return unexpected{is_known.error()};
  if (!*account && !*is_known)
    return unexpected{errc::not_found, "there is no account and no user '" + who + "'"};
  return somebody{*account, user};
}

/// All conversations of `user`, newest first.
auto memberships(storage::census& census, const chat::user_id& user)
    -> chat::expected<std::vector<storage::conversation_row>> {
  std::vector<storage::conversation_row> all;
  for (chat::conversation_id before;;) {
    auto some = census.conversations(user, before, conversations_at_once);
    if (!some) return some;
    const bool is_last = some->size() < conversations_at_once;
    std::ranges::move(*some, std::back_inserter(all));
    if (is_last) return all;
    before = all.back().info.id;
  }
}

/// A password of the input, or a random one. @returns it, and its hash
struct fresh_password {
  std::string text;  ///< empty: the caller knows it
  std::string hash;
};

auto make_password(workplace& at) -> chat::expected<fresh_password> {
  fresh_password made;
  std::string given;
  if (at.args.has("--random")) {
    given = made.text = random_password();
  } else {
    auto read = read_password(at.io);
    if (!read) return unexpected{read.error()};
    given = std::move(*read);
  }
  auto hash = storage::hash_password(given);
  if (!hash) return unexpected{hash.error()};
  made.hash = std::move(*hash);
  return made;
}

void report(workplace& at, json what, const std::string& line, const fresh_password& password) {
  if (!password.text.empty()) what["password"] = password.text;
  if (at.args.json) return print_json(at.out(), what);
  at.out() << line << '\n';
  if (!password.text.empty()) at.out() << "password: " << password.text << '\n';
}

/// The account may have been made although the answer was lost.
auto add(storage::store& store, const storage::account& who) -> chat::expected<void> {
  auto added = store.add_account(who);
  if (!added && added.error().code == errc::duplicate)
    return unexpected{errc::conflict, "the name '" + who.user_name + "' is taken"};
  return added;
}

auto set_disabled(workplace& at, bool disabled) -> chat::expected<void> {
  const auto name = at.operand(0);
  const auto census = at.census();
  if (!census) return unexpected{census.error()};
  const auto is_there = (*census)->set_disabled(name, disabled);
  if (!is_there) return unexpected{is_there.error()};
  if (!*is_there) return no_account(name);
  if (at.args.json)
    print_json(at.out(), {{"userName", name}, {"disabled", disabled}});
  else
    at.out() << name
             << (disabled
                     ? " cannot sign in any more; its tokens end within auth.token_lifetime_s\n"
                     : " can sign in again\n");
  return {};
}

}  // namespace

auto list_users(workplace& at) -> chat::expected<void> {
  const auto limit = at.number("--limit", 100, 10'000);
  if (!limit) return unexpected{limit.error()};
  const auto census = at.census();
  if (!census) return unexpected{census.error()};
  const auto found = (*census)->accounts(at.args.text("--after"), *limit);
  if (!found) return unexpected{found.error()};
  auto rows = json::array();
  for (const auto& each : *found)
    rows.push_back({{"userName", each.user_name},
                    {"userId", each.user.value},
                    {"disabled", each.is_disabled},
                    {"state", each.is_disabled                      ? "disabled"
                              : is_admin(**at.options(), each.user) ? "admin"
                                                                    : "-"}});
  if (at.args.json)
    for (auto& row : rows) row.erase("state");
  print_rows(at.out(), rows, at.args.json, {"userName", "userId", "state"}, "no accounts");
  return {};
}

auto show_user(workplace& at) -> chat::expected<void> {
  const auto who = find_somebody(at);
  if (!who) return unexpected{who.error()};
  const auto store = at.store();
  if (!store) return unexpected{store.error()};
  const auto profiles = (*store)->profiles({&who->user, 1});
  if (!profiles) return unexpected{profiles.error()};
  const auto seen = (*store)->last_seen({&who->user, 1});
  if (!seen) return unexpected{seen.error()};
  const auto rooms = memberships(**at.census(), who->user);
  if (!rooms) return unexpected{rooms.error()};
  const auto& profile = profiles->front();
  json shown;
  shown["userId"] = who->user.value;
  shown["userName"] = who->account ? json(who->account->user_name) : json();
  shown["disabled"] = who->account && who->account->is_disabled;
  shown["admin"] = is_admin(**at.options(), who->user);
  shown["displayName"] = profile.display_name;
  shown["firstName"] = profile.first_name;
  shown["lastName"] = profile.last_name;
  shown["lastSeenAt"] = seen->front() ? json(to_iso8601(seen->front())) : json();
  shown["conversations"] = rooms->size();
  print_object(at.out(), shown, at.args.json);
  return {};
}

auto create_user(workplace& at) -> chat::expected<void> {
  chat::register_account what{at.operand(0), std::string(8, 'x'), at.args.text("--first-name"),
                              at.args.text("--last-name")};
  if (auto fine = chat::check(what); !fine) return at.wrong(fine.error().detail);
  const auto store = at.store();
  if (!store) return unexpected{store.error()};
  const auto password = make_password(at);
  if (!password) return unexpected{password.error()};
  const chat::user_id user{to_string(chat::system_ids().next(at.now()))};
  const storage::account account{
      what.user_name, user, password->hash, {user, what.first_name, what.last_name, "", ""}};
  if (auto added = add(**store, account); !added) return added;
  report(at, {{"userName", what.user_name}, {"userId", user.value}},
         "created " + what.user_name + ", user id " + user.value, *password);
  if (!(*at.options())->auth.accounts)
    at.io.complaints << "note: auth.accounts is off, nobody signs in with a password\n";
  return {};
}

auto set_password(workplace& at) -> chat::expected<void> {
  const auto name = at.operand(0);
  const auto census = at.census();
  if (!census) return unexpected{census.error()};
  const auto account = (*census)->find_account(name);
  if (!account) return unexpected{account.error()};
  if (!*account) return no_account(name);
  const auto password = make_password(at);
  if (!password) return unexpected{password.error()};
  const auto is_there = (*census)->set_password((*account)->user_name, password->hash);
  if (!is_there) return unexpected{is_there.error()};
  if (!*is_there) return no_account(name);
  report(at, {{"userName", (*account)->user_name}},
         (*account)->user_name + " has a new password and is signed out of all browsers; tokens it has stay good until they end",
         *password);
  return {};
}

auto disable_user(workplace& at) -> chat::expected<void> {
  return set_disabled(at, true);
}
auto enable_user(workplace& at) -> chat::expected<void> {
  return set_disabled(at, false);
}

auto delete_user(workplace& at) -> chat::expected<void> {
  const auto who = find_somebody(at);
  if (!who) return unexpected{who.error()};
  const auto& user = who->user;
  const auto store = at.store();
  if (!store) return unexpected{store.error()};
  auto& census = **at.census();
  const auto rooms = memberships(census, user);
  if (!rooms) return unexpected{rooms.error()};
  const auto written = census.wrote_in(user);
  if (!written) return unexpected{written.error()};
  const auto named =
      who->account ? who->account->user_name + ", user id " + user.value : user.value;
  if (!at.args.has("--yes"))
    return unexpected{errc::conflict,
                      "nothing was done: repeat with --yes to delete " + named + ", in " +
                          std::to_string(rooms->size()) + " conversations, with messages in " +
                          std::to_string(written->size()) +
                          (at.args.has("--messages") ? ", these too" : ", which stay")};
  std::size_t messages = 0;
  std::size_t left = 0;
  if (at.args.has("--messages"))
    for (const auto& room : *written) {
      const auto deleted = delete_messages(**store, census, room, user, at.now());
      if (!deleted) return unexpected{deleted.error()};
      messages += *deleted;
    }
  for (const auto& room : *rooms) {
    const auto is_out = leave(**store, room.info.id, user, at.now());
    if (!is_out) return unexpected{is_out.error()};
    left += *is_out;
  }
  if (auto gone = census.forget_person(user); !gone) return gone;
  if (at.args.json)
    print_json(at.out(),
               {{"userId", user.value}, {"groupsLeft", left}, {"messagesDeleted", messages}});
  else
    at.out() << "deleted " << named << ": left " << left << " groups, deleted " << messages
             << " messages\n";
  return {};
}

}  // namespace parley::app::ctl
