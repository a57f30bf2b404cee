#include "app/doors.hpp"

#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include <algorithm>

namespace parley::app {
namespace {

/// Files that are open besides sockets and what settings ask for.
constexpr std::size_t reserve = 64;
/// Sockets of the operator, among these.
constexpr std::size_t operator_sockets = 32;
/// Of one connection to a store: SQLite has three files open.
constexpr std::size_t files_of_store = 4;

auto operator_limits() -> config::limit_options {
  config::limit_options limits;
  limits.sockets = operator_sockets;
  limits.sockets_per_ip = 0;
  limits.unauthenticated_per_ip = 0;
  return limits;
}

}  // namespace

doors::doors(const config::options& options)
    : options_(options),
      proxies_(*config::networks::parse(options.http.trusted_proxies)),
      operator_counts_(std::make_shared<net::connection_counts>(operator_limits())) {}

auto doors::open(std::vector<std::unique_ptr<net::io_thread>>& threads,
                 const net::http_services& services) -> chat::expected<void> {
  services_.emplace(services);
  services_->proxies = &proxies_;
  services_->speaks_proxy_protocol = options_.http.proxy_protocol;
  services_->crowds = &crowds_;
  operator_services_.emplace(net::http_services{.verifier = services.verifier,
                                                .negotiations = services.negotiations,
                                                .counts = *operator_counts_,
                                                .logins = services.logins,
                                                .transports = services.transports,
                                                .metrics = services.metrics,
                                                .draining = services.draining,
                                                .store_ready = services.store_ready,
                                                .is_for_operator = true});
  public_ = std::make_unique<net::listener>(threads, *services_);
  auto listening = public_->open(options_.http.address, options_.http.port);
  if (listening) return open_metrics(threads);
  return chat::unexpected{listening.error().code,
                          listening.error().detail + " (http.address, http.port)"};
}

auto doors::open_metrics(std::vector<std::unique_ptr<net::io_thread>>& threads)
    -> chat::expected<void> {
  const auto& metrics = options_.metrics;
  if (metrics.port == 0) return {};
  operators_ = std::make_unique<net::listener>(threads, *operator_services_);
  auto listening = operators_->open(metrics.address, metrics.port);
  if (listening) return {};
  operators_.reset();
  if (metrics.is_port_set)
    return chat::unexpected{listening.error().code, "metrics.port: " + listening.error().detail};
  spdlog::warn("there is no /metrics: {}. Set metrics.port, or to 0 to do without",
               listening.error().detail);
  return {};
}

void doors::close() {
  for (const auto* one : {&public_, &operators_})
    if (*one) (*one)->close();
}

auto most_sockets(const config::options& options) -> std::size_t {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur == RLIM_INFINITY) return 0;
  const auto& storage = options.storage;
  const auto stores = storage.readers + storage.writers + 1;
  const auto carried =
      options.attachments.store == "local" ? 2 * options.attachments.max_transfers : 0;
  const auto all = static_cast<std::size_t>(files.rlim_cur);
  const auto needed = reserve + files_of_store * stores + carried;
  return std::max<std::size_t>(all > needed ? all - needed : 0, all / 2);
}

auto url_of(const config::http_options& http, std::uint16_t port) -> std::string {
  auto host = http.address;
  if (host == "0.0.0.0") host = "127.0.0.1";
  if (host == "::") host = "::1";
  if (host.find(':') != std::string::npos) host = '[' + host + ']';
  const auto* scheme = http.tls_certificate.empty() ? "http://" : "https://";
  return scheme + host + ':' + std::to_string(port);
}

}  // namespace parley::app
