#pragma once

#include <cstdint>
#include <span>
#include <unordered_set>
#include <vector>

#include <caf/actor.hpp>

#include "chat/entry.hpp"
#include "chat/time.hpp"

namespace parley::actors {

/// Entries that wait for the store, in the order they came, each with whom to tell.
///
/// Taking from the front costs what is taken, whatever waits behind it.
class write_queue {
 public:
  /// Who sent an entry.
  struct origin {
    caf::actor owner;
    std::uint64_t attempt = 0;
    chat::clock::steady since{};
    bool in_doubt = false;  ///< a commit that held it got no answer
  };

  auto size() const -> std::size_t { return entries_.size() - taken_; }
  auto is_empty() const -> bool { return size() == 0; }

  void push(chat::entry what, origin from);

  /// The first `count`, side by side. Valid until the queue changes.
  auto entries(std::size_t count) const -> std::span<const chat::entry>;
  auto origins() -> std::span<origin>;

  /// A run of entries of one owner and attempt.
  struct part {
    origin from;
    std::vector<chat::entry> entries;
  };

  void drop(std::size_t count);
  /// Takes the first `count` out, by owner; order is kept within each.
  auto take_by_owner(std::size_t count) -> std::vector<part>;
  /// Puts parts in front, where they came from.
  void put_back(std::vector<part> parts);
  /// One walk, however many owners. @returns how many went
  auto drop_all_of(const std::unordered_set<caf::actor_id>& owners) -> std::size_t;

  void clear();

 private:
  void close_gap();

  std::vector<chat::entry> entries_;
  std::vector<origin> origins_;  ///< parallel to entries_
  std::size_t taken_ = 0;        ///< at the front of both: gone
};

}  // namespace parley::actors
