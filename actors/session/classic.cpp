// The part of session_actor that serves classic clients: the lobby, private messages, groups by name,
// and what waited while a user was away.

#include <algorithm>

#include "actors/session/asking.hpp"

namespace parley::actors {
namespace {

/// Messages one RegisterUser hands over.
constexpr std::size_t max_pending_messages = 500;

}  // namespace

void session_actor::post_plainly(std::uint64_t ticket, chat::conversation_id where,
                                 const std::string& content) {
  chat::post what;
  what.conversation = where;
  what.content = content;
  ask_conversation(
      ticket, where, what,
      [this, ticket](const chat::posted&) { answer(ticket, chat::result{chat::done{}}); },
      [this, ticket](const caf::error& why) { refuse(ticket, why); });
}

void session_actor::run(std::uint64_t ticket, const chat::post_to_lobby& what) {
  // Only a guest's own word counts for its name, and it is marked as what it is (C-03b).
  if (is_guest() && !what.shown_name.empty())
    caller_.display_name = what.shown_name + " (guest)";
  post_plainly(ticket, chat::lobby_id(), what.content);
}

void session_actor::run(std::uint64_t ticket, const chat::post_to_user& what) {
  chat::create_conversation pair;
  pair.type = chat::conversation_type::direct;
  pair.participants = {what.user};
  request(env_.registry, caf::infinite, caller_, pair)
      .then([this, ticket, content = what.content](const chat::created_conversation& made) {
              post_plainly(ticket, made.id, content);
            },
            [this, ticket](const caf::error& why) { refuse(ticket, why); });
}

void session_actor::run(std::uint64_t ticket, const chat::join_group& what) {
  if (!env_.options.groups.open) return join_as_member(ticket, what.name);
  request(env_.registry, caf::infinite, caller_, what)
      .then(
          [this, ticket](const chat::created_conversation& made) {
            ask_conversation(
                ticket, made.id, chat::enter{made.id},
                [this, ticket](const chat::created_conversation&) {
                  answer(ticket, chat::result{chat::done{}});
                },
                [this, ticket](const caf::error& why) { refuse(ticket, why); });
          },
          [this, ticket](const caf::error& why) { refuse(ticket, why); });
}

/// JoinGroup with `groups.open = false`. One answer to all others, so that no name is found out.
void session_actor::join_as_member(std::uint64_t ticket, const std::string& name) {
  const chat::error closed{chat::errc::forbidden, "groups are not open"};
  ask_database(
      this, env_.reader(), [name](storage::store& store) { return store.find_name(name); },
      [this, ticket, closed](const chat::expected<std::optional<chat::conversation_id>>& found) {
        if (!found) return answer(ticket, chat::unexpected{found.error()});
        if (!*found) return answer(ticket, chat::unexpected{closed});
        ask_conversation(
            ticket, **found, chat::join{**found},
            [this, ticket](const chat::done&) { answer(ticket, chat::result{chat::done{}}); },
            [this, ticket, closed](const caf::error& why) {
              const bool is_stranger = from_caf(why).code == chat::errc::not_found;
              answer(ticket, chat::unexpected{is_stranger ? closed : from_caf(why)});
            });
      });
}

void session_actor::run(std::uint64_t ticket, const chat::post_to_group& what) {
  ask_database(
      this, env_.reader(), [name = what.name](storage::store& store) { return store.find_name(name); },
      [this, ticket, what](const chat::expected<std::optional<chat::conversation_id>>& found) {
        if (!found) return answer(ticket, chat::unexpected{found.error()});
        post_plainly(ticket, found->value_or(chat::conversation_id{}), what.content);
      });
}

void session_actor::run(std::uint64_t ticket, const chat::take_pending& what) {
  if (is_guest()) return enter_as_guest(ticket, what.name);
  if (what.name != caller_.display_name && what.name != caller_.user.value)
    return answer(ticket, chat::unexpected{chat::errc::forbidden, "this is not your name"});
  ask_database(
      this, env_.reader(),
      [user = caller_.user](storage::store& store) {
        return store.undelivered(user, max_pending_messages);
      },
      [this, ticket](chat::expected<std::vector<chat::entry>> waiting) {
        if (!waiting) return answer(ticket, chat::unexpected{waiting.error()});
        hand_over_pending(ticket, std::move(*waiting));
      });
}

/// Each conversation says where the cursor stood: what lies before it somebody else has taken.
void session_actor::hand_over_pending(std::uint64_t ticket, std::vector<chat::entry> waiting) {
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
  const auto finish = [this, ticket, all] {
    std::erase_if(all->waiting, [&](const chat::entry& m) {
      return m.seq <= all->taken_before[m.conversation];
    });
    answer(ticket, chat::result{std::move(all->waiting)});
  };
  if (all->newest.empty()) return finish();
  for (const auto& [id, newest] : all->newest) {
    const auto claimed = [all, id = id, finish](std::uint64_t before) {
      all->taken_before[id] = before;
      if (all->taken_before.size() == all->newest.size()) finish();
    };
    ask_conversation(ticket, id, chat::claim_delivered{id, newest},
                     [claimed](std::uint64_t before) { claimed(before); },
                     // Unclaimed stays pending: nothing of it is handed over.
                     [claimed, newest = newest](const caf::error&) { claimed(newest); });
  }
}

void session_actor::enter_as_guest(std::uint64_t ticket, const std::string& name) {
  const auto& who = caller_;
  request(env_.presence, caf::infinite, claim_name{name, who.network, who.connection})
      .then([this, ticket, name](const chat::done&) {
              caller_.display_name = name + " (guest)";
              caller_.user.value = std::string{chat::guest_prefix} + name;
              answer(ticket, chat::result{std::vector<chat::entry>{}});
            },
            [this, ticket](const caf::error& why) { refuse(ticket, why); });
}

}  // namespace parley::actors
