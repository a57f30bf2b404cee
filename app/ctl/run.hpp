#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace parley::app::ctl {

/// What the program answers to its caller.
enum exit_code : int { done = 0, failed = 1, wrong_usage = 2 };

/// `parleyctl` without its process: reads the words after the program's name, loads the settings,
/// opens the store and does what is asked. Results go to `out`, reasons to `complaints`.
auto run(const std::vector<std::string>& words, std::ostream& out, std::ostream& complaints)
    -> exit_code;

}  // namespace parley::app::ctl
