// The part of writer_actor that writes behind: cursors, and when each conversation had its newest
// message.

#include <algorithm>
#include <spdlog/spdlog.h>

#include "actors/storage/writer.hpp"

namespace parley::actors {
namespace {

using std::chrono::milliseconds;

/// Cursor moves are collected this long, so that a cursor that moves often is written rarely.
constexpr milliseconds cursor_interval{500};
/// Sends go first, but for no longer than this.
constexpr milliseconds cursor_patience{2'000};
/// Cursors written at once: sends wait for no more than these.
constexpr std::size_t max_cursors_at_once = 512;
/// How often the time of the newest message is written of conversations that have had one.
constexpr milliseconds activity_interval{30'000};
/// Conversations of which it is kept until then.
constexpr std::size_t max_activity = 10'000;

auto cursor_key(const chat::cursor_row& row) -> std::string {
  const auto& id = row.conversation.value.bytes;
  std::string key(reinterpret_cast<const char*>(id.data()), id.size());
  return key += row.user.value;
}

}  // namespace

// -- cursors ------------------------------------------------------------------------------------------

void writer_actor::on_cursors(save_cursors& what) {
  for (auto& row : what.rows) {
    auto& kept = cursors_[cursor_key(row)];
    kept.conversation = row.conversation;
    kept.user = std::move(row.user);
    kept.cursors.advance(row.cursors);
  }
  if (cursor_tick_pending_ || cursors_.empty()) return;
  cursors_due_ = env_.clock.steady_now() + cursor_patience;
  tick_later();
}

void writer_actor::tick_later() {
  if (std::exchange(cursor_tick_pending_, true)) return;
  delayed_send(this, cursor_interval, tick_atom::value);
}

/// Begins a round when none is under way, and writes a part of it; sends are stored in between.
void writer_actor::on_cursor_tick() {
  cursor_tick_pending_ = false;
  const bool yields = !waiting_.is_empty() && env_.clock.steady_now() < cursors_due_;
  if (writing_cursors_.empty() && yields) return tick_later();
  if (!write_some_cursors()) return tick_later();
  if (!writing_cursors_.empty()) {
    cursor_tick_pending_ = true;
    return send(this, tick_atom::value);
  }
  if (cursors_.empty()) return;
  cursors_due_ = env_.clock.steady_now() + cursor_patience;
  tick_later();
}

auto writer_actor::on_settle() -> chat::done {
  write_cursors();
  return {};
}

void writer_actor::write_cursors() {
  while (!cursors_.empty() || !writing_cursors_.empty())
    if (!write_some_cursors()) return tick_later();
}

/// Whatever fails stays in its round.
auto writer_actor::write_some_cursors() -> bool {
  if (writing_cursors_.empty()) writing_cursors_.swap(cursors_);
  if (writing_cursors_.empty()) return true;
  std::vector<chat::cursor_row> rows;
  auto end = writing_cursors_.begin();
  for (; end != writing_cursors_.end() && rows.size() < max_cursors_at_once; ++end)
    rows.push_back(end->second);
  if (!store_->save_cursors(rows)) return false;
  writing_cursors_.erase(writing_cursors_.begin(), end);
  return true;
}

// -- when each conversation had its newest message (R-080) ---------------------------------------------

/// A summary for reports, so that it costs a row for each conversation now and then, not one for
/// each message.
void writer_actor::note_activity(std::span<const chat::entry> stored) {
  for (const auto& one : stored) {
    if (one.kind != chat::entry_kind::message) continue;
    auto& last = activity_[one.conversation];
    last = std::max(last, one.created_at);
  }
  if (activity_.size() >= max_activity) write_activity();
  if (activity_.empty() || std::exchange(activity_tick_pending_, true)) return;
  delayed_send(this, activity_interval, idle_atom::value);
}

/// What cannot be written is not kept: the next message says it again.
void writer_actor::write_activity() {
  activity_tick_pending_ = false;
  std::vector<storage::activity> rows;
  for (const auto& [id, at] : std::exchange(activity_, {})) {
    rows.push_back({id, at});
    if (rows.size() < max_cursors_at_once) continue;
    if (!store_->touch(rows)) return;
    rows.clear();
  }
  if (!store_->touch(rows)) spdlog::debug("the time of the newest messages was not written");
}

}  // namespace parley::actors
