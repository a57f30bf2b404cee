#!/usr/bin/env bash
# MariaDB 10.11 with Galera: a bulk INSERT that lost a race reports its rows as stored
#
# Seen with   mariadb-server 10.11.19-0+deb12u1, galera-4 26.4.23-0+deb12u1 and libmariadb3 of Debian 12
# Input       Two members of a cluster of two insert rows with the same primary keys at the same moment,
#             each in one statement that commits by itself: once as a bulk execution of a prepared
#             INSERT (STMT_ATTR_ARRAY_SIZE, 256 rows), once as a prepared INSERT with 64 rows of VALUES.
# One guesses that one of the two is told of its loss (1062 or 1213), however the rows were sent.
# It does     tell the loser of VALUES in every round. Of bulk executions both return success in some
#             rounds: all members then hold the rows of one, and the other's are nowhere.
# So          on a server with wsrep_on = ON, write many rows as VALUES, or as single statements in a
#             transaction; a success of a bulk execution says nothing there.
set -euo pipefail
work=$(mktemp -d) && chmod 755 "$work"
stop() {
  disown -a  # their end is no news
  pkill -9 -f "datadir=$work/" || true
  rm -rf "$work"
}
trap stop EXIT
cd "$work"
apt-get download -qq mariadb-server-core=1:10.11.19-0+deb12u1 mariadb-server=1:10.11.19-0+deb12u1 \
  mariadb-client-core=1:10.11.19-0+deb12u1 galera-4=26.4.23-0+deb12u1 \
  libmariadb3=1:10.11.19-0+deb12u1 libmariadb-dev=1:10.11.19-0+deb12u1 2>/dev/null
for package in ./*.deb; do dpkg -x "$package" root; done
base=$work/root/usr
export PATH="$base/bin:$base/sbin:$PATH"
for tool in rsync ss g++; do command -v "$tool" >/dev/null || { echo "needs $tool"; exit 2; }; done
# A state transfer wants a user that is not root.
as=()
if [ "$(id -u)" = 0 ]; then as=(setpriv --reuid=65534 --regid=65534 --clear-groups); fi
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# member NAME PEERS: starts one and waits until it takes statements
member() {
  local port sst ist
  port=$(free_port) sst=$(free_port) ist=$(free_port)
  sql=$(free_port)
  cp -r data "$1" && { [ "$(id -u)" != 0 ] || chown -R 65534:65534 "$1"; }
  "${as[@]}" "$base/sbin/mariadbd" --no-defaults --basedir="$base" --datadir="$work/$1" \
    --socket="$work/$1/socket" --pid-file="$work/$1/pid" --lc-messages-dir="$base/share/mysql" \
    --port="$sql" --bind-address=127.0.0.1 --skip-name-resolve --skip-log-bin --skip-grant-tables \
    --innodb-log-file-size=32M --binlog-format=ROW --innodb-autoinc-lock-mode=2 \
    --wsrep-on=ON --wsrep-provider="$base/lib/galera/libgalera_smm.so" \
    --wsrep-cluster-name=two --wsrep-cluster-address="gcomm://$2" \
    --wsrep-node-address="127.0.0.1:$port" --wsrep-sst-method=rsync \
    --wsrep-sst-receive-address="127.0.0.1:$sst" \
    --wsrep-provider-options="gmcast.listen_addr=tcp://127.0.0.1:$port;ist.recv_addr=127.0.0.1:$ist;gcache.size=16M" \
    >"$1.log" 2>&1 &
  at=127.0.0.1:$port
  for _ in $(seq 300); do
    if timeout 5 mariadb --no-defaults -S "$work/$1/socket" -e 'SELECT 1 FROM mysql.db LIMIT 0' 2>/dev/null; then return; fi
    sleep 0.2
  done
  tail -20 "$1.log"; exit 2
}

cat >race.cpp <<'CPP'
#include <mysql.h>

#include <barrier>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

MYSQL* connect(const char* port) {
  auto* db = mysql_init(nullptr);
  if (!mysql_real_connect(db, "127.0.0.1", "root", "", "test", std::atoi(port), nullptr, 0)) std::exit(2);
  return db;
}

/// Inserts `rows` ids from `first` on. @returns whether the server said that it did
bool insert(MYSQL* db, long long first, int rows, int who, bool bulk) {
  auto* statement = mysql_stmt_init(db);
  std::string text = "INSERT INTO t (id, who) VALUES (?,?)";
  for (int i = 1; i < rows && !bulk; ++i) text += ",(?,?)";
  if (mysql_stmt_prepare(statement, text.data(), text.size())) std::exit(2);
  std::vector<long long> ids(rows), names(rows, who);
  for (int i = 0; i < rows; ++i) ids[i] = first + i;
  std::vector<MYSQL_BIND> binds(bulk ? 2 : 2 * rows);
  for (std::size_t i = 0; i < binds.size(); ++i) {
    binds[i].buffer_type = MYSQL_TYPE_LONGLONG;
    binds[i].buffer = i % 2 == 0 ? &ids[i / 2] : &names[i / 2];
  }
  unsigned count = rows;
  if (bulk) mysql_stmt_attr_set(statement, STMT_ATTR_ARRAY_SIZE, &count);
  mysql_stmt_bind_param(statement, binds.data());
  const bool done = mysql_stmt_execute(statement) == 0;
  mysql_stmt_close(statement);
  return done;
}

/// race PORT PORT ROWS ROUNDS bulk|values: prints in how many rounds both, or none, were told of success
int main(int, char** argv) {
  MYSQL* members[] = {connect(argv[1]), connect(argv[2])};
  const int rows = std::atoi(argv[3]), rounds = std::atoi(argv[4]);
  const bool bulk = std::string{argv[5]} == "bulk";
  mysql_query(members[0], "CREATE OR REPLACE TABLE t (id BIGINT PRIMARY KEY, who INT) ENGINE=InnoDB");
  mysql_query(members[1], "SET SESSION wsrep_sync_wait = 1");
  mysql_query(members[1], "SELECT COUNT(*) FROM t");
  mysql_free_result(mysql_store_result(members[1]));
  int both = 0, none = 0;
  for (int round = 0; round < rounds; ++round) {
    bool done[2];
    std::barrier start{2};
    const auto go = [&](int who) {
      start.arrive_and_wait();
      done[who] = insert(members[who], 1000LL * round, rows, who, bulk);
    };
    std::thread other{go, 1};
    go(0);
    other.join();
    both += done[0] && done[1];
    none += !done[0] && !done[1];
  }
  std::printf("%s: told of success: both in %s, none in %d of %d rounds\n", argv[5],
              both == 0 ? "0" : "some", none, rounds);
  std::fprintf(stderr, "(%s: both in %d)\n", argv[5], both);
}
CPP
g++ -std=c++20 -O1 -I"$base/include/mariadb" race.cpp -o race -L"$base/lib/x86_64-linux-gnu" -lmariadb -pthread
mariadb-install-db --no-defaults --basedir="$base" --datadir="$work/data" \
  --auth-root-authentication-method=normal ${as:+--user=root} >install.log 2>&1
chmod 777 "$work"
member one "" && one=$sql first=$at
member two "$first" && two=$sql
mariadb --no-defaults -S one/socket -e 'CREATE DATABASE IF NOT EXISTS test'
export LD_LIBRARY_PATH=$base/lib/x86_64-linux-gnu
seen=$(./race "$one" "$two" 64 400 values; ./race "$one" "$two" 256 400 bulk)
stated='values: told of success: both in 0, none in 0 of 400 rounds
bulk: told of success: both in some, none in 0 of 400 rounds'
echo "$seen"
[ "$seen" = "$stated" ] || { echo "this has changed"; exit 1; }
