#include "net/transports/replay_buffer.hpp"

#include <algorithm>

namespace parley::net::signalr {

auto is_counted(message_type type) -> bool {
  switch (type) {
    case message_type::invocation:
    case message_type::stream_item:
    case message_type::completion:
    case message_type::stream_invocation:
    case message_type::cancel_invocation: return true;
    case message_type::ping:
    case message_type::close:
    case message_type::ack:
    case message_type::sequence: return false;
  }
  return false;
}

void replay_buffer::keep(const frame_ptr& what, std::size_t records) {
  kept_.push_back({what, sent_ + 1, sent_ + records});
  sent_ += records;
  bytes_ += what->size();
  for (; bytes_ > max_bytes_ && !kept_.empty(); kept_.pop_front()) {
    bytes_ -= kept_.front().what->size();
    forgotten_ = kept_.front().last;
  }
}

/// A frame goes when its last record is acknowledged; one of two records may be sent again for the
/// second, and the client drops the first.
void replay_buffer::acknowledge(std::uint64_t up_to) {
  acknowledged_ = std::max(acknowledged_, std::min(up_to, sent_));
  for (; !kept_.empty() && kept_.front().last <= acknowledged_; kept_.pop_front())
    bytes_ -= kept_.front().what->size();
}

auto replay_buffer::first_to_send() const -> std::uint64_t {
  return kept_.empty() ? sent_ + 1 : kept_.front().first;
}

auto replay_buffer::admit(const hub_message& what) -> chat::expected<bool> {
  if (what.type == message_type::sequence) return take_sequence(what.sequence_id);
  if (waits_for_sequence_) return false;
  if (what.type == message_type::ack) {
    acknowledge(what.sequence_id);
    return false;
  }
  if (!what.type || !is_counted(*what.type)) return true;
  const auto number = next_received_++;
  if (number <= last_received_) return false;
  last_received_ = number;
  return true;
}

auto replay_buffer::take_sequence(std::uint64_t first) -> chat::expected<bool> {
  if (first == 0 || first > next_received_)
    return chat::unexpected{chat::errc::bad_request,
                            "Sequence ID greater than amount of messages we've received."};
  waits_for_sequence_ = false;
  next_received_ = first;
  return false;
}

}  // namespace parley::net::signalr
