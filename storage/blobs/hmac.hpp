#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace parley::storage::blobs {

using digest = std::array<std::uint8_t, 32>;

auto sha256(std::string_view bytes) -> digest;
/// RFC 2104 with SHA-256.
auto hmac_sha256(std::string_view key, std::string_view bytes) -> digest;

/// The digest as bytes, to go on with.
auto view(const digest& of) -> std::string_view;
/// Lower-case hex.
auto hex(std::string_view bytes) -> std::string;

/// Takes the same time wherever they differ.
auto are_equal(std::string_view one, std::string_view other) -> bool;

/// RFC 3986: all but A-Z a-z 0-9 - . _ ~ becomes %XX. @param keep  one more character to keep
auto percent_encode(std::string_view text, char keep = '~') -> std::string;

}  // namespace parley::storage::blobs
