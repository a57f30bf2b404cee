#pragma once

#include <functional>
#include <string>
#include <vector>

namespace parley::bench {

/// One hot operation, set up and ready to be repeated.
struct micro_case {
  std::string name;
  /// @returns what the optimiser must not throw away
  std::function<std::size_t()> once;
};

/// The stations of a message's way, in its order.
/// @param folder  where the store's files may go
auto micro_cases(const std::string& folder) -> std::vector<micro_case>;

}  // namespace parley::bench
