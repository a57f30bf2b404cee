#pragma once

#include <atomic>
#include <memory>

#include "net/auth/jwt.hpp"
#include "net/connection_counts.hpp"
#include "net/http_transports.hpp"
#include "net/signalr/negotiations.hpp"

namespace parley::net {

class tls_identity;

/// What every HTTP connection shares. Outlives them all. @thread any
struct http_services {
  /// Exchanged at a reload; a request takes its own share.
  const std::atomic<std::shared_ptr<const auth::verifier>>& verifier;
  signalr::negotiations& negotiations;
  connection_counts& counts;
  http_transports& transports;
  std::atomic<bool>& draining;     ///< no new connections; /readyz is red
  std::atomic<bool>& store_ready;  ///< the store answered a moment ago
  tls_identity* tls = nullptr;     ///< null: plain HTTP
};

}  // namespace parley::net
