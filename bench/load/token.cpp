#include "bench/load/token.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <ctime>

namespace parley::bench {
namespace {

constexpr std::time_t lifetime_s = 86400;

auto base64url(std::string_view bytes) -> std::string {
  std::string out(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                     reinterpret_cast<const unsigned char*>(bytes.data()),
                                     static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(length));
  while (out.ends_with('=')) out.pop_back();
  for (auto& c : out) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return out;
}

auto sign(const std::string& secret, const std::string& text) -> std::string {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &length);
  return {reinterpret_cast<const char*>(digest.data()), length};
}

}  // namespace

token_mint::token_mint(const options& opts) : secret_(opts.secret) {
  common_claims_ = ",\"exp\":" + std::to_string(std::time(nullptr) + lifetime_s);
  if (!opts.issuer.empty()) common_claims_ += ",\"iss\":\"" + opts.issuer + "\"";
  if (!opts.audience.empty()) common_claims_ += ",\"aud\":\"" + opts.audience + "\"";
}

auto token_mint::token_for(std::string_view user) const -> std::string {
  const std::string claims = "{\"sub\":\"" + std::string(user) + "\"" + common_claims_ + "}";
  const std::string text = base64url(R"({"alg":"HS256","typ":"JWT"})") + "." + base64url(claims);
  return text + "." + base64url(sign(secret_, text));
}

}  // namespace parley::bench
