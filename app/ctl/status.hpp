#pragma once

#include "chat/expected.hpp"

namespace parley::app::ctl {

class workplace;

/// `status`: does the server run and is it ready, what does it carry, and what does its store hold.
/// @errors errc::unavailable: it does not run, is not ready, or the store is away; what is known is
/// printed
auto show_status(workplace& at) -> chat::expected<void>;

}  // namespace parley::app::ctl
