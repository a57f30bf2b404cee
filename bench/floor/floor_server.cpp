#include "bench/floor/floor_server.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "bench/wire/http.hpp"
#include "bench/wire/websocket.hpp"

namespace parley::bench {
namespace {

constexpr std::size_t buffer_bytes = 256 * 1024;
constexpr int max_events = 512;

void send_record(guest& to, std::string_view record) {
  std::string out;
  append_server_frame(out, opcode::text, record);
  to.write_bytes(out);
}

void answer(guest& to, std::string_view status, std::string_view body) {
  std::string out = "HTTP/1.1 " + std::string(status) + "\r\nContent-Type: application/json\r\n";
  out += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
  to.write_bytes(out);
}

void upgrade(guest& who, std::string_view key) {
  who.at = guest::stage::handshake;
  who.write_bytes(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
      "Connection: Upgrade\r\nSec-WebSocket-Accept: " +
      accept_key(key) + "\r\n\r\n");
}

}  // namespace

floor_server::floor_server(const floor_options& opts) : options_(opts), buffer_(buffer_bytes) {
  raise_file_limit();
  epoll_ = unique_fd(epoll_create1(EPOLL_CLOEXEC));
  listener_ = listen_on(opts.port);
}

void floor_server::run() {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = listener_.get();
  epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, listener_.get(), &event);
  std::array<epoll_event, max_events> events;
  for (;;) {
    const int count = epoll_wait(epoll_.get(), events.data(), max_events, -1);
    for (int i = 0; i < count; ++i) {
      const auto& ready = events[static_cast<std::size_t>(i)];
      on_ready(ready.data.fd, ready.events);
    }
    flush_dirty();
  }
}

void floor_server::accept_all() {
  for (;;) {
    auto socket = accept_from(listener_.get());
    const int fd = socket.get();
    if (fd < 0) return;
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = fd;
    epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event);
    guests_[fd] = std::make_unique<guest>(std::move(socket), epoll_.get());
  }
}

void floor_server::on_ready(int fd, std::uint32_t events) {
  if (fd == listener_.get()) return accept_all();
  const auto found = guests_.find(fd);
  if (found == guests_.end()) return;
  if ((events & EPOLLOUT) != 0) found->second->flush();
  if ((events & ~static_cast<std::uint32_t>(EPOLLOUT)) != 0) read_some(*found->second);
}

void floor_server::read_some(guest& from) {
  std::memcpy(buffer_.data(), from.unread.data(), from.unread.size());
  const auto room = buffer_bytes - from.unread.size();
  const auto n = read(from.fd(), buffer_.data() + from.unread.size(), room);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (n <= 0) return part_with(from);
  const auto size = from.unread.size() + static_cast<std::size_t>(n);
  const auto used = consume(from, buffer_.data(), size);
  if (used == 0 && size == buffer_bytes) return part_with(from);
  from.unread.assign(buffer_.data() + used, size - used);
}

auto floor_server::consume(guest& from, char* data, std::size_t size) -> std::size_t {
  std::size_t used = 0;
  while (from.at == guest::stage::http) {
    const auto length = http_message_size({data + used, size - used});
    if (length == 0) return used;
    on_request(from, {data + used, length});
    used += length;
  }
  while (used < size) {
    const auto next = decode_frame(data + used, size - used);
    if (next.size == 0) break;
    used += next.size;
    auto rest = next.payload;
    std::string_view record;
    while (next.kind == opcode::text && next_record(rest, record)) on_record(from, record);
  }
  return used;
}

void floor_server::on_request(guest& from, std::string_view request) {
  const auto line = request.substr(0, request.find("\r\n"));
  const auto key = http_header(request, "sec-websocket-key");
  if (!key.empty()) return upgrade(from, key);
  if (line.find("/negotiate") != std::string_view::npos) {
    return answer(from, "200 OK",
                  R"({"negotiateVersion":1,"connectionId":"a","connectionToken":"b",)"
                  R"("availableTransports":[{"transport":"WebSockets",)"
                  R"("transferFormats":["Text","Binary"]}]})");
  }
  if (!line.starts_with("POST")) return answer(from, "200 OK", "{}");
  answer(from, "201 Created", R"({"conversationId":")" + make_room() + "\"}");
}

auto floor_server::make_room() -> const std::string& {
  std::array<char, 48> id{};
  std::snprintf(id.data(), id.size(), "019a0000-0000-7000-9000-%012zx", rooms_.size() + 1);
  auto& made = rooms_[id.data()];
  made = std::make_unique<floor_room>(id.data(), options_);
  return made->id();
}

void floor_server::on_record(guest& from, std::string_view bytes) {
  if (from.at == guest::stage::handshake) {
    from.at = guest::stage::open;
    return send_record(from, "{}\x1e");
  }
  hub_record call;
  if (scan_record(bytes, call) && call.type == 1) on_invocation(from, call);
}

void floor_server::on_invocation(guest& from, const hub_record& call) {
  if (call.target == "Send" && from.room != nullptr) {
    const bool was_dirty = from.room->is_dirty();
    from.room->post(from, call);
    if (!options_.coalesce) return from.room->flush();
    if (!was_dirty) dirty_.push_back(from.room);
    return;
  }
  const auto found = rooms_.find(std::string(call.first_argument));
  if (call.target == "JoinConversation" && found != rooms_.end()) found->second->join(from);
  const auto id = std::string(call.invocation_id);
  send_record(from, R"({"type":3,"invocationId":")" + id + R"(","result":null})" + record_end);
}

void floor_server::flush_dirty() {
  for (auto* room : dirty_) room->flush();
  dirty_.clear();
}

void floor_server::part_with(guest& who) {
  if (who.room != nullptr) who.room->leave(who);
  const int fd = who.fd();
  guests_.erase(fd);
}

}  // namespace parley::bench
