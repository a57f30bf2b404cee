#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "chat/expected.hpp"
#include "chat/ids.hpp"
#include "config/options.hpp"

namespace parley::storage {

/// What sealed bytes belong to. It is authenticated with them: bytes that were copied to another
/// place, or are used for something else, do not open.
struct seal_place {
  enum class kind : std::uint8_t { text = 1, title = 2, blob = 3 };

  kind what = kind::text;
  chat::conversation_id conversation;  ///< nil where there is none
  chat::uuid item;                     ///< the message, the blob; nil for a title
  std::uint64_t part = 0;              ///< of a blob that is sealed in pieces: which, counting from 0
  bool is_last = true;                 ///< likewise: so that nobody can cut it short
};

/// The keys of one id, 256 bits each, derived from the operator's. Wiped when they go.
struct key_set {
  using secret = std::array<unsigned char, 32>;

  key_set() = default;
  key_set(const key_set&) = delete;
  auto operator=(const key_set&) -> key_set& = delete;
  ~key_set();

  secret texts{};
  secret blobs{};
  std::array<unsigned char, 16> fingerprints{};
};

/// The keys for data at rest: one writes, all read. XChaCha20-Poly1305 with a random nonce.
///
/// Sealed bytes are: version 1, key id (2 bytes, big endian), nonce (24), ciphertext with its tag
/// (16): `overhead` more than they hold. The head is authenticated too.
/// @thread any, at once: nothing changes after make
/// @source libsodium, crypto_aead_xchacha20poly1305_ietf and crypto_kdf; docs/decisions/0007
class key_ring {
 public:
  static constexpr std::size_t overhead = 1 + 2 + 24 + 16;
  static constexpr std::size_t max_keys = 64;

  /// Reads `encryption.keys` or the file `encryption.key_file`. Neither set: a ring without keys.
  ///
  /// Keys stand apart by white space or commas, each ID:KEY with an id of 1..65535 and 32 bytes in
  /// base64; `#` begins a comment that lasts to the end of its line.
  /// @errors errc::bad_request: a sentence that names the setting and the line, never a key
  static auto make(const config::encryption_options& options) -> chat::expected<key_ring>;

  auto is_empty() const -> bool { return keys_.empty(); }
  auto has(std::uint16_t id) const -> bool { return keys_.contains(id); }
  /// The id new bytes are sealed under: `encryption.write_key`, or the largest. 0: no keys.
  auto write_key() const -> std::uint16_t { return write_key_; }

  /// Seals with the write key. There must be one.
  auto seal(const seal_place& place, std::string_view bytes) const -> std::string;
  /// @errors errc::refused, with a sentence for the log: no sealed bytes, an unknown key, or they
  ///         were changed or do not belong to `place`
  auto open(const seal_place& place, std::string_view sealed) const -> chat::expected<std::string>;

  /// 48 bits that nobody can tell without the key; the same for the same place.
  auto mask(std::uint16_t id, const seal_place& place) const -> std::optional<std::uint64_t>;

 private:
  friend class ring_reader;

  std::map<std::uint16_t, std::unique_ptr<const key_set>> keys_;
  std::uint16_t write_key_ = 0;
};

/// The key that `sealed` names in its head; nothing when it has no such head.
auto key_of(std::string_view sealed) -> std::optional<std::uint16_t>;

/// A sentence when others than its owner may read or change the key file; else "".
auto key_file_warning(const config::encryption_options& options) -> std::string;

}  // namespace parley::storage
