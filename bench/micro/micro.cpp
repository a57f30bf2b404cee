// parley-micro: how long each station of a message's way takes (Google Benchmark).

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <filesystem>

#include "bench/micro/cases.hpp"

auto main(int argc, char** argv) -> int {
  std::string folder = std::filesystem::temp_directory_path() / "parley-micro-XXXXXX";
  if (mkdtemp(folder.data()) == nullptr) return 1;
  for (const auto& each : parley::bench::micro_cases(folder)) {
    benchmark::RegisterBenchmark(each.name.c_str(), [each](benchmark::State& state) {
      for (auto _ : state) benchmark::DoNotOptimize(each.once());
    });
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  std::filesystem::remove_all(folder);
  return 0;
}
