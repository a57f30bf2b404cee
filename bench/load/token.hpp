#pragma once

#include <string>
#include <string_view>

#include "bench/load/options.hpp"

namespace parley::bench {

/// Signs HS256 tokens (RFC 7515, RFC 7519) with `sub`, `exp` in one day, and `iss` and `aud` where
/// given. With an empty secret the signature is made with an empty key: enough for the floor.
class token_mint {
 public:
  explicit token_mint(const options& opts);

  /// @param user  visible ASCII without quotes and backslashes
  auto token_for(std::string_view user) const -> std::string;

 private:
  std::string secret_;
  std::string common_claims_;
};

}  // namespace parley::bench
