#pragma once

#include <caf/response_promise.hpp>
#include <cstdint>
#include <list>
#include <optional>
#include <vector>

#include "actors/messages.hpp"
#include "chat/command.hpp"
#include "chat/time.hpp"

namespace parley::actors {

using promise = caf::response_promise;

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
  chat::people participants;  ///< as of this seq
  chat::user_id departed;     ///< see fan_out::departed
  chat::clock::steady since{};
  std::vector<joiner> joining;    ///< joins that rest on this membership change
  bool is_shown = false;          ///< under an earlier seq, which it has lost
  std::uint8_t rounds = 0;        ///< refused that often though nothing was wrong with it
  chat::people seeing = nullptr;  ///< who may see what it changes; null: everybody
};

/// The entries of a conversation that are not stored yet, by seq, and how far all of it has come:
/// what is on disk and what members have seen. No mailbox: its conversation tells it what has
/// happened, and does what it answers.
class entries {
 public:
  /// What a conversation is loaded with is stored and shown.
  void begin(std::uint64_t seq, std::uint64_t ordinal, const chat::people& people);

  /// Rises each time the store has refused something: what came before counts no more.
  auto attempt() const -> std::uint64_t { return attempt_; }
  auto stored_seq() const -> std::uint64_t { return stored_seq_; }  ///< on disk up to here
  auto stored_ordinal() const -> std::uint64_t { return stored_ordinal_; }
  auto shown_seq() const -> std::uint64_t { return shown_seq_; }  ///< members have seen up to here
  /// As of stored_seq().
  auto stored_participants() const -> const chat::people& { return stored_participants_; }
  /// Deletions stored or shown since it was loaded first.
  auto deletions() const -> std::uint32_t { return deletions_; }
  auto pending() const -> const std::list<pending_entry>& { return pending_; }
  auto pending() -> std::list<pending_entry>& { return pending_; }

  /// Its seq is the next after all others'.
  void add(pending_entry what) { pending_.push_back(std::move(what)); }
  void note_shown(std::uint64_t seq) { shown_seq_ = seq; }
  /// Somebody else's entry, stored while this conversation believed otherwise; `after`: the members
  /// when it was written.
  void note_missed(const chat::entry& what, chat::people after);
  /// The next entry that is stored, up to this seq; nothing when there is none.
  auto take_stored(std::uint64_t up_to) -> std::optional<pending_entry>;
  /// The store has none from `first_seq` on. What is pending is the caller's now; it knows of each
  /// whether members have seen it, and what comes next belongs to a new attempt.
  auto step_down(std::uint64_t first_seq) -> std::list<pending_entry>;

  /// Shows what may be shown before it is stored: messages. A change is not: taking it back would
  /// need what was there before, and who is a member is no matter of guessing. What comes behind it
  /// waits with it.
  /// @param show  is handed each, and notes it as shown
  template <class Show>
  void show_messages(Show show) {
    auto next = pending_.end();
    while (next != pending_.begin() && std::prev(next)->entry.seq > shown_seq_) --next;
    for (; next != pending_.end() && next->entry.kind == chat::entry_kind::message; ++next)
      show(*next);
  }

  /// Those that members have seen though they are not stored.
  auto shown_early() const -> std::vector<chat::entry>;
  /// The send with this id of its sender's own. Null: none is pending.
  auto find_send(const chat::user_id& sender, const std::string& client_message_id)
      -> pending_entry*;
  /// Does a pending message have one of the files that `what` names?
  auto shares_file(const chat::post& what) const -> bool;
  /// The newest membership of `user` that is not shown yet. Null: none.
  auto unshown_membership(const chat::user_id& user) -> pending_entry*;
  /// Has somebody else decided to remove `user`? Until that is stored its invites are there.
  auto is_being_removed(const chat::user_id& user) const -> bool;
  /// What was deleted a moment ago is so, stored or not.
  void apply_deletions(chat::entry& message) const;

 private:
  std::list<pending_entry> pending_;  ///< a list: an empty one holds no memory
  std::uint64_t attempt_ = 1;
  std::uint64_t stored_seq_ = 0;
  std::uint64_t stored_ordinal_ = 0;
  std::uint64_t shown_seq_ = 0;
  chat::people stored_participants_;
  std::uint32_t deletions_ = 0;
};

/// Does this entry have one of the files that `what` names?
auto shares_file(const pending_entry& one, const chat::post& what) -> bool;

/// The members after `change`. Null stands for whoever listens, and stays.
auto participants_after(const chat::people& before, const chat::entry& change) -> chat::people;

/// Takes from entries, the longest waiting first, who waits since `since` or longer.
template <class Entries>
auto take_overdue(Entries& sorted, chat::clock::steady since) -> std::vector<promise> {
  std::vector<promise> late;
  for (auto& one : sorted) {
    if (one.since > since) break;
    for (auto& reply : std::exchange(one.waiting, {})) late.push_back(std::move(reply));
  }
  return late;
}

}  // namespace parley::actors
