#pragma once

#include <cstdint>
#include <random>
#include <vector>

namespace parley::bench {

/// What somebody does at a moment of the day.
struct day_action {
  enum class kind : std::uint8_t { post, read, type, stop_typing, history, chats, come, go };
  std::int64_t at_ns = 0;  ///< since the day began
  kind what = kind::post;
  std::uint32_t user = 0;
  std::uint32_t conversation = 0;  ///< of post, read, type, stop_typing and history
};

/// A company's day, made from a seed: who talks with whom, and an endless row of things that people
/// do. The same seed gives the same day, whatever the server does. Knows nothing of servers.
///
/// Per user there are a direct conversation, half a group of 8 and a hundredth of a group of 100.
/// Of 100 actions 40 post (half of them to a direct conversation, two fifths to a group of 8, a
/// tenth to one of 100), 20 read, 20 begin or end typing, 10 load history, 4 load the chat list,
/// and 6 come or go. Actions come at random, `rate` a second in the mean (a Poisson process).
class day_model {
 public:
  /// @param users  16 or more  @param rate  actions per second
  day_model(std::uint64_t seed, std::uint32_t users, double rate);

  /// By conversation: its members, each once.
  auto members() const -> const std::vector<std::vector<std::uint32_t>>& { return members_; }
  /// By user: the conversations.
  auto conversations() const -> const std::vector<std::vector<std::uint32_t>>& {
    return conversations_;
  }
  /// Who is there when the day begins: seven in ten.
  auto is_there(std::uint32_t user) const -> bool { return is_there_[user]; }
  auto next() -> day_action;

 private:
  void found(std::uint32_t count, std::uint32_t size);
  auto below(std::uint32_t limit) -> std::uint32_t;
  auto someone_there() -> std::uint32_t;
  auto conversation_to_post(std::uint32_t user) -> std::uint32_t;
  auto come_or_go(day_action made) -> day_action;
  auto type(day_action made) -> day_action;

  std::mt19937_64 random_;
  double rate_;
  double now_s_ = 0;
  std::vector<std::vector<std::uint32_t>> members_;
  std::vector<std::vector<std::uint32_t>> conversations_;
  std::vector<bool> is_there_;
  std::uint32_t there_ = 0;
  std::vector<std::int64_t> typing_in_;  ///< by user; -1: nowhere
};

}  // namespace parley::bench
