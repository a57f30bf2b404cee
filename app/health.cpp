#include "app/health.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "actors/steady_actor.hpp"
#include "actors/storage/database.hpp"

namespace parley::app {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds tick_interval{250};
constexpr milliseconds ping_interval{500};
/// Longer than a sound database ever needs for nothing.
constexpr milliseconds longest_silence{1'000};
constexpr std::uint32_t probe_timeout_ms = 2'000;

class health_actor final : public actors::steady_actor {
 public:
  health_actor(caf::actor_config& config, actors::environment& env, health_parts parts)
      : actors::steady_actor(config), env_(env), parts_(std::move(parts)) {}

  auto make_behavior() -> caf::behavior override {
    actors::stores one;
    one.push_back(std::move(parts_.probe));
    probe_ = actors::spawn_readers(system(), env_, std::move(one));
    link_to(probe_);
    on_tick();
    return {[this](actors::tick_atom) { on_tick(); }};
  }

  void on_exit() override { probe_ = nullptr; }

 private:
  void on_tick() {
    delayed_send(this, tick_interval, actors::tick_atom::value);
    const auto now = env_.clock.steady_now();
    if (is_asking_ && now - asked_at_ >= longest_silence) return tell(false, "it is silent");
    if (!is_asking_ && (!parts_.ready || now - asked_at_ >= ping_interval)) ask(now);
  }

  void ask(chat::clock::steady now) {
    is_asking_ = true;
    asked_at_ = now;
    actors::ask_database(
        this, probe_, [](storage::store& store) { return store.ping(); },
        [this](const chat::expected<void>& answered) {
          is_asking_ = false;
          answered ? parts_.shared->outages.close() : parts_.shared->outages.open();
          answered ? tell(true, {}) : tell(false, answered.error().detail);
        });
  }

  void tell(bool is_ready, const std::string& why) {
    if (parts_.ready.exchange(is_ready) == is_ready && was_told_) return;
    was_told_ = true;
    if (is_ready) return spdlog::info("the store answers");
    spdlog::error("the store does not answer: {}", why);
  }

  actors::environment& env_;
  health_parts parts_;
  caf::actor probe_;
  bool is_asking_ = false;
  bool was_told_ = false;
  chat::clock::steady asked_at_{};
};

}  // namespace

auto spawn_health(caf::actor_system& system, actors::environment& env, health_parts parts)
    -> caf::actor {
  return system.spawn<health_actor>(env, std::move(parts));
}

auto probe_options(config::storage_options options) -> config::storage_options {
  options.network_timeout_ms = std::min(options.network_timeout_ms, probe_timeout_ms);
  return options;
}

}  // namespace parley::app
