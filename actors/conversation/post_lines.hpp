#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "actors/conversation/entries.hpp"

namespace parley::actors {

/// Posts of users for whom something is being looked up: they wait behind it, take their places in
/// the order they came, and a repeat finds the first on its way.
class post_lines {
 public:
  struct post {
    chat::caller from;
    chat::post what;
    promise reply;
  };

  auto empty() const -> bool { return lines_.empty(); }
  /// Users somebody waits behind.
  auto users() const -> std::vector<chat::user_id>;

  /// What waits behind the look-ups for `user`. Null: there are none, and nothing waits.
  auto waiting(const chat::user_id& user) -> std::deque<post>*;
  void begin_look_up(const chat::user_id& user);
  void end_look_up(const chat::user_id& user);
  /// The next post that may go. Nothing: a look-up is under way, or it was the last; then the line
  /// is no more.
  auto take_next(const chat::user_id& user) -> std::optional<post>;
  /// All that waits; the look-ups go on.
  auto take_all() -> std::vector<post>;

 private:
  struct line {
    chat::user_id user;
    std::size_t asked = 0;  ///< look-ups under way
    std::deque<post> waiting;
  };

  auto find(const chat::user_id& user) -> line*;

  std::vector<line> lines_;
};

}  // namespace parley::actors
