#include "bench/load/transports/post_line.hpp"

#include "bench/wire/http.hpp"

namespace parley::bench {

void post_line::negotiate(const login& who, shared_io& io) {
  who_ = &who;
  target_.clear();
  post(who.who.hub_path + "/negotiate?negotiateVersion=1", {}, io);
}

void post_line::send(const login& who, std::string_view payload, shared_io& io) {
  who_ = &who;
  if (is_busy_) {
    waiting_ += payload;
    return;
  }
  post(target_, payload, io);
}

void post_line::close() {
  link_.close();
  waiting_.clear();
  is_busy_ = false;
}

void post_line::post(std::string_view target, std::string_view body, shared_io& io) {
  is_busy_ = true;
  if (link_.is_closed()) link_.open(who_->server, who_->source_address, io);
  std::string more = io.speaks->frame_kind() == opcode::text
                         ? "Content-Type: text/plain;charset=UTF-8\r\n"
                         : "Content-Type: application/octet-stream\r\n";
  if (!io.keeps_post_sockets) more += "Connection: close\r\n";
  more += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  auto request = request_head("POST", target, who_->who, more);
  request += body;
  link_.write(request, io);
}

auto post_line::on_bytes(link&, char* data, std::size_t size, shared_io& io) -> std::size_t {
  const std::string_view bytes(data, size);
  const auto length = http_message_size(bytes);
  if (length == 0) return 0;
  is_busy_ = false;
  if (!io.keeps_post_sockets) link_.close();
  on_answer(bytes.substr(0, length), io);
  return length;
}

void post_line::on_answer(std::string_view answer, shared_io& io) {
  if (http_status(answer) / 100 != 2) return host_.on_refused(std::string(answer));
  if (target_.empty()) {
    const auto token = negotiated_token(answer);
    if (token.empty()) return host_.on_refused(std::string(answer));
    target_ = who_->who.hub_path + "?id=" + token;
    return host_.on_negotiated(token, io);
  }
  if (waiting_.empty()) return;
  const auto body = std::exchange(waiting_, {});
  post(target_, body, io);
}

void post_line::on_lost(link&, const std::string& why, shared_io&) {
  if (is_busy_) host_.on_refused("a POST was not answered: " + why);
}

}  // namespace parley::bench
