#include "actors/session.hpp"

#include <algorithm>

#include "actors/database.hpp"

namespace parley::actors {
namespace {

/// Conversations a session keeps the way to; more, and it asks the registry again.
constexpr std::size_t max_routes = 256;
/// Messages one RegisterUser hands over.
constexpr std::size_t max_pending_messages = 500;

}  // namespace

auto user_budgets::of(const chat::user_id& user) -> std::shared_ptr<user_budget> {
  auto& kept = budgets_[user];
  if (auto present = kept.lock()) return present;
  auto made = std::make_shared<user_budget>();
  if (limits_.enabled) made->sends = {limits_.sends_per_s, limits_.sends_burst};
  kept = made;
  if (budgets_.size() > sweep_at_) {
    std::erase_if(budgets_, [](const auto& b) { return b.second.expired(); });
    sweep_at_ = std::max<std::size_t>(1'024, budgets_.size() * 2);
  }
  return made;
}

session_actor::session_actor(caf::actor_config& config, actor_host& host, environment& env,
                             session_start start)
    : pinned_actor(config, host), env_(env), start_(std::move(start)) {
  const auto& limits = env_.options.limits;
  if (limits.enabled) invocations_ = {limits.invocations_per_s, limits.invocations_burst};
}

auto session_actor::make_behavior() -> caf::behavior {
  env_.metrics.sessions.Increment();
  attach_functor([&env = env_] { env.metrics.sessions.Decrement(); });
  const auto& who = start_.caller;
  if (!who.user.value.empty() && !is_guest()) send(env_.profiles, start_.profile);
  if (start_.is_hub) send(env_.presence, arrived{who.user, who.network, who.connection});
  if (start_.is_hub && !start_.is_classic) mark_arrival_delivered();
  return {
      [this](const execute& call) { on_execute(call); },
      [this](const session_over& over) { on_over(over.clean); },
  };
}

void session_actor::on_over(bool clean) {
  const auto& who = start_.caller;
  for (const auto& id : typing_in_) {
    const auto way = routes_.find(id);
    if (way != routes_.end() && way->second.owner)
      send(way->second.owner, who, chat::typing{id, false});
  }
  if (start_.is_hub)  // under the name it arrived with: a guest may have taken another
    send(env_.presence, departed{start_.profile.user, who.network, who.connection, clean});
  quit();
}

void session_actor::on_execute(const execute& call) {
  if (auto admitted = admit(call.what); !admitted)
    return answer(call.ticket, chat::unexpected{admitted.error()});
  if (!call.case_id.empty()) return resolve_case(call);
  std::visit([&](const auto& what) { run(call.ticket, what); }, call.what);
}

/// Puts the conversation of a case into a command that names one.
void session_actor::resolve_case(const execute& call) {
  ask_database(
      this, env_.reader(),
      [id = call.case_id](storage::store& store) { return store.find_case(id); },
      [this, call = call](
          const chat::expected<std::optional<chat::conversation_id>>& found) mutable {
        if (!found) return answer(call.ticket, chat::unexpected{found.error()});
        const auto id = found->value_or(chat::conversation_id{});
        std::visit(
            [&](auto& what) {
              if constexpr (requires { what.conversation; }) what.conversation = id;
              run(call.ticket, what);
            },
            call.what);
      });
}

auto session_actor::is_guest() const -> bool {
  return start_.caller.user.value.starts_with(chat::guest_prefix);
}

namespace {

auto is_post(const chat::request& what) -> bool {
  return std::holds_alternative<chat::post>(what) ||
         std::holds_alternative<chat::post_to_lobby>(what) ||
         std::holds_alternative<chat::post_to_user>(what) ||
         std::holds_alternative<chat::post_to_group>(what);
}

/// Guests have the lobby, and nothing else.
auto is_for_guests(const chat::request& what) -> bool {
  const auto* joins = std::get_if<chat::join>(&what);
  return std::holds_alternative<chat::post_to_lobby>(what) ||
         std::holds_alternative<chat::take_pending>(what) ||
         (joins != nullptr && joins->conversation == chat::lobby_id());
}

}  // namespace

auto session_actor::admit(const chat::request& what) -> chat::expected<void> {
  if (is_guest() && !is_for_guests(what))
    return chat::unexpected{chat::errc::forbidden, "guests may only use the lobby"};
  const auto now = env_.clock.steady_now();
  if (!invocations_.take(now))
    return chat::unexpected{chat::errc::rate_limited, "too many calls on this connection"};
  if (!is_post(what) || !env_.options.limits.enabled) return {};
  if (!start_.budget->sends.take(now))
    return chat::unexpected{chat::errc::rate_limited, "too many messages from this user"};
  return {};
}

// -- the ways --------------------------------------------------------------------------------------

/// Runs `go` when routes_[id].owner is known, in ticket order.
void session_actor::via_route(std::uint64_t ticket, chat::conversation_id id,
                              std::function<void()> go) {
  if (routes_.size() > max_routes)
    std::erase_if(routes_, [](const auto& r) { return r.second.waiting.empty(); });
  auto& way = routes_[id];
  if (way.owner) return go();
  const auto after = std::find_if(way.waiting.begin(), way.waiting.end(),
                                  [ticket](const auto& w) { return w.first > ticket; });
  const bool first = way.waiting.empty();
  way.waiting.emplace(after, ticket, std::move(go));
  if (first) open_route(id);
}

void session_actor::open_route(chat::conversation_id id) {
  request(env_.registry, caf::infinite, find_conversation{id})
      .then([this, id](const caf::actor& owner) {
              auto& way = routes_[id];
              way.owner = owner;
              for (auto& [ticket, go] : std::exchange(way.waiting, {})) go();
            },
            [this, id](const caf::error&) { routes_.erase(id); });
}

/// Sends `what` to the conversation's actor; the outcome goes to got(result) or failed(error).
template <class Command, class Got, class Failed>
void session_actor::ask_conversation(std::uint64_t ticket, chat::conversation_id id,
                                     const Command& what, Got got, Failed failed) {
  via_route(ticket, id, [this, ticket, id, what, got, failed] {
    const auto owner = routes_[id].owner;
    request(owner, caf::infinite, start_.caller, what)
        .then(got, [this, ticket, id, what, got, failed, owner](const caf::error& why) {
          if (!is_receiver_down(why)) return failed(why);
          // It retired before it read this: ask for its successor.
          auto& way = routes_[id];
          if (way.owner == owner) way.owner = nullptr;
          ask_conversation(ticket, id, what, got, failed);
        });
  });
}

template <class Command>
void session_actor::to_conversation(std::uint64_t ticket, chat::conversation_id id,
                                    const Command& what) {
  ask_conversation(
      ticket, id, what,
      [this, ticket](const typename Command::result_type& got) { answer(ticket, chat::result{got}); },
      [this, ticket](const caf::error& why) { refuse(ticket, why); });
}

template <class Command>
void session_actor::to_message_owner(std::uint64_t ticket, const Command& what) {
  ask_database(
      this, env_.reader(), [id = what.message](storage::store& store) { return store.locate(id); },
      [this, ticket, what](const chat::expected<std::optional<storage::message_place>>& place) {
        if (!place) return answer(ticket, chat::unexpected{place.error()});
        if (!*place)
          return answer(ticket, chat::unexpected{chat::errc::not_found, "no such message"});
        to_conversation(ticket, (*place)->conversation, what);
      });
}

template <class Command>
void session_actor::to_actor(std::uint64_t ticket, const caf::actor& target, const Command& what) {
  request(target, caf::infinite, start_.caller, what)
      .then([this, ticket](const typename Command::result_type& got) {
              answer(ticket, chat::result{got});
            },
            [this, ticket](const caf::error& why) { refuse(ticket, why); });
}

void session_actor::answer(std::uint64_t ticket, chat::outcome outcome) {
  const auto& who = start_.caller;
  send(env_.networks[who.network], answered{who.connection, ticket, std::move(outcome)});
}

void session_actor::refuse(std::uint64_t ticket, const caf::error& why) {
  answer(ticket, chat::unexpected{from_caf(why)});
}

// -- commands that are not one conversation's ---------------------------------------------------------

void session_actor::run(std::uint64_t ticket, const chat::edit_message& what) {
  to_message_owner(ticket, what);
}

void session_actor::run(std::uint64_t ticket, const chat::delete_message& what) {
  to_message_owner(ticket, what);
}

void session_actor::run(std::uint64_t ticket, const chat::typing& what) {
  std::erase(typing_in_, what.conversation);
  if (what.active) typing_in_.push_back(what.conversation);
  if (typing_in_.size() > max_routes) typing_in_.erase(typing_in_.begin());
  to_conversation(ticket, what.conversation, what);
}

void session_actor::run(std::uint64_t ticket, const chat::create_conversation& what) {
  to_actor(ticket, env_.registry, what);
}

void session_actor::run(std::uint64_t ticket, const chat::get_presence& what) {
  to_actor(ticket, env_.presence, what);
}

// -- classic clients ------------------------------------------------------------------------------------

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
    start_.caller.display_name = what.shown_name + " (guest)";
  post_plainly(ticket, chat::lobby_id(), what.content);
}

void session_actor::run(std::uint64_t ticket, const chat::post_to_user& what) {
  chat::create_conversation pair;
  pair.type = chat::conversation_type::direct;
  pair.participants = {what.user};
  request(env_.registry, caf::infinite, start_.caller, pair)
      .then([this, ticket, content = what.content](const chat::created_conversation& made) {
              post_plainly(ticket, made.id, content);
            },
            [this, ticket](const caf::error& why) { refuse(ticket, why); });
}

void session_actor::run(std::uint64_t ticket, const chat::join_group& what) {
  request(env_.registry, caf::infinite, start_.caller, what)
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
  if (what.name != start_.caller.display_name && what.name != start_.caller.user.value)
    return answer(ticket, chat::unexpected{chat::errc::forbidden, "this is not your name"});
  ask_database(
      this, env_.reader(),
      [user = start_.caller.user](storage::store& store) {
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
  const auto& who = start_.caller;
  request(env_.presence, caf::infinite, claim_name{name, who.network, who.connection})
      .then([this, ticket, name](const chat::done&) {
              start_.caller.display_name = name + " (guest)";
              start_.caller.user.value = std::string{chat::guest_prefix} + name;
              answer(ticket, chat::result{std::vector<chat::entry>{}});
            },
            [this, ticket](const caf::error& why) { refuse(ticket, why); });
}

/// A messaging connection that opens takes delivery of what waited.
void session_actor::mark_arrival_delivered() {
  ask_database(
      this, env_.reader(),
      [user = start_.caller.user](storage::store& store) { return store.undelivered_in({&user, 1}); },
      [this](const chat::expected<std::vector<std::pair<chat::user_id, chat::conversation_id>>>&
                 waiting) {
        if (!waiting) return;
        for (const auto& [user, id] : *waiting)
          ask_conversation(
              0, id, chat::mark{id, chat::message_status::delivered, 0},
              [](const chat::done&) {}, [](const caf::error&) {});
      });
}

/// Hashing is dear on purpose: what waits for it is bounded.
template <class Command>
void session_actor::to_accounts(std::uint64_t ticket, const Command& what) {
  if (env_.hashes.load() >= env_.options.auth.hash_queue)
    return answer(ticket, chat::unexpected{chat::errc::busy, "too many sign-ins at once"});
  const auto turn = env_.hashes++;
  to_actor(ticket, env_.accounts[turn % env_.accounts.size()], what);
}

void session_actor::run(std::uint64_t ticket, const chat::register_account& what) {
  to_accounts(ticket, what);
}

void session_actor::run(std::uint64_t ticket, const chat::sign_in& what) {
  to_accounts(ticket, what);
}

/// Reads what is stored, once everything written behind is.
void session_actor::run(std::uint64_t ticket, const chat::list_conversations& what) {
  const auto open = std::make_shared<std::size_t>(env_.message_workers.size() + 1);
  const auto read = [this, ticket, what] {
    ask_database(
        this, env_.reader(),
        [user = start_.caller.user, what](storage::store& store) {
          return store.chat_list(user, what.before, what.limit);
        },
        [this, ticket](chat::expected<chat::chat_list> list) {
          if (!list) return answer(ticket, chat::unexpected{list.error()});
          answer(ticket, chat::result{std::move(*list)});
        });
  };
  const auto one_done = [open, read] {
    if (--*open == 0) read();
  };
  const auto wait_for = [this, one_done](const caf::actor& writer) {
    request(writer, caf::infinite, settle{})
        .then([one_done](const chat::done&) { one_done(); },
              [one_done](const caf::error&) { one_done(); });
  };
  for (const auto& worker : env_.message_workers) wait_for(worker);
  wait_for(env_.profiles);
}

void session_actor::run(std::uint64_t ticket, const chat::catch_up_all& what) {
  struct gathering {
    std::vector<chat::caught_up> answers;
    std::size_t open = 0;
    bool failed = false;
  };
  const auto all = std::make_shared<gathering>();
  all->answers.resize(what.conversations.size());
  all->open = what.conversations.size();
  if (all->open == 0) return answer(ticket, chat::result{std::move(all->answers)});
  const auto one_done = [this, ticket, all] {
    if (--all->open > 0 || all->failed) return;
    answer(ticket, chat::result{std::move(all->answers)});
  };
  for (std::size_t i = 0; i < what.conversations.size(); ++i) {
    const auto& one = what.conversations[i];
    ask_conversation(
        ticket, one.conversation, one,
        [all, i, one_done](const chat::caught_up& got) {
          all->answers[i] = got;
          one_done();
        },
        [this, ticket, all, one_done](const caf::error& why) {
          if (!std::exchange(all->failed, true)) refuse(ticket, why);
          one_done();
        });
  }
}

auto spawn_session(caf::actor_system& system, actor_host& host, environment& env,
                   session_start start) -> caf::actor {
  return system.spawn<session_actor>(host, env, std::move(start));
}

}  // namespace parley::actors
