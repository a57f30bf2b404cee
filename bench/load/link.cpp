#include "bench/load/link.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "bench/measure/clock.hpp"

namespace parley::bench {
namespace {

constexpr std::ptrdiff_t not_now = -1;
constexpr std::ptrdiff_t is_over = -2;

auto tls_outcome(SSL* session, int done) -> std::ptrdiff_t {
  if (done > 0) return done;
  const int error = SSL_get_error(session, done);
  return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? not_now : is_over;
}

auto plain_outcome(ssize_t done) -> std::ptrdiff_t {
  if (done > 0) return done;
  return done < 0 && (errno == EAGAIN || errno == EINTR) ? not_now : is_over;
}

}  // namespace

void link::open(const endpoint& server, std::uint32_t source, shared_io& io) {
  socket_ = start_connect(server, source);
  state_ = state::connecting;
  watched_ = 0;
  watch(EPOLLOUT, io);
}

void link::close() {
  tls_.reset();
  socket_.reset();
  state_ = state::closed;
  std::string().swap(unread_);
  std::string().swap(unsent_);
}

void link::lose(const std::string& why, shared_io& io) {
  close();
  owner_.on_lost(*this, why, io);
}

void link::watch(std::uint32_t events, shared_io& io) {
  if (events == watched_) return;
  epoll_event event{};
  event.events = events;
  event.data.ptr = this;
  epoll_ctl(io.epoll.get(), watched_ == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, socket_.get(), &event);
  watched_ = events;
}

void link::on_ready(std::uint32_t events, shared_io& io) {
  if (state_ == state::connecting && (events & ~EPOLLIN) != 0) return on_connected(io);
  if (state_ == state::shaking) return shake(io);
  if (state_ == state::open && (events & EPOLLOUT) != 0) flush(io);
  if (state_ == state::open && (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) read_some(io);
}

void link::on_connected(shared_io& io) {
  if (const int error = socket_error(socket_.get()); error != 0)
    return lose(std::strerror(error), io);
  state_ = state::open;
  if (io.tls) {
    tls_ = make_tls_session(io.tls.get(), socket_.get());
    state_ = state::shaking;
    return shake(io);
  }
  flush(io);
}

void link::shake(shared_io& io) {
  const int done = SSL_do_handshake(tls_.get());
  if (done == 1) {
    state_ = state::open;
    return flush(io);
  }
  const int error = SSL_get_error(tls_.get(), done);
  if (error == SSL_ERROR_WANT_READ) return watch(EPOLLIN, io);
  if (error == SSL_ERROR_WANT_WRITE) return watch(EPOLLIN | EPOLLOUT, io);
  lose("the TLS handshake failed", io);
}

auto link::receive(char* to, std::size_t size) -> std::ptrdiff_t {
  if (tls_) return tls_outcome(tls_.get(), SSL_read(tls_.get(), to, static_cast<int>(size)));
  return plain_outcome(::read(socket_.get(), to, size));
}

auto link::transmit(std::string_view bytes) -> std::ptrdiff_t {
  if (tls_) {
    const auto size = static_cast<int>(bytes.size());
    return tls_outcome(tls_.get(), SSL_write(tls_.get(), bytes.data(), size));
  }
  return plain_outcome(::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL));
}

void link::read_some(shared_io& io) {
  const bool is_tight = unread_.size() > io.buffer.size() / 2;
  if (is_tight && io.buffer.size() < shared_io::max_buffer_bytes)
    io.buffer.resize(io.buffer.size() * 2);
  std::memcpy(io.buffer.data(), unread_.data(), unread_.size());
  const auto n = receive(io.buffer.data() + unread_.size(), io.buffer.size() - unread_.size());
  io.read_at = now_ns();
  if (n == not_now) return;
  if (n == is_over) return lose("the server closed the connection", io);
  const auto read_bytes = static_cast<std::size_t>(n);
  io.counts.bytes_read += read_bytes;
  ++io.counts.reads;
  io.counts.largest_read = std::max(io.counts.largest_read, read_bytes);
  const auto size = unread_.size() + read_bytes;
  const auto used = owner_.on_bytes(*this, io.buffer.data(), size, io);
  if (state_ != state::open) return;  // the owner closed it
  if (used == 0 && size == io.buffer.size()) return lose("what the server sends has no end", io);
  unread_.assign(io.buffer.data() + used, size - used);
}

void link::write(std::string_view bytes, shared_io& io) {
  ++io.counts.writes;
  if (state_ == state::open && unsent_.empty()) {
    const auto n = transmit(bytes);
    if (n > 0) bytes.remove_prefix(static_cast<std::size_t>(n));
    // When it is over the next read says so.
    if (bytes.empty()) return;
    watch(EPOLLIN | EPOLLOUT, io);
  }
  unsent_ += bytes;
}

void link::flush(shared_io& io) {
  if (!unsent_.empty()) {
    const auto n = transmit(unsent_);
    if (n > 0) unsent_.erase(0, static_cast<std::size_t>(n));
  }
  watch(unsent_.empty() ? EPOLLIN : EPOLLIN | EPOLLOUT, io);
}

}  // namespace parley::bench
