// Classic clients: the lobby, private messages, groups by name, and what waited while a user was
// away.

#include <algorithm>

#include "actors/session/asking.hpp"
#include "actors/session/commands.hpp"

namespace parley::actors {
namespace {

/// Messages one RegisterUser hands over.
constexpr std::size_t max_pending_messages = 500;

void post_plainly(session_actor* self, std::uint64_t ticket, chat::conversation_id where,
                  const std::string& content) {
  chat::post what;
  what.conversation = where;
  what.content = content;
  self->ask_conversation(
      ticket, where, what,
      [self, ticket](const chat::posted&) { self->answer(ticket, chat::result{chat::done{}}); },
      [self, ticket](const caf::error& why) { self->refuse(ticket, why); });
}

/// JoinGroup with `groups.open = false`. One answer to all others, so that no name is found out.
void join_as_member(session_actor* self, std::uint64_t ticket, const std::string& name) {
  const chat::error closed{chat::errc::forbidden, "groups are not open"};
  ask_database(
      self, self->env().reader(), [name](storage::store& store) { return store.find_name(name); },
      [self, ticket, closed](const chat::expected<std::optional<chat::conversation_id>>& found) {
        if (!found) return self->answer(ticket, chat::unexpected{found.error()});
        if (!*found) return self->answer(ticket, chat::unexpected{closed});
        self->ask_conversation(
            ticket, **found, chat::join{**found},
            [self, ticket](const chat::done&) { self->answer(ticket, chat::result{chat::done{}}); },
            [self, ticket, closed](const caf::error& why) {
              const bool is_stranger = from_caf(why).code == chat::errc::not_found;
              self->answer(ticket, chat::unexpected{is_stranger ? closed : from_caf(why)});
            });
      });
}

/// Each conversation says where the cursor stood: what lies before it somebody else has taken.
void hand_over_pending(session_actor* self, std::uint64_t ticket,
                       std::vector<chat::entry> waiting) {
  struct claims {
    std::vector<chat::entry> waiting;
    std::unordered_map<chat::conversation_id, std::uint64_t> newest;
    std::unordered_map<chat::conversation_id, std::uint64_t> taken_before;
  };
  const auto all = std::make_shared<claims>();
  all->waiting = std::move(waiting);
  for (const auto& message : all->waiting) {
    auto& seq = all->newest[message.conversation];
    seq = std::max(seq, message.seq);
  }
  const auto finish = [self, ticket, all] {
    std::erase_if(all->waiting,
                  [&](const chat::entry& m) { return m.seq <= all->taken_before[m.conversation]; });
    self->answer(ticket, chat::result{std::move(all->waiting)});
  };
  if (all->newest.empty()) return finish();
  for (const auto& [id, newest] : all->newest) {
    const auto claimed = [all, id = id, finish](std::uint64_t before) {
      all->taken_before[id] = before;
      if (all->taken_before.size() == all->newest.size()) finish();
    };
    self->ask_conversation(
        ticket, id, chat::claim_delivered{id, newest},
        [claimed](std::uint64_t before) { claimed(before); },
        // Unclaimed stays pending: nothing of it is handed over.
        [claimed, newest = newest](const caf::error&) { claimed(newest); });
  }
}

void enter_as_guest(session_actor* self, std::uint64_t ticket, const std::string& name) {
  const auto& who = self->caller();
  self->request(self->env().presence, caf::infinite, claim_name{name, who.network, who.connection})
      .then(
          [self, ticket, name](const chat::done&) {
            self->caller().display_name = name + " (guest)";
            self->caller().user.value = std::string{chat::guest_prefix} + name;
            self->answer(ticket, chat::result{std::vector<chat::entry>{}});
          },
          [self, ticket](const caf::error& why) { self->refuse(ticket, why); });
}

}  // namespace

void run(session_actor* self, std::uint64_t ticket, const chat::post_to_lobby& what) {
  // Only a guest's own word counts for its name, and it is marked as what it is (C-03b).
  if (self->is_guest() && !what.shown_name.empty())
    self->caller().display_name = what.shown_name + " (guest)";
  post_plainly(self, ticket, chat::lobby_id(), what.content);
}

void run(session_actor* self, std::uint64_t ticket, const chat::post_to_user& what) {
  chat::create_conversation pair;
  pair.type = chat::conversation_type::direct;
  pair.participants = {what.user};
  self->request(self->env().registry, caf::infinite, self->caller(), pair)
      .then(
          [self, ticket, content = what.content](const chat::created_conversation& made) {
            post_plainly(self, ticket, made.id, content);
          },
          [self, ticket](const caf::error& why) { self->refuse(ticket, why); });
}

void run(session_actor* self, std::uint64_t ticket, const chat::join_group& what) {
  if (!self->env().options.groups.open) return join_as_member(self, ticket, what.name);
  self->request(self->env().registry, caf::infinite, self->caller(), what)
      .then(
          [self, ticket](const chat::created_conversation& made) {
            self->ask_conversation(
                ticket, made.id, chat::enter{made.id},
                [self, ticket](const chat::created_conversation&) {
                  self->answer(ticket, chat::result{chat::done{}});
                },
                [self, ticket](const caf::error& why) { self->refuse(ticket, why); });
          },
          [self, ticket](const caf::error& why) { self->refuse(ticket, why); });
}

void run(session_actor* self, std::uint64_t ticket, const chat::post_to_group& what) {
  ask_database(
      self, self->env().reader(),
      [name = what.name](storage::store& store) { return store.find_name(name); },
      [self, ticket, what](const chat::expected<std::optional<chat::conversation_id>>& found) {
        if (!found) return self->answer(ticket, chat::unexpected{found.error()});
        post_plainly(self, ticket, found->value_or(chat::conversation_id{}), what.content);
      });
}

void run(session_actor* self, std::uint64_t ticket, const chat::take_pending& what) {
  if (self->is_guest()) return enter_as_guest(self, ticket, what.name);
  if (what.name != self->caller().display_name && what.name != self->caller().user.value)
    return self->answer(ticket, chat::unexpected{chat::errc::forbidden, "this is not your name"});
  ask_database(
      self, self->env().reader(),
      [user = self->caller().user](storage::store& store) {
        return store.undelivered(user, max_pending_messages);
      },
      [self, ticket](chat::expected<std::vector<chat::entry>> waiting) {
        if (!waiting) return self->answer(ticket, chat::unexpected{waiting.error()});
        hand_over_pending(self, ticket, std::move(*waiting));
      });
}

}  // namespace parley::actors
