// parley-count NAME TIMES: repeats one station of a message's way inside `counted_part`, which is
// what count.py lets callgrind count. Without NAME it lists them.

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "bench/micro/cases.hpp"

extern "C" __attribute__((noinline)) void counted_part(const parley::bench::micro_case& what,
                                                       unsigned long times) {
  volatile std::size_t kept = 0;
  for (unsigned long i = 0; i < times; ++i) kept = what.once();
  (void)kept;
}

auto main(int argc, char** argv) -> int {
  std::string folder = std::filesystem::temp_directory_path() / "parley-count-XXXXXX";
  if (mkdtemp(folder.data()) == nullptr) return 1;
  int status = argc == 3 ? 1 : 0;
  for (const auto& each : parley::bench::micro_cases(folder)) {
    if (argc != 3) std::puts(each.name.c_str());
    if (argc != 3 || each.name != argv[1]) continue;
    each.once();  // what is made on first use is not what a message costs
    counted_part(each, std::strtoul(argv[2], nullptr, 10));
    status = 0;
  }
  std::filesystem::remove_all(folder);
  return status;
}
