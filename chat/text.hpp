#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "chat/expected.hpp"

namespace parley::chat {

/// True for well-formed UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing past U+10FFFF.
auto is_valid_utf8(std::string_view text) -> bool;

/// Length in UTF-16 code units, as .NET and JavaScript count. @param text valid UTF-8
auto utf16_length(std::string_view text) -> std::size_t;

/// The first `units` UTF-16 code units, cut before a pair that would be split.
auto utf16_prefix(std::string_view text, std::size_t units) -> std::string_view;

/// Checks text from a client: valid UTF-8, at most `max_units` UTF-16 code units.
/// @errors errc::bad_request, errc::too_long
auto check_text(std::string_view text, std::size_t max_units) -> expected<void>;

/// Checks text that stands for someone or something in lists: a title, a name. As check_text; also
/// no control characters, no line or paragraph separators, no characters that turn the direction of
/// what follows or that nobody sees. (ZWJ and ZWNJ stay: emoji and scripts need them.)
/// @errors errc::bad_request, errc::too_long
auto check_name(std::string_view text, std::size_t max_units) -> expected<void>;

/// 64-bit FNV-1a. Stable for ever: fingerprints of requests are stored.
auto stable_hash(std::string_view bytes, std::uint64_t seed = 0xcbf29ce484222325ull)
    -> std::uint64_t;

}  // namespace parley::chat
