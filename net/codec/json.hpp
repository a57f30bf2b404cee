#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

#include "chat/expected.hpp"

namespace parley::net::codec {

/// Keeps the order in which keys were written.
using json = nlohmann::ordered_json;

/// What came of reading a text that a client sent.
struct parsed {
  json value;
  /// An escape like \ud800 without its other half stood in it; it became U+FFFD. Such text must
  /// not be stored (it has no UTF-8 form).
  bool has_lone_surrogate = false;
};

/// Values of one text when the caller names no bound.
constexpr std::size_t default_max_nodes = 4'096;

/// Reads one JSON text (RFC 8259). Of a repeated key the last value counts. Memory stays within a
/// small multiple of `text`.
/// @param max_nodes values, containers and those inside them included; a key is none
/// @errors errc::bad_request: not JSON, deeper than `max_depth`, more than `max_nodes`, invalid UTF-8
auto parse(std::string_view text, int max_depth = 64, std::size_t max_nodes = default_max_nodes)
    -> chat::expected<parsed>;

/// Bytes of `text` before the first one that a JSON string must not hold as it is: a quote, a
/// backslash, a control character.
auto unescaped_length(std::string_view text) -> std::size_t;

/// ASCII of which nothing needs an escape: a JSON string holds it as it is.
auto is_plain(std::string_view text) -> bool;

/// Compact; raw UTF-8; bytes that are no UTF-8 become U+FFFD; never throws.
auto dump(const json& value) -> std::string;

}  // namespace parley::net::codec
