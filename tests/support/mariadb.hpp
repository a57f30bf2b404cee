#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "storage/sql/connection.hpp"

namespace parley::test {

/// A private MariaDB server for tests: own data in a temporary folder, own port on 127.0.0.1, own
/// unix socket, a flush to disk at every commit. It needs `mariadbd` and `mariadb-install-db` to be
/// installed, and nothing to be running.
///
/// It is killed when its owner goes, and by the kernel when the test process dies.
/// @errors std::runtime_error from every call, with the end of the server's log
/// @thread one at a time; the thread that starts it must outlive it
class mariadb {
 public:
  /// Starts a server and waits until it answers; about a second, the first time three.
  mariadb();
  /// @param arguments beside those that all get
  explicit mariadb(std::vector<std::string> arguments);
  ~mariadb();
  mariadb(const mariadb&) = delete;
  auto operator=(const mariadb&) -> mariadb& = delete;

  /// The one server of this test process, started on first use.
  static auto shared() -> mariadb&;

  /// The `storage.url` of a database, which need not exist.
  auto url(const std::string& database) const -> std::string;
  /// The same through the unix socket.
  auto socket_url(const std::string& database) const -> std::string;
  /// Makes an empty database nobody else uses. @returns its `storage.url`
  auto new_database() -> std::string;

  /// Ends the server as a crash would; data and port stay.
  void kill9();
  /// Ends the server in order.
  void stop();
  /// Starts a server that was ended, with the same data and port, and waits until it answers.
  void start();
  /// Freezes and thaws the server: connections stay, answers do not come.
  void freeze();
  void thaw();

  /// Asks `is_ready`, with a connection as soon as there is one, until it says yes.
  /// @errors also when the server ends meanwhile, or takes longer than `limit`
  void wait_until(const std::function<bool(storage::sql::connection&)>& is_ready,
                  std::chrono::seconds limit);

  auto port() const -> std::uint16_t { return port_; }
  auto pid() const -> pid_t { return pid_; }

 private:
  void spawn();
  auto log_tail() const -> std::string;
  void wait_for_exit();

  std::filesystem::path folder_;
  std::vector<std::string> arguments_;  ///< of its own, beside those of all
  std::uint16_t port_ = 0;
  pid_t pid_ = -1;
  int databases_ = 0;
};

/// A port of 127.0.0.1 that nobody listens on.
auto free_port() -> std::uint16_t;

}  // namespace parley::test
