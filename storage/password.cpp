#include "storage/password.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <optional>

namespace parley::storage {
namespace {

using hash_text = std::array<char, crypto_pwhash_STRBYTES>;

constexpr auto passes = crypto_pwhash_OPSLIMIT_INTERACTIVE;
constexpr char disabled_mark = '!';
constexpr std::size_t memory_bytes = 64 * 1024 * 1024;

/// libsodium starts once; later calls only look.
auto is_ready() -> bool {
  static const bool ready = sodium_init() >= 0;
  return ready;
}

/// libsodium wants a terminated text in a buffer of its own size.
auto to_buffer(std::string_view hash) -> std::optional<hash_text> {
  hash_text buffer{};
  if (hash.size() >= buffer.size()) return std::nullopt;
  std::ranges::copy(hash, buffer.begin());
  return buffer;
}

}  // namespace

auto hash_password(std::string_view password) -> chat::expected<std::string> {
  hash_text out{};
  if (!is_ready() || crypto_pwhash_str_alg(out.data(), password.data(), password.size(), passes,
                                           memory_bytes, crypto_pwhash_ALG_ARGON2ID13) != 0)
    return chat::unexpected{chat::errc::busy, "no memory to hash a password"};
  return std::string{out.data()};
}

auto verify_password(std::string_view hash, std::string_view password) -> bool {
  const auto buffer = to_buffer(hash);
  return buffer && is_ready() &&
         crypto_pwhash_str_verify(buffer->data(), password.data(), password.size()) == 0;
}

auto nobodys_hash() -> std::string_view {
  // Made like every other hash, from random bytes that nobody kept.
  return "$argon2id$v=19$m=65536,t=2,p=1$OvVtwxQqN+KrAmw/xIgLTg$"
         "XuvOlsJV27Fs+uqGQln313Eqt3VF5S1Vgna9FDMqhd8";
}

auto needs_rehash(std::string_view hash) -> bool {
  const auto buffer = to_buffer(hash);
  return !buffer || !is_ready() ||
         crypto_pwhash_str_needs_rehash(buffer->data(), passes, memory_bytes) != 0;
}

auto is_disabled(std::string_view hash) -> bool { return hash.starts_with(disabled_mark); }

auto with_disabled(std::string_view hash, bool disabled) -> std::string {
  const auto bare = is_disabled(hash) ? hash.substr(1) : hash;
  return (disabled ? std::string(1, disabled_mark) : std::string{}) + std::string{bare};
}

}  // namespace parley::storage
