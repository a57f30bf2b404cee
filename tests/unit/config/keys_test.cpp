#include "config/keys.hpp"

#include <catch2/catch.hpp>
#include <cstddef>
#include <map>
#include <set>

#include "config/load.hpp"
#include "config/readers.hpp"
#include "config/value.hpp"

using namespace parley::config;

TEST_CASE("every key has a name, a member and a doc of its own", "[config][keys]") {
  std::set<std::string_view> names;
  std::set<const void*> members;
  options target;
  for (const auto& each : keys()) {
    CAPTURE(each.name);
    CHECK(names.insert(each.name).second);
    CHECK_FALSE(each.doc.empty());
    const auto* member =
        std::visit([](const auto* at) -> const void* { return at; }, each.at(target));
    CHECK(members.insert(member).second);
    CHECK(find_key(each.name) == &each);
  }
  CHECK(find_key("http") == nullptr);
  CHECK(find_key("") == nullptr);
}

TEST_CASE("the table leaves no gap in the options", "[config][keys]") {
  // A member that nobody entered would show as a hole that is wider than padding can be.
  options target;
  const auto* begin = reinterpret_cast<const std::byte*>(&target);
  std::map<std::ptrdiff_t, std::ptrdiff_t> members;
  for (const auto& each : keys())
    std::visit(
        [&](const auto* at) {
          members[reinterpret_cast<const std::byte*>(at) - begin] = sizeof(*at);
        },
        each.at(target));
  // What load() fills in by itself has no key.
  const auto* filled = reinterpret_cast<const std::byte*>(&target.metrics.is_port_set);
  members[filled - begin] = sizeof target.metrics.is_port_set;
  std::ptrdiff_t end = 0;
  for (const auto& [at, size] : members) {
    CAPTURE(at);
    CHECK(at - end < static_cast<std::ptrdiff_t>(alignof(std::string)));
    end = at + size;
  }
}

TEST_CASE("every default lies within its bounds and keeps the rules", "[config][keys]") {
  const options defaults;
  for (const auto& each : keys()) {
    CAPTURE(each.name);
    options target;
    auto text = format(each, defaults);
    if (text.starts_with('"')) text = text.substr(1, text.size() - 2);
    if (text == "[]") continue;
    CHECK(assign(each, target, text));
  }
  CHECK(check_rules(defaults));
}

TEST_CASE("bounds are part of what a number may be", "[config][keys]") {
  options target;
  for (const auto& each : keys()) {
    if (each.allowed.high == 0) continue;
    CAPTURE(each.name);
    CHECK(assign(each, target, format_number(each.allowed.low)));
    CHECK(assign(each, target, format_number(each.allowed.high)));
    CHECK_FALSE(assign(each, target, format_number(each.allowed.high + 1)));
    CHECK_FALSE(assign(each, target, format_number(each.allowed.low - 1)));
    CHECK_FALSE(assign(each, target, std::string{"many"}));
    CHECK_FALSE(assign(each, target, std::vector<std::string>{"1"}));
  }
}

TEST_CASE("a key's variable is upper case with two underscores for the dot", "[config][keys]") {
  CHECK(variable_of(*find_key("http.port")) == "PARLEY_HTTP__PORT");
  CHECK(variable_of(*find_key("delivery")) == "PARLEY_DELIVERY");
  CHECK(variable_of(*find_key("auth.hs256_secret")) == "PARLEY_AUTH__HS256_SECRET");
}

TEST_CASE("values are written as TOML", "[config][value]") {
  options given;
  given.http.allowed_origins = {"a", "b\"\\\n"};
  given.limits.sends_per_s = 0.5;
  CHECK(format(*find_key("http.port"), given) == "8080");
  CHECK(format(*find_key("auth.anonymous"), given) == "false");
  CHECK(format(*find_key("limits.sends_per_s"), given) == "0.5");
  CHECK(format(*find_key("http.allowed_origins"), given) == R"(["a", "b\"\\\u000a"])");
}

TEST_CASE("only the password of a URL is masked", "[config][value]") {
  CHECK(mask_password("sqlite:./data/parley.db") == "sqlite:./data/parley.db");
  CHECK(mask_password("mysql://u:secret@h:1/d") == "mysql://u:***@h:1/d");
  CHECK(mask_password("mysql://u:s@e:c/r@h/d?socket=/x") == "mysql://u:***@h/d?socket=/x");
  CHECK(mask_password("mysql://u:secret@/d?socket=/a@b") == "mysql://u:***@b");
  CHECK(mask_password("mysql://u@h:3306/d") == "mysql://u@h:3306/d");
  CHECK(mask_password("mysql://h:3306/d") == "mysql://h:3306/d");
}

TEST_CASE("the nearest name is the one with the fewest edits", "[config][readers]") {
  const std::vector<std::string> known{"port", "address", "threads"};
  CHECK(nearest("prot", known) == "port");
  CHECK(nearest("adress", known) == "address");
  CHECK(nearest("thread", known) == "threads");
  CHECK(nearest("", known) == "port");
}
