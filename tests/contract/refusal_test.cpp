// What a refusal, a slow statement and a database that is away cost.

#include <catch2/catch.hpp>

#include <string>

#include "tests/contract/drivers.hpp"
#include "tests/contract/script.hpp"

using namespace parley;
using namespace parley::test;
using Catch::Matchers::Contains;
using chat::errc;

namespace {

/// Connections the server has taken since it started, the asker's among them.
auto connections(const config::storage_options& options) -> int {
  return std::stoi(ask_sql(options,
                           "SELECT variable_value FROM information_schema.global_status WHERE "
                           "variable_name = 'CONNECTIONS'",
                           1));
}

/// `call` is refused with `code`, and its store goes on with the connection it has.
template <class Call>
void check_keeps_connection(const config::storage_options& options, errc code, Call call) {
  REQUIRE(call().error().code == code);
  const auto before = connections(options);
  for (int i = 0; i < 5; ++i) CHECK(call().error().code == code);
  CHECK(connections(options) == before + 1);
}

}  // namespace

TEST_CASE("what the store refuses costs no connection", "[store][refusal][mysql]") {
  database<mariadb_driver> db;
  auto& store = *db.store;
  script room{store, alice, bob};
  const auto check = [&](errc code, auto call) { check_keeps_connection(db.options, code, call); };
  check(errc::limit, [&] { return store.add_block({alice, carol, {}}, noon, 0); });
  check(errc::rate_limited, [&] {
    storage::attachment_row file;
    file.what = {new_id(), "a.png", "image/png", 100, {}};
    file.conversation = room.id();
    file.uploader = alice;
    return store.add_attachment(file, {noon, 1, 1});
  });
  check(errc::not_found, [&] { return store.retry_dead_letter({new_id()}, noon); });
  check(errc::refused, [&] {
    auto message = room.message(alice, "a file");
    --room.last_seq, --room.last_ordinal;
    message.attachments.push_back({new_id(), "a.png", "image/png", 100, {}});
    return append(store, {message});
  });
  check(errc::duplicate, [&] {
    auto message = room.message(alice, "again");
    --room.last_seq, --room.last_ordinal;
    message.seq = 1;
    return append(store, {message});
  });
}

TEST_CASE("the database ends a statement that takes too long", "[store][refusal][mysql]") {
  database<mariadb_driver> db;
  db.options.network_timeout_ms = 1'000;
  const auto slow = std::move(*storage::open_connection(db.options));
  slow->ensure_open();
  const auto wait = [&] { slow->query("SELECT SLEEP(20)", {}, [](const storage::sql::row&) {}); };
  CHECK_THROWS_WITH(wait(), Contains("the statement took too long"));
  CHECK(ask_sql(db.options,
                "SELECT COUNT(*) FROM information_schema.processlist WHERE info LIKE 'SELECT SLE%'",
                1) == "0\n");
}

TEST_CASE("stores of one database fail at once while it is known to be away",
          "[store][refusal][mysql]") {
  database<mariadb_driver> db;
  const auto with = std::make_shared<storage::shared>();
  const auto one = std::move(*storage::open_store(db.options, {}, with));
  REQUIRE(one->ping());
  auto elsewhere = db.options;
  elsewhere.url = "mysql://parley:x@127.0.0.1:1/messaging";
  const auto other = std::move(*storage::open_store(elsewhere, {}, with));
  REQUIRE_FALSE(other->ping());
  CHECK(with->outages.is_open());
  const auto before = connections(db.options);
  const auto refused = one->ping();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::unavailable);
  CHECK(opened(db.options)->ping());  // it has nothing to do with them
  with->outages.close();
  CHECK(one->ping());
  CHECK(connections(db.options) == before + 2);  // the asker's and opened()'s: `one` kept its own
}

TEST_CASE("a server without TLS is refused plainly when TLS is asked for",
          "[store][refusal][mysql]") {
  database<mariadb_driver> db;
  db.options.url += "?tls=required";
  const auto refused = opened(db.options)->ping();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::unavailable);
  CHECK_THAT(refused.error().detail, Contains("TLS"));
}
