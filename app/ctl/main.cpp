#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include "app/ctl/run.hpp"
#include "config/secret_flags.hpp"

auto main(int argc, char** argv) -> int {
  namespace config = parley::config;
  umask(077);  // as parleyd: files are made anew by rekey
  try {
    const std::vector<std::string> words{argv + 1, argv + argc};
    std::cerr << config::secret_flags_warning(config::hide_secrets({argv + 1, argv + argc}));
    return parley::app::ctl::run(words,
                                 {std::cin, std::cout, std::cerr, isatty(STDIN_FILENO) == 1});
  } catch (const std::exception& bug) {
    std::fprintf(stderr, "parleyctl: %s\n", bug.what());
    return 70;
  }
}
