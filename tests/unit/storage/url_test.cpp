#include "storage/url.hpp"

#include <catch2/catch.hpp>

using namespace parley::storage;
using parley::chat::errc;

namespace {

auto parse_mysql(std::string_view url) -> mysql_address {
  const auto found = parse_url(url);
  REQUIRE(found);
  REQUIRE(std::holds_alternative<mysql_address>(*found));
  return std::get<mysql_address>(*found);
}

}  // namespace

TEST_CASE("a sqlite url is a path", "[storage][url]") {
  const auto found = parse_url("sqlite:./data/parley.db");
  REQUIRE(found);
  CHECK(std::get<sqlite_address>(*found).path == "./data/parley.db");
}

TEST_CASE("a mysql url names user, password, host, port and database", "[storage][url]") {
  const auto at = parse_mysql("mysql://parley:secret@db.example.com:3307/chat");
  CHECK(at.user == "parley");
  CHECK(at.password == "secret");
  CHECK(at.host == "db.example.com");
  CHECK(at.port == 3307);
  CHECK(at.database == "chat");
  CHECK(at.socket.empty());
}

TEST_CASE("port, password and database may be left out", "[storage][url]") {
  const auto at = parse_mysql("mysql://parley@db");
  CHECK(at.port == 3306);
  CHECK(at.password.empty());
  CHECK(at.database == "messaging");
  CHECK(parse_mysql("mysql://parley@db/").database == "messaging");
}

TEST_CASE("a socket takes the place of the host", "[storage][url]") {
  const auto at = parse_mysql("mysql://parley:x@/chat?socket=/run/mysqld/mysqld.sock");
  CHECK(at.host.empty());
  CHECK(at.socket == "/run/mysqld/mysqld.sock");
  CHECK(at.database == "chat");
}

TEST_CASE("tls is off unless asked for, and verified against the given certificates",
          "[storage][url]") {
  CHECK(parse_mysql("mysql://a:b@db/x").tls == tls_use{});
  CHECK(parse_mysql("mysql://a:b@db/x?tls=off").tls == tls_use{});
  CHECK(parse_mysql("mysql://a:b@db/x?tls=required").tls == tls_use{true, false, ""});
  const auto both = parse_mysql("mysql://a:b@/x?socket=/s&tls=verify&tls_ca=/etc/a%26b.pem");
  CHECK(both.tls == tls_use{true, true, "/etc/a&b.pem"});
  CHECK(both.socket == "/s");
  for (const auto* wrong : {"tls=yes", "tls", "tls=verify", "tls_ca=/x", "tls=required&tls_ca=/x",
                            "tls=required&sslmode=x"})
    CHECK_FALSE(parse_url(std::string{"mysql://a:b@db/x?"} + wrong));
}

TEST_CASE("percent escapes are decoded and other percent signs stay", "[storage][url]") {
  CHECK(parse_mysql("mysql://a:p%40ss%2Fword@db/x").password == "p@ss/word");
  CHECK(parse_mysql("mysql://a:100%@db/x").password == "100%");
  CHECK(parse_mysql("mysql://a:p@ss@db/x").password == "p@ss");
}

TEST_CASE("an address in brackets is an IPv6 host", "[storage][url]") {
  const auto at = parse_mysql("mysql://a:b@[::1]:3310/x");
  CHECK(at.host == "::1");
  CHECK(at.port == 3310);
  CHECK(parse_mysql("mysql://a:b@[::1]/x").port == 3306);
}

TEST_CASE("a url that makes no sense is refused without its password", "[storage][url]") {
  for (const auto* url :
       {"", "sqlite:", "postgres://a:hidden@b/c", "mysql://db/chat", "mysql://a:hidden@db:0/x",
        "mysql://a:hidden@db:99999/x", "mysql://a:hidden@db:x/x", "mysql://:hidden@db/x",
        "mysql://a:hidden@/x", "mysql://a:hidden@db/x?ssl=1"}) {
    INFO(url);
    const auto refused = parse_url(url);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::bad_request);
    CHECK(refused.error().detail.find("hidden") == std::string::npos);
  }
}
