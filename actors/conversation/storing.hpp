#pragma once

#include <vector>

#include "actors/conversation/entries.hpp"
#include "chat/expected.hpp"

/// How an entry of a conversation gets to the store, to its members, and its sender an answer. In
/// setbacks.cpp: what becomes of what the store has refused.
namespace parley::actors {

class conversation_actor;

/// Entries of one conversation that may wait for the store.
inline constexpr std::size_t max_pending = 1'000;

/// With `delivery = immediate`: may members see a message before it is stored?
auto shows_before_storing(const conversation_actor* self) -> bool;
/// Too much waits to be stored, here or in all.
auto is_full(const conversation_actor* self) -> bool;
/// Then `reply` is answered.
auto refuse_if_full(conversation_actor* self, promise& reply) -> bool;

/// Sends what the room has decided to its writer; `waiting` are answered when it is stored.
/// @param departed  hears of it though it is no member any more
void submit(conversation_actor* self, const chat::caller& from, chat::entry what,
            std::vector<promise> waiting, chat::user_id departed = {});
/// The same of a change, if there is one and it is allowed.
void submit_change(conversation_actor* self, const chat::caller& from,
                   chat::expected<std::optional<chat::entry>> change, promise reply,
                   chat::user_id departed = {});
void submit_pending(conversation_actor* self, pending_entry what);

void on_stored(conversation_actor* self, const stored& what);
void on_not_stored(conversation_actor* self, not_stored& what);
/// Once loaded again: what was refused for no fault of its own takes new seqs.
void post_all_anew(conversation_actor* self);
/// The conversation could not be loaded again. What members have seen waits for the next try.
void answer_again(conversation_actor* self, const chat::error& why);
/// Who waits too long for the store is told that the outcome is not known.
void answer_overdue(conversation_actor* self);

/// The members as the room has them now are whom events go to.
void refresh_people(conversation_actor* self);
/// Up to here a member sees, and may have marked.
auto newest_visible(const conversation_actor* self) -> std::uint64_t;
/// Tells connections: one message to each io thread.
void announce(conversation_actor* self, fan_out what);
void announce(conversation_actor* self, chat::audience to, const chat::user_id& actor,
              chat::event what);

}  // namespace parley::actors
