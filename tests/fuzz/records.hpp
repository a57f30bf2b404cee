#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "net/signalr/hub_protocol.hpp"

namespace parley::fuzz {

using net::codec::json;

/// Equal values, whichever hub protocol carried them: numbers by their value, NaN equal to itself.
auto is_same(const json& a, const json& b) -> bool;

/// Levels of containers: 0 for a scalar.
auto depth_of(const json& value) -> std::size_t;

/// JSON can say it: no binary, no number without digits, no key twice in an object.
auto has_json_form(const json& value) -> bool;

/// Reads `input` as a stream of records, and checks that their borders do not depend on how much of
/// it came, and that what is read is written and read again alike, in both protocols.
/// @returns the messages up to the first malformed record
auto check_records(const net::signalr::hub_protocol& protocol, std::string_view input)
    -> std::vector<net::signalr::hub_message>;

/// Binds every invocation to the method of chat's hub that it names, and its first argument, as a
/// body, to every route of REST; checks the commands, and that the case of names does not matter.
void check_binding(const std::vector<net::signalr::hub_message>& messages);

/// What a server sent, as messages: every byte of it belongs to a record of a known shape. Uses a
/// reader of its own.
/// @returns the records, as JSON; of MessagePack ones, their arrays
auto read_answers(net::wire_format format, std::string_view bytes) -> std::vector<json>;

/// A MessagePack body with its length in front.
auto with_length(std::string_view body) -> std::string;

/// The answers of chat's hub to a connection whose input comes in these pieces: everything that is
/// sent and asked, in order, as text. Commands are answered when all input has come.
/// @param handshake  the first record, as it is
auto answers_to(std::string_view handshake, const std::vector<std::string_view>& pieces)
    -> std::string;

}  // namespace parley::fuzz
