#pragma once

#include <string>
#include <string_view>

namespace parley::app::ctl {

/// Does some command begin with this word, and need another one?
auto is_group(std::string_view word) -> bool;

/// "list, show, retry or drop": the second words of a group.
auto words_of_group(std::string_view group) -> std::string;

/// What `help` prints. @param about  a command's path, a group, or empty for all
auto help_text(std::string_view about) -> std::string;

}  // namespace parley::app::ctl
