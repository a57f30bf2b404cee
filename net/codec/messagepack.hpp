#pragma once

#include <string>
#include <string_view>

#include "net/codec/json.hpp"

/// MessagePack values as JSON ones, so that commands are bound and answers rendered in one way
/// whatever the hub protocol (github.com/msgpack/msgpack/blob/master/spec.md).
namespace parley::net::codec {

/// Reads the one value that fills `bytes`.
///
/// Integers in every encoding, and floats that are whole numbers, become integers: unsigned from 0
/// on. Timestamps (extension -1) become ISO 8601 text. `bin` and other extensions become binary
/// values, which no parameter takes. A lone surrogate, which JavaScript encodes although UTF-8 has
/// no place for it, becomes U+FFFD and is reported. Of a repeated key the first counts.
///
/// Memory stays within a small multiple of `bytes`: no announced size is believed before the bytes
/// are there, and depth and values are bounded.
/// @errors errc::bad_request: truncated, more than one value, deeper than `max_depth`, more values
///         than `max_nodes`, text that is not UTF-8, keys that are not text
auto parse_messagepack(std::string_view bytes, int max_depth = 32,
                       std::size_t max_nodes = default_max_nodes) -> chat::expected<parsed>;

/// Appends `value`: each number in its shortest encoding, binary values as `bin`.
void append_messagepack(std::string& to, const json& value);

}  // namespace parley::net::codec
