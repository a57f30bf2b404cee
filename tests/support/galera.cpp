#include "tests/support/galera.hpp"

#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "storage/migrations.hpp"

namespace parley::test {
namespace {

using namespace std::chrono_literals;

constexpr auto join_limit = 60s;
constexpr auto library = "/usr/lib/galera/libgalera_smm.so";

/// @param port where members speak with each other
/// @param peers "": it begins the cluster, and alone flushes each commit to disk: no case here needs the
///              others' disks
auto arguments_of(std::uint16_t port, const std::string& peers) -> std::vector<std::string> {
  const auto at = "127.0.0.1:" + std::to_string(port);
  return {"--wsrep-on=ON",
          "--wsrep-provider=" + std::string{library},
          "--wsrep-cluster-name=parley",
          "--wsrep-cluster-address=gcomm://" + peers,
          "--wsrep-node-address=" + at,
          "--wsrep-provider-options=gmcast.listen_addr=tcp://" + at + ";ist.recv_addr=127.0.0.1:" +
              std::to_string(free_port()) + ";gcache.size=16M;pc.recovery=false",
          "--wsrep-sst-method=rsync",
          "--wsrep-sst-receive-address=127.0.0.1:" + std::to_string(free_port()),
          "--binlog-format=ROW",
          "--default-storage-engine=InnoDB",
          "--innodb-autoinc-lock-mode=2",
          "--innodb-flush-log-at-trx-commit=" + std::string{peers.empty() ? "1" : "0"}};
}

/// Until it takes statements and sees all of them.
void wait_until_joined(const mariadb& member) {
  config::storage_options options;
  options.url = member.url("mysql");
  const auto db = storage::open_connection(options);
  const auto end = std::chrono::steady_clock::now() + join_limit;
  for (std::string size; size != std::to_string(galera::members);) {
    if (std::chrono::steady_clock::now() > end)
      throw std::runtime_error{"the Galera cluster does not form"};
    try {
      (*db)->ensure_open();
      (*db)->query("SELECT variable_value FROM information_schema.global_status WHERE variable_name = "
                   "'WSREP_CLUSTER_SIZE'",
                   {}, [&](const storage::sql::row& row) { size = row.text(0); });
    } catch (const storage::sql::failure& why) {
      (*db)->abandon(why);  // it is joining
    }
    std::this_thread::sleep_for(10ms);
  }
}

}  // namespace

galera::galera() {
  std::string first;
  for (auto& one : members_) {
    const auto port = free_port();
    one = std::make_unique<mariadb>(arguments_of(port, first));
    if (first.empty()) first = "127.0.0.1:" + std::to_string(port);
  }
  for (const auto& one : members_) wait_until_joined(*one);
}

auto galera::shared() -> galera& {
  static galera instance;
  return instance;
}

}  // namespace parley::test
