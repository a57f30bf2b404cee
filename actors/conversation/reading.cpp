#include "actors/conversation/reading.hpp"

#include <algorithm>

#include "actors/conversation/actor.hpp"
#include "actors/conversation/answers.hpp"
#include "actors/conversation/history_rows.hpp"
#include "actors/conversation/storing.hpp"
#include "chat/answer_size.hpp"

namespace parley::actors {
namespace {

/// Entries of one CatchUp answer; more is `recovered: false`.
constexpr std::size_t max_catch_up = 500;
/// Rows of it that are read at once.
constexpr std::size_t catch_up_step = 100;

/// An entry that somebody names by place and id. seq 0: none.
struct uuid_at {
  std::uint64_t seq = 0;
  chat::uuid id;
};

/// A sender's own id of a message is nobody else's business.
void hide_keys(std::vector<chat::entry>& shown, const chat::user_id& from) {
  for (auto& one : shown)
    if (one.actor != from) one.client_message_id.clear();
}

auto views(const chat::conversation& room, std::vector<chat::entry> found, const chat::user_id& to)
    -> std::vector<chat::message_view> {
  hide_keys(found, to);
  std::vector<chat::message_view> seen;
  seen.reserve(found.size());
  for (auto& one : found) seen.push_back(room.view(std::move(one)));
  return seen;
}

/// What one CatchUp of a conversation gets.
struct caught_rows {
  std::vector<chat::entry> rows;
  bool fit = true;  ///< false: there are more, or larger ones, than one answer may have
};

/// Reads on until it is all, or too much: what cannot be answered is not held.
auto read_caught_up(storage::store& store, chat::conversation_id id, std::uint64_t floor,
                    std::uint64_t after, std::size_t most) -> chat::expected<caught_rows> {
  caught_rows all;
  std::size_t bytes = 0;
  while (all.rows.size() < most) {
    const auto step = std::min(catch_up_step, most - all.rows.size());
    const auto behind = all.rows.empty() ? after : all.rows.back().seq;
    auto some = with_quotes(store, id, floor, store.entries_after(id, behind, step));
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

/// What a reading rests on, as it was when it was asked for.
struct asked_as {
  std::uint64_t after_seq = 0;  ///< where the caller's window began
  std::uint64_t attempt = 0;    ///< what was shown and not stored bears the seqs of this one
};

/// With `delivery = immediate` members have seen these already: whoever reads must see them too, or
/// a member that joined after they were shown would never have them. Taken when it is asked, as the
/// rows are read later.
auto unstored(conversation_actor* self) -> std::vector<chat::entry> {
  return shows_before_storing(self) ? self->its.entries.shown_early() : std::vector<chat::entry>{};
}

/// Rows are read a moment after they were asked for. Who has lost its membership meanwhile, or has
/// come back with another window, gets none of them: they may hold what was edited since. Nor does
/// anybody when what was shown and not stored has got other seqs meanwhile.
auto check_reader(conversation_actor* self, const chat::caller& from, const asked_as& then)
    -> chat::expected<void> {
  if (!self->its.room || (then.attempt != 0 && then.attempt != self->its.entries.attempt()))
    return chat::unexpected{chat::errc::unavailable, "the conversation is being loaded again"};
  if (auto allowed = self->its.room->authorize(from.user, chat::action::read); !allowed)
    return allowed;
  if (self->its.room->window_of(from.user).after_seq == then.after_seq) return {};
  return chat::unexpected{chat::errc::unavailable, "the membership has changed"};
}

/// A CatchUp whose rows are being read.
struct catching_up {
  promise reply;
  chat::caller from;
  asked_as then;
  chat::caught_up answer;
  uuid_at held;                       ///< the entry the caller says it holds
  std::uint64_t after = 0;            ///< rows wanted: those behind this seq
  std::vector<chat::entry> unstored;  ///< shown at once and not stored when it was asked
  bool fits = true;                   ///< in one answer
};

void finish_catch_up(conversation_actor* self, catching_up asked, std::vector<chat::entry> found) {
  auto& answer = asked.answer;
  if (auto may = check_reader(self, asked.from, asked.then); !may) {
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
  answer.info = self->its.room->info();
  hide_keys(found, asked.from.user);
  answer.entries = std::move(found);
  answer.cursors = self->its.room->cursors_as_seen_by(asked.from.user);
  asked.reply.deliver(std::move(answer));
}

}  // namespace

void on_page(conversation_actor* self, const chat::caller& from, const chat::read_page& what) {
  self->note_use();
  auto reply = self->make_response_promise();
  if (auto allowed = self->its.room->authorize(from.user, chat::action::read); !allowed)
    return reply.deliver(to_caf(allowed.error()));
  const auto [after_seq, floor] = self->its.room->window_of(from.user);
  auto waiting = unstored(self);
  const auto newest = waiting.empty() ? self->its.entries.stored_ordinal() : waiting.back().ordinal;
  chat::page page{{}, what.number, what.size, newest - std::min(floor, newest)};
  const auto pages = page.total / page.size + (page.total % page.size != 0 ? 1 : 0);
  if (what.number > pages)  // past the end, and no product below can overflow
    return reply.deliver(std::move(page));
  const auto last = newest - (what.number - 1) * what.size;
  const auto first = last > floor + what.size ? last - what.size + 1 : floor + 1;
  std::erase_if(waiting,
                [&](const chat::entry& e) { return e.ordinal < first || e.ordinal > last; });
  const asked_as then{after_seq, waiting.empty() ? 0 : self->its.entries.attempt()};
  self->ask_reader(
      reply,
      [id = self->its.id, first, last, after_seq = after_seq](storage::store& store) {
        return with_quotes(store, id, after_seq,
                           store.messages(id, storage::ordinal_range{first, last}));
      },
      [self, from, then, reply, page, waiting](rows found) mutable {
        if (!found) return reply.deliver(to_caf(found.error()));
        if (auto may = check_reader(self, from, then); !may)
          return reply.deliver(to_caf(may.error()));
        append_missing(*found, waiting);
        // A numbered page has the messages that its number says: none may be missing.
        if (chat::count_that_fit(*found) < found->size())
          return reply.deliver(to_caf(
              {chat::errc::limit, "the page is larger than 1 MiB: ask for a smaller pageSize"}));
        page.messages = views(*self->its.room, std::move(*found), from.user);
        reply.deliver(std::move(page));
      });
}

void on_stretch(conversation_actor* self, const chat::caller& from,
                const chat::read_stretch& what) {
  self->note_use();
  auto reply = self->make_response_promise();
  if (auto allowed = self->its.room->authorize(from.user, chat::action::read); !allowed)
    return reply.deliver(to_caf(allowed.error()));
  const auto floor = self->its.room->window_of(from.user).after_seq;
  auto waiting = unstored(self);
  std::erase_if(waiting, [&](const chat::entry& e) {
    return e.seq <= std::max(floor, what.after) || (what.before != 0 && e.seq >= what.before);
  });
  const asked_as then{floor, waiting.empty() ? 0 : self->its.entries.attempt()};
  self->ask_reader(
      reply,
      [id = self->its.id, what = around_seq(what, waiting),
       range = open_range{floor, newest_visible(self) + 1}](storage::store& store) {
        return find_stretch(store, id, what, range);
      },
      [self, from, then, reply, waiting](chat::expected<found_stretch> found) mutable {
        if (!found) return reply.deliver(to_caf(found.error()));
        if (auto may = check_reader(self, from, then); !may)
          return reply.deliver(to_caf(may.error()));
        const auto& asked = found->asked;
        auto answer = cut_stretch(asked, std::move(found->rows), waiting);
        keep_to_size(asked, answer);
        chat::stretch made{{}, answer.has_more, asked.with_changes, self->its.room->info(), {}};
        add_changes(made, asked, answer, std::move(found->changes));
        made.messages = views(*self->its.room, std::move(answer.rows), from.user);
        reply.deliver(std::move(made));
      });
}

void on_catch_up(conversation_actor* self, const chat::caller& from, const chat::catch_up& what) {
  self->note_use();
  auto reply = self->make_response_promise();
  catching_up asked{reply, from, {self->its.room->window_of(from.user).after_seq, 0}, {}, {}, 0,
                    {},    true};
  auto& answer = asked.answer;
  answer.conversation = what.conversation;
  if (!self->its.room->authorize(from.user, chat::action::read))
    return reply.deliver(std::move(answer));
  const auto floor = asked.then.after_seq;
  answer.last_seq = newest_visible(self);
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
  asked.unstored = unstored(self);
  if (!asked.unstored.empty()) asked.then.attempt = self->its.entries.attempt();
  self->ask_reader(
      reply,
      [id = self->its.id, floor, after = asked.after, limit](storage::store& store) {
        return read_caught_up(store, id, floor, after, limit);
      },
      [self, asked](chat::expected<caught_rows> found) mutable {
        if (!found) return asked.reply.deliver(to_caf(found.error()));
        asked.fits = found->fit;
        finish_catch_up(self, std::move(asked), std::move(found->rows));
      });
}

}  // namespace parley::actors
