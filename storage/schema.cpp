#include "storage/schema.hpp"

#include <algorithm>
#include <string>

namespace parley::storage {

auto check_steps(const std::vector<migration_state>& steps) -> chat::expected<int> {
  int newest = 0;
  for (const auto& step : steps) {
    if (!step.checksum_matches)
      return chat::unexpected{chat::errc::conflict,
                              "migration " + std::to_string(step.version) +
                                  " differs from the one that was applied"};
    if (!step.applied)
      return chat::unexpected{chat::errc::conflict,
                              "the database schema is not up to date: run `parleyd migrate up`, or "
                              "set storage.migrate_on_start"};
    newest = std::max(newest, step.version);
  }
  return newest;
}

}  // namespace parley::storage
