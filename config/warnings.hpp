#pragma once

#include <string>
#include <vector>

#include "config/load.hpp"

namespace parley::config {

/// What is allowed and nobody wants, a sentence each with the settings to look at: nobody can sign
/// in, anybody can register from outside, passwords and tokens in the clear, secrets that others
/// can read, figures for everybody, proxies without an origin, no limits. Reads modes of files,
/// nothing else.
/// @thread any
auto warnings(const loaded& settings) -> std::vector<std::string>;

}  // namespace parley::config
