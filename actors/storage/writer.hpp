#pragma once

#include <memory>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "actors/environment.hpp"
#include "actors/messages.hpp"
#include "actors/steady_actor.hpp"
#include "actors/storage/write_queue.hpp"
#include "storage/store.hpp"

namespace parley::actors {

/// "chat-message-to-db": writes the entries of its conversations in batches, one transaction
/// each, on a thread and a connection of its own.
///
/// Whatever arrives while a commit runs makes up the next batch (group commit). Cursors are written
/// behind: while entries wait, they wait longer, and go a bounded number at a time. The store judges
/// order: when it refuses a batch, the batch is settled owner by owner, so that one conversation's
/// stale owner or repeated send keeps nobody else's rows from the disk. A row that the store will
/// never take becomes a dead letter: whose it was is told `refused` with its seq, and what
/// came behind it is dropped here, to be sent again by its owner under new seqs.
class writer_actor : public steady_actor {
 public:
  writer_actor(caf::actor_config& config, environment& env, std::unique_ptr<storage::store> store);

  auto make_behavior() -> caf::behavior override;
  void on_exit() override;

 private:
  using origin = write_queue::origin;

  void on_append(append& what);
  void on_cursors(save_cursors& what);
  auto on_settle() -> chat::done;
  void flush();
  void flush_soon();
  void retry_later();

  auto next_batch() const -> std::size_t;
  auto commit(std::size_t count) -> chat::expected<void>;
  void succeed(std::size_t count);
  void tell_owners(std::size_t count);
  void set_backlog(std::ptrdiff_t change);

  /// What became of a part that was refused: its owner was told, or what is left is tried again.
  enum class verdict { told, again };
  void settle_by_owner(std::size_t count);
  auto settle_part(std::vector<chat::entry>& part, origin& from) -> bool;
  void store_prefix(std::vector<chat::entry>& part, std::size_t count, const origin& from);
  auto judge_duplicate(std::vector<chat::entry>& part, const origin& from)
      -> chat::expected<verdict>;
  auto find_repeats(const std::vector<chat::entry>& part)
      -> chat::expected<std::vector<not_stored::culprit>>;
  auto isolate_refused(std::vector<chat::entry>& part, const origin& from)
      -> chat::expected<verdict>;
  void keep_dead_letter(const chat::entry& what, const std::string& reason);
  void show_dead_letters();
  auto refuse(const origin& from, not_stored why) -> verdict;
  void tell_refused(const origin& from, not_stored why);
  void drop_rest_of(const std::unordered_set<caf::actor_id>& owners);
  void expire_old();
  void on_attempt_over(const attempt_over& over);
  void on_down(const caf::down_msg& down);

  void note_activity(std::span<const chat::entry> stored);
  void write_activity();

  void on_cursor_tick();
  void tick_later();
  void write_cursors();
  auto write_some_cursors() -> bool;

  environment& env_;
  std::unique_ptr<storage::store> store_;
  write_queue waiting_;
  std::vector<std::size_t> told_;  ///< of tell_owners; kept to spare its allocation
  std::unordered_map<caf::actor_id, std::uint64_t> refused_;  ///< attempts whose later rows are dropped
  using cursor_rows = std::unordered_map<std::string, chat::cursor_row>;
  cursor_rows cursors_;
  cursor_rows writing_cursors_;        ///< the round under way
  chat::clock::steady cursors_due_{};  ///< when they are written at the latest, sends or not
  std::unordered_map<chat::conversation_id, chat::timestamp> activity_;  ///< not written yet
  bool activity_tick_pending_ = false;
  bool flush_pending_ = false;
  bool cursor_tick_pending_ = false;
  std::chrono::milliseconds backoff_{0};
};

/// Has all of them write what is written behind, at once, and waits for it at most until `until`.
/// @thread outside the actor system
void settle_all(caf::actor_system& system, const environment& env,
                std::chrono::steady_clock::time_point until);

auto spawn_writer(caf::actor_system& system, environment& env,
                       std::unique_ptr<storage::store> store) -> caf::actor;

}  // namespace parley::actors
