#pragma once

#include <span>
#include <string>
#include <vector>

namespace parley::config {

/// Overwrites the values of secrets among the words of a command line, where everybody on the machine
/// can read them, with asterisks.
/// @param words  argv without the program's name; read them before
/// @returns the names of those keys, each once
auto hide_secrets(std::span<char* const> words) -> std::vector<std::string>;

/// What to tell who gave `names` as flags; empty for none.
auto secret_flags_warning(const std::vector<std::string>& names) -> std::string;

}  // namespace parley::config
