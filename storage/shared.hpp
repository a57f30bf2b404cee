#pragma once

#include <cstddef>
#include <memory>

#include "storage/breaker.hpp"
#include "storage/turn.hpp"

namespace parley::storage {

/// What the stores of one database in one process share. A store without it stands for itself.
struct shared {
  breaker outages;  ///< of MySQL
  turn writing;     ///< of SQLite
  std::size_t max_conversations_per_user = 0;  ///< 0: no limit
};

using shared_ptr = std::shared_ptr<shared>;

}  // namespace parley::storage
