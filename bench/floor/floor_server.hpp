#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "bench/floor/floor_room.hpp"
#include "bench/floor/guest.hpp"
#include "bench/floor/options.hpp"
#include "bench/wire/record_scanner.hpp"
#include "bench/wire/socket.hpp"

namespace parley::bench {

/// The least a server can do for the same bytes: one thread, one epoll set, one write() per
/// delivery. No sign-in, no storage, no limits. What a chat server uses above this, on the same
/// machine in the same run, is its own work.
class floor_server {
 public:
  explicit floor_server(const floor_options& opts);

  /// Serves until the process ends. Throws run_failure when it cannot listen.
  [[noreturn]] void run();

 private:
  void accept_all();
  void on_ready(int fd, std::uint32_t events);
  void read_some(guest& from);
  auto consume(guest& from, char* data, std::size_t size) -> std::size_t;
  void on_request(guest& from, std::string_view request);
  void on_record(guest& from, std::string_view bytes);
  void on_invocation(guest& from, const hub_record& call);
  auto make_room() -> const std::string&;
  void flush_dirty();
  void part_with(guest& who);

  floor_options options_;
  unique_fd epoll_;
  unique_fd listener_;
  std::vector<char> buffer_;
  std::unordered_map<int, std::unique_ptr<guest>> guests_;
  std::unordered_map<std::string, std::unique_ptr<floor_room>> rooms_;
  std::vector<floor_room*> dirty_;  ///< coalescing: rooms with something to write
};

}  // namespace parley::bench
