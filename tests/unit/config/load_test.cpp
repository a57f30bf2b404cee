#include "config/load.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <set>

#include "config/keys.hpp"
#include "config/value.hpp"
#include "tests/unit/config/temporary_file.hpp"

using namespace parley;
using namespace parley::config;
using Catch::Matchers::Contains;

namespace {

const std::string secret(32, 's');

/// Sources of nothing but defaults.
auto nothing() -> sources {
  sources from;
  from.default_file = "/nonexistent/parleyd.toml";
  return from;
}

auto with_flags(std::vector<std::string> flags) -> sources {
  auto from = nothing();
  from.flags = std::move(flags);
  return from;
}

auto with_variable(const std::string& name, const std::string& value) -> sources {
  auto from = nothing();
  from.environment[name] = value;
  return from;
}

/// What `load` says about sources that are wrong.
auto complaint(const sources& from) -> std::string {
  const auto result = load(from);
  REQUIRE_FALSE(result);
  CHECK(result.error().code == chat::errc::bad_request);
  return result.error().detail;
}

auto complaint_about_file(std::string_view text) -> std::string {
  const temporary_file file{text};
  return complaint(with_flags({"--config", file.path()}));
}

auto line_of(const loaded& what, std::string_view key) -> origin_line {
  for (const auto& line : what.origins)
    if (line.key == key) return line;
  return {};
}

}  // namespace

TEST_CASE("load without any source gives the defaults", "[config][load]") {
  const auto result = load(nothing());
  REQUIRE(result);
  CHECK(result->values.http.port == 8080);
  CHECK(result->values.delivery == delivery_mode::stored);
  CHECK(result->values.storage.url == "sqlite:./data/parley.db");
  CHECK(result->origins.size() == keys().size());
  for (const auto& line : result->origins) CHECK(line.origin == "default");
}

TEST_CASE("flags win over variables, variables over the file, the file over defaults",
          "[config][load]") {
  const temporary_file file{"[http]\nport = 1001\nthreads = 2\nmax_body_bytes = 2048\n"};
  auto from = nothing();
  from.default_file = file.path();
  from.environment = {{"PARLEY_HTTP__PORT", "1002"}, {"PARLEY_HTTP__THREADS", "3"}};
  from.flags = {"--http.port=1003"};
  const auto result = load(from);
  REQUIRE(result);
  CHECK(result->values.http.port == 1003);
  CHECK(result->values.http.threads == 3);
  CHECK(result->values.http.max_body_bytes == 2048);
  CHECK(result->values.http.idle_timeout_ms == 60'000);
  CHECK(line_of(*result, "http.port").origin == "flag");
  CHECK(line_of(*result, "http.threads").origin == "env PARLEY_HTTP__THREADS");
  CHECK(line_of(*result, "http.max_body_bytes").origin == "file " + file.path() + ":4");
  CHECK(line_of(*result, "http.idle_timeout_ms").origin == "default");
}

TEST_CASE("a value out of bounds is refused even when a later source replaces it",
          "[config][load]") {
  auto from = with_flags({"--http.port=8080"});
  from.environment["PARLEY_HTTP__PORT"] = "70000";
  CHECK_THAT(complaint(from), Contains("env PARLEY_HTTP__PORT: http.port takes a whole number "
                                       "0..65535, not \"70000\""));
}

TEST_CASE("a file named by a flag must exist, the default one need not", "[config][load]") {
  CHECK_THAT(complaint(with_flags({"--config", "/nonexistent/x.toml"})),
             Contains("/nonexistent/x.toml"));
  CHECK_THAT(complaint(with_flags({"--config=/nonexistent/x.toml"})),
             Contains("/nonexistent/x.toml"));
  CHECK(load(nothing()));
}

TEST_CASE("a named file is read in place of the default one", "[config][load]") {
  const temporary_file standard{"drain_timeout_ms = 1\n[http]\nport = 1\n"};
  const temporary_file named{"[http]\nport = 2\n"};
  auto from = with_flags({"--config", named.path()});
  from.default_file = standard.path();
  const auto result = load(from);
  REQUIRE(result);
  CHECK(result->values.http.port == 2);
  CHECK(result->values.drain_timeout_ms == 10'000);
}

TEST_CASE("a file sets values of every kind", "[config][load]") {
  const temporary_file file{
      "delivery = 'immediate'\n"
      "http.allowed_origins = ['https://a.example', 'http://b.example:81']\n"
      "limits = { enabled = false, sends_per_s = 0.5, sends_burst = 7 }\n"
      "[log]\nlevel = \"debug\"\n"};
  const auto result = load(with_flags({"--config", file.path()}));
  REQUIRE(result);
  CHECK(result->values.delivery == delivery_mode::immediate);
  CHECK(result->values.http.allowed_origins ==
        std::vector<std::string>{"https://a.example", "http://b.example:81"});
  CHECK_FALSE(result->values.limits.enabled);
  CHECK(result->values.limits.sends_per_s == 0.5);
  CHECK(result->values.limits.sends_burst == 7);
  CHECK(result->values.log.level == "debug");
}

TEST_CASE("a wrong value in a file is named with line, range and what it is", "[config][load]") {
  CHECK_THAT(complaint_about_file("\n[http]\nport = 99999\n"),
             Contains(":3: http.port takes a whole number 0..65535, not \"99999\""));
  CHECK_THAT(complaint_about_file("[http]\nport = -1\n"), Contains("not \"-1\""));
  CHECK_THAT(complaint_about_file("[http]\nport = '8080'\n"),
             Contains(":2: http.port takes a whole number 0..65535, not text"));
  CHECK_THAT(complaint_about_file("[http]\nport = 80.5\n"), Contains("not a fraction"));
  CHECK_THAT(complaint_about_file("[http]\nport = []\n"), Contains("not an array"));
  CHECK_THAT(complaint_about_file("[http.port]\nx = 1\n"), Contains("not a table"));
  CHECK_THAT(complaint_about_file("[http]\nport = 2020-01-01\n"), Contains("not a date or time"));
  CHECK_THAT(complaint_about_file("[http]\nallowed_origins = 'x'\n"),
             Contains("takes a list of texts, not text"));
  CHECK_THAT(complaint_about_file("[http]\nallowed_origins = [1]\n"), Contains("not an array"));
  CHECK_THAT(complaint_about_file("[auth]\nanonymous = 1\n"),
             Contains("takes true or false, not a whole number"));
  CHECK_THAT(complaint_about_file("[limits]\nsends_per_s = nan\n"), Contains("takes a number 0.."));
  CHECK_THAT(complaint_about_file("[limits]\nsends_per_s = inf\n"), Contains("takes a number 0.."));
  CHECK_THAT(complaint_about_file("delivery = 'later'\n"),
             Contains("delivery takes stored or immediate, not \"later\""));
  CHECK_THAT(complaint_about_file("[log]\nlevel = 'loud'\n"),
             Contains("trace or debug or info or warn or error or off"));
}

TEST_CASE("an unknown key in a file is refused with the nearest known one", "[config][load]") {
  CHECK_THAT(complaint_about_file("[http]\nprot = 1\n"),
             Contains(":2: unknown key http.prot; did you mean http.port?"));
  CHECK_THAT(complaint_about_file("delivry = 'stored'\n"), Contains("did you mean delivery?"));
  CHECK_THAT(complaint_about_file("[hubs]\nkeep_alive_ms = 1\n"), Contains("unknown key hubs"));
  CHECK_THAT(complaint_about_file("\"http.port\" = 1\n"), Contains("unknown key http.port"));
  CHECK_THAT(complaint_about_file("http = 1\n"), Contains("unknown key http;"));
  CHECK_THAT(complaint_about_file("[[http]]\nport = 1\n"), Contains("unknown key http;"));
}

TEST_CASE("a file that is no TOML is refused with its line", "[config][load]") {
  CHECK_THAT(complaint_about_file("[http]\nport = = 1\n"), Contains(":2: "));
  CHECK_THAT(complaint_about_file("a = \"\xff\"\n"), Contains("file "));
  CHECK_THAT(complaint_about_file("a = " + std::string(100'000, '[')), Contains("file "));
}

TEST_CASE("an unknown variable is refused with the nearest known one", "[config][load]") {
  CHECK_THAT(complaint(with_variable("PARLEY_HTTP__PROT", "1")),
             Contains("unknown variable PARLEY_HTTP__PROT; did you mean PARLEY_HTTP__PORT?"));
  CHECK_THAT(complaint(with_variable("PARLEY_HTTP_PORT", "1")),
             Contains("did you mean PARLEY_HTTP__PORT?"));
  CHECK_THAT(complaint(with_variable("PARLEY_http__port", "1")), Contains("unknown variable"));
  CHECK_THAT(complaint(with_variable("PARLEY_HTTP__PORT_FILE", "/x")),
             Contains("unknown variable"));
  CHECK(load(with_variable("PARLEYX", "1")));
}

TEST_CASE("variables of others are skipped", "[config][load]") {
  auto from = nothing();
  from.environment = {{"PARLEY_SERVICE_HOST", "10.0.0.1"},
                      {"PARLEY_SERVICE_PORT_HTTP", "80"},
                      {"PARLEY_PORT", "tcp://10.0.0.1:80"},
                      {"PARLEY_PORT_80_TCP_ADDR", "10.0.0.1"},
                      {"PARLEY_FAIL", "x"},
                      {"PARLEY_TEST_STORE", "mysql"},
                      {"PARLEY_OWN", "x"},
                      {"PATH", "/bin"}};
  from.other_variables.emplace_back("PARLEY_OWN");
  CHECK(load(from));
  CHECK_THAT(complaint(with_variable("PARLEY_FAILS", "x")), Contains("unknown variable"));
  CHECK_THAT(complaint(with_variable("PARLEY_PORT", "80")), Contains("unknown variable"));
}

TEST_CASE("a wrong value of a variable is named with what is allowed", "[config][load]") {
  for (const auto* text : {"", " 1", "1 ", "0x10", "1e3", "+1", "8080a", "99999999999999999999"})
    CHECK_THAT(complaint(with_variable("PARLEY_HTTP__PORT", text)),
               Contains("http.port takes a whole number 0..65535, not \"" + std::string{text}));
  CHECK_THAT(complaint(with_variable("PARLEY_AUTH__ANONYMOUS", "yes")),
             Contains("takes true or false, not \"yes\""));
  CHECK_THAT(complaint(with_variable("PARLEY_DELIVERY", "Stored")),
             Contains("takes stored or immediate"));
}

TEST_CASE("a list in a variable or flag is separated by commas", "[config][load]") {
  auto from =
      with_variable("PARLEY_HTTP__ALLOWED_ORIGINS", "https://a.example, https://b.example,");
  from.flags = {"--auth.public_keys="};
  const auto result = load(from);
  REQUIRE(result);
  CHECK(result->values.http.allowed_origins ==
        std::vector<std::string>{"https://a.example", "https://b.example"});
  CHECK(result->values.auth.public_keys.empty());
}

TEST_CASE("flags take their value with or without an equals sign", "[config][load]") {
  const auto result = load(
      with_flags({"--http.port", "81", "--auth.anonymous", "--auth.accounts", "false",
                  "--hub.detailed_errors=true", "--http.port=82", "--auth.issuer", "https://a=b"}));
  REQUIRE(result);
  CHECK(result->values.http.port == 82);
  CHECK(result->values.auth.anonymous);
  CHECK_FALSE(result->values.auth.accounts);
  CHECK(result->values.hub.detailed_errors);
  CHECK(result->values.auth.issuer == "https://a=b");
}

TEST_CASE("a wrong flag is refused", "[config][load]") {
  CHECK_THAT(complaint(with_flags({"--http.prot=1"})),
             Contains("unknown --http.prot; did you mean --http.port?"));
  CHECK_THAT(complaint(with_flags({"--confg", "x"})), Contains("did you mean --config?"));
  CHECK_THAT(complaint(with_flags({"--http.port"})), Contains("--http.port needs a value"));
  CHECK_THAT(complaint(with_flags({"--http.port", "--log.level=off"})), Contains("needs a value"));
  CHECK_THAT(complaint(with_flags({"--config="})), Contains("--config needs a value"));
  CHECK_THAT(complaint(with_flags({"http.port=1"})), Contains("http.port=1 is not a flag"));
  CHECK_THAT(complaint(with_flags({"--"})), Contains("-- is not a flag"));
  CHECK_THAT(complaint(with_flags({"--" + std::string(100'000, 'x')})), Contains("unknown --xxx"));
}

TEST_CASE("a secret has at least 32 bytes", "[config][load]") {
  const auto text = complaint(with_variable("PARLEY_AUTH__HS256_SECRET", std::string(31, 'k')));
  CHECK_THAT(text, Contains("env PARLEY_AUTH__HS256_SECRET: auth.hs256_secret has 31 bytes; at "
                            "least 32 are needed"));
  CHECK_THAT(text, !Contains("kkkk"));
  CHECK(load(with_variable("PARLEY_AUTH__HS256_SECRET", secret)));
  CHECK(load(with_variable("PARLEY_AUTH__HS256_SECRET", "")));
}

TEST_CASE("accounts are off unless asked for, and need a secret", "[config][load]") {
  CHECK_FALSE(load(with_variable("PARLEY_AUTH__HS256_SECRET", secret))->values.auth.accounts);
  auto from = with_flags({"--auth.accounts"});
  CHECK_THAT(complaint(from), Contains("flag: auth.accounts needs auth.hs256_secret"));
  from.environment["PARLEY_AUTH__HS256_SECRET"] = secret;
  CHECK(load(from)->values.auth.accounts);
}

TEST_CASE("trusted proxies are addresses and networks", "[config][load]") {
  CHECK(load(with_flags({"--http.trusted_proxies=127.0.0.1,10.0.0.0/8,::1"})));
  CHECK_THAT(complaint(with_flags({"--http.trusted_proxies=127.0.0.1,proxy.local"})),
             Contains("flag: http.trusted_proxies takes addresses and networks, not \"proxy.local\""));
  CHECK_THAT(complaint(with_flags({"--http.proxy_protocol"})),
             Contains("http.proxy_protocol needs http.trusted_proxies"));
}

TEST_CASE("whether somebody set the metrics port is known, even to its default", "[config][load]") {
  CHECK_FALSE(load(nothing())->values.metrics.is_port_set);
  CHECK(load(with_flags({"--metrics.port=9464"}))->values.metrics.is_port_set);
  CHECK_THAT(complaint(with_flags({"--metrics.address=localhost"})),
             Contains("metrics.address takes an IP address"));
  CHECK_THAT(complaint(with_flags({"--metrics.hosts=parley:9464"})),
             Contains("metrics.hosts takes names without a port"));
}

TEST_CASE("a secret may come from a file", "[config][load]") {
  const temporary_file file{secret + "\r\n"};
  const temporary_file url{"mysql://u:p@h/d\n"};
  auto from = with_variable("PARLEY_AUTH__HS256_SECRET_FILE", file.path());
  from.environment["PARLEY_STORAGE__URL_FILE"] = url.path();
  const auto result = load(from);
  REQUIRE(result);
  CHECK(result->values.auth.hs256_secret == secret);
  CHECK(result->values.storage.url == "mysql://u:p@h/d");
  CHECK(line_of(*result, "storage.url").origin == "env PARLEY_STORAGE__URL_FILE");
}

TEST_CASE("a secret from a file is refused when it cannot be had or is given twice",
          "[config][load]") {
  const temporary_file file{secret};
  const temporary_file large{std::string(70'000, 'x')};
  CHECK_THAT(complaint(with_variable("PARLEY_AUTH__HS256_SECRET_FILE", "/nonexistent/secret")),
             Contains("cannot read file /nonexistent/secret"));
  CHECK_THAT(complaint(with_variable("PARLEY_AUTH__HS256_SECRET_FILE", "/")),
             Contains("cannot read file /"));
  CHECK_THAT(complaint(with_variable("PARLEY_AUTH__HS256_SECRET_FILE", large.path())),
             Contains("over 64 KiB"));
  auto both = with_variable("PARLEY_AUTH__HS256_SECRET_FILE", file.path());
  both.environment["PARLEY_AUTH__HS256_SECRET"] = secret;
  CHECK_THAT(complaint(both), Contains("PARLEY_AUTH__HS256_SECRET is set as well"));
}

TEST_CASE("the S3 store needs all that a signature needs", "[config][load]") {
  std::vector<std::string> flags{"--attachments.store=s3"};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), flags.begin(), flags.end());
    return with_flags(more);
  };
  CHECK_THAT(complaint(with({})), Contains("s3_endpoint takes scheme://host[:port]"));
  flags.push_back("--attachments.s3_endpoint=https://s3.example");
  CHECK_THAT(complaint(with({})), Contains("s3_bucket and s3_region must be set"));
  flags.push_back("--attachments.s3_bucket=chat");
  CHECK_THAT(complaint(with({})), Contains("s3_access_key and s3_secret_key must be set"));
  flags.push_back("--attachments.s3_access_key=id");
  flags.push_back("--attachments.s3_secret_key=key");
  CHECK(load(with({})));
  CHECK_THAT(complaint(with({"--attachments.s3_endpoint=https://s3.example/path"})),
             Contains("s3_endpoint takes"));
  CHECK_THAT(complaint(with_flags({"--http.public_origin=chat.example/"})),
             Contains("public_origin takes scheme://host[:port]"));
  CHECK_THAT(complaint(with_flags({"--attachments.public_url=chat.example"})),
             Contains("public_url takes scheme://host[:port]"));
  CHECK_THAT(complaint(with_flags({"--attachments.directory="})), Contains("directory is empty"));
  CHECK(load(with_flags({"--attachments.directory=", "--attachments.store=off"})));
}

TEST_CASE("rules between keys and forms of texts are checked", "[config][load]") {
  CHECK_THAT(
      complaint(with_flags({"--storage.url=postgres://user:hidden@x"})),
      Contains("flag: storage.url must start with sqlite: or mysql://") && !Contains("hidden"));
  CHECK_THAT(complaint(with_flags({"--storage.url=sqlite:"})), Contains("names no file"));
  CHECK_THAT(complaint(with_flags({"--storage.writers=2"})), Contains("must be 1 with SQLite"));
  CHECK(load(with_flags({"--storage.writers=2", "--storage.url=mysql://u@h/d"})));
  CHECK_THAT(complaint(with_flags({"--limits.sends_burst=0.5"})), Contains("limits.sends_burst"));
  CHECK(load(with_flags({"--limits.sends_burst=0", "--limits.sends_per_s=0"})));
  CHECK_THAT(complaint(with_flags({"--limits.invocations_burst=0"})),
             Contains("limits.invocations_burst"));
  CHECK_THAT(complaint(with_flags({"--http.address="})), Contains("http.address is empty"));
  CHECK_THAT(complaint(with_flags({"--auth.public_keys=a="})), Contains("empty path"));
  for (const auto* origin : {"*", "null", "chat.example.com", "https://a.example/", "https://",
                             "https://a.example/x", "https://*.example", "ftp://a.example"})
    CHECK_THAT(complaint(with_flags({"--http.allowed_origins=" + std::string{origin}})),
               Contains("http.allowed_origins takes scheme://host[:port]"));
}

TEST_CASE("print shows each key with value and origin, and no secret", "[config][load]") {
  const auto result = load(with_flags({"--auth.hs256_secret=" + secret, "--http.port=81",
                                       "--storage.url=mysql://ann:pa:s@s@host:1/d"}));
  REQUIRE(result);
  const auto text = print(*result);
  CHECK_THAT(text, Contains("http.port = 81  # flag\n"));
  CHECK_THAT(text, Contains("delivery = \"stored\"  # default\n"));
  CHECK_THAT(text, Contains("auth.hs256_secret = \"***\"  # flag\n"));
  CHECK_THAT(text, Contains("storage.url = \"mysql://ann:***@host:1/d\"  # flag\n"));
  CHECK_THAT(text, !Contains(secret) && !Contains("pa:s"));
}

TEST_CASE("what print shows is a file that loads", "[config][load]") {
  const auto result = load(nothing());
  REQUIRE(result);
  const temporary_file file{print(*result)};
  const auto again = load(with_flags({"--config", file.path()}));
  REQUIRE(again);
  for (std::size_t i = 0; i < keys().size(); ++i)
    CHECK(again->origins[i].value == result->origins[i].value);
}

TEST_CASE("the example file lists every key with its default, and loads", "[config][load]") {
  std::ifstream file{PARLEY_EXAMPLE};
  const std::string text{std::istreambuf_iterator<char>{file}, {}};
  CHECK(text == example());
  const auto result = load(with_flags({"--config", PARLEY_EXAMPLE}));
  REQUIRE(result);
  for (const auto& each : keys()) {
    const auto line = line_of(*result, each.name);
    CHECK(line.value == format(each, {}));
    CHECK(line.origin.starts_with("file "));
  }
}

TEST_CASE("sources of a process hold its PARLEY_ variables and nothing else", "[config][load]") {
  ::setenv("PARLEY_HTTP__PORT", "4711", 1);
  const auto from = from_process({"--log.level=off"});
  ::unsetenv("PARLEY_HTTP__PORT");
  CHECK(from.environment.at("PARLEY_HTTP__PORT") == "4711");
  CHECK_FALSE(from.environment.contains("PATH"));
  CHECK(from.flags.size() == 1);
  CHECK(from.default_file == "/etc/parleyd/parleyd.toml");
}
