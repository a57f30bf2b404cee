#pragma once

#include "actors/messages.hpp"

/// Invites of a conversation: who may make and end them, who comes in.
namespace parley::actors {

class conversation_actor;

void on_make_invite(conversation_actor* self, const chat::caller& from,
                    const chat::make_invite& what);
void on_list_invites(conversation_actor* self, const chat::caller& from);
void on_revoke_invite(conversation_actor* self, const chat::caller& from,
                      const chat::revoke_invite& what);
/// A use is taken before the caller comes in, so that never more come in than may; when it does not
/// come in after all, the use is given back.
void on_enter_by_invite(conversation_actor* self, const chat::caller& from,
                        const chat::enter_by_invite& what);

}  // namespace parley::actors
