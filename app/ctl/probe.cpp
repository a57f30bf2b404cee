#include "app/ctl/probe.hpp"

#include <netdb.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <charconv>
#include <cstring>
#include <memory>
#include <utility>

namespace parley::app::ctl {
namespace {

using chat::errc;
using chat::unexpected;

constexpr std::size_t max_answer_bytes = 8 * 1024 * 1024;
constexpr timeval patience{5, 0};

/// Where to ask a listener that is on every interface.
auto host_of(const std::string& address) -> std::string {
  return address == "0.0.0.0" ? "127.0.0.1" : address == "::" ? "::1" : address;
}

class socket_handle {
 public:
  explicit socket_handle(int fd) : fd_(fd) {}
  ~socket_handle() {
    if (fd_ >= 0) ::close(fd_);
  }
  socket_handle(socket_handle&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  auto operator=(socket_handle&&) -> socket_handle& = delete;
  auto get() const -> int { return fd_; }

 private:
  int fd_;
};

auto connect_to(const std::string& host, std::uint16_t port) -> socket_handle {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_NUMERICHOST;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), std::to_string(port).c_str(), &wanted, &found) != 0)
    return socket_handle{-1};
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owned{found, freeaddrinfo};
  socket_handle made{::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  setsockopt(made.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  setsockopt(made.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (::connect(made.get(), found->ai_addr, found->ai_addrlen) != 0) return socket_handle{-1};
  return made;
}

/// Until the server closes. @returns whether it did so in time
auto read_all(int fd, std::string& into) -> bool {
  char buffer[16 * 1024];
  for (;;) {
    const auto got = ::recv(fd, buffer, sizeof buffer, 0);
    if (got <= 0) return got == 0;
    into.append(buffer, static_cast<std::size_t>(got));
    if (into.size() > max_answer_bytes) return false;
  }
}

/// HTTP/1.0 asks for no chunks.
auto parse_answer(const std::string& text) -> probe_answer {
  probe_answer made;
  const auto head = text.find("\r\n\r\n");
  const auto space = text.find(' ');
  if (!text.starts_with("HTTP/1.") || head == text.npos || space > head) return made;
  std::from_chars(text.data() + space + 1, text.data() + head, made.status);
  made.body = text.substr(head + 4);
  return made;
}

}  // namespace

auto ask_server(const config::options& options, const std::string& path)
    -> chat::expected<probe_answer> {
  const auto& [address, port, hosts, is_port_set] = options.metrics;
  if (port == 0) return unexpected{errc::not_found, "metrics.port is 0: there is nothing to ask"};
  const auto host = host_of(address);
  const auto where = host + " port " + std::to_string(port);
  const auto wire = connect_to(host, port);
  if (wire.get() < 0)
    return unexpected{errc::unavailable,
                      "no server answers at " + where + " (metrics.address, metrics.port)"};
  const auto request = "GET " + path + " HTTP/1.0\r\nHost: localhost\r\n\r\n";
  std::string text;
  const bool is_sent = ::send(wire.get(), request.data(), request.size(), MSG_NOSIGNAL) ==
                       static_cast<ssize_t>(request.size());
  if (!is_sent || !read_all(wire.get(), text))
    return unexpected{errc::unavailable, "the server at " + where + " does not answer in time"};
  auto answer = parse_answer(text);
  if (answer.status == 0)
    return unexpected{errc::unavailable, "what answers at " + where + " is no parleyd"};
  return answer;
}

}  // namespace parley::app::ctl
