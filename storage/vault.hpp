#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "storage/key_ring.hpp"

namespace parley::storage {

/// Texts as they lie in the database: plain, or sealed when encryption is on.
///
/// A plain text is stored as it is. A sealed one is the byte 0x02 and the key ring's bytes in
/// base64; a plain one that begins with that byte has "0x02 =" put in front, so that neither is
/// ever taken for the other. Everything stored is valid UTF-8 if the text was. "" is stored as "".
///
/// Reading takes both, whatever is written: encryption can be turned on, off, and to another key
/// over a database in use.
/// @thread any, at once
class vault {
 public:
  /// Stands where a text cannot be read.
  static constexpr std::string_view unreadable_text = "[this text cannot be decrypted]";

  /// Told of each text or file that cannot be read, as a sentence for the log. @thread any
  using complaint = std::function<void(const std::string&)>;

  /// Without keys: writes plain.
  vault() = default;
  /// @param keys  not empty when `seals`
  vault(key_ring keys, bool seals, complaint tell = {})
      : keys_(std::move(keys)), seals_(seals), tell_(std::move(tell)) {}

  /// @returns `text` itself, or what stands in `room` now
  auto put(const seal_place& place, std::string_view text, std::string& room) const
      -> std::string_view;
  /// @errors errc::refused, with a sentence that says what is wrong and where, not the text
  auto get(const seal_place& place, std::string_view stored) const -> chat::expected<std::string>;
  /// The same; complains about what cannot be read and gives `unreadable_text` for it.
  auto show(const seal_place& place, std::string_view stored) const -> std::string;

  /// A fingerprint would let anybody who reads the database try texts on it: sealed, its 48 bits
  /// are masked, and the 16 above them name the key (0: plain).
  auto put_fingerprint(const seal_place& place, std::uint64_t plain) const -> std::uint64_t;
  /// @returns 0, which no message has, when the key is missing
  auto get_fingerprint(const seal_place& place, std::uint64_t stored) const -> std::uint64_t;

  /// Is this how `put` would store it today: sealed with the write key, or plain?
  auto is_current(std::string_view stored) const -> bool;
  auto is_current_fingerprint(std::uint64_t stored) const -> bool;

  /// Tells that something cannot be read. @param what  a sentence for the log
  void complain(const std::string& what) const {
    if (tell_) tell_(what);
  }

  auto seals() const -> bool { return seals_; }
  /// For bytes outside the database.
  auto keys() const -> const key_ring& { return keys_; }

 private:
  key_ring keys_;
  bool seals_ = false;
  complaint tell_;
};

/// Is this text, as it is stored, sealed? No key is needed to tell.
auto is_sealed(std::string_view stored) -> bool;

using vault_ptr = std::shared_ptr<const vault>;

/// The vault that `encryption.*` asks for.
/// @errors errc::bad_request: keys that are missing, malformed, or cannot be read
auto make_vault(const config::encryption_options& options, vault::complaint tell = {})
    -> chat::expected<vault_ptr>;

}  // namespace parley::storage
