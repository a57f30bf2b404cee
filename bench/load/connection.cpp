#include "bench/load/connection.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "bench/measure/clock.hpp"
#include "bench/wire/failure.hpp"
#include "bench/wire/http.hpp"
#include "bench/wire/websocket.hpp"

namespace parley::bench {
namespace {

auto negotiate_request(const identity& who) -> std::string {
  return "POST " + who.hub_path + "/negotiate?negotiateVersion=1 HTTP/1.1\r\nHost: parley\r\n" +
         "Authorization: Bearer " + who.token + "\r\nContent-Length: 0\r\n\r\n";
}

auto upgrade_request(const std::string& target, std::string_view subprotocol) -> std::string {
  std::string out = "GET " + target + " HTTP/1.1\r\nHost: parley\r\nConnection: Upgrade\r\n" +
                    "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
                    "Sec-WebSocket-Key: cGFybGV5LWJlbmNobWFyaw==\r\n";
  if (!subprotocol.empty())
    out += "Sec-WebSocket-Protocol: " + std::string(subprotocol) + "\r\n";
  return out + "\r\n";
}

}  // namespace

void connection::fail(const std::string& what) const {
  const auto text = "connection " + std::to_string(index_) + ": " + what;
  throw run_failure(is_open() ? exit_code::check_failed : exit_code::cannot_run, text);
}

void connection::watch(std::uint32_t events, int operation, shared_io& io) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = this;
  epoll_ctl(io.epoll.get(), operation, socket_.get(), &event);
}

void connection::start(const login& who, shared_io& io) {
  who_ = who.who;
  first_request_ = who.negotiate ? negotiate_request(who_)
                                 : upgrade_request(io.speaks->upgrade_target(who_),
                                                   io.speaks->subprotocol());
  after_connect_ = who.negotiate ? state::negotiating : state::upgrading;
  socket_ = start_connect(who.server, who.source_address);
  state_ = state::connecting;
  watch(EPOLLOUT, EPOLL_CTL_ADD, io);
}

void connection::on_ready(std::uint32_t events, shared_io& io, connection_listener& listener) {
  if (state_ == state::connecting) return on_connected(io);
  if ((events & EPOLLOUT) != 0) flush(io);
  if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) read_some(io, listener);
}

void connection::on_connected(shared_io& io) {
  if (const int error = socket_error(socket_.get()); error != 0) fail(std::strerror(error));
  state_ = after_connect_;
  watch(EPOLLIN, EPOLL_CTL_MOD, io);
  send_bytes(first_request_, io);
  std::string().swap(first_request_);
}

void connection::read_some(shared_io& io, connection_listener& listener) {
  std::memcpy(io.buffer.data(), unread_.data(), unread_.size());
  const auto room = shared_io::buffer_bytes - unread_.size();
  const auto n = read(socket_.get(), io.buffer.data() + unread_.size(), room);
  io.read_at = now_ns();
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (n <= 0) fail("the server closed the connection");
  const auto read_bytes = static_cast<std::size_t>(n);
  io.counts.bytes_read += read_bytes;
  ++io.counts.reads;
  io.counts.largest_read = std::max(io.counts.largest_read, read_bytes);
  const auto size = unread_.size() + read_bytes;
  const auto used = consume(io.buffer.data(), size, io, listener);
  if (used == 0 && size == shared_io::buffer_bytes) fail("a frame is too large");
  unread_.assign(io.buffer.data() + used, size - used);
}

auto connection::consume(char* data, std::size_t size, shared_io& io, connection_listener& listener)
    -> std::size_t {
  std::size_t used = 0;
  while (state_ == state::negotiating || state_ == state::upgrading) {
    const auto taken = consume_http({data + used, size - used}, io, listener);
    if (taken == 0) return used;
    used += taken;
  }
  while (used < size) {
    const auto next = decode_frame(data + used, size - used);
    if (next.size == 0) break;
    used += next.size;
    on_frame(next, io, listener);
  }
  return used;
}

auto connection::consume_http(std::string_view bytes, shared_io& io, connection_listener& listener)
    -> std::size_t {
  const auto size = http_message_size(bytes);
  if (size == 0) return 0;
  const auto answer = bytes.substr(0, size);
  const auto status = answer.substr(answer.find(' ') + 1, 3);
  if (state_ == state::upgrading) {
    if (status != "101") fail("the upgrade was refused: " + std::string(answer));
    greet(io, listener);
    return size;
  }
  hub_record negotiated;
  if (status != "200" || !scan_record(answer.substr(answer.find("\r\n\r\n") + 4), negotiated)) {
    fail("negotiate was refused: " + std::string(answer));
  }
  state_ = state::upgrading;
  const auto id = "&id=" + std::string(negotiated.connection_token);
  send_bytes(upgrade_request(io.speaks->upgrade_target(who_) + id, io.speaks->subprotocol()), io);
  return size;
}

void connection::greet(shared_io& io, connection_listener& listener) {
  state_ = state::shaking;
  const auto greeting = io.speaks->greeting(who_);
  if (greeting.empty()) return open(listener);
  send_payload(greeting, io);
}

void connection::open(connection_listener& listener) {
  state_ = state::open;
  who_ = {};
  listener.on_open(*this);
}

void connection::on_frame(const frame& next, shared_io& io, connection_listener& listener) {
  if (next.kind == opcode::close) fail("the server sent a close frame");
  if (next.kind == opcode::ping) {
    std::string pong;
    append_client_frame(pong, opcode::pong, next.payload);
    return send_bytes(pong, io);
  }
  if (next.kind == opcode::pong) return;
  if (next.kind != io.speaks->frame_kind() || !next.is_final)
    fail("a frame is not one whole message of the protocol's kind");
  on_payload(next.payload, io, listener);
}

void connection::on_payload(std::string_view payload, shared_io& io,
                            connection_listener& listener) {
  while (!payload.empty()) {
    hub_record record;
    std::string reply;
    const auto meaning = io.speaks->next(payload, who_, step_, record, reply);
    if (!reply.empty()) send_payload(reply, io);
    if (meaning == heard::opened) open(listener);
    if (meaning == heard::record) listener.on_record(*this, record);
  }
}

void connection::ping(shared_io& io) {
  if (const auto ping = io.speaks->ping(); !ping.empty()) send_payload(ping, io);
}

void connection::send_payload(std::string_view payload, shared_io& io) {
  io.frame.clear();
  append_client_frame(io.frame, io.speaks->frame_kind(), payload);
  send_bytes(io.frame, io);
}

void connection::send_bytes(std::string_view bytes, shared_io& io) {
  ++io.counts.writes;
  if (unsent_.empty()) {
    const auto n = send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n < 0 && errno != EAGAIN) fail(std::string("cannot send: ") + std::strerror(errno));
    if (n > 0) bytes.remove_prefix(static_cast<std::size_t>(n));
    if (bytes.empty()) return;
    watch(EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD, io);
  }
  unsent_ += bytes;
}

void connection::flush(shared_io& io) {
  const auto n = send(socket_.get(), unsent_.data(), unsent_.size(), MSG_NOSIGNAL);
  if (n > 0) unsent_.erase(0, static_cast<std::size_t>(n));
  if (unsent_.empty()) watch(EPOLLIN, EPOLL_CTL_MOD, io);
}

}  // namespace parley::bench
