#include "bench/load/http_client.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "bench/wire/failure.hpp"
#include "bench/wire/http.hpp"

namespace parley::bench {

http_client::http_client(endpoint server, bool tls) : server_(server) {
  if (tls) tls_ = make_tls_context();
  connect();
}

void http_client::connect() {
  session_.reset();
  socket_ = connect_blocking(server_);
  if (!tls_) return;
  session_ = make_tls_session(tls_.get(), socket_.get());
  if (SSL_do_handshake(session_.get()) != 1) cannot_run("the TLS handshake failed");
}

auto http_client::post(std::string_view path, std::string_view token, std::string_view body)
    -> http_answer {
  std::string request = "POST " + std::string(path) + " HTTP/1.1\r\nHost: parley\r\n";
  request += "Authorization: Bearer " + std::string(token) + "\r\n";
  request += "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size());
  request += "\r\n\r\n" + std::string(body);
  send_all(request);
  return read_answer();
}

void http_client::send_all(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto n = session_
                       ? SSL_write(session_.get(), bytes.data(), static_cast<int>(bytes.size()))
                       : send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) cannot_run("the server closed during a POST");
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

auto http_client::receive(char* to, std::size_t size) -> std::ptrdiff_t {
  if (session_) return SSL_read(session_.get(), to, static_cast<int>(size));
  return read(socket_.get(), to, size);
}

auto http_client::read_answer() -> http_answer {
  std::string bytes;
  std::array<char, 16384> part{};
  while (http_message_size(bytes) == 0) {
    const auto n = receive(part.data(), part.size());
    if (n <= 0) cannot_run("the server closed before it answered a POST");
    bytes.append(part.data(), static_cast<std::size_t>(n));
  }
  if (http_header(bytes, "connection") == "close") connect();
  return {http_status(bytes), std::string(http_body(bytes))};
}

}  // namespace parley::bench
