#pragma once

#include <string>
#include <vector>

#include "app/ctl/workplace.hpp"

namespace parley::app::ctl {

/// What the program answers to its caller.
enum exit_code : int { done = 0, failed = 1, wrong_usage = 2 };

/// `parleyctl` without its process: reads the words after the program's name and does what is
/// asked. Results go to `io.out`; a failure is one line of `io.complaints`.
auto run(const std::vector<std::string>& words, const streams& io) -> exit_code;

}  // namespace parley::app::ctl
