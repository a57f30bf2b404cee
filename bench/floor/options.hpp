#pragma once

#include <cstdint>

namespace parley::bench {

/// A wrong the floor can do on purpose, to show that the load generator notices.
enum class fault : std::uint8_t { none, drop, dup, reorder, wrong_room, no_ack };

/// What `parley-floor` was asked to do.
struct floor_options {
  std::uint16_t port = 8090;      ///< on 127.0.0.1
  std::uint32_t frame_extra = 0;  ///< bytes added to every delivery, so that two servers' are equal
  bool coalesce = false;          ///< one write per member for all messages read in one pass
  fault wrong = fault::none;
  std::uint32_t fault_every = 1000;  ///< every so manieth delivery (ack, for no_ack) goes wrong
};

}  // namespace parley::bench
