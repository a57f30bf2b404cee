#pragma once

#include "actors/environment.hpp"
#include "chat/request.hpp"

namespace parley::actors {

/// Gives the attachments of a message, or of every message in a result, the URLs under which its
/// readers get them for a while. Costs a look at each message that has none.
void add_urls(const environment& env, chat::entry& message);
void add_urls(const environment& env, chat::result& what);

}  // namespace parley::actors
