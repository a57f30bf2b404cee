#pragma once

#include <string>
#include <string_view>

#include "bench/wire/socket.hpp"

namespace parley::bench {

struct http_answer {
  int status = 0;
  std::string body;
};

/// One keep-alive HTTP/1.1 connection that blocks; for the few requests of the set-up.
class http_client {
 public:
  explicit http_client(endpoint server);

  /// @throws run_failure when the connection fails
  auto post(std::string_view path, std::string_view token, std::string_view body) -> http_answer;

 private:
  auto read_answer() -> http_answer;

  endpoint server_;
  unique_fd socket_;
};

}  // namespace parley::bench
