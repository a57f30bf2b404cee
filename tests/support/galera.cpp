#include "tests/support/galera.hpp"

#include <chrono>
#include <string>
#include <vector>

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

auto sees_all(storage::sql::connection& member) -> bool {
  std::string size;
  member.query("SELECT variable_value FROM information_schema.global_status "
               "WHERE variable_name = 'WSREP_CLUSTER_SIZE'",
               {}, [&](const storage::sql::row& row) { size = row.text(0); });
  return size == std::to_string(galera::members);
}

}  // namespace

galera::galera() {
  std::string first;
  for (auto& one : members_) {
    const auto port = free_port();
    one = std::make_unique<mariadb>(arguments_of(port, first));
    if (first.empty()) first = "127.0.0.1:" + std::to_string(port);
  }
  for (const auto& one : members_) one->wait_until(sees_all, join_limit);
}

auto galera::shared() -> galera& {
  static galera instance;
  return instance;
}

}  // namespace parley::test
