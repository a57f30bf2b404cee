#pragma once

#include <chrono>

#include "chat/time.hpp"
#include "tests/support/people.hpp"

namespace parley::test {

/// A clock that stands still until it is turned.
class hand_clock final : public chat::clock {
 public:
  auto now() const -> chat::timestamp override { return after_noon(passed_.count()); }
  auto steady_now() const -> steady override { return steady{std::chrono::hours{1}} + passed_; }
  void turn(std::chrono::milliseconds by) { passed_ += by; }

 private:
  std::chrono::milliseconds passed_{0};
};

}  // namespace parley::test
