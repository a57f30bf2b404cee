#pragma once

#include <cstdint>
#include <deque>

#include "net/io/frame.hpp"
#include "net/signalr/hub_protocol.hpp"

namespace parley::net::signalr {

/// Is it numbered by a stateful reconnect? (Invocations, their items, completions and cancels.)
auto is_counted(message_type type) -> bool;

/// The bookkeeping of a stateful reconnect, for both directions of one connection.
///
/// Counted records are numbered from 1 in each direction; the numbers are not on the wire. Sent
/// ones are kept, as the frames that all receivers share, until the client acknowledges them. At
/// most `max_bytes` are kept: then the oldest are forgotten, and until the client has acknowledged
/// those the connection cannot be resumed (is_whole). Nothing ever waits for an Ack.
///
/// @thread its connection's  @source signalr.md, section 11; docs/decisions/0012
class replay_buffer {
 public:
  struct kept_frame {
    frame_ptr what;
    std::uint64_t first = 0;  ///< number of its first record
    std::uint64_t last = 0;   ///< and of its last
  };

  explicit replay_buffer(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  // -- sending
  /// Numbers the records of `what`, which is about to be sent. @param records 1 or more
  void keep(const frame_ptr& what, std::size_t records);
  /// The client handled every record up to this one.
  void acknowledge(std::uint64_t up_to);
  /// Everything that the client has not acknowledged is still here.
  auto is_whole() const -> bool { return forgotten_ <= acknowledged_; }
  auto kept() const -> const std::deque<kept_frame>& { return kept_; }
  auto bytes() const -> std::size_t { return bytes_; }
  auto max_bytes() const -> std::size_t { return max_bytes_; }
  /// What our Sequence says: the number of the first record to be sent again, or, when there is
  /// none, of the next new one.
  auto first_to_send() const -> std::uint64_t;

  // -- receiving
  /// The client has a new socket: what it says counts from its Sequence on.
  void expect_sequence() { waits_for_sequence_ = true; }
  auto waits_for_sequence() const -> bool { return waits_for_sequence_; }
  /// Shall this record be handled? Acks and Sequences are taken in here and never handled.
  /// @errors errc::bad_request: a Sequence beyond what came so far
  auto admit(const hub_message& what) -> chat::expected<bool>;
  /// Number of the last record that was handled.
  auto last_received() const -> std::uint64_t { return last_received_; }

 private:
  auto take_sequence(std::uint64_t first) -> chat::expected<bool>;

  std::size_t max_bytes_;
  std::deque<kept_frame> kept_;
  std::size_t bytes_ = 0;
  std::uint64_t sent_ = 0;
  std::uint64_t acknowledged_ = 0;
  std::uint64_t forgotten_ = 0;
  std::uint64_t next_received_ = 1;
  std::uint64_t last_received_ = 0;
  bool waits_for_sequence_ = false;
};

}  // namespace parley::net::signalr
