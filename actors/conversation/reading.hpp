#pragma once

#include "actors/messages.hpp"

/// What is answered from the store: a conversation knows who may see what and how far everybody has
/// come; a reader has the rows.
namespace parley::actors {

class conversation_actor;

void on_page(conversation_actor* self, const chat::caller& from, const chat::read_page& what);
void on_stretch(conversation_actor* self, const chat::caller& from, const chat::read_stretch& what);
void on_catch_up(conversation_actor* self, const chat::caller& from, const chat::catch_up& what);

}  // namespace parley::actors
