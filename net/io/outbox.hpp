#pragma once

#include <cstddef>
#include <vector>

#include "net/io/frame.hpp"

namespace parley::net {

/// The frames that wait to be written to one connection, in order; the only way to its client.
///
/// Bounded in bytes and frames. At the bound ephemeral frames go first; when that does not help,
/// the reader is too slow and push says so. An empty outbox holds no memory.
class outbox {
 public:
  enum class push_result { queued, too_slow };

  outbox(std::size_t max_bytes, std::size_t max_frames)
      : max_bytes_(max_bytes), max_frames_(max_frames) {}

  auto push(const frame_ptr& what) -> push_result {
    if (!fits(*what)) return push_tightly(what);
    push_answer(what);
    return push_result::queued;
  }
  /// Queues what the client asked for, whatever waits. Who answers must start no new call while
  /// is_congested, so that this stays bounded too.
  void push_answer(const frame_ptr& what) {
    bytes_ += what->size();
    frames_.push_back(what);
  }
  auto is_congested() const -> bool { return bytes_ > max_bytes_ / 2; }

  auto is_empty() const -> bool { return head_ == frames_.size(); }
  auto frame_count() const -> std::size_t { return frames_.size() - head_; }
  auto bytes() const -> std::size_t { return bytes_; }

  /// The i-th waiting frame, 0 the oldest. The first `written()` bytes of frame 0 are gone already.
  auto at(std::size_t i) const -> const frame& { return *frames_[head_ + i]; }
  auto written() const -> std::size_t { return written_; }

  /// `count` bytes from the front were written.
  void consume(std::size_t count);

  /// Forgets all but a frame that is partly written: the stream must stay well formed.
  void clear_unwritten();

 private:
  auto fits(const frame& what) const -> bool {
    return bytes_ + what.size() <= max_bytes_ && frame_count() < max_frames_;
  }
  auto push_tightly(const frame_ptr& what) -> push_result;
  void drop_ephemeral();
  void compact();

  std::size_t max_bytes_;
  std::size_t max_frames_;
  std::vector<frame_ptr> frames_;
  std::size_t head_ = 0;
  std::size_t written_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace parley::net
