#include "net/io/ticket_keys.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <algorithm>

namespace parley::net {
namespace {

auto make_key() -> std::optional<ticket_keys::key> {
  ticket_keys::key made;
  const auto fill = [](auto& bytes) {
    return RAND_priv_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1;
  };
  if (!fill(made.name) || !fill(made.cipher) || !fill(made.mac)) return std::nullopt;
  return made;
}

auto set_mac(EVP_MAC_CTX* mac, ticket_keys::key& key) -> bool {
  char digest[] = "SHA256";
  const std::array params{
      OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key.mac.data(), key.mac.size()),
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
      OSSL_PARAM_construct_end()};
  return EVP_MAC_CTX_set_params(mac, params.data()) == 1;
}

constexpr int failed = -1;
constexpr int no_such_key = 0;
constexpr int done = 1;
constexpr int done_renew = 2;

auto seal(ticket_keys& keys, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
          EVP_MAC_CTX* mac) -> int {
  auto key = keys.to_seal(std::chrono::steady_clock::now());
  if (!key || RAND_bytes(iv, EVP_CIPHER_get_iv_length(EVP_aes_256_cbc())) != 1) return failed;
  std::ranges::copy(key->name, name);
  const bool is_set =
      EVP_EncryptInit_ex2(cipher, EVP_aes_256_cbc(), key->cipher.data(), iv, nullptr) == 1;
  return is_set && set_mac(mac, *key) ? done : failed;
}

auto open(ticket_keys& keys, const unsigned char* name, const unsigned char* iv,
          EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac) -> int {
  auto found = keys.to_open(name, std::chrono::steady_clock::now());
  if (!found) return no_such_key;  // a full handshake, and a new ticket
  const bool is_set =
      EVP_DecryptInit_ex2(cipher, EVP_aes_256_cbc(), found->with.cipher.data(), iv, nullptr) == 1;
  if (!is_set || !set_mac(mac, found->with)) return failed;
  return found->is_old ? done_renew : done;
}

auto on_ticket(SSL* tls, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher,
               EVP_MAC_CTX* mac, int seals) -> int {
  auto* const keys = static_cast<ticket_keys*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(tls)));
  return seals == 1 ? seal(*keys, name, iv, cipher, mac) : open(*keys, name, iv, cipher, mac);
}

}  // namespace

void ticket_keys::turn(steady now) {
  if (present_ && now - made_at_ < lifetime) return;
  past_ = present_ && now - made_at_ < 2 * lifetime ? present_ : std::nullopt;
  present_ = make_key();
  made_at_ = now;
}

auto ticket_keys::to_seal(steady now) -> std::optional<key> {
  const std::lock_guard lock{mutex_};
  turn(now);
  return present_;
}

auto ticket_keys::to_open(const unsigned char* name, steady now) -> std::optional<opened> {
  const std::lock_guard lock{mutex_};
  turn(now);
  for (const auto* one : {&present_, &past_})
    if (*one && std::equal((*one)->name.begin(), (*one)->name.end(), name))
      return opened{**one, one == &past_};
  return std::nullopt;
}

void ticket_keys::use_in(SSL_CTX* context) {
  SSL_CTX_set_app_data(context, this);
  SSL_CTX_set_tlsext_ticket_key_evp_cb(context, on_ticket);
}

}  // namespace parley::net
