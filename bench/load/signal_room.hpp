#pragma once

#include <cstdint>
#include <vector>

namespace parley::bench {

/// The judge of a room in which one member at a time starts and stops something (typing; being
/// away), and each time every other member must hear of it exactly once. Knows nothing of sockets.
/// @errors run_failure ("check failed") when a signal is not the one that is due, or comes again
class signal_room {
 public:
  signal_room(std::uint32_t index, std::uint32_t members) : index_(index), heard_(members) {}

  /// The actor starts or stops; all others are to hear it now. After `start` comes `stop`.
  void begin(std::int64_t now);
  auto actor() const -> std::uint32_t { return actor_; }
  auto is_starting() const -> bool { return is_starting_; }
  auto begun_at() const -> std::int64_t { return begun_at_; }

  /// @param listener, about  members of this room
  /// @returns true when all others have heard it: begin() may follow
  auto on_signal(std::uint32_t listener, std::uint32_t about, bool starts) -> bool;

  auto is_pending() const -> bool { return due_ != 0; }

 private:
  [[noreturn]] void fail(const char* what, std::uint32_t listener, std::uint32_t about) const;

  std::uint32_t index_;
  std::vector<bool> heard_;
  std::uint32_t actor_ = 0;
  std::uint32_t due_ = 0;  ///< members that have not heard it yet
  bool is_starting_ = false;
  std::int64_t begun_at_ = 0;
};

}  // namespace parley::bench
