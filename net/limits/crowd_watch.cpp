#include "net/limits/crowd_watch.hpp"

#include <spdlog/spdlog.h>

namespace parley::net {

void crowd_watch::refused(const std::string& network) {
  if (has_warned_) return;
  const auto address = config::ip_address::parse(network.substr(0, network.find('/')));
  if (address && address->is_private()) warn(network, "reached a limit of one address");
}

void crowd_watch::missed_header(const std::string& proxy) {
  if (has_missed_.exchange(true)) return;
  spdlog::warn(
      "{} sent no PROXY header, and its connection was closed: http.proxy_protocol and the proxy's own "
      "settings do not fit",
      proxy);
}

void crowd_watch::warn(const std::string& network, const char* why) {
  if (has_warned_.exchange(true)) return;
  spdlog::warn(
      "{} {}. If it is a reverse proxy, all its clients count as one address: name it in "
      "http.trusted_proxies (docs/operations.md, Behind a proxy)",
      network, why);
}

}  // namespace parley::net
