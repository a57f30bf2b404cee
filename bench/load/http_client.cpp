#include "bench/load/http_client.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "bench/wire/failure.hpp"
#include "bench/wire/http.hpp"

namespace parley::bench {

http_client::http_client(endpoint server) : server_(server), socket_(connect_blocking(server)) {}

auto http_client::post(std::string_view path, std::string_view token, std::string_view body)
    -> http_answer {
  std::string request = "POST " + std::string(path) + " HTTP/1.1\r\nHost: parley\r\n";
  request += "Authorization: Bearer " + std::string(token) + "\r\n";
  request += "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size());
  request += "\r\n\r\n" + std::string(body);
  for (std::size_t sent = 0; sent < request.size();) {
    const auto n = send(socket_.get(), &request[sent], request.size() - sent, MSG_NOSIGNAL);
    if (n <= 0) cannot_run("the server closed during a POST of " + std::string(path));
    sent += static_cast<std::size_t>(n);
  }
  return read_answer();
}

auto http_client::read_answer() -> http_answer {
  std::string bytes;
  std::array<char, 16384> part{};
  while (http_message_size(bytes) == 0) {
    const auto n = read(socket_.get(), part.data(), part.size());
    if (n <= 0) cannot_run("the server closed before it answered a POST");
    bytes.append(part.data(), static_cast<std::size_t>(n));
  }
  const int status = bytes.size() > 12 ? std::atoi(bytes.c_str() + 9) : 0;
  if (http_header(bytes, "connection") == "close") socket_ = connect_blocking(server_);
  return {status, bytes.substr(bytes.find("\r\n\r\n") + 4)};
}

}  // namespace parley::bench
