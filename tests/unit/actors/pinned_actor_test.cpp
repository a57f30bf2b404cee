#include "actors/pinned_actor.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/sec.hpp>
#include <caf/send.hpp>
#include <catch2/catch.hpp>
#include <deque>
#include <string>

using namespace parley;

namespace {

/// Gives turns when the test says so, on the test's thread.
class turns final : public actors::actor_host {
 public:
  explicit turns(caf::actor_system& system) : actors::actor_host(&system) {}

  void exec_later(caf::resumable* job) override { waiting_.push_back(job); }
  auto is_empty() const -> bool { return waiting_.empty(); }
  void next() {
    auto* const job = waiting_.front();
    waiting_.pop_front();
    run(job);
  }

 private:
  std::deque<caf::resumable*> waiting_;
};

/// Writes its letter for every message.
class writer final : public actors::pinned_actor {
 public:
  writer(caf::actor_config& config, actors::actor_host& host, char letter, std::string& page)
      : pinned_actor(config, host), letter_(letter), page_(page) {}

  auto make_behavior() -> caf::behavior override {
    return {[this](int) { page_ += letter_; }};
  }

 private:
  char letter_;
  std::string& page_;
};

}  // namespace

TEST_CASE("an actor with a long mailbox lets the others of its thread take turns",
          "[actors][hosts]") {
  caf::actor_system_config config;
  config.set("scheduler.max-threads", 1);
  caf::actor_system system{config};
  turns host{system};
  std::string page;
  const auto busy = system.spawn<writer>(host, 'a', page);
  const auto other = system.spawn<writer>(host, 'b', page);
  while (!host.is_empty()) host.next();
  for (int i = 0; i < 120; ++i) caf::anon_send(busy, i);
  caf::anon_send(other, 0);
  while (!host.is_empty()) host.next();
  CHECK(page == std::string(50, 'a') + 'b' + std::string(70, 'a'));
  for (const auto& one : {busy, other}) caf::anon_send_exit(one, caf::exit_reason::user_shutdown);
  while (!host.is_empty()) host.next();
}

TEST_CASE("an error that answers what was merely sent ends no actor", "[actors][hosts]") {
  caf::actor_system_config config;
  config.set("scheduler.max-threads", 1);
  caf::actor_system system{config};
  turns host{system};
  std::string page;
  const auto one = system.spawn<writer>(host, 'a', page);
  caf::anon_send(one, 0);
  caf::anon_send(one, caf::make_error(caf::sec::unexpected_message));
  caf::anon_send(one, 0);
  while (!host.is_empty()) host.next();
  CHECK(page == "aa");
  caf::anon_send_exit(one, caf::exit_reason::user_shutdown);
  while (!host.is_empty()) host.next();
}
