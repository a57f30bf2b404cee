#pragma once

#include "net/signalr/hub_protocol.hpp"

/// The classes that the functional tests send around, in the shapes .NET gives them: dates are
/// text in JSON and timestamps in MessagePack, byte arrays base64 and `bin`.
namespace parley::functional {

using net::signalr::json;

/// {Name, Value}: what a client sent, names in any case, what is missing at its default.
auto as_custom_object(const json& sent) -> json;
/// Is Name a text and Value a whole number, as far as they are there?
auto is_custom_object(const json& sent) -> bool;

/// {String, IntArray, ByteArray, Guid, DateTime}, as `protocol` writes it.
auto as_complex_object(const json& sent, const net::signalr::hub_protocol& protocol) -> json;
/// The one with fixed values.
auto complex_object(const net::signalr::hub_protocol& protocol) -> json;

}  // namespace parley::functional
