#pragma once

#include "chat/expected.hpp"

namespace parley::app::ctl {

class workplace;

/// `check`: would `parleyd serve` start with these settings, and what would it warn of? Settings,
/// sign-in keys, certificate, encryption keys, database, schema, texts, folder of the files;
/// changes nothing.
/// @errors errc::conflict: it would not; how many, the lines say what
auto check_all(workplace& at) -> chat::expected<void>;

}  // namespace parley::app::ctl
