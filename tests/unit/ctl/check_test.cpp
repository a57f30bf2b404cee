#include "app/ctl/check.hpp"

#include <fstream>

#include "tests/unit/ctl/desk.hpp"

using namespace parley;
using namespace parley::test;

namespace {

const std::string secret = "--auth.hs256_secret=0123456789abcdef0123456789abcdef";

}  // namespace

TEST_CASE("a server that would start is found good", "[ctl][check]") {
  operator_desk desk;
  desk.settings = {secret};
  CHECK(desk.run({"check", "--json"}) == ctl::done);
  for (const auto& line : desk.json()) {
    CAPTURE(line);
    CHECK(line["result"] != "error");
  }
  CHECK(desk.said("version "));
}

TEST_CASE("a database that is not there yet is made by the server, where it can be",
          "[ctl][check]") {
  operator_desk desk;
  desk.settings = {secret};
  desk.options.url = "sqlite:" + (desk.folder.path() / "new" / "parley.db").string();
  CHECK(desk.run({"check"}) == ctl::done);
  CHECK(desk.said("is not there yet: serve makes it"));
  CHECK_FALSE(std::filesystem::exists(desk.folder.path() / "new"));
  std::ofstream{desk.folder.path() / "plain"} << "a file";
  desk.options.url = "sqlite:" + (desk.folder.path() / "plain" / "parley.db").string();
  CHECK(desk.run({"check"}) == ctl::failed);
  CHECK(desk.said("cannot be made"));
  CHECK(desk.said("plain: Not a directory"));
}

TEST_CASE("what serve would refuse is an error, each named with its file", "[ctl][check]") {
  operator_desk desk;
  const auto broken = (desk.folder.path() / "broken.pem").string();
  std::ofstream{broken} << "nothing";
  for (const auto& [settings, text] : std::vector<std::pair<words, std::string>>{
           {{"--http.prt=1"}, "http.port"},
           {{secret, "--http.tls_certificate=/nowhere.pem", "--http.tls_key=/nowhere.key"},
            "/nowhere.pem: No such file or directory"},
           {{secret, "--http.tls_certificate=" + broken, "--http.tls_key=" + broken},
            broken + ": it holds no certificate"},
           {{"--auth.public_keys=/nowhere.pem"}, "/nowhere.pem"},
           {{secret, "--encryption.enabled", "--encryption.key_file=/nowhere.keys"},
            "/nowhere.keys"},
           {{secret, "--attachments.directory=" + broken}, broken + ": Not a directory"}}) {
    desk.settings = settings;
    CAPTURE(text);
    CHECK(desk.run({"check"}) == ctl::failed);
    CHECK(desk.said(text));
    CHECK(desk.complained("parleyd from starting"));
  }
}

TEST_CASE("what nobody wants is warned of, and no error", "[ctl][check]") {
  operator_desk desk;
  desk.settings = {"--http.address=0.0.0.0"};
  CHECK(desk.run({"check"}) == ctl::done);
  CHECK(desk.said("nobody can sign in"));
  CHECK(desk.said("in the clear"));
}
