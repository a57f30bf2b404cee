#pragma once

#include "net/signalr/hub.hpp"

namespace parley::fuzz {

/// A hub with a method of each kind, for tests/fuzz/connection.cpp: Echo, Add, Hold, Fail, Abort,
/// Tell, AskClient, Ask, Post, Items, Up, Both.
class script_hub {
 public:
  script_hub();

  auto methods() const -> const net::signalr::hub& { return hub_; }
  auto who() const -> net::signalr::caller* { return who_; }  ///< null: nobody is connected

  /// The oldest call that Hold keeps is answered, well or not. @returns was there one?
  auto let_go(bool well) -> bool;
  /// What must hold when the connection is gone.
  void check_over() const;

 private:
  void add_calls();
  void add_streams();
  void ask_client(const net::signalr::invocation_ptr& call);

  net::signalr::hub hub_;
  net::signalr::caller* who_ = nullptr;
  std::vector<net::signalr::invocation_ptr> held_;
  std::vector<std::weak_ptr<net::signalr::invocation>> seen_;
  int connects_ = 0;
  int disconnects_ = 0;
  int calls_made_ = 0;      ///< of the client's methods, with a result
  int calls_answered_ = 0;
};

}  // namespace parley::fuzz
