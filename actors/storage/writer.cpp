#include "actors/storage/writer.hpp"

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
/// A writer that has nothing to write says so in this time.
constexpr milliseconds least_patience{100};

auto is_outage(chat::errc code) -> bool {
  return code == chat::errc::unavailable || code == chat::errc::unknown;
}

}  // namespace

writer_actor::writer_actor(caf::actor_config& config, environment& env,
                                     std::unique_ptr<storage::store> store)
    : steady_actor(config), env_(env), store_(std::move(store)) {
  set_down_handler([this](const caf::down_msg& down) { on_down(down); });
}

auto writer_actor::make_behavior() -> caf::behavior {
  show_dead_letters();
  return {
      [this](append& what) { on_append(what); },
      [this](flush_atom) { flush(); },
      [this](save_cursors& what) { on_cursors(what); },
      [this](const settle&) { return on_settle(); },
      [this](const attempt_over& over) { on_attempt_over(over); },
      [this](idle_atom) { write_activity(); },
      [this](tick_atom) { on_cursor_tick(); },
  };
}

void writer_actor::on_exit() {
  write_cursors();
  write_activity();
  refused_.clear();
  waiting_.clear();
}

void writer_actor::on_append(append& what) {
  const auto owner = current_sender();
  const auto refused = refused_.find(owner->id());
  if (refused != refused_.end() && refused->second >= what.attempt) return set_backlog(-1);
  waiting_.push(std::move(what.what),
                {caf::actor_cast<caf::actor>(owner), what.attempt, env_.clock.steady_now()});
  flush_soon();
}

void writer_actor::flush_soon() {
  if (flush_pending_) return;
  flush_pending_ = true;
  // Behind everything that is in the mailbox already: that is what makes a batch.
  send(this, flush_atom::value);
}

void writer_actor::retry_later() {
  backoff_ = std::clamp(backoff_ * 2, first_backoff, last_backoff);
  flush_pending_ = true;
  delayed_send(this, backoff_, flush_atom::value);
}

void writer_actor::flush() {
  flush_pending_ = false;
  if (waiting_.is_empty()) return;
  const auto count = next_batch();
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

/// Who comes or goes is a row as a message is: a batch has so many of both.
auto writer_actor::next_batch() const -> std::size_t {
  const auto most = env_.options.storage.max_batch_rows;
  std::size_t rows = 0;
  std::size_t count = 0;
  for (const auto& one : waiting_.entries(std::min(waiting_.size(), most))) {
    rows += 1 + one.subjects.size();
    if (count > 0 && rows > most) break;
    ++count;
  }
  return count;
}

auto writer_actor::commit(std::size_t count) -> chat::expected<void> {
  auto& figures = env_.metrics.writer;
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

void writer_actor::succeed(std::size_t count) {
  set_backlog(-static_cast<std::ptrdiff_t>(count));  // before anybody is told that there is room
  tell_owners(count);
  env_.metrics.writer.rows.Increment(static_cast<double>(count));
  note_activity(waiting_.entries(count));
  waiting_.drop(count);
}

/// Each owner once, with its highest seq, wherever its entries lie in the batch.
void writer_actor::tell_owners(std::size_t count) {
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

void writer_actor::set_backlog(std::ptrdiff_t change) {
  const auto now = env_.backlog_rows += static_cast<std::size_t>(change);
  env_.metrics.writer.backlog_rows.Set(static_cast<double>(now));
  if (now == 0) env_.backlog_emptied.notify();
}

/// The batch was refused as a whole: each owner's part gets a transaction and a verdict of its own.
/// Parts that an outage kept from a verdict go back to the front, in order.
void writer_actor::settle_by_owner(std::size_t count) {
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
auto writer_actor::settle_part(std::vector<chat::entry>& part, origin& from) -> bool {
  while (!part.empty()) {
    const auto written = store_->append(part);
    if (written) {
      env_.metrics.writer.rows.Increment(static_cast<double>(part.size()));
      note_activity(part);
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

void writer_actor::store_prefix(std::vector<chat::entry>& part, std::size_t count,
                                     const origin& from) {
  if (count == 0) return;
  send(from.owner, stored{from.attempt, part[count - 1].seq});
  env_.metrics.writer.rows.Increment(static_cast<double>(count));
  set_backlog(-static_cast<std::ptrdiff_t>(count));
  note_activity(std::span{part}.first(count));
  part.erase(part.begin(), part.begin() + static_cast<std::ptrdiff_t>(count));
}

/// Somebody else's row stands where ours should: a commit of ours whose answer was lost, another
/// owner, or a send that came before under the same clientMessageId. What lies before the first such
/// send is stored; the rest goes back to its owner, with all of them named.
auto writer_actor::judge_duplicate(std::vector<chat::entry>& part, const origin& from)
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
auto writer_actor::find_repeats(const std::vector<chat::entry>& part)
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
auto writer_actor::isolate_refused(std::vector<chat::entry>& part, const origin& from)
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
    if (written.error().code == chat::errc::limit)  // it may be taken another day
      return refuse(from, {0, seq, chat::errc::limit, {{seq, {}}}});
    keep_dead_letter(part.front(), written.error().detail);
    return refuse(from, {0, seq, chat::errc::refused, {{seq, {}}}});
  }
  return verdict::told;
}

/// Best effort: whether it is kept or not, its sender is told that it was not stored.
void writer_actor::keep_dead_letter(const chat::entry& what, const std::string& reason) {
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

void writer_actor::show_dead_letters() {
  if (const auto count = store_->count_dead_letters())
    env_.metrics.dead_letters.Set(static_cast<double>(*count));
}

auto writer_actor::refuse(const origin& from, not_stored why) -> verdict {
  tell_refused(from, std::move(why));
  drop_rest_of({from.owner.id()});
  return verdict::told;
}

void writer_actor::tell_refused(const origin& from, not_stored why) {
  why.attempt = from.attempt;
  spdlog::warn("conversation owner {}: entries from seq {} not stored: {}", from.owner.id(),
               why.first_seq, to_string(why.why));
  const bool is_new = refused_.insert_or_assign(from.owner.id(), from.attempt).second;
  if (is_new) monitor(from.owner);
  send(from.owner, std::move(why));
}

void writer_actor::on_attempt_over(const attempt_over& over) {
  const auto at = refused_.find(current_sender()->id());
  if (at == refused_.end() || at->second > over.attempt) return;
  refused_.erase(at);
  demonitor(caf::actor_cast<caf::actor_addr>(current_sender()));
}

/// An owner that ends without having understood sends nothing more.
void writer_actor::on_down(const caf::down_msg& down) { refused_.erase(down.source.id()); }

/// What an owner sent behind a refused entry must not be stored either: it would leave a gap.
void writer_actor::drop_rest_of(const std::unordered_set<caf::actor_id>& owners) {
  set_backlog(-static_cast<std::ptrdiff_t>(waiting_.drop_all_of(owners)));
}

/// With `delivery = stored` nobody has seen these rows: their senders get a definite answer while
/// somebody still waits for one. With `immediate` they stay until the store is back.
void writer_actor::expire_old() {
  if (env_.options.delivery == config::delivery_mode::immediate) return;
  const auto oldest =
      env_.clock.steady_now() - milliseconds{env_.options.storage.give_up_ms};
  const auto origins = waiting_.origins();
  std::unordered_set<caf::actor_id> over;
  for (const auto& from : origins)
    if (from.since <= oldest) over.insert(from.owner.id());
  if (over.empty()) return;
  struct refusal {
    std::size_t first = 0;
    bool in_doubt = false;
  };
  std::unordered_map<caf::actor_id, refusal> refusals;
  for (std::size_t i = 0; i < origins.size(); ++i) {
    const auto owner = origins[i].owner.id();
    if (!over.contains(owner)) continue;
    refusals.try_emplace(owner, refusal{i}).first->second.in_doubt |= origins[i].in_doubt;
  }
  const auto entries = waiting_.entries(waiting_.size());
  for (const auto& [owner, what] : refusals) {
    const auto code = what.in_doubt ? chat::errc::unknown : chat::errc::unavailable;
    tell_refused(origins[what.first], {0, entries[what.first].seq, code, {}});
  }
  drop_rest_of(over);
}

void settle_all(caf::actor_system& system, const environment& env,
                std::chrono::steady_clock::time_point until) {
  caf::scoped_actor self{system};
  const auto left = std::chrono::ceil<milliseconds>(until - std::chrono::steady_clock::now());
  const auto ask = [&](const caf::actor& writer) {
    return self->request(writer, std::max(left, least_patience), settle{});
  };
  std::vector<std::invoke_result_t<decltype(ask), caf::actor>> answers;
  for (const auto& writer : env.writers) answers.push_back(ask(writer));
  for (auto& one : answers) one.receive([](const chat::done&) {}, [](const caf::error&) {});
}

auto spawn_writer(caf::actor_system& system, environment& env,
                       std::unique_ptr<storage::store> store) -> caf::actor {
  return system.spawn<writer_actor, caf::detached>(env, std::move(store));
}

}  // namespace parley::actors
