#pragma once

#include <atomic>
#include <memory>

#include "net/auth/jwt.hpp"
#include "net/endpoint/negotiations.hpp"
#include "net/files/file_service.hpp"
#include "net/limits/connection_counts.hpp"
#include "net/limits/login_limits.hpp"
#include "net/transports/open_connections.hpp"
#include "telemetry/metrics.hpp"

namespace parley::config {
class networks;
}

namespace parley::net {

namespace web {
class web_client;
}

class crowd_watch;
class site;
class tls_identity;

/// What an operator is told once, when it happens first.
struct http_notices {
  std::atomic<bool> foreign_origin{false};
  std::atomic<bool> lost_upgrade{false};
};

/// What every HTTP connection shares. Outlives them all. @thread any
struct http_services {
  /// Exchanged at a reload; a request takes its own share.
  const std::atomic<std::shared_ptr<const auth::verifier>>& verifier;
  signalr::negotiations& negotiations;
  connection_counts& counts;
  login_limits& logins;
  http_transports& transports;
  telemetry::metrics& metrics;
  std::atomic<bool>& draining;     ///< no new connections; /readyz is red
  std::atomic<bool>& store_ready;  ///< the store answered a moment ago
  files::file_service* files = nullptr;  ///< null: attachments are not served here
  tls_identity* tls = nullptr;           ///< null: plain HTTP
  bool offers_stateful_reconnect = false;
  const net::site* site = nullptr;       ///< what this server has besides chat
  const config::networks* proxies = nullptr;  ///< whose word is taken; null: nobody's
  bool speaks_proxy_protocol = false;    ///< sockets of `proxies` begin with a PROXY header
  bool is_for_operator = false;          ///< `metrics.*`: operator_page() is all there is
  const web::web_client* web = nullptr;  ///< null: it is not served
  crowd_watch* crowds = nullptr;         ///< null: nobody watches
  std::shared_ptr<http_notices> notices = std::make_shared<http_notices>();
};

}  // namespace parley::net
