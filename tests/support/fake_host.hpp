#pragma once

#include <vector>

#include "net/signalr/connection_host.hpp"
#include "tests/support/hand_clock.hpp"

namespace parley::test {

/// Stands for a network actor: keeps what connections asked, answers nothing by itself.
class fake_host : public net::connection_host {
 public:
  struct asked {
    std::uint64_t key = 0;
    std::uint64_t ticket = 0;
    chat::request what;
  };

  auto open_hub_session(net::event_listener&, const chat::profile& user)
      -> std::uint64_t override {
    opened.push_back(user.user);
    return next_key++;
  }
  auto open_rest_session(net::asker&, const chat::profile&) -> std::uint64_t override {
    return next_key++;
  }
  void execute(std::uint64_t key, std::uint64_t ticket, chat::request what,
               std::string = {}) override {
    asked_for.push_back({key, ticket, std::move(what)});
  }
  auto charge(const chat::user_id& who) -> chat::expected<void> override {
    charged.push_back(who);
    if (refuses_charges) return chat::unexpected{chat::error{chat::errc::rate_limited, "slower", 40}};
    return {};
  }
  void close_session(std::uint64_t key, bool clean) override { closed.emplace_back(key, clean); }
  auto options() const -> const config::options& override { return settings; }
  auto metrics() const -> telemetry::metrics& override { return figures; }
  auto clock() const -> const chat::clock& override { return time; }

  config::options settings;
  hand_clock time;
  mutable telemetry::metrics figures;
  std::uint64_t next_key = 7;
  std::vector<chat::user_id> opened;
  std::vector<asked> asked_for;
  std::vector<chat::user_id> charged;
  bool refuses_charges = false;
  std::vector<std::pair<std::uint64_t, bool>> closed;  ///< key, clean
};

}  // namespace parley::test
