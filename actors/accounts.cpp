#include "actors/accounts.hpp"

#include "actors/database.hpp"
#include "chat/account.hpp"
#include "storage/password.hpp"

namespace parley::actors {
namespace {

using chat::errc;

/// A try whose answer was lost may have made the account after all: then it is ours.
auto make_account(storage::store& store, const storage::account& what) -> chat::expected<void> {
  const auto made = store.add_account(what);
  if (made || (made.error().code != errc::unknown && made.error().code != errc::duplicate))
    return made;
  const auto holder = store.find_account(what.user_name);
  if (!holder) return made;
  if (*holder && (*holder)->user == what.user) return {};
  if (*holder) return chat::unexpected{errc::conflict, "the userName is taken"};
  return chat::unexpected{errc::unavailable, "the account could not be stored"};
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
  const auto fine = chat::check(what);
  const auto hash = fine ? storage::hash_password(what.password)
                         : chat::expected<std::string>{chat::unexpected{fine.error()}};
  --env_.hashes;
  if (!hash) return reply.deliver(to_caf(hash.error()));
  const chat::user_id user{to_string(env_.ids.next(env_.clock.now()))};
  const storage::account account{what.user_name, user, *hash,
                                 {user, what.first_name, what.last_name, "", ""}};
  ask_database(
      this, env_.room_worker,
      [account](storage::store& store) { return make_account(store, account); },
      [reply, user](const chat::expected<void>& made) mutable {
        if (!made) return reply.deliver(to_caf(made.error()));
        reply.deliver(chat::registered{user});
      });
}

void accounts_actor::on_sign_in(const chat::sign_in& what) {
  auto reply = make_response_promise();
  ask_database(
      this, env_.reader(),
      [name = what.user_name](storage::store& store) { return store.find_account(name); },
      [this, reply, password = what.password](
          const chat::expected<std::optional<storage::account>>& known) mutable {
        // An unknown name and a disabled account cost the same time as a wrong password.
        const bool exists = known && *known && !storage::is_disabled((*known)->password_hash);
        const bool right = storage::verify_password(
            exists ? std::string_view{(*known)->password_hash} : storage::nobodys_hash(), password);
        --env_.hashes;
        if (!known) return reply.deliver(to_caf(known.error()));
        if (!exists || !right)
          return reply.deliver(to_caf({errc::unauthenticated, "wrong userName or password"}));
        reply.deliver(chat::signed_in{(*known)->profile});
      });
}

}  // namespace parley::actors
