#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chat/expected.hpp"
#include "net/codec/writer.hpp"
#include "net/io/frame.hpp"

namespace parley::net::signalr {

using codec::json;
using codec::value_source;

/// Types of hub messages, as on the wire.
enum class message_type : std::uint8_t {
  invocation = 1,
  stream_item = 2,
  completion = 3,
  stream_invocation = 4,
  cancel_invocation = 5,
  ping = 6,
  close = 7,
  ack = 8,
  sequence = 9,
};

/// One record from a client.
struct hub_message {
  std::optional<message_type> type;  ///< nothing: a type of the future, to be skipped
  std::string invocation_id;         ///< "" : none, do not answer
  std::string target;
  json arguments = json::array();
  std::vector<std::string> stream_ids;
  json payload;                      ///< item of a StreamItem, result of a Completion
  std::string error;                 ///< of a Close or a Completion
  bool has_error = false;            ///< a Completion with an error, be it an empty one
  std::uint64_t sequence_id = 0;     ///< of an Ack or a Sequence
  bool has_bad_text = false;         ///< a lone surrogate stood in it: arguments cannot be bound
};

/// One encoding of hub messages. Stateless; shared by all connections. @thread any
class hub_protocol {
 public:
  virtual ~hub_protocol() = default;

  virtual auto name() const -> std::string_view = 0;
  virtual auto format() const -> wire_format = 0;

  /// Bytes of the first record in `input`, its frame included; 0 when more must come.
  /// @errors errc::too_long: over `max` bytes
  virtual auto record_size(std::string_view input, std::size_t max) const
      -> chat::expected<std::size_t> = 0;

  /// @param record as measured by record_size
  /// @errors errc::bad_request: malformed or over `max_nodes` values, the connection must end
  virtual auto parse(std::string_view record, std::size_t max_nodes = codec::default_max_nodes) const
      -> chat::expected<hub_message> = 0;

  /// A call of a client's method. @param arguments an array
  /// @param id of an answer that is awaited; "": none is
  virtual auto invocation(std::string_view target, const value_source& arguments,
                          std::string_view id = {}) const -> std::string = 0;
  virtual auto stream_item(std::string_view id, const value_source& item) const -> std::string = 0;
  /// @param result null for void methods too, as ASP.NET Core sends it
  virtual auto completion(std::string_view id, const value_source& result) const -> std::string = 0;
  /// The end of a stream.
  virtual auto empty_completion(std::string_view id) const -> std::string = 0;
  virtual auto failed_completion(std::string_view id, std::string_view error) const
      -> std::string = 0;
  virtual auto ping() const -> std::string = 0;
  /// An Ack: every counted record up to this one was handled.
  virtual auto ack(std::uint64_t sequence_id) const -> std::string = 0;
  /// A Sequence: the number of the first counted record that follows.
  virtual auto sequence(std::uint64_t sequence_id) const -> std::string = 0;
  /// @param error empty: none
  virtual auto close(std::string_view error, bool allow_reconnect) const -> std::string = 0;

  // The same with values that a hub's own code built.
  auto invocation(std::string_view target, const json& arguments, std::string_view id = {}) const {
    return invocation(target, [&](codec::writer& to) { to.tree(arguments); }, id);
  }
  auto stream_item(std::string_view id, const json& item) const {
    return stream_item(id, [&](codec::writer& to) { to.tree(item); });
  }
  auto completion(std::string_view id, const json& result) const {
    return completion(id, [&](codec::writer& to) { to.tree(result); });
  }
};

/// Room for most records that carry a message.
constexpr std::size_t usual_record = 512;

/// JSON records that end in 0x1E.
auto json_protocol() -> const hub_protocol&;

/// Binary records: a length prefix of 1 to 5 bytes, then one MessagePack array.
auto messagepack_protocol() -> const hub_protocol&;

/// Byte that ends a JSON record, the handshake's too.
constexpr char record_separator = '\x1e';

/// The protocol a handshake may name, in any case, or null.
auto find_protocol(std::string_view name) -> const hub_protocol*;

/// What record_size answers for a record over `max` bytes, in the words of ASP.NET Core.
auto record_too_long(std::size_t max) -> chat::error;

}  // namespace parley::net::signalr
