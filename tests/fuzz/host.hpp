#pragma once

#include <unordered_map>
#include <vector>

#include "net/signalr/connection_host.hpp"
#include "tests/support/hand_clock.hpp"

namespace parley::fuzz {

/// Stands for a network actor: keeps what is asked, and answers when the target says so.
class fuzz_host final : public net::connection_host {
 public:
  struct asked {
    std::uint64_t key = 0;
    std::uint64_t ticket = 0;
    chat::request what;
    bool by_hub = false;  ///< else by REST
  };

  auto open_hub_session(net::event_listener& who, const chat::profile&) -> std::uint64_t override {
    listeners[next_key] = &who;
    askers[next_key] = &who;
    return next_key++;
  }
  auto open_rest_session(net::asker& who, const chat::profile&) -> std::uint64_t override {
    askers[next_key] = &who;
    return next_key++;
  }
  void execute(std::uint64_t key, std::uint64_t ticket, chat::request what,
               std::string) override {
    asked_for.push_back({key, ticket, std::move(what), listeners.contains(key)});
  }
  void close_session(std::uint64_t key, bool clean) override {
    closed.emplace_back(key, clean);
    listeners.erase(key);
    askers.erase(key);
  }
  auto options() const -> const config::options& override { return settings; }
  auto metrics() const -> telemetry::metrics& override { return figures; }
  auto clock() const -> const chat::clock& override { return time; }

  config::options settings;
  test::hand_clock time;
  mutable telemetry::metrics figures;
  std::uint64_t next_key = 7;
  std::unordered_map<std::uint64_t, net::event_listener*> listeners;  ///< of open hub sessions
  std::unordered_map<std::uint64_t, net::asker*> askers;              ///< of all open sessions
  std::vector<asked> asked_for;
  std::vector<std::pair<std::uint64_t, bool>> closed;  ///< key, clean
};

/// The one host of this process, as if it were new: making its metrics takes longer than most
/// inputs do.
inline auto fresh_host() -> fuzz_host& {
  static fuzz_host host;
  host.settings = {};
  host.time = {};
  host.next_key = 7;
  host.listeners.clear();
  host.askers.clear();
  host.asked_for.clear();
  host.closed.clear();
  return host;
}

}  // namespace parley::fuzz
