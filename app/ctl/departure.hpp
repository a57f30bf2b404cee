#pragma once

#include <cstddef>

#include "chat/expected.hpp"
#include "chat/ids.hpp"
#include "chat/time.hpp"
#include "storage/census.hpp"
#include "storage/store.hpp"

/// What becomes of a conversation when somebody is deleted. Entries are written as another server
/// would write them: one that owns the conversation finds its next seq taken, and shows its members
/// what they missed.
namespace parley::app::ctl {

/// Takes `user` out of a group, with the role of its owner going to a successor.
/// Conversations of two and the lobby have no end: they are left as they are.
/// @returns whether it was in there, and is not any more
/// @errors errc::busy: somebody else was faster every time; those of the store
auto leave(storage::store& store, chat::conversation_id where, const chat::user_id& user,
           chat::timestamp now) -> chat::expected<bool>;

/// Deletes all that `user` sent there, as it would have done itself, then the texts and the files'
/// names from the rows. @returns how many messages
/// @errors as `leave`; what was deleted stays so, and a repeat goes on
auto delete_messages(storage::store& store, storage::census& census, chat::conversation_id where,
                     const chat::user_id& user, chat::timestamp now) -> chat::expected<std::size_t>;

}  // namespace parley::app::ctl
