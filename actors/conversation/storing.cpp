#include "actors/conversation/storing.hpp"

#include "actors/conversation/actor.hpp"
#include "actors/conversation/answers.hpp"
#include "actors/conversation/attachment_urls.hpp"
#include "actors/conversation/live.hpp"
#include "actors/conversation/posting.hpp"

namespace parley::actors {
namespace {

/// A sender that waited this long is told `unknown`; its message may still be stored.
constexpr std::chrono::milliseconds answer_deadline{4'500};

void show(conversation_actor* self, const pending_entry& what) {
  self->its.entries.note_shown(what.entry.seq);
  announce(self, fan_out{self->its.id, chat::audience::everyone, what.entry.actor,
                         chat::to_event(what.entry, self->its.room->info(), what.from.display_name),
                         what.seeing ? what.seeing : what.participants, what.departed});
}

/// With `delivery = immediate`.
void show_unstored(conversation_actor* self) {
  if (!shows_before_storing(self)) return;
  self->its.entries.show_messages([self](const pending_entry& what) { show(self, what); });
}

void acknowledge(conversation_actor* self, pending_entry& one) {
  for (auto& reply : one.waiting) {
    self->its.env.metrics.acknowledged.Increment();
    switch (one.entry.kind) {
      case chat::entry_kind::message: reply.deliver(answer_of(one.entry)); break;
      case chat::entry_kind::added: reply.deliver(chat::created_conversation{self->its.id}); break;
      default: reply.deliver(chat::done{});
    }
  }
}

}  // namespace

auto shows_before_storing(const conversation_actor* self) -> bool {
  return self->its.env.options.delivery == config::delivery_mode::immediate;
}

auto is_full(const conversation_actor* self) -> bool {
  const auto& env = self->its.env;
  return self->its.entries.pending().size() >= max_pending ||
         env.backlog_rows.load(std::memory_order_relaxed) >= env.options.storage.max_backlog_rows;
}

auto refuse_if_full(conversation_actor* self, promise& reply) -> bool {
  if (!is_full(self)) return false;
  self->its.env.metrics.refused.Increment();
  reply.deliver(refusal(chat::errc::busy, "too many changes wait to be stored"));
  return true;
}

void refresh_people(conversation_actor* self) {
  auto& its = self->its;
  if (its.room->is_lobby()) return;  // its people are whoever listens
  its.people = its.room->participants();
}

auto newest_visible(const conversation_actor* self) -> std::uint64_t {
  const auto& entries = self->its.entries;
  return shows_before_storing(self) ? entries.shown_seq() : entries.stored_seq();
}

void submit(conversation_actor* self, const chat::caller& from, chat::entry what,
            std::vector<promise> waiting, chat::user_id departed) {
  using enum chat::entry_kind;
  auto& its = self->its;
  if (what.kind == added || what.kind == removed) refresh_people(self);
  const auto target = what.target_seq;
  pending_entry one{std::move(what),
                    from,
                    std::move(waiting),
                    its.people,
                    std::move(departed),
                    its.env.clock.steady_now(),
                    {}};
  if (target != 0 && !its.room->is_lobby()) one.seeing = its.room->participants_seeing(target);
  submit_pending(self, std::move(one));
}

void submit_pending(conversation_actor* self, pending_entry what) {
  auto& its = self->its;
  ++its.env.backlog_rows;
  self->send(its.env.writer_of(its.id), append{what.entry, its.entries.attempt()});
  its.entries.add(std::move(what));
  show_unstored(self);
  self->watch();
}

void submit_change(conversation_actor* self, const chat::caller& from,
                   chat::expected<std::optional<chat::entry>> change, promise reply,
                   chat::user_id departed) {
  if (!change) {
    self->its.env.metrics.refused.Increment();
    return reply.deliver(to_caf(change.error()));
  }
  if (!*change) return reply.deliver(chat::done{});
  submit(self, from, std::move(**change), {std::move(reply)}, std::move(departed));
}

void on_stored(conversation_actor* self, const stored& what) {
  auto& its = self->its;
  if (what.attempt != its.entries.attempt()) return;
  while (auto one = its.entries.take_stored(what.last_seq)) {
    note_day(self, one->entry.created_at);
    if (one->entry.kind == chat::entry_kind::message) its.room->note_stored(one->entry.ordinal);
    if (its.entries.shown_seq() < one->entry.seq) show(self, *one);
    for (auto& waiting : one->joining) let_in(self, waiting);
    show_unstored(self);
    acknowledge(self, *one);
  }
  take_up_ahead(self);
}

void announce(conversation_actor* self, chat::audience to, const chat::user_id& actor,
              chat::event what) {
  announce(self, fan_out{self->its.id, to, actor, std::move(what), self->its.people, {}});
}

void announce(conversation_actor* self, fan_out what) {
  if (auto* posted = std::get_if<chat::message_posted>(&what.what))
    add_urls(self->its.env, posted->message);
  const auto shared = caf::make_message(std::move(what));
  for (const auto& lane : self->its.env.lanes) self->send(lane.network, shared);
}

void answer_overdue(conversation_actor* self) {
  auto& its = self->its;
  its.is_watched = false;
  const auto oldest = its.env.clock.steady_now() - answer_deadline;
  if (its.rare)
    for (auto& reply : take_overdue(its.rare->again, oldest)) reply.deliver(lost());
  for (auto& reply : take_overdue(its.entries.pending(), oldest)) reply.deliver(lost());
  if (!its.entries.pending().empty() || (its.rare && !its.rare->again.empty())) self->watch();
}

}  // namespace parley::actors
