#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bench/floor/guest.hpp"
#include "bench/floor/options.hpp"
#include "bench/wire/record_scanner.hpp"

namespace parley::bench {

/// A room of the floor: numbers messages, builds each delivery once, writes it to every member.
class floor_room {
 public:
  floor_room(std::string id, const floor_options& opts);

  auto id() const -> const std::string& { return id_; }
  void join(guest& who);
  void leave(guest& who);

  /// Numbers the message and builds its delivery; nothing is written before flush().
  void post(guest& sender, const hub_record& send);
  void flush();
  auto is_dirty() const -> bool { return !batch_.empty(); }

 private:
  void append_delivery(const hub_record& send);
  void append_ack(guest& sender, const hub_record& send);
  void deliver(guest& member);
  void deliver_wrongly(guest& member);
  auto is_wrong_now() -> bool;

  std::string id_;
  const floor_options& options_;
  std::vector<guest*> members_;
  std::string batch_;  ///< frames not written yet; the same for every member
  std::string scratch_;
  std::int64_t seq_ = 0;
  std::uint64_t turns_ = 0;  ///< deliveries, or acks with fault::no_ack
};

}  // namespace parley::bench
