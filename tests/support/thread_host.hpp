#pragma once

#include <deque>
#include <mutex>
#include <thread>

#include "actors/pinned_actor.hpp"
#include "tests/support/awaited.hpp"

namespace parley::test {

/// Runs pinned actors on a thread of its own, as an io thread does.
class thread_host final : public actors::actor_host {
 public:
  explicit thread_host(caf::actor_system& system)
      : actors::actor_host(&system), thread_([this] { work(); }) {}

  ~thread_host() override {
    jobs_.change([](state& s) { s.over = true; });
    thread_.join();
  }

  void exec_later(caf::resumable* job) override {
    jobs_.change([job](state& s) { s.waiting.push_back(job); });
  }

 private:
  struct state {
    std::deque<caf::resumable*> waiting;
    bool over = false;
  };

  void work() {
    for (;;) {
      jobs_.until([](const state& s) { return s.over || !s.waiting.empty(); },
                  std::chrono::hours{1});
      caf::resumable* job = nullptr;
      bool over = false;
      jobs_.change([&](state& s) {
        over = s.over && s.waiting.empty();
        if (s.waiting.empty()) return;
        job = s.waiting.front();
        s.waiting.pop_front();
      });
      if (over) return;
      if (job != nullptr) run(job);
    }
  }

  awaited<state> jobs_;
  std::thread thread_;
};

}  // namespace parley::test
