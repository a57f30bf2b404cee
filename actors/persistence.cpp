#include "actors/persistence.hpp"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <spdlog/spdlog.h>

#include "chat/failpoint.hpp"

namespace parley::actors {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds first_backoff{50};
constexpr milliseconds last_backoff{500};
/// Cursor moves are collected this long, so that a cursor that moves often is written rarely.
constexpr milliseconds cursor_interval{500};
/// Sends go first, but for no longer than this.
constexpr milliseconds cursor_patience{2'000};
/// Cursors written at once: sends wait for no more than these.
constexpr std::size_t max_cursors_at_once = 512;

auto cursor_key(const save_cursors::row& row) -> std::string {
  const auto& id = row.conversation.value.bytes;
  std::string key(reinterpret_cast<const char*>(id.data()), id.size());
  return key += row.user.value;
}

void move_forward(chat::cursors& to, const chat::cursors& from) {
  if (from.delivered_seq > to.delivered_seq) {
    to.delivered_seq = from.delivered_seq;
    to.delivered_at = from.delivered_at;
  }
  if (from.read_seq > to.read_seq) {
    to.read_seq = from.read_seq;
    to.read_at = from.read_at;
  }
}

auto is_outage(chat::errc code) -> bool {
  return code == chat::errc::unavailable || code == chat::errc::unknown;
}

}  // namespace

persistence_actor::persistence_actor(caf::actor_config& config, environment& env,
                                     std::unique_ptr<storage::store> store)
    : caf::event_based_actor(config), env_(env), store_(std::move(store)) {}

auto persistence_actor::make_behavior() -> caf::behavior {
  show_dead_letters();
  return {
      [this](append& what) { on_append(what); },
      [this](flush_atom) { flush(); },
      [this](save_cursors& what) { on_cursors(what); },
      [this](const settle&) { return on_settle(); },
      [this](const attempt_over& over) {
        const auto at = refused_.find(current_sender()->id());
        if (at != refused_.end() && at->second <= over.attempt) refused_.erase(at);
      },
      [this](tick_atom) { on_cursor_tick(); },
  };
}

void persistence_actor::on_exit() {
  write_cursors();
  refused_.clear();
  waiting_.clear();
}

void persistence_actor::on_append(append& what) {
  const auto owner = current_sender();
  const auto refused = refused_.find(owner->id());
  if (refused != refused_.end() && refused->second >= what.attempt) return set_backlog(-1);
  waiting_.push(std::move(what.what),
                {caf::actor_cast<caf::actor>(owner), what.attempt, env_.clock.steady_now()});
  flush_soon();
}

void persistence_actor::flush_soon() {
  if (flush_pending_) return;
  flush_pending_ = true;
  // Behind everything that is in the mailbox already: that is what makes a batch.
  send(this, flush_atom::value);
}

void persistence_actor::retry_later() {
  backoff_ = std::clamp(backoff_ * 2, first_backoff, last_backoff);
  flush_pending_ = true;
  delayed_send(this, backoff_, flush_atom::value);
}

void persistence_actor::flush() {
  flush_pending_ = false;
  if (waiting_.is_empty()) return;
  const auto count = std::min(waiting_.size(), env_.options.storage.max_batch_rows);
  const auto written = commit(count);
  if (written) {
    backoff_ = milliseconds{0};
    succeed(count);
  } else if (is_outage(written.error().code)) {
    for (auto& from : waiting_.origins().first(count))
      from.in_doubt |= written.error().code == chat::errc::unknown;
    expire_old();
    return retry_later();
  } else {
    settle_by_owner(count);
  }
  if (!waiting_.is_empty()) flush_soon();
}

auto persistence_actor::commit(std::size_t count) -> chat::expected<void> {
  auto& figures = env_.metrics.message_worker;
  chat::failpoint("before_commit");
  const auto begin = env_.clock.steady_now();
  auto written = store_->append(waiting_.entries(count));
  const std::chrono::duration<double> took = env_.clock.steady_now() - begin;
  if (written) {
    chat::failpoint("after_commit_before_ack");
    figures.batch_rows.Observe(static_cast<double>(count));
    figures.commit_seconds.Observe(took.count());
  } else {
    figures.failures.Increment();
    spdlog::warn("batch of {} rows not stored: {}: {}", count, to_string(written.error().code),
                 written.error().detail);
  }
  return written;
}

void persistence_actor::succeed(std::size_t count) {
  set_backlog(-static_cast<std::ptrdiff_t>(count));  // before anybody is told that there is room
  tell_owners(count);
  env_.metrics.message_worker.rows.Increment(static_cast<double>(count));
  waiting_.drop(count);
}

/// Each owner once, with its highest seq, wherever its entries lie in the batch.
void persistence_actor::tell_owners(std::size_t count) {
  const auto entries = waiting_.entries(count);
  const auto origins = waiting_.origins();
  told_.resize(count);
  std::iota(told_.begin(), told_.end(), std::size_t{0});
  std::sort(told_.begin(), told_.end(), [&](std::size_t a, std::size_t b) {
    return std::pair{origins[a].owner.id(), a} < std::pair{origins[b].owner.id(), b};
  });
  for (std::size_t i = 0; i < count; ++i) {
    const auto& from = origins[told_[i]];
    if (i + 1 == count || origins[told_[i + 1]].owner != from.owner)
      send(from.owner, stored{from.attempt, entries[told_[i]].seq});
  }
}

void persistence_actor::set_backlog(std::ptrdiff_t change) {
  const auto now = env_.backlog_rows += static_cast<std::size_t>(change);
  env_.metrics.message_worker.backlog_rows.Set(static_cast<double>(now));
  if (now == 0) env_.backlog_emptied.notify();
}

/// The batch was refused as a whole: each owner's part gets a transaction and a verdict of its own.
/// Parts that an outage kept from a verdict go back to the front, in order.
void persistence_actor::settle_by_owner(std::size_t count) {
  std::vector<write_queue::part> unsettled;
  for (auto& part : waiting_.take_by_owner(count)) {
    const bool settled = settle_part(part.entries, part.from);
    set_backlog(settled ? -static_cast<std::ptrdiff_t>(part.entries.size()) : 0);
    if (!settled) unsettled.push_back(std::move(part));
  }
  if (unsettled.empty()) return;
  waiting_.put_back(std::move(unsettled));
  retry_later();
}

/// @returns false when an outage kept it from a verdict; `part` is then what is left to store
auto persistence_actor::settle_part(std::vector<chat::entry>& part, origin& from) -> bool {
  while (!part.empty()) {
    const auto written = store_->append(part);
    if (written) {
      env_.metrics.message_worker.rows.Increment(static_cast<double>(part.size()));
      send(from.owner, stored{from.attempt, part.back().seq});
      return true;
    }
    if (is_outage(written.error().code)) {
      from.in_doubt |= written.error().code == chat::errc::unknown;
      return false;
    }
    const auto again = written.error().code == chat::errc::duplicate
                           ? judge_duplicate(part, from)
                           : isolate_refused(part, from);
    if (!again) {
      from.in_doubt |= again.error().code == chat::errc::unknown;
      return false;
    }
    if (*again == verdict::told) return true;
  }
  return true;
}

void persistence_actor::store_prefix(std::vector<chat::entry>& part, std::size_t count,
                                     const origin& from) {
  if (count == 0) return;
  send(from.owner, stored{from.attempt, part[count - 1].seq});
  env_.metrics.message_worker.rows.Increment(static_cast<double>(count));
  set_backlog(-static_cast<std::ptrdiff_t>(count));
  part.erase(part.begin(), part.begin() + static_cast<std::ptrdiff_t>(count));
}

/// Somebody else's row stands where ours should: a commit of ours whose answer was lost, another
/// owner, or a send that came before under the same clientMessageId. What lies before the first such
/// send is stored; the rest goes back to its owner, with all of them named.
auto persistence_actor::judge_duplicate(std::vector<chat::entry>& part, const origin& from)
    -> chat::expected<verdict> {
  const auto& first = part.front();
  const auto present = store_->entries(first.conversation, first.seq, part.back().seq);
  if (!present) return chat::unexpected{present.error()};
  const auto same = std::mismatch(present->begin(), present->end(), part.begin(), part.end(),
                                  [](const auto& a, const auto& b) { return a.id == b.id; });
  const auto stored_already = static_cast<std::size_t>(same.first - present->begin());
  if (stored_already > 0) return store_prefix(part, stored_already, from), verdict::again;
  if (!present->empty()) return refuse(from, {0, first.seq, chat::errc::stale_owner, {}});
  auto repeats = find_repeats(part);
  if (!repeats) return chat::unexpected{repeats.error()};
  if (repeats->empty()) return refuse(from, {0, first.seq, chat::errc::stale_owner, {}});
  const auto sound = static_cast<std::size_t>(repeats->front().seq - first.seq);
  if (sound > 0) {
    const auto written = store_->append({part.data(), sound});
    if (!written && written.error().code == chat::errc::duplicate)
      return refuse(from, {0, first.seq, chat::errc::stale_owner, {}});
    if (!written) return isolate_refused(part, from);
    store_prefix(part, sound, from);
  }
  return refuse(from, {0, part.front().seq, chat::errc::duplicate, std::move(*repeats)});
}

/// The sends that repeat one in the store, or one before them in the part.
auto persistence_actor::find_repeats(const std::vector<chat::entry>& part)
    -> chat::expected<std::vector<not_stored::culprit>> {
  std::vector<not_stored::culprit> repeats;
  std::unordered_map<std::uint64_t, const chat::entry*> firsts;
  for (const auto& one : part) {
    if (one.client_message_id.empty()) continue;
    auto earlier = store_->find_send(one.conversation, one.actor, one.client_message_id);
    if (!earlier) return chat::unexpected{earlier.error()};
    if (*earlier) {
      repeats.push_back({one.seq, std::move(**earlier)});
      continue;
    }
    const auto& first = *firsts.emplace(send_key(one.actor, one.client_message_id), &one).first->second;
    const bool is_repeat = &first != &one && first.actor == one.actor &&
                           first.client_message_id == one.client_message_id;
    if (is_repeat) repeats.push_back({one.seq, first});
  }
  return repeats;
}

/// Finds the row that the store will never take by writing one at a time.
auto persistence_actor::isolate_refused(std::vector<chat::entry>& part, const origin& from)
    -> chat::expected<verdict> {
  while (!part.empty()) {
    const auto written = store_->append({part.data(), 1});
    if (written) {
      store_prefix(part, 1, from);
      continue;
    }
    if (is_outage(written.error().code)) return chat::unexpected{written.error()};
    if (written.error().code == chat::errc::duplicate) return verdict::again;
    const auto seq = part.front().seq;
    keep_dead_letter(part.front(), written.error().detail);
    return refuse(from, {0, seq, chat::errc::refused, {{seq, {}}}});
  }
  return verdict::told;
}

/// Best effort: whether it is kept or not, its sender is told that it was not stored.
void persistence_actor::keep_dead_letter(const chat::entry& what, const std::string& reason) {
  // A client that posts poison over and over must not fill the disk.
  const auto count = store_->count_dead_letters();
  const bool is_full = count && *count >= env_.options.storage.max_dead_letters;
  const auto kept = is_full ? chat::expected<void>{chat::unexpected{
                                  chat::errc::limit, "storage.max_dead_letters are kept already"}}
                            : store_->add_dead_letter({what, env_.clock.now(), reason});
  if (kept)
    spdlog::error("dead letter {} of conversation {}: {}", to_string(what.id),
                  to_string(what.conversation), reason);
  else
    spdlog::error("dead letter {} of conversation {} lost: {}: {}", to_string(what.id),
                  to_string(what.conversation), to_string(kept.error().code), kept.error().detail);
  show_dead_letters();
}

void persistence_actor::show_dead_letters() {
  if (const auto count = store_->count_dead_letters())
    env_.metrics.dead_letters.Set(static_cast<double>(*count));
}

auto persistence_actor::refuse(const origin& from, not_stored why) -> verdict {
  why.attempt = from.attempt;
  spdlog::warn("conversation owner {}: entries from seq {} not stored: {}", from.owner.id(),
               why.first_seq, to_string(why.why));
  refused_[from.owner.id()] = from.attempt;
  send(from.owner, std::move(why));
  drop_rest_of(from.owner);
  return verdict::told;
}

/// What the owner sent behind a refused entry must not be stored either: it would leave a gap.
void persistence_actor::drop_rest_of(const caf::actor& owner) {
  set_backlog(-static_cast<std::ptrdiff_t>(waiting_.drop_all_of(owner)));
}

/// With `delivery = stored` nobody has seen these rows: their senders get a definite answer while
/// somebody still waits for one. With `immediate` they stay until the store is back.
void persistence_actor::expire_old() {
  if (env_.options.delivery == config::delivery_mode::immediate) return;
  const auto oldest =
      env_.clock.steady_now() - milliseconds{env_.options.storage.give_up_ms};
  for (;;) {
    const auto origins = waiting_.origins();
    const auto at = std::find_if(origins.begin(), origins.end(),
                                 [&](const origin& o) { return o.since <= oldest; });
    if (at == origins.end()) return;
    const auto from = *at;
    const auto is_same = [&](const origin& o) { return o.owner == from.owner; };
    const auto first = std::find_if(origins.begin(), origins.end(), is_same);
    const bool doubtful = std::any_of(first, origins.end(), [&](const origin& o) {
      return is_same(o) && o.in_doubt;
    });
    const auto index = static_cast<std::size_t>(first - origins.begin());
    const auto seq = waiting_.entries(index + 1).back().seq;
    refuse(from, {0, seq, doubtful ? chat::errc::unknown : chat::errc::unavailable, {}});
  }
}

void persistence_actor::on_cursors(save_cursors& what) {
  for (auto& row : what.rows) {
    auto& kept = cursors_[cursor_key(row)];
    kept.conversation = row.conversation;
    kept.user = std::move(row.user);
    move_forward(kept.cursors, row.cursors);
  }
  if (cursor_tick_pending_ || cursors_.empty()) return;
  cursors_due_ = env_.clock.steady_now() + cursor_patience;
  tick_later();
}

void persistence_actor::tick_later() {
  if (std::exchange(cursor_tick_pending_, true)) return;
  delayed_send(this, cursor_interval, tick_atom::value);
}

/// Begins a round when none is under way, and writes a part of it; sends are stored in between.
void persistence_actor::on_cursor_tick() {
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

auto persistence_actor::on_settle() -> chat::done {
  write_cursors();
  return {};
}

void persistence_actor::write_cursors() {
  while (!cursors_.empty() || !writing_cursors_.empty())
    if (!write_some_cursors()) return tick_later();
}

/// Whatever fails stays in its round.
auto persistence_actor::write_some_cursors() -> bool {
  if (writing_cursors_.empty()) writing_cursors_.swap(cursors_);
  if (writing_cursors_.empty()) return true;
  std::vector<storage::cursor_row> rows;
  auto end = writing_cursors_.begin();
  for (; end != writing_cursors_.end() && rows.size() < max_cursors_at_once; ++end)
    rows.push_back(end->second);
  if (!store_->save_cursors(rows)) return false;
  writing_cursors_.erase(writing_cursors_.begin(), end);
  return true;
}

auto spawn_persistence(caf::actor_system& system, environment& env,
                       std::unique_ptr<storage::store> store) -> caf::actor {
  return system.spawn<persistence_actor, caf::detached>(env, std::move(store));
}

}  // namespace parley::actors
