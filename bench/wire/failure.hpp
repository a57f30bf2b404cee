#pragma once

#include <stdexcept>
#include <string>

namespace parley::bench {

/// How a benchmark program ends.
enum class exit_code : int {
  ok = 0,
  cannot_run = 1,    ///< wrong options, nobody listens, a set-up step was refused
  check_failed = 2,  ///< a delivery was lost, doubled, out of order, or came to the wrong room
};

/// Ends the run; only `main` catches it. No figure is printed after one.
struct run_failure : std::runtime_error {
  run_failure(exit_code c, const std::string& what) : std::runtime_error(what), code(c) {}
  exit_code code;
};

[[noreturn]] inline void cannot_run(const std::string& what) {
  throw run_failure(exit_code::cannot_run, what);
}
[[noreturn]] inline void check_failed(const std::string& what) {
  throw run_failure(exit_code::check_failed, what);
}

}  // namespace parley::bench
