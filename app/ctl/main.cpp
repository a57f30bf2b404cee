#include <cstdio>
#include <exception>
#include <iostream>

#include "app/ctl/run.hpp"

auto main(int argc, char** argv) -> int {
  try {
    return parley::app::ctl::run({argv + 1, argv + argc}, std::cout, std::cerr);
  } catch (const std::exception& bug) {
    std::fprintf(stderr, "parleyctl: %s\n", bug.what());
    return 70;
  }
}
