#pragma once

#include <atomic>
#include <chrono>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>

namespace parley::telemetry {

/// How long threads of one kind do one thing, while what else they have to do waits.
///
/// A histogram would cost a lock for each turn, of which a message has a dozen: kept are the longest
/// since the figures were read last, and how many were too long.
/// @thread any
class turn_figures {
 public:
  using clock = std::chrono::steady_clock;
  /// No call may keep a thread longer (docs/limits.md, "Times").
  static constexpr std::chrono::milliseconds too_long{20};

  turn_figures(prometheus::Gauge& longest, prometheus::Counter& long_turns)
      : shown_(longest), long_turns_(long_turns) {}

  void note(clock::duration took) noexcept {
    if (took.count() > longest_.load(std::memory_order_relaxed)) raise(took);
    if (took > too_long) long_turns_.Increment();
  }
  /// Puts the longest turn since the last call into its gauge.
  void show() noexcept {
    shown_.Set(std::chrono::duration<double>(clock::duration{longest_.exchange(0)}).count());
  }

 private:
  void raise(clock::duration took) noexcept {
    auto known = longest_.load();
    while (took.count() > known && !longest_.compare_exchange_weak(known, took.count())) {
    }
  }

  std::atomic<clock::rep> longest_{0};
  prometheus::Gauge& shown_;
  prometheus::Counter& long_turns_;
};

/// One turn: from here to the end of the block. What runs inside another is part of that.
class turn {
 public:
  explicit turn(turn_figures* figures) noexcept : figures_(is_in_one_ ? nullptr : figures) {
    if (figures_ == nullptr) return;
    is_in_one_ = true;
    begin_ = turn_figures::clock::now();
  }
  ~turn() {
    if (figures_ == nullptr) return;
    is_in_one_ = false;
    figures_->note(turn_figures::clock::now() - begin_);
  }
  turn(const turn&) = delete;
  auto operator=(const turn&) -> turn& = delete;

 private:
  inline static constinit thread_local bool is_in_one_ = false;
  turn_figures* figures_;
  turn_figures::clock::time_point begin_;
};

}  // namespace parley::telemetry
