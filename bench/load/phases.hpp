#pragma once

#include <string>
#include <string_view>

#include "bench/load/options.hpp"

namespace parley::bench {

/// With `--phases`: says "phase NAME" on stdout and waits for a line on stdin, so that whoever
/// started the program can act in between (attach a tracer, restart the server).
///
/// @returns that line; empty without `--phases`
auto announce(const options& opts, std::string_view phase) -> std::string;

}  // namespace parley::bench
