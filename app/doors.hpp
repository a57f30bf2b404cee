#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/address.hpp"
#include "config/options.hpp"
#include "net/endpoint/services.hpp"
#include "net/front/listener.hpp"
#include "net/limits/crowd_watch.hpp"

namespace parley::app {

/// The listeners, for clients and for the operator, and what they know of who comes in.
class doors {
 public:
  /// @param options outlive this; `http.trusted_proxies` is a list of networks
  explicit doors(const config::options& options);

  /// Binds both and begins to accept when the threads run. A metrics port that nobody set and that is
  /// taken is warned of, and left out.
  /// @param services  what clients' connections share, as far as the server knows it
  /// @errors errc::unavailable: an address cannot be bound
  auto open(std::vector<std::unique_ptr<net::io_thread>>& threads, const net::http_services& services)
      -> chat::expected<void>;
  /// No more connections. @thread any
  void close();

  auto port() const -> std::uint16_t { return public_->port(); }
  /// To be told of refusals by address.
  auto crowds() -> net::crowd_watch& { return crowds_; }

 private:
  auto open_metrics(std::vector<std::unique_ptr<net::io_thread>>& threads) -> chat::expected<void>;

  const config::options& options_;
  const config::networks proxies_;
  net::crowd_watch crowds_;
  /// The operator gets in when clients have taken all the room there is for them.
  std::shared_ptr<net::connection_counts> operator_counts_;
  std::optional<net::http_services> services_;
  std::optional<net::http_services> operator_services_;
  std::unique_ptr<net::listener> public_;
  std::unique_ptr<net::listener> operators_;
};

/// Sockets that the system has room for: its limit of open files, less what the server needs besides
/// for its store, its logs, and the files that are carried. 0: it has no limit.
auto most_sockets(const config::options& options) -> std::size_t;

/// "http://127.0.0.1:8080": a URL that is good on this machine. @param address  as `http.address`
auto url_of(const config::http_options& http, std::uint16_t port) -> std::string;

}  // namespace parley::app
