// People: profiles, search and blocks.

#include "actors/session/asking.hpp"
#include "actors/session/commands.hpp"

namespace parley::actors {
namespace {

auto read_profile(storage::store& store, const chat::user_id& user)
    -> chat::expected<chat::profile> {
  auto found = store.profiles({&user, 1});
  if (!found) return chat::unexpected{found.error()};
  return std::move(found->front());
}

}  // namespace

/// Its own token may have said something new a moment ago.
void run(session_actor* self, std::uint64_t ticket, const chat::get_me&) {
  const auto read = [self, ticket] {
    self->ask_store(
        ticket, self->env().reader(),
        [user = self->caller().user](storage::store& store) { return read_profile(store, user); });
  };
  self->request(self->env().profiles, settle_patience, settle{})
      .then([read](const chat::done&) { read(); }, [read](const caf::error&) { read(); });
}

void run(session_actor* self, std::uint64_t ticket, const chat::update_me& what) {
  if (auto fine = chat::check(what.what); !fine)
    return self->answer(ticket, chat::unexpected{fine.error()});
  self->ask_store(ticket, self->env().room_writer,
                  [user = self->caller().user,
                   edit = what.what](storage::store& store) -> chat::expected<chat::profile> {
                    if (auto saved = store.edit_profile(user, edit); !saved)
                      return chat::unexpected{saved.error()};
                    return read_profile(store, user);
                  });
}

void run(session_actor* self, std::uint64_t ticket, const chat::search_users& what) {
  const auto& policy = self->env().options.users.search;
  if (policy == "off")
    return self->answer(ticket, chat::unexpected{chat::errc::not_found, "user search is off"});
  storage::user_search wanted;
  wanted.caller = self->caller().user;
  wanted.prefix = chat::search_key(what.query);
  wanted.contacts_only = policy != "all";
  wanted.max_members = self->env().options.chat.large_conversation;
  wanted.limit = what.limit;
  self->ask_store(ticket, self->env().reader(),
                  [wanted](storage::store& store) { return store.search_users(wanted); });
}

namespace {

auto find_by_name(storage::store& store, const chat::user_id& caller, const std::string& user_name)
    -> chat::expected<chat::people_found> {
  const auto account = store.find_account(user_name);
  if (!account) return chat::unexpected{account.error()};
  if (!*account || (*account)->user == caller) return chat::people_found{};
  const auto& user = (*account)->user;
  const auto blocks = store.blocks_between(caller, {&user, 1});
  if (!blocks) return chat::unexpected{blocks.error()};
  for (const auto& one : *blocks)
    if (one.whom == caller) return chat::people_found{};
  auto found = read_profile(store, user);
  if (!found) return chat::unexpected{found.error()};
  return chat::people_found{{std::move(*found)}};
}

}  // namespace

void run(session_actor* self, std::uint64_t ticket, const chat::find_person& what) {
  if (self->env().options.users.search == "off")
    return self->answer(ticket, chat::unexpected{chat::errc::not_found, "user search is off"});
  self->ask_store(ticket, self->env().reader(),
                  [user = self->caller().user, name = what.user_name](storage::store& store) {
                    return find_by_name(store, user, name);
                  });
}

void run(session_actor* self, std::uint64_t ticket, const chat::get_people& what) {
  const bool all = self->env().options.users.search == "all";
  self->ask_store(ticket, self->env().reader(),
                  [user = self->caller().user, users = what.users,
                   all](storage::store& store) -> chat::expected<chat::people_found> {
                    auto found = store.people_known_to(user, users, all);
                    if (!found) return chat::unexpected{found.error()};
                    return chat::people_found{std::move(*found)};
                  });
}

void run(session_actor* self, std::uint64_t ticket, const chat::list_blocks&) {
  self->ask_store(
      ticket, self->env().reader(),
      [user = self->caller().user](storage::store& store) { return store.blocks_of(user); });
}

}  // namespace parley::actors
