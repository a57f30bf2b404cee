#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "chat/expected.hpp"

namespace parley::app::ctl {

class workplace;

/// An option of one command: `--limit N`, or a switch.
struct option {
  std::string_view name;   ///< "--limit"
  std::string_view value;  ///< what stands behind it, "N"; empty: nothing
  std::string_view help;   ///< half a line
};

/// One thing the program does. commands.cpp holds the only list of them; help, arguments, the
/// manual page's test and the completion's test read it.
struct command {
  std::string_view path;      ///< "dlq list"; at most two words
  std::string_view operands;  ///< "ID", "NAME [FOLDER]"; those in brackets may be left out
  std::string_view summary;   ///< one line
  std::string_view more;  ///< what `--help` says besides, lines of at most 96 columns; may be empty
  std::vector<option> options;  ///< besides --json and settings, which all take
  auto(*act)(workplace& at) -> chat::expected<void>;
};

/// Every command, in the order that help shows them.
auto commands() -> std::span<const command>;

/// How many operands `what` takes at least and at most.
struct operand_count {
  std::size_t least = 0;
  std::size_t most = 0;
};
auto operand_count_of(const command& what) -> operand_count;

}  // namespace parley::app::ctl
