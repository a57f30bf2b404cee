#include "bench/wire/socket.hpp"

#include <netdb.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "bench/wire/failure.hpp"

namespace parley::bench {
namespace {

constexpr int listen_backlog = 4096;
constexpr rlim_t most_files = 1'048'576;  // fs.nr_open of most kernels

void set_no_delay(int fd) {
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

auto look_up(const std::string& host) -> std::uint32_t {
  addrinfo hints{};
  hints.ai_family = AF_INET;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) cannot_run("unknown host " + host);
  sockaddr_in address{};
  std::memcpy(&address, found->ai_addr, sizeof address);
  freeaddrinfo(found);
  return ntohl(address.sin_addr.s_addr);
}

auto new_socket(int flags) -> unique_fd {
  unique_fd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0));
  if (fd.get() < 0) cannot_run(std::string("no socket: ") + std::strerror(errno));
  set_no_delay(fd.get());
  return fd;
}

void bind_source(int fd, std::uint32_t source) {
  const int on = 1;
  setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  const auto from = endpoint{source, 0}.to_sockaddr();
  if (bind(fd, reinterpret_cast<const sockaddr*>(&from), sizeof from) != 0) {
    cannot_run(std::string("cannot bind a source address: ") + std::strerror(errno));
  }
}

}  // namespace

auto unique_fd::operator=(unique_fd&& other) noexcept -> unique_fd& {
  if (this != &other) {
    reset();
    fd_ = std::exchange(other.fd_, -1);
  }
  return *this;
}

void unique_fd::reset() {
  if (fd_ >= 0) close(fd_);
  fd_ = -1;
}

auto endpoint::to_sockaddr() const -> sockaddr_in {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(port);
  out.sin_addr.s_addr = htonl(address);
  return out;
}

auto parse_endpoint(std::string_view text) -> endpoint {
  if (text.starts_with("http://")) text.remove_prefix(7);
  while (text.ends_with('/')) text.remove_suffix(1);
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) cannot_run("--url needs host:port");
  const int port = std::atoi(std::string(text.substr(colon + 1)).c_str());
  if (port < 1 || port > 65535) cannot_run("no such port in --url");
  return {look_up(std::string(text.substr(0, colon))), static_cast<std::uint16_t>(port)};
}

auto start_connect(endpoint to, std::uint32_t source) -> unique_fd {
  auto fd = new_socket(SOCK_NONBLOCK);
  if (source != 0) bind_source(fd.get(), source);
  const auto target = to.to_sockaddr();
  const int result = connect(fd.get(), reinterpret_cast<const sockaddr*>(&target), sizeof target);
  if (result != 0 && errno != EINPROGRESS) {
    cannot_run(std::string("cannot connect: ") + std::strerror(errno));
  }
  return fd;
}

auto connect_blocking(endpoint to) -> unique_fd {
  auto fd = new_socket(0);
  const auto target = to.to_sockaddr();
  if (connect(fd.get(), reinterpret_cast<const sockaddr*>(&target), sizeof target) != 0) {
    cannot_run(std::string("cannot connect: ") + std::strerror(errno));
  }
  return fd;
}

auto listen_on(std::uint16_t port) -> unique_fd {
  auto fd = new_socket(SOCK_NONBLOCK);
  const int on = 1;
  setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const auto at = endpoint{INADDR_LOOPBACK, port}.to_sockaddr();
  if (bind(fd.get(), reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0 ||
      listen(fd.get(), listen_backlog) != 0) {
    cannot_run("cannot listen on port " + std::to_string(port) + ": " + std::strerror(errno));
  }
  return fd;
}

auto accept_from(int listener) -> unique_fd {
  unique_fd fd(accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (fd.get() >= 0) set_no_delay(fd.get());
  return fd;
}

auto socket_error(int fd) -> int {
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
  return error;
}

auto raise_file_limit() -> std::uint64_t {
  rlimit limit{most_files, most_files};
  if (setrlimit(RLIMIT_NOFILE, &limit) == 0) return limit.rlim_cur;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

}  // namespace parley::bench
