#pragma once

#include "chat/expected.hpp"

/// The dead letter queue for its operator. Text of users is made harmless for terminals,
/// but not in JSON.
namespace parley::app::ctl {

class workplace;

/// `dlq list [--limit N] [--before ID]`: newest first, without texts.
auto list_letters(workplace& at) -> chat::expected<void>;
/// `dlq show ID`. @errors errc::not_found; those of the store
auto show_letter(workplace& at) -> chat::expected<void>;
/// `dlq retry ID`: posts it as of now. @errors as store::retry_dead_letter
auto retry_letter(workplace& at) -> chat::expected<void>;
/// `dlq drop ID`
auto drop_letter(workplace& at) -> chat::expected<void>;

}  // namespace parley::app::ctl
