// Input: the script of one hub connection (tests/fuzz/script.hpp).

#include "tests/fuzz/check.hpp"
#include "tests/fuzz/script.hpp"

using namespace parley;
using namespace parley::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = text_of(data, size);
  const auto whole = script{input, false}.run();
  const auto cut_up = script{input, true}.run();
  if (whole != cut_up)
    std::fprintf(stderr, "-- whole:\n%s\n-- in pieces:\n%s\n", whole.c_str(), cut_up.c_str());
  must(whole == cut_up, "answers do not depend on how the input is cut");
  return 0;
}
