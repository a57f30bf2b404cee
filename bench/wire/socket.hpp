#pragma once

#include <netinet/in.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace parley::bench {

/// Owns one file descriptor.
class unique_fd {
 public:
  unique_fd() = default;
  explicit unique_fd(int fd) : fd_(fd) {}
  unique_fd(unique_fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  auto operator=(unique_fd&& other) noexcept -> unique_fd&;
  ~unique_fd() { reset(); }

  auto get() const -> int { return fd_; }
  void reset();

 private:
  int fd_ = -1;
};

/// An IPv4 address and port; the only kind benchmarks use.
struct endpoint {
  std::uint32_t address = 0;  ///< host byte order
  std::uint16_t port = 0;
  auto is_loopback() const -> bool { return address >> 24 == 127; }
  auto to_sockaddr() const -> sockaddr_in;
};

/// Reads "host:port" or "http://host:port"; a name is looked up. Throws run_failure.
auto parse_endpoint(std::string_view text) -> endpoint;

/// Starts a non-blocking TCP connection with Nagle's delay off.
///
/// @param source  127.0.0.0 + n to come from, so that more than 28,000 connections fit; 0 = any
/// @throws run_failure when no socket can be had
auto start_connect(endpoint to, std::uint32_t source) -> unique_fd;

/// A connected, blocking socket; for set-up requests. Throws run_failure.
auto connect_blocking(endpoint to) -> unique_fd;

/// A non-blocking listening socket on loopback. Throws run_failure.
auto listen_on(std::uint16_t port) -> unique_fd;

/// Accepts one connection, non-blocking, Nagle's delay off; get() < 0 when none waits.
auto accept_from(int listener) -> unique_fd;

/// The error a connecting socket ended with; 0 = connected.
auto socket_error(int fd) -> int;

/// Raises the limit of open files as far as it goes (root may go above the hard limit) and returns
/// it.
auto raise_file_limit() -> std::uint64_t;

}  // namespace parley::bench
