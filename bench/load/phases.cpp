#include "bench/load/phases.hpp"

#include <iostream>

#include "bench/wire/failure.hpp"

namespace parley::bench {

auto announce(const options& opts, std::string_view phase) -> std::string {
  if (!opts.phases) return {};
  std::cout << "phase " << phase << std::endl;
  std::string line;
  if (!std::getline(std::cin, line)) cannot_run("nobody answers on stdin");
  return line;
}

}  // namespace parley::bench
