#include <algorithm>
#include <cstddef>

#include "config/readers.hpp"

namespace parley::config {
namespace {

/// Optimal string alignment distance, in three rolling rows.
auto edits(std::string_view a, std::string_view b) -> std::size_t {
  std::vector<std::size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) above[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, replaced});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(above);
    above.swap(row);
  }
  return above[b.size()];
}

}  // namespace

auto nearest(std::string_view wrong, const std::vector<std::string>& known) -> std::string {
  // Names are short; a long wrong one is cut so that its cost stays small.
  wrong = wrong.substr(0, 100);
  return *std::ranges::min_element(known, {}, [&](const auto& name) { return edits(wrong, name); });
}

}  // namespace parley::config
