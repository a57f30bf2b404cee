#pragma once

#include <string>
#include <string_view>

#include "bench/wire/socket.hpp"
#include "bench/wire/tls.hpp"

namespace parley::bench {

struct http_answer {
  int status = 0;
  std::string body;
};

/// One keep-alive HTTP/1.1 connection that blocks; for the few requests of the set-up.
/// @errors run_failure when the connection fails
class http_client {
 public:
  explicit http_client(endpoint server, bool tls = false);

  auto post(std::string_view path, std::string_view token, std::string_view body) -> http_answer;

 private:
  void connect();
  void send_all(std::string_view bytes);
  auto receive(char* to, std::size_t size) -> std::ptrdiff_t;
  auto read_answer() -> http_answer;

  endpoint server_;
  tls_context tls_;
  unique_fd socket_;
  tls_session session_;
};

}  // namespace parley::bench
