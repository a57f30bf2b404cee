#include "actors/session/actor.hpp"

#include <algorithm>
#include <stdexcept>

#include "actors/conversation/attachment_urls.hpp"
#include "actors/session/asking.hpp"
#include "actors/session/commands.hpp"

namespace parley::actors {
namespace {

/// Conversations in which the end of a session is the end of its typing; in more, the time is.
constexpr std::size_t max_typing = 16;

}  // namespace

session_actor::session_actor(caf::actor_config& config, actor_host& host, environment& env,
                             session_start start)
    : pinned_actor(config, host),
      env_(env),
      caller_(std::move(start.caller)),
      profile_(std::make_unique<chat::profile>(std::move(start.profile))),
      is_hub_(start.is_hub),
      is_classic_(start.is_classic),
      departures_(finder().departures()) {
  // The largest part of an idle connection; CAF's part of it is 1,016 bytes. See
  // docs/performance.md.
  static_assert(sizeof(session_actor) + CAF_CACHE_LINE_SIZE <= 1'280);
}

auto session_actor::make_behavior() -> caf::behavior {
  env_.metrics.sessions.Increment();
  attach_functor([&env = env_] { env.metrics.sessions.Decrement(); });
  const auto& who = caller_;
  if (!who.user.value.empty() && !is_guest()) send(env_.profiles, std::move(*profile_));
  if (!is_guest()) profile_.reset();
  if (is_hub_) send(env_.presence, arrived{who.user, who.network, who.connection, is_classic_});
  if (is_hub_ && !is_guest()) look_for_waiting();
  return {
      [this](const execute& call) { on_execute(call); },
      [this](const session_over& over) { on_over(over.clean); },
  };
}

void session_actor::on_over(bool clean) {
  const auto& who = caller_;
  for (const auto& id : typing_)
    if (const auto owner = known_owner(id)) caf::anon_send(owner, who, chat::typing{id, false});
  if (is_hub_)
    send(env_.presence, departed{arrived_as(), who.network, who.connection, clean, is_classic_});
  quit();
}

void session_actor::on_execute(const execute& call) {
  if (auto admitted = admit(call.what); !admitted)
    return answer(call.ticket, chat::unexpected{admitted.error()});
  if (!call.case_id.empty()) return resolve_case(call);
  std::visit([&](const auto& what) { hand_on(call.ticket, what); }, call.what);
}

/// Puts the conversation of a case into a command that names one.
void session_actor::resolve_case(const execute& call) {
  ask_database(
      this, env_.reader(),
      [id = call.case_id](storage::store& store) { return store.find_case(id); },
      [this,
       call = call](const chat::expected<std::optional<chat::conversation_id>>& found) mutable {
        if (!found) return answer(call.ticket, chat::unexpected{found.error()});
        const auto id = found->value_or(chat::conversation_id{});
        std::visit(
            [&](auto& what) {
              if constexpr (requires { what.conversation; }) what.conversation = id;
              hand_on(call.ticket, what);
            },
            call.what);
      });
}

auto session_actor::actor_for(chat::decider who) const -> const caf::actor& {
  switch (who) {
    case chat::decider::registry: return env_.registry;
    case chat::decider::presence: return env_.presence;
    case chat::decider::blocks: return env_.blocks;
    case chat::decider::jobs: return env_.jobs;
    default: throw std::logic_error{"no one actor decides this"};
  }
}

/// To whom the command says.
template <class Command>
void session_actor::hand_on(std::uint64_t ticket, const Command& what) {
  constexpr auto by = Command::rules.by;
  if constexpr (by == chat::decider::session)
    run(this, ticket, what);
  else if constexpr (by == chat::decider::conversation)
    to_conversation(ticket, what.conversation, what);
  else if constexpr (by == chat::decider::message_conversation)
    to_message_owner(ticket, what);
  else if constexpr (by == chat::decider::accounts)
    to_accounts(ticket, what);
  else
    to_actor(ticket, actor_for(by), what);
}

namespace {

auto is_about_the_lobby(const chat::request& what) -> bool {
  return std::visit(
      [](const auto& command) {
        if constexpr (requires { command.conversation; })
          return command.conversation == chat::lobby_id();
        return false;
      },
      what);
}

auto forbidden(const char* why) {
  return chat::unexpected{chat::errc::forbidden, why};
}

}  // namespace

/// What is refused for its kind has cost a call all the same.
auto session_actor::admit(const chat::request& what) -> chat::expected<void> {
  const auto& rules = chat::rules_of(what);
  if (auto within = check_rates(rules.costs); !within) return within;
  if (rules.who == chat::may_use::anybody) return {};
  if (caller_.user.value.empty())
    return chat::unexpected{chat::errc::unauthenticated, "nobody is signed in"};
  if (rules.who == chat::may_use::admins && !is_admin())
    return forbidden("only an administrator may do this");
  if (rules.who == chat::may_use::guests || !is_guest()) return {};
  if (rules.who == chat::may_use::lobby && is_about_the_lobby(what)) return {};
  return forbidden("guests may only use the lobby");
}

/// Rates (limits.*). The answer says when another try may succeed.
auto session_actor::check_rates(chat::rate costs) -> chat::expected<void> {
  if (!env_.options.limits.enabled || caller_.user.value.empty()) return {};
  const auto now = env_.clock.steady_now();
  auto& limits = env_.metrics.limits;
  if (auto within = charge_call(env_, budget()); !within) return within;
  if (costs == chat::rate::send)
    if (const auto wait = budget().take_send(now))
      return over_rate("too many messages from this user", *wait, limits.sends);
  if (costs == chat::rate::signal)
    if (const auto wait = budget().take_signal(now))
      return over_rate("too many typing, receipt and presence calls from this user", *wait,
                       limits.signals);
  return {};
}

auto session_actor::is_admin() const -> bool {
  const auto& admins = env_.options.auth.admins;
  return std::find(admins.begin(), admins.end(), caller_.user.value) != admins.end();
}

/// A guest may have taken another name since.
auto session_actor::arrived_as() const -> const chat::user_id& {
  return profile_ ? profile_->user : caller_.user;
}

auto session_actor::budget() -> user_budget& {
  if (!budget_) budget_ = env_.budgets->of(arrived_as());
  return *budget_;
}

// -- the ways -------------------------------------------------------------------------------------

auto session_actor::finder() const -> conversation_finder& {
  return *env_.lanes[caller_.network].finder.object;
}

auto session_actor::known_owner(const chat::conversation_id& id) const -> caf::actor {
  return finder().owner_of(id, finder().departures());
}

/// The owner of the conversation if a command may go to it at once; else null, and wait_for_owner()
/// keeps ticket order.
auto session_actor::ready_owner(const chat::conversation_id& id) const -> caf::actor {
  const bool others_wait = waiting_ && waiting_->contains(id);
  return others_wait ? nullptr : finder().owner_of(id, departures_);
}

void session_actor::wait_for_owner(std::uint64_t ticket, chat::conversation_id id, on_owner go) {
  if (!waiting_) waiting_ = std::make_unique<waiting_rooms>();
  auto& room = (*waiting_)[id];
  const auto after =
      std::find_if(room.begin(), room.end(), [ticket](const auto& w) { return w.first > ticket; });
  const bool is_first = room.empty();
  room.emplace(after, ticket, std::move(go));
  if (is_first) look_up_owner(id);
}

void session_actor::look_up_owner(chat::conversation_id id) {
  const auto departures = finder().departures();
  request(env_.lanes[caller_.network].finder.handle, caf::infinite, find_conversation{id})
      .then(
          [this, id, departures](const caf::actor& owner) {
            departures_ = std::max(departures_, departures);
            for (const auto& [ticket, go] : take_waiting(id)) go(owner);
          },
          [this, id](const caf::error&) {
            for (const auto& [ticket, go] : take_waiting(id)) go(nullptr);
          });
}

auto session_actor::take_waiting(chat::conversation_id id) -> waiting_room {
  auto room = std::move(waiting_->extract(id).mapped());
  if (waiting_->empty()) waiting_.reset();
  return room;
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

namespace {

/// What only the inside knows what to do with goes out as what it means to a client.
auto outward(const chat::error& why) -> chat::error {
  switch (why.code) {
    case chat::errc::duplicate: return {chat::errc::conflict, "it is there already"};
    case chat::errc::refused: return {chat::errc::bad_request, "the store cannot take this"};
    case chat::errc::stale_owner: return {chat::errc::unavailable, "it could not be stored"};
    default: return why;
  }
}

}  // namespace

void session_actor::answer(std::uint64_t ticket, chat::outcome outcome) {
  const auto& who = caller_;
  if (!outcome) outcome = chat::unexpected{outward(outcome.error())};
  if (outcome) add_urls(env_, *outcome);
  send(env_.lanes[who.network].network, answered{who.connection, ticket, std::move(outcome)});
}

void session_actor::refuse(std::uint64_t ticket, const caf::error& why) {
  answer(ticket, chat::unexpected{from_caf(why)});
}

// -- what it remembers ----------------------------------------------------------------------------

void session_actor::note_typing(chat::conversation_id id, bool is_typing) {
  std::erase(typing_, id);
  if (!is_typing) return;
  if (typing_.size() == max_typing) typing_.erase(typing_.begin());
  typing_.push_back(id);
}

/// A messaging connection that opens takes delivery of what waited; a classic one leaves it to
/// RegisterUser.
void session_actor::look_for_waiting() {
  ask_database(
      this, env_.reader(),
      [user = caller_.user](storage::store& store) {
        return store.undelivered_in({&user, 1});
      },
      [this](const chat::expected<std::vector<std::pair<chat::user_id, chat::conversation_id>>>&
                 waiting) {
        if (!waiting) return;
        std::vector<chat::conversation_id> found;
        for (const auto& [user, id] : *waiting) found.push_back(id);
        const auto& who = caller_;
        if (is_classic_)
          return send(env_.lanes[who.network].network,
                      waits_for_register{who.connection, std::move(found)});
        for (const auto& id : found)
          ask_conversation(
              0, id, chat::mark{id, chat::message_status::delivered, 0}, [](const chat::done&) {},
              [](const caf::error&) {});
      },
      background_patience);
}

auto spawn_session(caf::actor_system& system, actor_host& host, environment& env,
                   session_start start) -> caf::actor {
  return system.spawn<session_actor>(host, env, std::move(start));
}

}  // namespace parley::actors
