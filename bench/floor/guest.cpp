#include "bench/floor/guest.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>

namespace parley::bench {

guest::guest(unique_fd socket, int epoll) : socket_(std::move(socket)), epoll_(epoll) {}

void guest::watch(std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.fd = fd();
  epoll_ctl(epoll_, EPOLL_CTL_MOD, fd(), &event);
}

void guest::write_bytes(std::string_view bytes) {
  if (unsent_.empty()) {
    const auto n = send(fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n > 0) bytes.remove_prefix(static_cast<std::size_t>(n));
    if (bytes.empty()) return;
    watch(EPOLLIN | EPOLLOUT);
  }
  unsent_ += bytes;
}

void guest::flush() {
  const auto n = send(fd(), unsent_.data(), unsent_.size(), MSG_NOSIGNAL);
  if (n > 0) unsent_.erase(0, static_cast<std::size_t>(n));
  if (unsent_.empty()) watch(EPOLLIN);
}

}  // namespace parley::bench
