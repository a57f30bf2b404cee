#include "storage/key_ring.hpp"

#include <sodium.h>
#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <vector>

namespace parley::storage {
namespace {

using chat::errc;
using chat::unexpected;

constexpr unsigned char format_version = 1;
constexpr std::size_t nonce_at = 3;
constexpr std::size_t nonce_size = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_size = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t body_at = nonce_at + nonce_size;
static_assert(body_at + tag_size == key_ring::overhead);

constexpr std::size_t max_file_bytes = 64 * 1024;
constexpr std::uint64_t low_48_bits = (std::uint64_t{1} << 48) - 1;

/// Context of the key derivation; part of the format.
constexpr char derivation[] = "parleyv1";
static_assert(sizeof derivation - 1 == crypto_kdf_CONTEXTBYTES);

auto bytes_of(std::string& text) -> unsigned char* {
  return reinterpret_cast<unsigned char*>(text.data());
}
auto bytes_of(std::string_view text) -> const unsigned char* {
  return reinterpret_cast<const unsigned char*>(text.data());
}

/// What is authenticated beside the ciphertext: its head, and where it belongs.
auto binding(const seal_place& place, std::string_view head) {
  std::array<unsigned char, nonce_at + 2 + 16 + 16 + 8> all{};
  auto to = std::copy(head.begin(), head.begin() + nonce_at, all.begin());
  *to++ = static_cast<unsigned char>(place.what);
  *to++ = place.is_last ? 1 : 0;
  to = std::copy(place.conversation.value.bytes.begin(), place.conversation.value.bytes.end(), to);
  to = std::copy(place.item.bytes.begin(), place.item.bytes.end(), to);
  for (int shift = 56; shift >= 0; shift -= 8)
    *to++ = static_cast<unsigned char>(place.part >> shift);
  return all;
}

auto key_for(const key_set& keys, const seal_place& place) -> const unsigned char* {
  return place.what == seal_place::kind::blob ? keys.blobs.data() : keys.texts.data();
}

auto derive(const key_set::secret& master) -> std::unique_ptr<const key_set> {
  auto made = std::make_unique<key_set>();
  const auto take = [&](auto& into, std::uint64_t number) {
    crypto_kdf_derive_from_key(into.data(), into.size(), number, derivation, master.data());
  };
  take(made->texts, 1);
  take(made->blobs, 2);
  take(made->fingerprints, 3);
  return made;
}

auto read_file(const std::string& path) -> chat::expected<std::string> {
  std::ifstream file{path, std::ios::binary};
  std::string text{std::istreambuf_iterator<char>{file}, {}};
  if (!file.is_open() || file.bad())
    return unexpected{errc::bad_request, "encryption.key_file: cannot read " + path};
  if (text.size() > max_file_bytes)
    return unexpected{errc::bad_request, "encryption.key_file: " + path + " is over 64 KiB"};
  return text;
}

}  // namespace

key_set::~key_set() {
  sodium_memzero(texts.data(), texts.size());
  sodium_memzero(blobs.data(), blobs.size());
  sodium_memzero(fingerprints.data(), fingerprints.size());
}

/// Takes the keys out of a text, and says where one is wrong.
class ring_reader {
 public:
  explicit ring_reader(std::string setting) : setting_(std::move(setting)) {}

  auto read(std::string_view text) -> chat::expected<void> {
    for (std::size_t line = 1; !text.empty(); ++line) {
      const auto end = std::min(text.find('\n'), text.size());
      const auto part = text.substr(0, end);
      if (const auto fine = read_line(part.substr(0, part.find('#'))); !fine)
        return unexpected{errc::bad_request, setting_ + " line " + std::to_string(line) + ": " +
                                                 fine.error().detail};
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    if (ring.keys_.empty()) return unexpected{errc::bad_request, setting_ + " holds no key"};
    return {};
  }

  auto choose(std::uint16_t wanted) -> chat::expected<void> {
    ring.write_key_ = wanted != 0 ? wanted : ring.keys_.rbegin()->first;
    if (ring.has(ring.write_key_)) return {};
    return unexpected{errc::bad_request, "encryption.write_key is " + std::to_string(wanted) +
                                             ", which is not among the keys"};
  }

  key_ring ring;

 private:
  static auto wrong(std::string why) -> unexpected { return {errc::bad_request, std::move(why)}; }

  auto read_line(std::string_view line) -> chat::expected<void> {
    constexpr std::string_view gaps = " \t\r,";
    for (;;) {
      line.remove_prefix(std::min(line.find_first_not_of(gaps), line.size()));
      if (line.empty()) return {};
      const auto word = line.substr(0, line.find_first_of(gaps));
      if (auto fine = read_key(word); !fine) return fine;
      line.remove_prefix(word.size());
    }
  }

  auto read_key(std::string_view word) -> chat::expected<void> {
    const auto colon = word.find(':');
    if (colon == std::string_view::npos) return wrong("a key is written ID:BASE64");
    std::uint16_t id = 0;
    const auto [stop, code] = std::from_chars(word.data(), word.data() + colon, id);
    if (code != std::errc{} || stop != word.data() + colon || id == 0)
      return wrong("the id of a key is a whole number 1..65535");
    const auto name = "key " + std::to_string(id);
    if (ring.has(id)) return wrong(name + " is there twice");
    if (ring.keys_.size() == key_ring::max_keys) return wrong("more than 64 keys");
    key_set::secret master{};
    std::size_t size = 0;
    const auto text = word.substr(colon + 1);
    const bool is_base64 =
        sodium_base642bin(master.data(), master.size(), text.data(), text.size(), nullptr, &size,
                          nullptr, sodium_base64_VARIANT_ORIGINAL) == 0;
    const bool is_key = is_base64 && size == master.size();
    if (is_key) ring.keys_.emplace(id, derive(master));
    sodium_memzero(master.data(), master.size());
    if (!is_key) return wrong(name + " is not 32 bytes in base64 (44 characters)");
    return {};
  }

  std::string setting_;
};

auto key_ring::make(const config::encryption_options& options) -> chat::expected<key_ring> {
  if (sodium_init() < 0) throw std::runtime_error{"libsodium found no source of randomness"};
  if (options.keys.empty() && options.key_file.empty()) return key_ring{};
  const bool from_file = options.keys.empty();
  auto text = from_file ? read_file(options.key_file) : chat::expected<std::string>{options.keys};
  if (!text) return unexpected{text.error()};
  ring_reader reader{from_file ? "encryption.key_file" : "encryption.keys"};
  auto fine = reader.read(*text);
  sodium_memzero(text->data(), text->size());
  if (fine) fine = reader.choose(options.write_key);
  if (!fine) return unexpected{fine.error()};
  return std::move(reader.ring);
}

auto key_ring::seal(const seal_place& place, std::string_view bytes) const -> std::string {
  std::string sealed(overhead + bytes.size(), '\0');
  auto* to = bytes_of(sealed);
  to[0] = format_version;
  to[1] = static_cast<unsigned char>(write_key_ >> 8);
  to[2] = static_cast<unsigned char>(write_key_);
  randombytes_buf(to + nonce_at, nonce_size);
  const auto bound = binding(place, sealed);
  crypto_aead_xchacha20poly1305_ietf_encrypt(
      to + body_at, nullptr, bytes_of(bytes), bytes.size(), bound.data(), bound.size(), nullptr,
      to + nonce_at, key_for(*keys_.at(write_key_), place));
  return sealed;
}

auto key_ring::open(const seal_place& place, std::string_view sealed) const
    -> chat::expected<std::string> {
  const auto id = key_of(sealed);
  if (!id) return unexpected{errc::refused, "it is not in a format this program knows"};
  const auto key = keys_.find(*id);
  if (key == keys_.end())
    return unexpected{errc::refused, "it is sealed with key " + std::to_string(*id) +
                                         ", which is not among the encryption keys"};
  std::string bytes(sealed.size() - overhead, '\0');
  const auto bound = binding(place, sealed);
  const auto* from = bytes_of(sealed);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(
          bytes_of(bytes), nullptr, nullptr, from + body_at, sealed.size() - body_at, bound.data(),
          bound.size(), from + nonce_at, key_for(*key->second, place)) != 0)
    return unexpected{errc::refused, "key " + std::to_string(*id) +
                                         " does not open it: it was changed, belongs elsewhere, "
                                         "or the key is another one of that id"};
  return bytes;
}

auto key_ring::mask(std::uint16_t id, const seal_place& place) const
    -> std::optional<std::uint64_t> {
  const auto key = keys_.find(id);
  if (key == keys_.end()) return std::nullopt;
  std::array<unsigned char, 32> what{};
  std::copy_n(place.conversation.value.bytes.begin(), 16, what.begin());
  std::copy_n(place.item.bytes.begin(), 16, what.begin() + 16);
  std::array<unsigned char, crypto_shorthash_BYTES> hash{};
  crypto_shorthash(hash.data(), what.data(), what.size(), key->second->fingerprints.data());
  std::uint64_t bits = 0;
  for (const auto byte : hash) bits = bits << 8 | byte;
  return bits & low_48_bits;
}

auto key_of(std::string_view sealed) -> std::optional<std::uint16_t> {
  if (sealed.size() < key_ring::overhead || sealed[0] != format_version) return std::nullopt;
  const auto* head = bytes_of(sealed);
  return static_cast<std::uint16_t>(head[1] << 8 | head[2]);
}

auto key_file_warning(const config::encryption_options& options) -> std::string {
  struct stat found {};
  if (options.key_file.empty() || ::stat(options.key_file.c_str(), &found) != 0) return {};
  if ((found.st_mode & (S_IRWXG | S_IRWXO)) == 0) return {};
  return "encryption.key_file " + options.key_file +
         " is open to others than its owner: chmod 600 it";
}

}  // namespace parley::storage
