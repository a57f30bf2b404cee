#pragma once

#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

#include "actors/conversation/finder.hpp"
#include "actors/environment.hpp"
#include "actors/messages.hpp"
#include "actors/pinned_actor.hpp"
#include "actors/session/user_budgets.hpp"

namespace parley::actors {

/// Who a session is for, and where its answers go.
struct session_start {
  chat::caller caller;
  chat::profile profile;
  bool is_hub = true;  ///< false: a REST exchange, which is no presence
  bool is_classic = false;
};

/// One signed-in connection: holds commands against their `rules` (who may, at what rate), carries
/// them to who decides them, and brings the answers back in `answered`. Runs on the connection's io
/// thread.
///
/// Commands for one conversation reach it in the order they came. A session keeps no handles of
/// conversations: the finder of its io thread does.
class session_actor final : public pinned_actor {
 public:
  session_actor(caf::actor_config& config, actor_host& host, environment& env, session_start start);

  auto make_behavior() -> caf::behavior override;

  // For what it decides by itself, commands.hpp; the templates stand in asking.hpp.
  auto env() const -> environment& { return env_; }
  /// A guest may take another name.
  auto caller() -> chat::caller& { return caller_; }
  auto is_guest() const -> bool { return chat::is_guest(caller_.user); }

  /// Sends `what` to the conversation's actor; the outcome goes to got(result) or failed(error).
  template <class Command, class Got, class Failed>
  void ask_conversation(std::uint64_t ticket, chat::conversation_id id, const Command& what,
                        Got got, Failed failed);
  /// The same, and answers with the outcome.
  template <class Command>
  void to_conversation(std::uint64_t ticket, chat::conversation_id id, const Command& what);
  /// Answers with what `query(store)` finds.
  template <class Query>
  void ask_store(std::uint64_t ticket, const caf::actor& database, Query query);
  void answer(std::uint64_t ticket, chat::outcome outcome);
  void refuse(std::uint64_t ticket, const caf::error& why);
  /// The conversation's actor, if this thread knows it: for what need not arrive.
  auto known_owner(const chat::conversation_id& id) const -> caf::actor;
  /// Said last that it types there, or not: the end of the session is the end of that.
  void note_typing(chat::conversation_id id, bool is_typing);

 private:
  /// Goes on with a command when its conversation is found; with null, when nobody is left to ask.
  using on_owner = std::function<void(const caf::actor& owner)>;
  /// Commands for conversations that are being looked up, by ticket.
  using waiting_room = std::vector<std::pair<std::uint64_t, on_owner>>;
  using waiting_rooms = std::unordered_map<chat::conversation_id, waiting_room>;

  void on_execute(const execute& call);
  void on_over(bool clean);
  void resolve_case(const execute& call);
  auto is_admin() const -> bool;
  auto admit(const chat::request& what) -> chat::expected<void>;
  auto check_rates(chat::rate costs) -> chat::expected<void>;
  auto arrived_as() const -> const chat::user_id&;
  auto budget() -> user_budget&;

  template <class Command>
  void hand_on(std::uint64_t ticket, const Command& what);
  auto actor_for(chat::decider who) const -> const caf::actor&;

  template <class Command, class Got, class Failed>
  void ask_when_found(std::uint64_t ticket, chat::conversation_id id, const Command& what, Got got,
                      Failed failed);
  template <class Command, class Got, class Failed>
  void ask_owner(const caf::actor& owner, std::uint64_t ticket, chat::conversation_id id,
                 const Command& what, Got got, Failed failed);
  template <class Command>
  void to_message_owner(std::uint64_t ticket, const Command& what);
  void look_for_waiting();
  template <class Command>
  void to_accounts(std::uint64_t ticket, const Command& what);
  template <class Command>
  void to_actor(std::uint64_t ticket, const caf::actor& target, const Command& what);
  auto finder() const -> conversation_finder&;
  auto ready_owner(const chat::conversation_id& id) const -> caf::actor;
  void wait_for_owner(std::uint64_t ticket, chat::conversation_id id, on_owner go);
  void look_up_owner(chat::conversation_id id);
  auto take_waiting(chat::conversation_id id) -> waiting_room;

  environment& env_;
  chat::caller caller_;
  std::shared_ptr<user_budget> budget_;     ///< null until the first command that has a rate
  std::unique_ptr<chat::profile> profile_;  ///< until it is told; a guest keeps it, see arrived_as
  bool is_hub_;
  bool is_classic_;
  std::unique_ptr<waiting_rooms> waiting_;     ///< null: nothing waits
  std::vector<chat::conversation_id> typing_;  ///< said last that it types there
  std::uint64_t departures_;  ///< the finder's; what bounced off those owners has come back
};

auto spawn_session(caf::actor_system& system, actor_host& host, environment& env,
                   session_start start) -> caf::actor;

}  // namespace parley::actors
