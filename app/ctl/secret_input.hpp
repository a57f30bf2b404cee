#pragma once

#include <string>

#include "app/ctl/workplace.hpp"
#include "chat/expected.hpp"

namespace parley::app::ctl {

/// A password from the first line of the input; on a terminal it is asked for, twice, and not
/// shown. Never from the command line, which everybody on the machine can read.
/// @errors errc::bad_request: none came, the two differ, or it cannot be a password
auto read_password(const streams& io) -> chat::expected<std::string>;

/// 20 characters that are read aloud without mistakes, of 100 random bits.
auto random_password() -> std::string;

}  // namespace parley::app::ctl
