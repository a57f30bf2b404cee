#pragma once

#include "actors/conversation/entries.hpp"

/// What is state and not history: who listens, who types, how far each member has come.
namespace parley::actors {

class conversation_actor;

void on_join(conversation_actor* self, const chat::caller& from);
void on_leave(conversation_actor* self, const chat::caller& from);
/// A removal ends the user's subscriptions when it is shown: a join that rests on a later
/// membership waits until that is shown, or it would be ended too.
void join_after_membership(conversation_actor* self, const chat::caller& from, promise reply);
void let_in(conversation_actor* self, joiner& one);

void on_typing(conversation_actor* self, const chat::caller& from, bool active);
/// Tells those who have heard that it types, if anybody has.
void stop_typing(conversation_actor* self, const chat::user_id& user);
/// Somebody's time may be over.
void expire_typing(conversation_actor* self);

void on_mark(conversation_actor* self, const chat::caller& from, const chat::mark& what);
void on_delivered(conversation_actor* self, const delivered_to& report);
/// Whoever moves the cursor hands the messages over: two claims never get the same one.
void on_claim_delivered(conversation_actor* self, const chat::caller& from,
                        const chat::claim_delivered& what);
/// More is stored: cursors move on to what their users have seen before.
void take_up_ahead(conversation_actor* self);

}  // namespace parley::actors
