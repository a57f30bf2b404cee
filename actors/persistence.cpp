#include "actors/persistence.hpp"

#include <algorithm>
#include <chrono>
#include <spdlog/spdlog.h>

#include "chat/failpoint.hpp"

namespace parley::actors {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds first_backoff{50};
constexpr milliseconds last_backoff{500};
/// Cursor moves are collected this long, then written in one go.
constexpr milliseconds cursor_interval{500};

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
      [this](tick_atom) {
        cursor_tick_pending_ = false;
        write_cursors();
      },
  };
}

void persistence_actor::on_exit() {
  write_cursors();
  refused_.clear();
  origins_.clear();
}

void persistence_actor::on_append(append& what) {
  const auto owner = current_sender();
  const auto refused = refused_.find(owner->id());
  if (refused != refused_.end() && refused->second >= what.attempt) return set_backlog(-1);
  entries_.push_back(std::move(what.what));
  origins_.push_back({caf::actor_cast<caf::actor>(owner), what.attempt, env_.clock.steady_now()});
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
  if (entries_.empty()) return;
  const auto count = std::min(entries_.size(), env_.options.storage.max_batch_rows);
  const auto written = commit(count);
  if (written) {
    backoff_ = milliseconds{0};
    succeed(count);
  } else if (is_outage(written.error().code)) {
    for (std::size_t i = 0; i < count; ++i)
      origins_[i].in_doubt |= written.error().code == chat::errc::unknown;
    expire_old();
    return retry_later();
  } else {
    settle_by_owner(count);
  }
  if (!entries_.empty()) flush_soon();
}

auto persistence_actor::commit(std::size_t count) -> chat::expected<void> {
  auto& figures = env_.metrics.message_worker;
  chat::failpoint("before_commit");
  const auto begin = env_.clock.steady_now();
  auto written = store_->append({entries_.data(), count});
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

/// Tells each owner once, with its highest seq.
void persistence_actor::succeed(std::size_t count) {
  set_backlog(-static_cast<std::ptrdiff_t>(count));  // before anybody is told that there is room
  for (std::size_t i = 0; i < count; ++i) {
    const auto& from = origins_[i];
    const bool last_of_run = i + 1 == count || origins_[i + 1].owner != from.owner;
    if (last_of_run) send(from.owner, stored{from.attempt, entries_[i].seq});
  }
  env_.metrics.message_worker.rows.Increment(static_cast<double>(count));
  take_out(count);
}

void persistence_actor::take_out(std::size_t count) {
  entries_.erase(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(count));
  origins_.erase(origins_.begin(), origins_.begin() + static_cast<std::ptrdiff_t>(count));
}

void persistence_actor::set_backlog(std::ptrdiff_t change) {
  const auto now = env_.backlog_rows += static_cast<std::size_t>(change);
  env_.metrics.message_worker.backlog_rows.Set(static_cast<double>(now));
  if (now == 0) env_.backlog_emptied.notify();
}

/// The batch was refused as a whole: each owner's part gets a transaction and a verdict of its own.
/// Parts that an outage kept from a verdict go back to the front, in order.
void persistence_actor::settle_by_owner(std::size_t count) {
  struct part {
    origin from;
    std::vector<chat::entry> entries;
  };
  std::vector<part> parts;
  for (std::size_t i = 0; i < count; ++i) {
    auto at = std::find_if(parts.begin(), parts.end(),
                           [&](const part& p) { return p.from.owner == origins_[i].owner; });
    if (at == parts.end()) at = parts.insert(parts.end(), {origins_[i], {}});
    at->entries.push_back(std::move(entries_[i]));
  }
  entries_.erase(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(count));
  origins_.erase(origins_.begin(), origins_.begin() + static_cast<std::ptrdiff_t>(count));
  std::vector<chat::entry> back;
  std::vector<origin> back_origins;
  for (auto& p : parts) {
    const bool settled = settle_part(p.entries, p.from);
    set_backlog(settled ? -static_cast<std::ptrdiff_t>(p.entries.size()) : 0);
    if (settled) continue;
    back_origins.insert(back_origins.end(), p.entries.size(), p.from);
    std::move(p.entries.begin(), p.entries.end(), std::back_inserter(back));
  }
  entries_.insert(entries_.begin(), std::make_move_iterator(back.begin()),
                  std::make_move_iterator(back.end()));
  origins_.insert(origins_.begin(), back_origins.begin(), back_origins.end());
  if (!back_origins.empty()) retry_later();
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
/// owner, or a send that was stored long ago.
auto persistence_actor::judge_duplicate(std::vector<chat::entry>& part, const origin& from)
    -> chat::expected<verdict> {
  const auto& first = part.front();
  const auto present = store_->entries(first.conversation, first.seq, part.back().seq);
  if (!present) return chat::unexpected{present.error()};
  const auto same = std::mismatch(present->begin(), present->end(), part.begin(), part.end(),
                                  [](const auto& a, const auto& b) { return a.id == b.id; });
  const auto stored_already = static_cast<std::size_t>(same.first - present->begin());
  if (stored_already > 0) return store_prefix(part, stored_already, from), verdict::again;
  if (!present->empty()) return refuse(from, {0, first.seq, chat::errc::stale_owner, 0, {}});

  for (std::size_t i = 0; i < part.size(); ++i) {
    if (part[i].client_message_id.empty()) continue;
    auto earlier = store_->find_send(part[i].conversation, part[i].actor, part[i].client_message_id);
    if (!earlier) return chat::unexpected{earlier.error()};
    if (!*earlier) continue;
    const auto seq = part[i].seq;
    return refuse(from, {0, first.seq, chat::errc::duplicate, seq, std::move(**earlier)});
  }
  return refuse(from, {0, first.seq, chat::errc::stale_owner, 0, {}});
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
    return refuse(from, {0, seq, chat::errc::refused, seq, {}});
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
  std::size_t kept = 0;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (origins_[i].owner == owner) continue;
    if (kept != i) {
      entries_[kept] = std::move(entries_[i]);
      origins_[kept] = std::move(origins_[i]);
    }
    ++kept;
  }
  set_backlog(static_cast<std::ptrdiff_t>(kept) - static_cast<std::ptrdiff_t>(entries_.size()));
  entries_.resize(kept);
  origins_.resize(kept);
}

/// With `delivery = stored` nobody has seen these rows: their senders get a definite answer while
/// somebody still waits for one. With `immediate` they stay until the store is back.
void persistence_actor::expire_old() {
  if (env_.options.delivery == config::delivery_mode::immediate) return;
  const auto oldest =
      env_.clock.steady_now() - milliseconds{env_.options.storage.give_up_ms};
  for (;;) {
    const auto at = std::find_if(origins_.begin(), origins_.end(),
                                 [&](const origin& o) { return o.since <= oldest; });
    if (at == origins_.end()) return;
    const auto from = *at;
    const auto first = std::find_if(origins_.begin(), origins_.end(),
                                    [&](const origin& o) { return o.owner == from.owner; });
    const bool doubtful =
        std::any_of(origins_.begin(), origins_.end(), [&](const origin& o) {
          return o.owner == from.owner && o.in_doubt;
        });
    const auto seq = entries_[static_cast<std::size_t>(first - origins_.begin())].seq;
    refuse(from, {0, seq, doubtful ? chat::errc::unknown : chat::errc::unavailable, 0, {}});
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
  cursor_tick_pending_ = true;
  delayed_send(this, cursor_interval, tick_atom::value);
}

auto persistence_actor::on_settle() -> chat::done {
  write_cursors();
  return {};
}

void persistence_actor::write_cursors() {
  if (cursors_.empty()) return;
  std::vector<storage::cursor_row> rows;
  rows.reserve(cursors_.size());
  for (const auto& [key, row] : cursors_) rows.push_back(row);
  if (store_->save_cursors(rows)) {
    cursors_.clear();
  } else if (!cursor_tick_pending_) {
    cursor_tick_pending_ = true;
    delayed_send(this, cursor_interval, tick_atom::value);
  }
}

auto spawn_persistence(caf::actor_system& system, environment& env,
                       std::unique_ptr<storage::store> store) -> caf::actor {
  return system.spawn<persistence_actor, caf::detached>(env, std::move(store));
}

}  // namespace parley::actors
