#pragma once

namespace parley::actors {

class conversation_actor;

/// Reads what is stored, shows what others have stored meanwhile, and lets the conversation go on;
/// or makes it absent, when there is none or the store cannot be asked.
void load(conversation_actor* self);

}  // namespace parley::actors
