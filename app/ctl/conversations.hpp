#pragma once

#include "chat/expected.hpp"

/// Conversations, for who looks after them.
namespace parley::app::ctl {

class workplace;

/// `conversation list [--user ID] [--limit N] [--before ID]`: newest first.
auto list_conversations(workplace& at) -> chat::expected<void>;
/// `conversation show ID`. @errors errc::not_found
auto show_conversation(workplace& at) -> chat::expected<void>;
/// `conversation members ID`: longest-standing first, with how far each has come.
auto list_members(workplace& at) -> chat::expected<void>;
/// `conversation export ID`: the conversation on a line, its members, then every entry, as JSON
/// lines. A stretch at a time, however long it is.
auto export_conversation(workplace& at) -> chat::expected<void>;

}  // namespace parley::app::ctl
