#include "config/warnings.hpp"

#include <sys/stat.h>
#include <catch2/catch.hpp>

#include <fstream>

#include "tests/support/temporary_folder.hpp"

using namespace parley;

namespace {

/// Settings of which nothing is to be said but what `flags` change.
auto warned(std::vector<std::string> flags) -> std::string {
  flags.insert(flags.begin(), "--auth.hs256_secret=0123456789abcdef0123456789abcdef");
  config::sources from;
  from.default_file = "/nowhere";
  from.flags = std::move(flags);
  const auto settings = config::load(from);
  REQUIRE(settings);
  std::string all;
  for (const auto& one : config::warnings(*settings)) all += one + '\n';
  return all;
}

}  // namespace

TEST_CASE("nothing is said of a server that is as it should be", "[config][warnings]") {
  CHECK(warned({}).empty());
  CHECK(warned({"--auth.accounts"}).empty());
  CHECK(warned({"--http.trusted_proxies=127.0.0.1", "--http.public_origin=https://a.example"})
            .empty());
  CHECK(warned({"--http.address=0.0.0.0", "--http.tls_certificate=a", "--http.tls_key=b"}).empty());
  CHECK(warned({"--http.address=::1"}).empty());
}

TEST_CASE("what nobody wants is said, with the settings to look at", "[config][warnings]") {
  for (const auto& [flags, text] : std::vector<std::pair<std::vector<std::string>, std::string>>{
           {{"--auth.hs256_secret="}, "nobody can sign in"},
           {{"--auth.accounts", "--http.address=::"}, "everybody who reaches :: can register"},
           {{"--http.address=0.0.0.0"}, "in the clear: http.address is 0.0.0.0"},
           {{"--http.trusted_proxies=10.0.0.1"}, "without http.public_origin"},
           {{"--metrics.address=0.0.0.0"}, "metrics.address"},
           {{"--limits.enabled=false"}, "limits.enabled is off"}}) {
    CAPTURE(text);
    CHECK(warned(flags).find(text) != std::string::npos);
  }
}

TEST_CASE("a secret in a file that everybody can read is warned of, until they cannot",
          "[config][warnings]") {
  test::temporary_folder folder;
  const auto file = folder.path() / "parleyd.toml";
  std::ofstream{file} << "[storage]\nurl = \"mysql://parley:secret@db/chat\"\n";
  REQUIRE(::chmod(file.c_str(), 0644) == 0);
  const auto said = warned({"--config", file.string()});
  CHECK(said.find("storage.url is in " + file.string()) != std::string::npos);
  CHECK(said.find("secret") == std::string::npos);
  CHECK(said.find("PARLEY_STORAGE__URL_FILE") != std::string::npos);
  REQUIRE(::chmod(file.c_str(), 0600) == 0);
  CHECK(warned({"--config", file.string()}).empty());
}
