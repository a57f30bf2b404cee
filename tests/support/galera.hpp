#pragma once

#include <array>
#include <memory>

#include "tests/support/mariadb.hpp"

namespace parley::test {

/// Three MariaDB servers that are one Galera cluster, on free ports of 127.0.0.1. It needs what Debian's
/// `mariadb-server` brings, Galera's library included. About 15 seconds until all have their state.
/// @errors std::runtime_error, as mariadb
class galera {
 public:
  static constexpr std::size_t members = 3;

  galera();

  /// The one cluster of this test process, started on first use.
  static auto shared() -> galera&;

  auto member(std::size_t number) -> mariadb& { return *members_.at(number); }

 private:
  std::array<std::unique_ptr<mariadb>, members> members_;
};

}  // namespace parley::test
