#include "bench/load/connection.hpp"

#include "bench/wire/failure.hpp"
#include "bench/wire/http.hpp"

namespace parley::bench {

void connection::start(login who, shared_io& io) {
  login_ = std::move(who);
  step_ = 0;
  begin(io);
}

void connection::fail(const std::string& what) const {
  const auto text = "connection " + std::to_string(index_) + ": " + what;
  throw run_failure(is_open() ? exit_code::check_failed : exit_code::cannot_run, text);
}

void connection::on_lost(link&, const std::string& why, shared_io&) {
  fail(why);
}

void connection::leave(shared_io& io) {
  if (is_open_) say_goodbye(io);
  drop();
}

void connection::drop() {
  is_open_ = false;
  close_links();
}

void connection::ping(shared_io& io) {
  if (!is_open_) return;
  if (const auto ping = io.speaks->ping(); !ping.empty()) send_payload(ping, io);
}

void connection::greet(shared_io& io) {
  const auto greeting = io.speaks->greeting(login_.who);
  if (greeting.empty()) return open(io);
  send_payload(greeting, io);
}

void connection::open(shared_io& io) {
  is_open_ = true;
  io.listener->on_open(*this);
}

void connection::on_payload(std::string_view payload, shared_io& io) {
  while (!payload.empty()) {
    hub_record record;
    std::string reply;
    const auto meaning = io.speaks->next(payload, login_.who, step_, record, reply);
    if (!reply.empty()) send_payload(reply, io);
    if (meaning == heard::opened) open(io);
    if (meaning == heard::record) io.listener->on_record(*this, record);
  }
}

auto request_head(std::string_view verb, std::string_view target, const identity& who,
                  std::string_view more) -> std::string {
  std::string out(verb);
  out.append(" ").append(target).append(" HTTP/1.1\r\nHost: parley\r\n");
  if (!who.token.empty()) out.append("Authorization: Bearer ").append(who.token).append("\r\n");
  return out.append(more).append("\r\n");
}

auto negotiated_token(std::string_view answer) -> std::string {
  hub_record negotiated;
  if (http_status(answer) != 200 || !scan_record(http_body(answer), negotiated)) return {};
  return std::string(negotiated.connection_token);
}

auto make_connection(std::string_view transport, std::uint32_t index)
    -> std::unique_ptr<connection> {
  if (transport == "websocket") return make_websocket_connection(index);
  if (transport == "sse") return make_event_stream_connection(index);
  if (transport == "poll") return make_polling_connection(index);
  cannot_run("no such transport: " + std::string(transport));
}

}  // namespace parley::bench
