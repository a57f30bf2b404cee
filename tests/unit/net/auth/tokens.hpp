#pragma once

#include <catch2/catch.hpp>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "net/auth/jwt.hpp"
#include "tests/unit/net/auth/signer.hpp"

namespace parley::net::auth {

using namespace std::string_literals;
using nlohmann::json;

inline const auto secret = "0123456789abcdef0123456789abcdef"s;
inline const auto hs256 = R"({"alg":"HS256","typ":"JWT"})"s;
inline constexpr chat::timestamp now{1'704'110'400'000};
inline constexpr std::int64_t now_s = 1'704'110'400;

inline auto secret_options() -> config::auth_options {
  config::auth_options options;
  options.hs256_secret = secret;
  return options;
}

inline auto make(const config::auth_options& options) -> verifier {
  auto made = verifier::make(options);
  REQUIRE(made);
  return std::move(*made);
}

/// Claims that are good, with `changes` on top; null takes a claim away.
inline auto claims(const json& changes = json::object()) -> std::string {
  json all{{"sub", "alice"}, {"exp", now_s + 60}};
  all.merge_patch(changes);
  return all.dump();
}

inline auto signed_by_secret(const std::string& body, const std::string& header = hs256)
    -> std::string {
  return hs256_token(secret, header, body);
}

inline auto refusal_of(const verifier& by, std::string_view token) -> refusal {
  refusal why{};
  const auto result = by.verify(token, now, &why);
  CHECK(result.has_value() == (why == refusal::none));
  if (!result)
    CHECK(result.error() == chat::error{chat::errc::unauthenticated, "the token is not valid"});
  return why;
}

/// How the verifier with nothing but the secret takes a body, or a header.
inline auto with_claims(const std::string& body) -> refusal {
  return refusal_of(make(secret_options()), signed_by_secret(body));
}
inline auto with_claims(const json& changes) -> refusal {
  return with_claims(claims(changes));
}
inline auto with_header(const std::string& header) -> refusal {
  return refusal_of(make(secret_options()), signed_by_secret(claims(), header));
}

/// Public keys in files that live as long as the test.
class key_files {
 public:
  key_files() {
    std::string name = (std::filesystem::temp_directory_path() / "parley-jwt-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~key_files() { std::filesystem::remove_all(folder_); }
  key_files(const key_files&) = delete;
  auto operator=(const key_files&) -> key_files& = delete;
  auto add(const signer& pair) -> std::string {
    const auto path = folder_ / (std::to_string(count_++) + ".pem");
    std::ofstream{path} << pair.public_pem();
    return path.string();
  }

 private:
  std::filesystem::path folder_;
  int count_ = 0;
};

}  // namespace parley::net::auth
