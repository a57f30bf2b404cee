#pragma once

#include <list>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "actors/conversation/entries.hpp"
#include "actors/conversation/keeper.hpp"
#include "actors/conversation/post_lines.hpp"
#include "actors/conversation/typing.hpp"
#include "actors/environment.hpp"
#include "actors/messages.hpp"
#include "actors/pinned_actor.hpp"
#include "actors/storage/database.hpp"
#include "chat/conversation.hpp"
#include "chat/token_bucket.hpp"
#include "storage/store.hpp"

namespace parley::actors {

/// How far beyond what is stored somebody has come, with `delivery = immediate`.
struct seen_ahead {
  std::uint64_t delivered_seq = 0;
  std::uint64_t read_seq = 0;
};

/// What most conversations do without most of the time; apart, as it would make each larger.
struct rare_state {
  typists typing;
  std::vector<pending_entry> again;  ///< to be posted anew once loaded
  post_lines lines;
  std::list<promise> asking;  ///< of those for whom a reader was asked
  std::unordered_map<chat::user_id, seen_ahead> ahead;

  auto empty() const -> bool {
    return typing.empty() && again.empty() && lines.empty() && asking.empty() && ahead.empty();
  }
};

/// What a conversation holds between two messages; its rooms (posting, members, reading ...) work
/// on it.
struct conversation_holdings {
  environment& env;
  chat::conversation_id id;
  std::unique_ptr<chat::conversation> room;      ///< null while not ready
  std::unique_ptr<chat::conversation> previous;  ///< what was believed before it stepped down
  chat::people people;                           ///< of the room; null: whoever listens
  actors::entries entries;
  std::unique_ptr<rare_state> rare;  ///< null: nothing of it
  chat::token_bucket sends;          ///< limits.conversation_sends_per_s
  std::uint32_t questions = 0;       ///< asked of others for callers who wait
  std::uint32_t stored_day = 0;      ///< of the newest entry on disk, since 1970
  bool has_archive = false;  ///< there are sends that no unique key keeps from being stored again
  bool may_elect = true;     ///< false once the store has refused an elected owner for good
  bool typing_tick = false;
  bool has_moved_cursors = false;  ///< since the writer was last asked to write them all
  bool is_watched = false;         ///< by the keeper, as it may owe answers
};

/// Sequences one conversation: asks chat::conversation to decide, gives the next seq, has a
/// writer store the entry, shows it to the members and answers the sender.
///
/// It believes what it holds until the store says otherwise (not_stored). Then it forgets, loads
/// again, shows what others wrote in between, and goes on.
///
/// The actor is its table of handlers and its life from the first load to the end. What the
/// handlers do stands in the sources beside it, as functions of the actor: loading, storing,
/// posting, files, members, invites, live, reading.
/// @thread the io thread that its id names (environment::lane_of)
class conversation_actor final : public pinned_actor {
 public:
  conversation_actor(caf::actor_config& config, environment& env, chat::conversation_id id);

  auto make_behavior() -> caf::behavior override;
  void on_exit() override;

  conversation_holdings its;

  // states: absent() or loading() -> ready() -> loading() ...
  void become_ready();
  void become_absent(const chat::error& why);
  /// Loads what is stored; until then commands wait. What it believed is kept until then.
  void load_again();

  /// Not idle: it leaves memory later.
  void note_use();
  /// Has answer_overdue() called a little later, as it may owe answers.
  void watch();

  auto rare() -> rare_state&;
  void let_go_of_rare();

  /// Asks a reader for what a caller waits for; until it answers, this actor does not retire.
  /// @param reply  to the caller: answered by `then`, or when this actor ends before
  template <class Query, class Then>
  void ask_reader(promise reply, Query query, Then then) {
    ask_store(its.env.reader(), std::move(reply), std::move(query), std::move(then));
  }
  /// The same of the one who writes what is not ordered against messages.
  template <class Query, class Then>
  void ask_writer(promise reply, Query query, Then then) {
    ask_store(its.env.room_writer, std::move(reply), std::move(query), std::move(then));
  }

 private:
  /// The one whose turn it is; for handlers, which all conversations share.
  static auto self() -> conversation_actor*;
  auto loading() -> caf::behavior;
  auto ready() -> caf::behavior;
  auto absent(const chat::error& why) -> caf::behavior;

  template <class Query, class Then>
  void ask_store(const caf::actor& database, promise reply, Query query, Then then) {
    using answer = std::invoke_result_t<Query, storage::store&>;
    ++its.questions;
    auto& asking = rare().asking;
    const auto place = asking.insert(asking.end(), std::move(reply));
    ask_database(this, database, std::move(query), [this, place, then](answer found) mutable {
      --its.questions;
      its.rare->asking.erase(place);
      let_go_of_rare();
      then(std::move(found));
    });
  }

  auto owes_anything() const -> bool;
  void on_stored_by_another();
  void on_idle_check();
  void on_retire();
  void answer_all_lost();
  auto keeper() const -> conversation_keeper&;

  std::optional<conversation_keeper::place> place_;  ///< from the first turn to the end
};

auto spawn_conversation(caf::actor_system& system, environment& env, chat::conversation_id id)
    -> caf::actor;

}  // namespace parley::actors
