#pragma once

#include <memory>
#include <optional>

#include "net/transports/open_connections.hpp"

namespace parley::test {

/// Stands for an HTTP connection that waits for an answer from somewhere else.
class http_exchange final : public net::answerable,
                            public std::enable_shared_from_this<http_exchange> {
 public:
  static auto make() { return std::make_shared<http_exchange>(); }

  void answer(net::http_response response) override {
    ++answers;
    status = response.result_int();
    body = response.body();
  }
  auto back(net::io_thread& home) -> net::reply { return {home, weak_from_this()}; }

  int answers = 0;
  unsigned status = 0;  ///< 0: not yet answered
  std::string body;
};

}  // namespace parley::test
