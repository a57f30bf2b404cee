#include "actors/accounts.hpp"

#include <algorithm>

#include "actors/database.hpp"
#include "actors/password.hpp"
#include "chat/text.hpp"

namespace parley::actors {
namespace {

using chat::errc;

auto is_user_name(const std::string& name) -> bool {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
  };
  return name.size() >= 3 && name.size() <= 32 && std::all_of(name.begin(), name.end(), allowed);
}

auto check(const chat::register_account& what) -> chat::expected<void> {
  if (!is_user_name(what.user_name))
    return chat::unexpected{errc::bad_request, "userName must be 3 to 32 of a-z 0-9 . _ -"};
  if (!chat::is_valid_utf8(what.password) || what.password.size() < 8 ||
      what.password.size() > 128)
    return chat::unexpected{errc::bad_request, "password must be 8 to 128 bytes"};
  for (const auto* name : {&what.first_name, &what.last_name})
    if (auto fine = chat::check_name(*name, 100); !fine) return fine;
  return {};
}

struct known_account {
  std::optional<storage::account> account;
  chat::profile profile;
};

auto look_up(storage::store& store, const std::string& user_name)
    -> chat::expected<known_account> {
  auto account = store.find_account(user_name);
  if (!account) return chat::unexpected{account.error()};
  known_account known{std::move(*account), {}};
  if (!known.account) return known;
  const std::array users{known.account->user};
  auto profiles = store.profiles(users);
  if (!profiles) return chat::unexpected{profiles.error()};
  known.profile = std::move(profiles->front());
  return known;
}

}  // namespace

accounts_actor::accounts_actor(caf::actor_config& config, environment& env)
    : caf::event_based_actor(config), env_(env) {}

auto accounts_actor::make_behavior() -> caf::behavior {
  return {
      [this](const chat::caller&, const chat::register_account& what) { on_register(what); },
      [this](const chat::caller&, const chat::sign_in& what) { on_sign_in(what); },
  };
}

void accounts_actor::on_register(const chat::register_account& what) {
  auto reply = make_response_promise();
  const auto fine = check(what);
  const auto hash = fine ? hash_password(what.password)
                         : chat::expected<std::string>{chat::unexpected{fine.error()}};
  --env_.hashes;
  if (!hash) return reply.deliver(to_caf(hash.error()));
  const chat::user_id user{to_string(env_.ids.next(env_.clock.now()))};
  const storage::account account{what.user_name, user, *hash};
  const chat::profile profile{user, what.first_name, what.last_name, "", ""};
  ask_database(
      this, env_.room_worker,
      [account, profile](storage::store& store) -> chat::expected<void> {
        if (auto added = store.add_account(account); !added) return added;
        return store.save_profiles({&profile, 1});
      },
      [reply, user](const chat::expected<void>& added) mutable {
        if (added) return reply.deliver(chat::registered{user});
        if (added.error().code != errc::duplicate) return reply.deliver(to_caf(added.error()));
        reply.deliver(to_caf({errc::conflict, "the userName is taken"}));
      });
}

void accounts_actor::on_sign_in(const chat::sign_in& what) {
  auto reply = make_response_promise();
  ask_database(
      this, env_.reader(),
      [name = what.user_name](storage::store& store) { return look_up(store, name); },
      [this, reply, password = what.password](const chat::expected<known_account>& known) mutable {
        // An unknown name costs the same time as a wrong password.
        const bool exists = known && known->account;
        const bool right = verify_password(
            exists ? std::string_view{known->account->password_hash} : nobodys_hash(), password);
        --env_.hashes;
        if (!known) return reply.deliver(to_caf(known.error()));
        if (!exists || !right)
          return reply.deliver(to_caf({errc::unauthenticated, "wrong userName or password"}));
        reply.deliver(chat::signed_in{known->profile});
      });
}

}  // namespace parley::actors
