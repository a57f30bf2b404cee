#include "storage/blobs/sealed_file.hpp"

#include <algorithm>
#include <charconv>

namespace parley::storage::blobs {
namespace {

constexpr std::string_view header_start = "parley-sealed 1 key ";
constexpr std::size_t key_digits = 5;
static_assert(header_start.size() + key_digits + 1 == sealed_header_bytes);

constexpr std::uint64_t stored_piece_bytes = sealed_piece_bytes + key_ring::overhead;

auto header_for(std::uint16_t key) -> std::string {
  const auto number = std::to_string(key);
  return std::string{header_start} + std::string(key_digits - number.size(), '0') + number + "\n";
}

/// Nothing when it is no header of this version.
auto key_in(std::string_view header) -> std::optional<std::uint16_t> {
  std::uint16_t key = 0;
  const auto digits = header.substr(header_start.size(), key_digits);
  std::from_chars(digits.data(), digits.data() + digits.size(), key);
  return header == header_for(key) ? std::optional{key} : std::nullopt;
}

auto place_of(const chat::uuid& id, std::uint64_t number, bool is_last) -> seal_place {
  return {seal_place::kind::blob, {}, id, number, is_last};
}

}  // namespace

/// A full piece waits: whether it is the last one shows only when more comes.
auto file_sealer::add(std::span<const char> bytes, const sink& write) -> file_error {
  while (!bytes.empty()) {
    if (piece_.size() == sealed_piece_bytes)
      if (const auto failed = seal_piece(false, write); failed != file_error::none) return failed;
    const auto taken = std::min(bytes.size(), sealed_piece_bytes - piece_.size());
    piece_.append(bytes.data(), taken);
    bytes = bytes.subspan(taken);
  }
  return file_error::none;
}

auto file_sealer::end(const sink& write) -> file_error { return seal_piece(true, write); }

auto file_sealer::seal_piece(bool is_last, const sink& write) -> file_error {
  const auto& keys = keys_->keys();
  if (number_ == 0)
    if (const auto failed = write(header_for(keys.write_key())); failed != file_error::none)
      return failed;
  const auto failed = write(keys.seal(place_of(id_, number_, is_last), piece_));
  ++number_;
  piece_.clear();
  return failed;
}

file_opener::file_opener(vault_ptr keys, const chat::uuid& id, std::uint64_t stored_bytes)
    : keys_(std::move(keys)), id_(id), stored_bytes_(stored_bytes) {
  if (stored_bytes < sealed_header_bytes + key_ring::overhead) return;
  const auto body = stored_bytes - sealed_header_bytes;
  const auto pieces = (body + stored_piece_bytes - 1) / stored_piece_bytes;
  if (body - (pieces - 1) * stored_piece_bytes < key_ring::overhead) return;
  pieces_ = pieces;
  size_ = body - pieces * key_ring::overhead;
}

auto file_opener::check(const source& from) -> file_error {
  if (pieces_ == 0) return complain("it is cut short");
  if (const auto failed = read_header(from); failed != file_error::none) return failed;
  return open_piece(pieces_ - 1, from) ? file_error::none : file_error::unreadable;
}

auto file_opener::read(std::uint64_t offset, std::span<char> into, const source& from) const
    -> std::size_t {
  if (offset >= size_ || into.empty()) return 0;
  const auto piece = open_piece(offset / sealed_piece_bytes, from);
  if (!piece) return 0;
  return piece->copy(into.data(), into.size(), offset % sealed_piece_bytes);
}

auto file_opener::read_header(const source& from) -> file_error {
  std::string header(sealed_header_bytes, '\0');
  if (!from(0, header)) return complain("its bytes cannot be read");
  const auto key = key_in(header);
  if (!key) return complain("it is not in a format this program knows");
  key_ = *key;
  return file_error::none;
}

auto file_opener::open_piece(std::uint64_t number, const source& from) const
    -> std::optional<std::string> {
  const auto at = sealed_header_bytes + number * stored_piece_bytes;
  std::string sealed(std::min(stored_piece_bytes, stored_bytes_ - at), '\0');
  const auto refuse = [&](const std::string& why) {
    complain("piece " + std::to_string(number) + " of " + std::to_string(pieces_) + ": " + why);
    return std::nullopt;
  };
  if (!from(at, sealed)) return refuse("its bytes cannot be read");
  if (key_of(sealed) != key_)
    return refuse("it is not sealed with key " + std::to_string(key_) + ", as the file says");
  auto opened = keys_->keys().open(place_of(id_, number, number + 1 == pieces_), sealed);
  if (!opened) return refuse(opened.error().detail);
  return std::move(*opened);
}

auto file_opener::complain(const std::string& why) const -> file_error {
  keys_->complain("the file of attachment " + to_string(id_) + " cannot be read: " + why);
  return file_error::unreadable;
}

}  // namespace parley::storage::blobs
