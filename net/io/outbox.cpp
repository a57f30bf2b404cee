#include "net/io/outbox.hpp"

#include <algorithm>

namespace parley::net {

/// Where there is no room as it is.
auto outbox::push_tightly(const frame_ptr& what) -> push_result {
  if (what->is_ephemeral()) return push_result::queued;
  drop_ephemeral();
  if (!fits(*what)) return push_result::too_slow;
  push_answer(what);
  return push_result::queued;
}

void outbox::consume(std::size_t count) {
  bytes_ -= count;
  written_ += count;
  while (head_ < frames_.size() && written_ >= frames_[head_]->size()) {
    written_ -= frames_[head_]->size();
    frames_[head_++].reset();
  }
  compact();
}

void outbox::compact() {
  if (is_empty()) {
    frames_.clear();
    head_ = 0;
    if (frames_.capacity() > 16) frames_.shrink_to_fit();
  } else if (head_ > 64 && head_ * 2 > frames_.size()) {
    frames_.erase(frames_.begin(), frames_.begin() + static_cast<std::ptrdiff_t>(head_));
    head_ = 0;
  }
}

void outbox::drop_ephemeral() {
  const auto first = frames_.begin() + static_cast<std::ptrdiff_t>(head_ + (written_ > 0 ? 1 : 0));
  if (first > frames_.end()) return;
  const auto kept = std::stable_partition(
      first, frames_.end(), [](const frame_ptr& f) { return !f->is_ephemeral(); });
  for (auto at = kept; at != frames_.end(); ++at) bytes_ -= (*at)->size();
  frames_.erase(kept, frames_.end());
}

void outbox::clear_unwritten() {
  const auto keep = head_ + (written_ > 0 ? 1 : 0);
  while (frames_.size() > keep) {
    bytes_ -= frames_.back()->size();
    frames_.pop_back();
  }
  compact();
}

}  // namespace parley::net
