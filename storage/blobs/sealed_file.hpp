#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>

#include "storage/blobs/file_error.hpp"
#include "storage/vault.hpp"

// Files sealed at rest. One is a line of text, then its bytes in pieces of 64 KiB (the last
// may be shorter, and is empty only in an empty file), each sealed by the key ring for this
// attachment, its number, and whether it is the last:
//
//   "parley-sealed 1 key 00007\n"  piece 0 + overhead  piece 1 + overhead  ...
//
// Any range is read by opening the pieces it touches. No piece opens in another file or at another
// place, and a file that was cut short has no last piece.

namespace parley::storage::blobs {

/// Bytes of a file that are sealed together.
inline constexpr std::size_t sealed_piece_bytes = 64 * 1024;
inline constexpr std::size_t sealed_header_bytes = 26;

/// Seals a file as its bytes come. Keeps one piece. @thread one at a time
class file_sealer {
 public:
  /// Takes what belongs at the end of the file.
  using sink = std::function<file_error(std::string_view)>;

  /// @param keys  seals
  file_sealer(vault_ptr keys, const chat::uuid& id) : keys_(std::move(keys)), id_(id) {}

  auto add(std::span<const char> bytes, const sink& write) -> file_error;
  /// No more bytes come. Once.
  auto end(const sink& write) -> file_error;

 private:
  auto seal_piece(bool is_last, const sink& write) -> file_error;

  vault_ptr keys_;
  chat::uuid id_;
  std::string piece_;
  std::uint64_t number_ = 0;  ///< of the piece that is being filled
};

/// Opens what a file_sealer sealed. What does not open is complained about to the vault.
/// @thread any, at once, as far as the source allows it
class file_opener {
 public:
  /// Fills the whole span from an offset in the stored file; false when it cannot.
  using source = std::function<bool(std::uint64_t, std::span<char>)>;

  /// @param stored_bytes  the length of the file as it is stored
  file_opener(vault_ptr keys, const chat::uuid& id, std::uint64_t stored_bytes);

  /// Does its key exist, and is its length the one it was sealed with? Opens the last piece.
  /// Before `read`.
  auto check(const source& from) -> file_error;
  /// Bytes of the file before it was sealed.
  auto size() const -> std::uint64_t { return size_; }
  /// The id of the key it is sealed with.
  auto key() const -> std::uint16_t { return key_; }
  /// @returns how many bytes were opened from `offset` on, up to the end of their piece; 0 at the
  ///          end and when that failed
  auto read(std::uint64_t offset, std::span<char> into, const source& from) const -> std::size_t;

 private:
  auto read_header(const source& from) -> file_error;
  auto open_piece(std::uint64_t number, const source& from) const -> std::optional<std::string>;
  auto complain(const std::string& why) const -> file_error;

  vault_ptr keys_;
  chat::uuid id_;
  std::uint64_t stored_bytes_;
  std::uint64_t pieces_ = 0;  ///< 0: it cannot be a sealed file
  std::uint64_t size_ = 0;
  std::uint16_t key_ = 0;
};

}  // namespace parley::storage::blobs
