#pragma once

#include "actors/messages.hpp"

/// Who is in a conversation, with which role, and what it is called.
namespace parley::actors {

class conversation_actor;

void on_check_member(conversation_actor* self, const chat::caller& from);
void on_list_members(conversation_actor* self, const chat::caller& from,
                     const chat::list_members& what);
void on_add(conversation_actor* self, const chat::caller& from, const chat::add_participants& what);
void on_remove(conversation_actor* self, const chat::caller& from,
               const chat::remove_participant& what);
/// JoinGroup's second half: the caller becomes a member, then hears what members hear.
void on_enter(conversation_actor* self, const chat::caller& from);
void on_rename(conversation_actor* self, const chat::caller& from, const chat::rename& what);
void on_set_role(conversation_actor* self, const chat::caller& from, const chat::set_role& what);
/// The writer that writes blocks reads them too, in the order asked: the last answer is the truth.
void on_blocks_changed(conversation_actor* self);
/// A group whose owner left gets the next one. Asked again whenever a conversation is
/// loaded: the owner's leaving may be stored and the election lost.
void elect_owner(conversation_actor* self);

}  // namespace parley::actors
