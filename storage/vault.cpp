#include "storage/vault.hpp"

#include <openssl/evp.h>

namespace parley::storage {
namespace {

using chat::errc;
using chat::unexpected;

constexpr char mark = '\x02';
constexpr std::string_view plain_mark = "\x02=";
constexpr int key_shift = 48;
constexpr std::uint64_t low_48_bits = (std::uint64_t{1} << key_shift) - 1;

/// Bytes that hold the key's id, and the characters they make.
constexpr std::size_t head_bytes = 3;
constexpr std::size_t head_characters = 4;

/// OpenSSL's is nine times as fast as libsodium's, which hides what needs no hiding here.
auto encode(std::string_view sealed, std::string& into) -> std::string_view {
  const auto size = (sealed.size() + 2) / 3 * 4;
  into.resize(1 + size + 1);  // EVP_EncodeBlock ends with a null
  into[0] = mark;
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(into.data()) + 1,
                  reinterpret_cast<const unsigned char*>(sealed.data()),
                  static_cast<int>(sealed.size()));
  into.pop_back();
  return into;
}

auto decode(std::string_view text) -> std::optional<std::string> {
  if (text.empty() || text.size() % 4 != 0) return std::nullopt;
  std::string bytes(text.size() / 4 * 3, '\0');
  const auto size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                    reinterpret_cast<const unsigned char*>(text.data()),
                                    static_cast<int>(text.size()));
  if (size != static_cast<int>(bytes.size())) return std::nullopt;
  bytes.resize(bytes.size() - (text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0));
  return bytes;
}

auto name_of(const seal_place& place) -> std::string {
  const auto conversation = to_string(place.conversation.value);
  if (place.what == seal_place::kind::title) return "the title of conversation " + conversation;
  return "the text of message " + to_string(place.item) + " in conversation " + conversation;
}

}  // namespace

auto is_sealed(std::string_view stored) -> bool {
  return stored.starts_with(mark) && !stored.starts_with(plain_mark);
}

auto vault::put(const seal_place& place, std::string_view text, std::string& room) const
    -> std::string_view {
  if (text.empty()) return text;
  if (seals_) return encode(keys_.seal(place, text), room);
  if (!text.starts_with(mark)) return text;
  return room = std::string{plain_mark}.append(text);
}

auto vault::get(const seal_place& place, std::string_view stored) const
    -> chat::expected<std::string> {
  if (!stored.starts_with(mark)) return std::string{stored};
  if (stored.starts_with(plain_mark)) return std::string{stored.substr(plain_mark.size())};
  const auto sealed = decode(stored.substr(1));
  auto opened = sealed ? keys_.open(place, *sealed)
                       : unexpected{errc::refused, "it is not in a format this program knows"};
  if (opened) return opened;
  return unexpected{errc::refused, name_of(place) + " cannot be read: " + opened.error().detail};
}

auto vault::show(const seal_place& place, std::string_view stored) const -> std::string {
  auto text = get(place, stored);
  if (text) return std::move(*text);
  complain(text.error().detail);
  return std::string{unreadable_text};
}

auto vault::put_fingerprint(const seal_place& place, std::uint64_t plain) const -> std::uint64_t {
  if (!seals_ || plain == 0) return plain;
  const auto id = keys_.write_key();
  return std::uint64_t{id} << key_shift | ((plain & low_48_bits) ^ *keys_.mask(id, place));
}

auto vault::get_fingerprint(const seal_place& place, std::uint64_t stored) const -> std::uint64_t {
  const auto id = static_cast<std::uint16_t>(stored >> key_shift);
  if (id == 0) return stored;
  const auto mask = keys_.mask(id, place);
  return mask ? (stored & low_48_bits) ^ *mask : 0;
}

auto vault::is_current(std::string_view stored) const -> bool {
  if (stored.empty()) return true;
  if (!seals_ || !is_sealed(stored)) return seals_ == is_sealed(stored);
  const auto head = decode(stored.substr(1, head_characters));
  if (!head || head->size() != head_bytes) return false;
  const auto id = static_cast<unsigned char>((*head)[1]) << 8 | static_cast<unsigned char>((*head)[2]);
  return id == keys_.write_key();
}

auto vault::is_current_fingerprint(std::uint64_t stored) const -> bool {
  return stored == 0 || stored >> key_shift == (seals_ ? keys_.write_key() : 0u);
}

auto make_vault(const config::encryption_options& options, vault::complaint tell)
    -> chat::expected<vault_ptr> {
  auto keys = key_ring::make(options);
  if (!keys) return unexpected{keys.error()};
  if (options.enabled && keys->is_empty())
    return unexpected{errc::bad_request,
                      "encryption.enabled needs encryption.key_file or encryption.keys"};
  return vault_ptr{
      std::make_shared<const vault>(std::move(*keys), options.enabled, std::move(tell))};
}

}  // namespace parley::storage
