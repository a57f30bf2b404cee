#pragma once

#include <deque>
#include <list>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "actors/conversation/keeper.hpp"
#include "actors/environment.hpp"
#include "actors/messages.hpp"
#include "actors/pinned_actor.hpp"
#include "actors/storage/database.hpp"
#include "chat/conversation.hpp"
#include "chat/token_bucket.hpp"
#include "storage/store.hpp"

namespace parley::actors {

/// Sequences one conversation: asks chat::conversation to decide, gives the next seq, has a
/// persistence worker store the entry, shows it to the members and answers the sender.
///
/// It believes what it holds until the store says otherwise (not_stored). Then it forgets, loads
/// again, shows what others wrote in between, and goes on.
/// @thread the io thread that its id names (environment::host_of)
class conversation_actor : public pinned_actor {
 public:
  conversation_actor(caf::actor_config& config, environment& env, chat::conversation_id id);

  auto make_behavior() -> caf::behavior override;
  void on_exit() override;

 private:
  using promise = caf::response_promise;
  using quote_ptr = std::shared_ptr<const chat::quote>;

  /// A connection that shall hear what comes behind an entry.
  struct joiner {
    chat::caller who;
    promise reply;
  };

  /// An entry on its way to the store, and who waits for it.
  struct pending_entry {
    chat::entry entry;
    chat::caller from;
    std::vector<promise> waiting;
    actors::participants participants;  ///< as of this seq
    chat::user_id also;                 ///< see fan_out::also
    chat::clock::steady since{};
    std::vector<joiner> joining;       ///< joins that rest on this membership change
    bool is_shown = false;             ///< under an earlier seq, which it has lost
    std::uint8_t rounds = 0;           ///< refused that often though nothing was wrong with it
    actors::participants seeing = nullptr;  ///< who may see what it changes; null: everybody
  };

  struct typist {
    chat::user_id user;
    chat::clock::steady until{};
    chat::clock::steady announced{};
    actors::participants spared;  ///< who has not heard of it; null: nobody has
  };

  /// Posts of one user that wait behind one for which something is being looked up: they take their
  /// places in the order they came, and a repeat finds the first on its way.
  struct line {
    struct post {
      chat::caller from;
      chat::post what;
      promise reply;
    };
    chat::user_id user;
    std::size_t asked = 0;  ///< look-ups under way
    std::deque<post> waiting;
  };

  /// How far beyond what is stored somebody has come, with `delivery = immediate`.
  struct seen_ahead {
    std::uint64_t delivered_seq = 0;
    std::uint64_t read_seq = 0;
  };

  /// What most conversations do without most of the time; apart, as it would make each larger.
  struct seldom_needed {
    std::vector<typist> typing;
    std::vector<pending_entry> again;  ///< to be posted anew once loaded
    std::vector<line> lines;
    std::list<promise> asking;  ///< of those for whom a reader was asked
    std::unordered_map<chat::user_id, seen_ahead> ahead;
  };
  auto seldom() -> seldom_needed&;
  void let_go_of_seldom();
  auto take_again() -> std::vector<pending_entry>;
  void answer_again(const chat::error& why);

  // states: absent() or loading() -> ready() -> loading() ...
  /// The one whose turn it is; for handlers, which all conversations share.
  static auto self() -> conversation_actor&;
  auto loading() -> caf::behavior;
  auto ready() -> caf::behavior;
  auto absent(chat::error why) -> caf::behavior;
  struct loaded;
  void load();
  void on_loaded(chat::expected<loaded> found);
  void start(loaded found);
  void load_more(loaded so_far);
  void show_missed(const loaded& found);
  auto hearers_of(const chat::entry& missed, const storage::conversation_record& record) const
      -> actors::participants;
  void elect_owner();
  /// Asks a reader for what a caller waits for; until it answers, this actor does not retire.
  /// @param reply  to the caller: answered by `then`, or when this actor ends before
  template <class Query, class Then>
  void ask_reader(promise reply, Query query, Then then) {
    ask_store(env_.reader(), std::move(reply), std::move(query), std::move(then));
  }
  /// The same of the one who writes what is not ordered against messages.
  template <class Query, class Then>
  void ask_writer(promise reply, Query query, Then then) {
    ask_store(env_.room_worker, std::move(reply), std::move(query), std::move(then));
  }
  template <class Query, class Then>
  void ask_store(const caf::actor& database, promise reply, Query query, Then then) {
    using answer = std::invoke_result_t<Query, storage::store&>;
    ++questions_;
    auto& asking = seldom().asking;
    const auto place = asking.insert(asking.end(), std::move(reply));
    ask_database(this, database, std::move(query), [this, place, then](answer found) mutable {
      --questions_;
      seldom_->asking.erase(place);
      let_go_of_seldom();
      then(std::move(found));
    });
  }
  /// The same as ask_reader; posts of `user` wait meanwhile.
  template <class Query, class Then>
  void look_up_for(const chat::user_id& user, promise reply, Query query, Then then) {
    using answer = std::invoke_result_t<Query, storage::store&>;
    begin_look_up(user);
    ask_reader(std::move(reply), std::move(query), [this, user, then](answer found) mutable {
      then(std::move(found));
      end_look_up(user);
    });
  }
  auto line_of(const chat::user_id& user) -> line*;
  void begin_look_up(const chat::user_id& user);
  void end_look_up(const chat::user_id& user);
  void post_waiting(const chat::user_id& user);
  void post_all_waiting();

  // commands
  void on_post(const chat::caller& from, const chat::post& what);
  void post_or_repeat(const chat::caller& from, const chat::post& what, promise reply);
  void post_new(const chat::caller& from, const chat::post& what, std::vector<promise> waiting,
                std::vector<chat::attachment> files, quote_ptr quoted);
  void answer_repeat(const chat::caller& from, const chat::post& what, promise reply);
  void look_up_repeat(const chat::caller& from, const chat::post& what, promise reply);
  auto may_be_archived() const -> bool;
  void note_day(chat::timestamp stored_at);
  void post_checked(const chat::caller& from, const chat::post& what, promise reply);
  void on_create_attachment(const chat::caller& from, const chat::create_attachment& what);
  struct found_files;
  void post_with_files(const chat::caller& from, const chat::post& what, promise reply,
                       quote_ptr quoted = nullptr);
  void post_found(const chat::caller& from, const chat::post& what, promise reply, found_files found,
                  quote_ptr quoted);
  static auto look_up(storage::store& store, const storage::blobs::blob_store& blobs,
                      const chat::user_id& user, const chat::post& what)
      -> chat::expected<found_files>;
  auto is_on_its_way(const chat::post& what) const -> bool;
  template <class Change>
  void with_message(const chat::user_id& user, chat::message_id id, promise reply, Change change);
  void on_edit(const chat::caller& from, const chat::edit_message& what);
  void on_delete(const chat::caller& from, const chat::delete_message& what);
  void on_add(const chat::caller& from, const chat::add_participants& what);
  void add_in_parts(const chat::caller& from, const std::vector<chat::user_id>& fresh,
                    promise reply);
  void on_remove(const chat::caller& from, const chat::remove_participant& what);
  void on_rename(const chat::caller& from, const chat::rename& what);
  void on_set_role(const chat::caller& from, const chat::set_role& what);
  void on_make_invite(const chat::caller& from, const chat::make_invite& what);
  void on_list_invites(const chat::caller& from);
  void on_revoke_invite(const chat::caller& from, const chat::revoke_invite& what);
  void on_enter_by_invite(const chat::caller& from, const chat::enter_by_invite& what);
  auto is_being_removed(const chat::user_id& user) const -> bool;
  void come_in(const chat::caller& from, const chat::enter_by_invite& what, promise reply);
  void on_join(const chat::caller& from);
  void join_after_membership(const chat::caller& from, promise reply);
  void let_in(joiner& one);
  void on_leave(const chat::caller& from);
  void on_typing(const chat::caller& from, bool active);
  void on_mark(const chat::caller& from, const chat::mark& what);
  void on_delivered(const delivered_to& report);
  void on_receipts(const std::vector<delivered_to::item>& items, chat::message_status status);
  void note_ahead(const chat::user_id& user, std::uint64_t seq, chat::message_status status);
  void take_up_ahead();
  void on_claim_delivered(const chat::caller& from, const chat::claim_delivered& what);
  void on_enter(const chat::caller& from);
  void enter(const chat::caller& from, promise reply);
  void on_check_member(const chat::caller& from);
  void on_blocks_changed();
  void load_again();

  // reading
  auto unstored() const -> std::vector<chat::entry>;
  /// What a reading rests on, as it was when it was asked for.
  struct asked_as {
    std::uint64_t after_seq = 0;  ///< where the caller's window began
    std::uint64_t attempt = 0;    ///< what was shown and not stored bears the seqs of this one
  };
  auto check_reader(const chat::caller& from, const asked_as& then) const -> chat::expected<void>;
  void on_list_members(const chat::caller& from, const chat::list_members& what);
  void on_page(const chat::caller& from, const chat::read_page& what);
  void on_stretch(const chat::caller& from, const chat::read_stretch& what);
  void on_catch_up(const chat::caller& from, const chat::catch_up& what);
  struct catching_up;
  void finish_catch_up(catching_up asked, std::vector<chat::entry> found);

  // storing and showing
  auto is_full() const -> bool;
  auto refuse_if_full(promise& reply) -> bool;
  auto is_over_rate(const chat::caller& from) -> std::optional<chat::error>;
  void submit(const chat::caller& from, chat::entry what, std::vector<promise> waiting,
              chat::user_id also = {});
  void submit(pending_entry what);
  void submit_change(const chat::caller& from, chat::expected<std::optional<chat::entry>> change,
                     promise reply, chat::user_id also = {});
  void on_stored(const stored& what);
  void on_not_stored(not_stored& what);
  void give_up(pending_entry& one, const not_stored& what);
  void give_back(pending_entry& one, const not_stored& what, const not_stored::culprit* culprit);
  void post_anew(pending_entry one);
  void retract(const pending_entry& what);
  void show_unstored();
  void show(const pending_entry& what);
  void announce(chat::audience to, const chat::user_id& actor, chat::event what);
  void announce(fan_out what);
  void answer_overdue();
  void answer_all_lost();
  void watch();
  auto newest_visible() const -> std::uint64_t;

  // life
  auto owes_anything() const -> bool;
  void refresh_participants();
  auto typist_of(const chat::user_id& user) -> typist*;
  void announce_typing(const chat::user_id& user, promise reply);
  void tell_typing(typist& who, const participants& blocked);
  void stop_typing(const chat::user_id& user);
  void expire_typing();
  auto is_anybody_typing() const -> bool;
  void on_idle_check();
  void on_retire();
  void note_use();
  auto keeper() const -> conversation_keeper&;

  environment& env_;
  chat::conversation_id id_;
  std::unique_ptr<chat::conversation> room_;      ///< null while not ready
  std::unique_ptr<chat::conversation> previous_;  ///< what was believed before it stepped down
  actors::participants participants_;
  std::list<pending_entry> pending_;  ///< a list: an empty one holds no memory
  std::unique_ptr<seldom_needed> seldom_;  ///< null: nothing of it
  std::uint64_t attempt_ = 1;
  std::uint64_t stored_seq_ = 0;  ///< on disk up to here
  std::uint64_t stored_ordinal_ = 0;
  std::uint64_t shown_seq_ = 0;   ///< members have seen up to here
  actors::participants stored_participants_;  ///< as of stored_seq_
  bool may_elect_ = true;         ///< false once the store has refused an elected owner for good
  std::uint32_t deletions_ = 0;   ///< stored or shown since it was loaded first
  std::size_t questions_ = 0;     ///< asked of others for callers who wait
  std::optional<conversation_keeper::place> place_;  ///< from the first turn to the end
  chat::token_bucket sends_;      ///< limits.conversation_sends_per_s
  std::uint32_t stored_day_ = 0;  ///< of the newest entry on disk, since 1970
  bool has_archive_ = false;  ///< there are sends that no unique key keeps from being stored again
  bool is_watched_ = false;  ///< by its keeper, as it may owe answers
  bool typing_tick_ = false;
  bool has_moved_cursors_ = false;  ///< since the worker was last asked to write them all
};

auto spawn_conversation(caf::actor_system& system, environment& env, chat::conversation_id id)
    -> caf::actor;

}  // namespace parley::actors
