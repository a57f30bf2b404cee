#include "actors/people/accounts.hpp"

#include "actors/storage/database.hpp"
#include "chat/accounts.hpp"
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
    : steady_actor(config), env_(env) {}

auto accounts_actor::make_behavior() -> caf::behavior {
  return {
      [this](const chat::caller&, const chat::register_account& what) { on_register(what); },
      [this](const chat::caller&, const chat::sign_in& what) { on_sign_in(what); },
      [this](const chat::caller& from, const chat::change_password& what) { on_change(from, what); },
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
                                 {user, what.first_name, what.last_name, what.display_name, ""}};
  ask_database(
      this, env_.room_writer,
      [account](storage::store& store) { return make_account(store, account); },
      [this, reply, account, stays = what.stays,
       agent = what.agent](const chat::expected<void>& made) mutable {
        if (!made) return reply.deliver(to_caf(made.error()));
        if (!stays) return reply.deliver(chat::signed_in{account.profile, {}});
        // The account is there: without its cookie the browser asks for the password again.
        keep_device(account.user, agent, [reply, account](const chat::expected<chat::device>& kept) mutable {
          reply.deliver(chat::signed_in{account.profile, kept ? *kept : chat::device{}});
        });
      });
}

void accounts_actor::on_sign_in(const chat::sign_in& what) {
  auto reply = make_response_promise();
  ask_database(
      this, env_.reader(),
      [name = what.user_name](storage::store& store) { return store.find_account(name); },
      [this, reply, password = what.password, stays = what.stays, agent = what.agent](
          const chat::expected<std::optional<storage::account>>& known) mutable {
        // An unknown name and a disabled account cost the same time as a wrong password.
        const bool exists = known && *known && !storage::is_disabled((*known)->password_hash);
        const bool right = storage::verify_password(
            exists ? std::string_view{(*known)->password_hash} : storage::nobodys_hash(), password);
        --env_.hashes;
        if (!known) return reply.deliver(to_caf(known.error()));
        if (!exists || !right)
          return reply.deliver(to_caf({errc::unauthenticated, "wrong userName or password"}));
        const auto& who = (*known)->profile;
        if (!stays) return reply.deliver(chat::signed_in{who, {}});
        keep_device(who.user, agent, [reply, who](const chat::expected<chat::device>& kept) mutable {
          if (!kept) return reply.deliver(to_caf(kept.error()));
          reply.deliver(chat::signed_in{who, *kept});
        });
      });
}

void accounts_actor::keep_device(
    const chat::user_id& user, const std::string& agent,
    std::function<void(const chat::expected<chat::device>&)> then) {
  const auto now = env_.clock.now();
  const storage::device_row row{env_.ids.next(now), user, now, now, agent};
  ask_database(
      this, env_.room_writer,
      [row](storage::store& store) { return store.add_device(row, chat::max_devices); },
      [then = std::move(then), id = row.id](const chat::expected<void>& kept) {
        if (!kept) return then(chat::unexpected{kept.error()});
        then(chat::device{id, 1});
      });
}

void accounts_actor::on_change(const chat::caller& from, const chat::change_password& what) {
  auto reply = make_response_promise();
  if (auto fine = chat::check_password(what.next, "newPassword"); !fine) {
    --env_.hashes;
    return reply.deliver(to_caf(fine.error()));
  }
  ask_database(
      this, env_.reader(),
      [user = from.user](storage::store& store) { return store.find_account_of(user); },
      [this, reply, what](const chat::expected<std::optional<storage::account>>& known) mutable {
        const auto made = change_of(known, what);
        --env_.hashes;
        if (!made) return reply.deliver(to_caf(made.error()));
        store_change(*made, reply);
      });
}

auto accounts_actor::change_of(const chat::expected<std::optional<storage::account>>& known,
                               const chat::change_password& what)
    -> chat::expected<storage::password_change> {
  if (!known) return chat::unexpected{known.error()};
  if (!*known) return chat::unexpected{errc::not_found, "you have no built-in account"};
  const auto& account = **known;
  if (!storage::verify_password(account.password_hash, what.present))
    return chat::unexpected{errc::forbidden, "currentPassword is another"};
  auto hash = storage::hash_password(what.next);
  if (!hash) return chat::unexpected{hash.error()};
  return storage::password_change{account.user, account.password_hash, std::move(*hash), what.device};
}

void accounts_actor::store_change(const storage::password_change& what, caf::response_promise reply) {
  ask_database(
      this, env_.room_writer,
      [what](storage::store& store) { return store.change_password(what); },
      [reply](const chat::expected<bool>& changed) mutable {
        if (!changed) return reply.deliver(to_caf(changed.error()));
        if (!*changed) return reply.deliver(to_caf({errc::conflict, "the password was changed meanwhile"}));
        reply.deliver(chat::done{});
      });
}

}  // namespace parley::actors
