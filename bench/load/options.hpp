#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace parley::bench {

/// What `parley-load` was asked to do. One struct, filled once by `read_options`.
struct options {
  std::string scenario = "rooms";       ///< see make_run
  std::string url = "127.0.0.1:8080";   ///< host:port of the server
  std::string protocol = "hub";         ///< see make_protocol
  std::string transport = "websocket";  ///< see make_connection
  bool tls = false;                     ///< the server speaks TLS; its certificate is not checked
  std::string hub_path = "/hubs/chat";  ///< where the hub is mounted
  std::string secret;                   ///< HS256 secret the tokens are signed with
  std::string issuer;                   ///< `iss` of the tokens; empty = none
  std::string audience;                 ///< `aud` of the tokens; empty = none
  std::string user_prefix;      ///< users are called prefix + number; default is new per run
  std::uint32_t rooms = 1;      ///< 1..100,000
  std::uint32_t members = 100;  ///< per room, 1..100,000
  std::uint32_t in_flight = 1;  ///< messages in flight per room (closed loop), 1..1,024
  std::uint32_t bytes = 100;    ///< length of a message's content, 40..5,000
  double seconds = 10;          ///< measured time
  double warmup = 3;            ///< time under load before it, not measured
  double rate = 0;              ///< messages/s over all rooms (open loop); 0 = closed loop
  bool direct = false;          ///< rooms are conversations of two, and no groups
  std::uint32_t history = 5;    ///< messages that are there before a storm, 1..500
  std::uint64_t seed = 1;       ///< of the day's model
  bool phases = false;          ///< see announce()
  std::uint32_t idle = 0;       ///< this many idle connections instead of rooms; 0 = off
  std::uint32_t connects_per_second = 2000;  ///< ramp of the set-up, 1..100,000
  double ping_seconds = 15;                  ///< each connection pings this often; 0 = never
  double read_gap_us = 0;     ///< rest between two rounds of reading; 0 = none, see README
  double stall_seconds = 10;  ///< no delivery for so long with some due = lost
  bool negotiate = false;     ///< POST negotiate first, as a client does by default
  int server_pid = 0;         ///< process to account; 0 = none
  int database_pid = 0;       ///< accounted apart; 0 = none
  std::string json_file;      ///< where the figures go as JSON; empty = nowhere
  bool quiet = false;         ///< print nothing but failures
};

/// Reads the command line; empty when it only asked for help (then shown). Throws run_failure.
auto read_options(int argc, char** argv) -> std::optional<options>;

}  // namespace parley::bench
