// The part of conversation_actor that answers from the store: it knows who may see what and how
// far everybody has come; a reader has the rows.

#include <algorithm>

#include "actors/conversation.hpp"
#include "actors/database.hpp"
#include "chat/answer_size.hpp"

namespace parley::actors {
namespace {

/// Entries of one CatchUp answer; more is `recovered: false`.
constexpr std::size_t max_catch_up = 500;
/// Rows of it that are read at once.
constexpr std::size_t catch_up_step = 100;

using rows = chat::expected<std::vector<chat::entry>>;

/// An entry that somebody names by place and id. seq 0: none.
struct uuid_at {
  std::uint64_t seq = 0;
  chat::uuid id;
};

auto views(const chat::conversation& room, std::vector<chat::entry> found)
    -> std::vector<chat::message_view> {
  std::vector<chat::message_view> seen;
  seen.reserve(found.size());
  for (auto& one : found) seen.push_back(room.view(std::move(one)));
  return seen;
}

/// The seqs that a caller may see, both ends excluded. What is stored after it asked lies beyond:
/// it may have been removed before that.
struct open_range {
  std::uint64_t floor = 0;
  std::uint64_t end = 0;
};

/// The rows of a stretch, one more than asked on the side where there may be more.
auto read_rows(storage::store& store, chat::conversation_id id, const chat::read_stretch& what,
               open_range visible) -> rows {
  const auto [floor, end] = visible;
  const auto limit = static_cast<std::size_t>(what.limit);
  if (what.around != 0) {
    const auto middle = std::min(what.around, end);
    auto older = store.messages(id, storage::seq_window{floor, middle, limit / 2 + 1, true});
    if (!older) return older;
    const auto after = std::max(floor, what.around - 1);
    auto newer = store.messages(id, storage::seq_window{after, end, limit - limit / 2, false});
    if (!newer) return newer;
    older->insert(older->end(), newer->begin(), newer->end());
    return older;
  }
  if (what.after_given)
    return store.messages(id,
                          storage::seq_window{std::max(floor, what.after), end, limit + 1, false});
  const auto before = what.before == 0 ? end : std::min(what.before, end);
  return store.messages(id, storage::seq_window{floor, before, limit + 1, true});
}

/// Appends the messages that the rows do not reach yet.
void append_missing(std::vector<chat::entry>& found, const std::vector<chat::entry>& unstored) {
  for (const auto& one : unstored)
    if (one.kind == chat::entry_kind::message && (found.empty() || one.seq > found.back().seq))
      found.push_back(one);
}

struct cut_rows {
  std::vector<chat::entry> rows;
  bool has_more = false;
};

/// At most `limit` of the rows, counted from the end that was asked for.
auto cut_stretch(const chat::read_stretch& what, std::vector<chat::entry> found,
                 const std::vector<chat::entry>& unstored) -> cut_rows {
  const auto limit = static_cast<std::size_t>(what.limit);
  const auto older = static_cast<std::size_t>(std::count_if(
      found.begin(), found.end(), [&](const auto& e) { return e.seq < what.around; }));
  const bool around = what.around != 0;
  // Full on the newer side: what is not stored yet lies further on.
  const auto newer_room = around ? older + limit - limit / 2 : limit + 1;
  const bool is_full = (around || what.after_given) && found.size() >= newer_room;
  if (!is_full) append_missing(found, unstored);
  cut_rows cut{std::move(found), false};
  auto& kept = cut.rows;
  if (what.after_given || around) {
    if (around && kept.size() > newer_room) kept.resize(newer_room);
    cut.has_more = around ? older > limit / 2 : kept.size() > limit;
    if (cut.has_more && around) kept.erase(kept.begin());
    if (!around && kept.size() > limit) kept.resize(limit);
    return cut;
  }
  cut.has_more = kept.size() > limit;
  if (cut.has_more) kept.erase(kept.begin(), kept.end() - static_cast<std::ptrdiff_t>(limit));
  return cut;
}

/// Drops what makes the answer too large, from the end that is further from what was asked for; the
/// caller asks for the rest as for any next page. Around a message from both ends.
void keep_to_size(const chat::read_stretch& what, cut_rows& cut) {
  auto& rows = cut.rows;
  const bool backwards = !what.after_given && what.around == 0;
  if (what.around == 0) {
    const auto count = chat::count_that_fit(rows, backwards);
    cut.has_more |= count < rows.size();
    const auto surplus = static_cast<std::ptrdiff_t>(rows.size() - count);
    backwards ? rows.erase(rows.begin(), rows.begin() + surplus)
              : rows.erase(rows.end() - surplus, rows.end());
    return;
  }
  const auto middle = std::partition_point(rows.begin(), rows.end(),
                                           [&](const auto& e) { return e.seq < what.around; });
  std::vector<chat::entry> older{std::make_move_iterator(rows.begin()),
                                 std::make_move_iterator(middle)};
  rows.erase(rows.begin(), middle);
  constexpr auto half = chat::max_answer_bytes / 2;
  rows.resize(chat::count_that_fit(rows, false, half));
  const auto count = chat::count_that_fit(older, true, half);
  cut.has_more |= count < older.size();
  rows.insert(rows.begin(), std::make_move_iterator(older.end() - static_cast<std::ptrdiff_t>(count)),
              std::make_move_iterator(older.end()));
}

/// What one CatchUp of a conversation gets.
struct caught_rows {
  std::vector<chat::entry> rows;
  bool fit = true;  ///< false: there are more, or larger ones, than one answer may have
};

/// Reads on until it is all, or too much: what cannot be answered is not held.
auto read_caught_up(storage::store& store, chat::conversation_id id, std::uint64_t after,
                    std::size_t most) -> chat::expected<caught_rows> {
  caught_rows all;
  std::size_t bytes = 0;
  while (all.rows.size() < most) {
    const auto step = std::min(catch_up_step, most - all.rows.size());
    auto some = store.entries_after(id, all.rows.empty() ? after : all.rows.back().seq, step);
    if (!some) return chat::unexpected{some.error()};
    for (const auto& one : *some) bytes += chat::shown_size(one);
    all.fit = bytes <= chat::max_answer_bytes;
    if (!all.fit) return caught_rows{{}, false};
    const bool is_last = some->size() < step;
    std::move(some->begin(), some->end(), std::back_inserter(all.rows));
    if (is_last) break;
  }
  return all;
}

}  // namespace

/// With `delivery = immediate` members have seen these already: whoever reads must see them too, or a
/// member that joined after they were shown would never have them. Taken when it is asked, as the
/// rows are read later.
auto conversation_actor::unstored() const -> std::vector<chat::entry> {
  std::vector<chat::entry> entries;
  if (env_.options.delivery == config::delivery_mode::immediate)
    for (const auto& one : pending_)
      if (one.entry.seq <= shown_seq_) entries.push_back(one.entry);
  return entries;
}

/// Rows are read a moment after they were asked for. Who has lost its membership meanwhile, or has
/// come back with another window, gets none of them: they may hold what was edited since. Nor does
/// anybody when what was shown and not stored has got other seqs meanwhile.
auto conversation_actor::check_reader(const chat::caller& from, const asked_as& then) const
    -> chat::expected<void> {
  if (!room_ || (then.attempt != 0 && then.attempt != attempt_))
    return chat::unexpected{chat::errc::unavailable, "the conversation is being loaded again"};
  if (auto allowed = room_->authorize(from.user, chat::action::read); !allowed) return allowed;
  if (room_->window_of(from.user).after_seq == then.after_seq) return {};
  return chat::unexpected{chat::errc::unavailable, "the membership has changed"};
}

void conversation_actor::on_page(const chat::caller& from, const chat::read_page& what) {
  note_use();
  auto reply = make_response_promise();
  if (auto allowed = room_->authorize(from.user, chat::action::read); !allowed)
    return reply.deliver(to_caf(allowed.error()));
  const auto [after_seq, floor] = room_->window_of(from.user);
  auto waiting = unstored();
  const auto newest = waiting.empty() ? stored_ordinal_ : waiting.back().ordinal;
  chat::page page{{}, what.number, what.size, newest - std::min(floor, newest)};
  const auto pages = page.total / page.size + (page.total % page.size != 0 ? 1 : 0);
  if (what.number > pages)  // past the end, and no product below can overflow
    return reply.deliver(std::move(page));
  const auto last = newest - (what.number - 1) * what.size;
  const auto first = last > floor + what.size ? last - what.size + 1 : floor + 1;
  std::erase_if(waiting, [&](const chat::entry& e) { return e.ordinal < first || e.ordinal > last; });
  const asked_as then{after_seq, waiting.empty() ? 0 : attempt_};
  ask_reader(
      reply, [id = id_, first, last](storage::store& store) {
        return store.messages(id, storage::ordinal_range{first, last});
      },
      [this, from, then, reply, page, waiting](rows found) mutable {
        if (!found) return reply.deliver(to_caf(found.error()));
        if (auto may = check_reader(from, then); !may)
          return reply.deliver(to_caf(may.error()));
        append_missing(*found, waiting);
        // A numbered page has the messages that its number says: none may be missing.
        if (chat::count_that_fit(*found) < found->size())
          return reply.deliver(to_caf(
              {chat::errc::limit, "the page is larger than 1 MiB: ask for a smaller pageSize"}));
        page.messages = views(*room_, std::move(*found));
        reply.deliver(std::move(page));
      });
}

void conversation_actor::on_stretch(const chat::caller& from, const chat::read_stretch& what) {
  note_use();
  auto reply = make_response_promise();
  if (auto allowed = room_->authorize(from.user, chat::action::read); !allowed)
    return reply.deliver(to_caf(allowed.error()));
  const auto floor = room_->window_of(from.user).after_seq;
  auto waiting = unstored();
  std::erase_if(waiting, [&](const chat::entry& e) {
    return e.seq <= std::max(floor, what.after) || (what.before != 0 && e.seq >= what.before);
  });
  const asked_as then{floor, waiting.empty() ? 0 : attempt_};
  ask_reader(
      reply, [id = id_, what, floor, end = newest_visible() + 1](storage::store& store) {
        return read_rows(store, id, what, {floor, end});
      },
      [this, from, then, reply, what, waiting](rows found) mutable {
        if (!found) return reply.deliver(to_caf(found.error()));
        if (auto may = check_reader(from, then); !may) return reply.deliver(to_caf(may.error()));
        auto answer = cut_stretch(what, std::move(*found), waiting);
        keep_to_size(what, answer);
        reply.deliver(chat::stretch{views(*room_, std::move(answer.rows)), answer.has_more});
      });
}

/// A CatchUp whose rows are being read.
struct conversation_actor::catching_up {
  promise reply;
  chat::caller from;
  asked_as then;
  chat::caught_up answer;
  uuid_at held;                       ///< the entry the caller says it holds
  std::uint64_t after = 0;            ///< rows wanted: those behind this seq
  std::vector<chat::entry> unstored;  ///< shown at once and not stored when it was asked
  bool fits = true;                   ///< in one answer
};

void conversation_actor::on_catch_up(const chat::caller& from, const chat::catch_up& what) {
  note_use();
  auto reply = make_response_promise();
  catching_up asked{reply, from, {room_->window_of(from.user).after_seq, 0}, {}, {}, 0, {}, true};
  auto& answer = asked.answer;
  answer.conversation = what.conversation;
  if (!room_->authorize(from.user, chat::action::read)) return reply.deliver(std::move(answer));
  const auto floor = asked.then.after_seq;
  answer.last_seq = newest_visible();
  // Beyond the end, or from an earlier membership: what came between that and this one is not told.
  const bool is_elsewhere = what.after_seq != 0 && what.after_seq < floor;
  if (what.after_seq > answer.last_seq || is_elsewhere) return reply.deliver(std::move(answer));
  asked.after = std::max(what.after_seq, floor);
  auto limit = max_catch_up + 1;
  if (!what.after_id.is_nil() && what.after_seq != 0) {
    // One more in front when the caller says which entry it holds there.
    asked.held = {what.after_seq, what.after_id};
    --asked.after;
    ++limit;
  }
  asked.unstored = unstored();
  if (!asked.unstored.empty()) asked.then.attempt = attempt_;
  ask_reader(
      reply, [id = id_, after = asked.after, limit](storage::store& store) {
        return read_caught_up(store, id, after, limit);
      },
      [this, asked](chat::expected<caught_rows> found) mutable {
        if (!found) return asked.reply.deliver(to_caf(found.error()));
        asked.fits = found->fit;
        finish_catch_up(std::move(asked), std::move(found->rows));
      });
}

void conversation_actor::finish_catch_up(catching_up asked, std::vector<chat::entry> found) {
  auto& answer = asked.answer;
  if (auto may = check_reader(asked.from, asked.then); !may) {
    if (may.error().code == chat::errc::unavailable)
      return asked.reply.deliver(to_caf(may.error()));
    answer.last_seq = 0;  // removed meanwhile: as for a missing id
    return asked.reply.deliver(std::move(answer));
  }
  if (!asked.fits) return asked.reply.deliver(std::move(answer));
  // What was stored since it asked is shown live to who has joined.
  std::erase_if(found, [&](const auto& e) { return e.seq > answer.last_seq; });
  for (auto& one : asked.unstored)
    if (one.seq == (found.empty() ? asked.after : found.back().seq) + 1)
      found.push_back(std::move(one));
  if (asked.held.seq != 0) {
    if (found.empty() || found.front().seq != asked.held.seq ||
        found.front().id.value != asked.held.id)
      return asked.reply.deliver(std::move(answer));
    found.erase(found.begin());
  }
  if (found.size() > max_catch_up) return asked.reply.deliver(std::move(answer));
  // What was changed before the caller came is none of its business.
  std::erase_if(found, [&](const chat::entry& e) {
    return e.target_seq != 0 && e.target_seq <= asked.then.after_seq;
  });
  answer.recovered = true;
  answer.info = room_->info();
  answer.entries = std::move(found);
  answer.cursors = room_->cursors_as_seen_by(asked.from.user);
  asked.reply.deliver(std::move(answer));
}

}  // namespace parley::actors
