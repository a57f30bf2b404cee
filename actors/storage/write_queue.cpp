#include "actors/storage/write_queue.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace parley::actors {

void write_queue::push(chat::entry what, origin from) {
  entries_.push_back(std::move(what));
  origins_.push_back(std::move(from));
}

auto write_queue::entries(std::size_t count) const -> std::span<const chat::entry> {
  return std::span{entries_}.subspan(taken_, count);
}

auto write_queue::origins() -> std::span<origin> {
  return std::span{origins_}.subspan(taken_);
}

/// The gap at the front is closed when it is at least as long as what has to move.
void write_queue::drop(std::size_t count) {
  taken_ += count;
  if (taken_ >= size()) close_gap();
}

void write_queue::close_gap() {
  const auto gap = static_cast<std::ptrdiff_t>(std::exchange(taken_, 0));
  entries_.erase(entries_.begin(), entries_.begin() + gap);
  origins_.erase(origins_.begin(), origins_.begin() + gap);
}

auto write_queue::take_by_owner(std::size_t count) -> std::vector<part> {
  close_gap();
  std::vector<part> parts;
  for (std::size_t i = 0; i < count; ++i) {
    auto at = std::find_if(parts.begin(), parts.end(),
                           [&](const part& p) { return p.from.owner == origins_[i].owner; });
    if (at == parts.end()) at = parts.insert(parts.end(), {origins_[i], {}});
    at->entries.push_back(std::move(entries_[i]));
  }
  drop(count);
  return parts;
}

void write_queue::put_back(std::vector<part> parts) {
  close_gap();
  std::vector<chat::entry> entries;
  std::vector<origin> origins;
  for (auto& p : parts) {
    origins.insert(origins.end(), p.entries.size(), p.from);
    std::move(p.entries.begin(), p.entries.end(), std::back_inserter(entries));
  }
  entries_.insert(entries_.begin(), std::make_move_iterator(entries.begin()),
                  std::make_move_iterator(entries.end()));
  origins_.insert(origins_.begin(), origins.begin(), origins.end());
}

auto write_queue::drop_all_of(const std::unordered_set<caf::actor_id>& owners) -> std::size_t {
  close_gap();
  std::size_t kept = 0;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (owners.contains(origins_[i].owner.id())) continue;
    if (kept != i) {
      entries_[kept] = std::move(entries_[i]);
      origins_[kept] = std::move(origins_[i]);
    }
    ++kept;
  }
  const auto gone = entries_.size() - kept;
  entries_.resize(kept);
  origins_.resize(kept);
  return gone;
}

void write_queue::clear() {
  entries_.clear();
  origins_.clear();
  taken_ = 0;
}

}  // namespace parley::actors
