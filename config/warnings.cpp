#include "config/warnings.hpp"

#include <sys/stat.h>

#include "config/address.hpp"
#include "config/keys.hpp"

namespace parley::config {
namespace {

/// Can others than this machine reach it? Names are taken for outside ones.
auto is_open_to_others(const std::string& address) -> bool {
  const auto parsed = ip_address::parse(address);
  return address != "localhost" && !(parsed && parsed->is_loopback());
}

auto is_readable_by_others(const std::string& path) -> bool {
  struct stat found {};
  return ::stat(path.c_str(), &found) == 0 && (found.st_mode & S_IROTH) != 0;
}

void judge_sign_in(const options& set, std::vector<std::string>& found) {
  const auto& auth = set.auth;
  if (auth.hs256_secret.empty() && auth.public_keys.empty() && !auth.anonymous)
    found.emplace_back(
        "nobody can sign in: set auth.public_keys or auth.hs256_secret for tokens of your identity "
        "provider, and auth.accounts for accounts of this server");
  if (auth.accounts && is_open_to_others(set.http.address))
    found.emplace_back(
        "everybody who reaches " + set.http.address +
        " can register: auth.accounts is on and http.address is no loopback address");
}

void judge_ways_in(const options& set, std::vector<std::string>& found) {
  const auto& http = set.http;
  const bool is_open = is_open_to_others(http.address);
  if (is_open && http.tls_certificate.empty() && http.trusted_proxies.empty())
    found.emplace_back(
        "passwords, tokens and texts cross the network in the clear: http.address is " +
        http.address +
        ", without http.tls_certificate and without a proxy in "
        "http.trusted_proxies");
  if (!http.trusted_proxies.empty() && http.public_origin.empty())
    found.emplace_back(
        "http.trusted_proxies is set without http.public_origin: a page of http:// passes for one "
        "of "
        "https:// of the same host");
  if (set.metrics.port != 0 && is_open_to_others(set.metrics.address))
    found.emplace_back("whoever reaches " + set.metrics.address +
                       " reads figures without a token: metrics.address");
  if (!set.limits.enabled) found.emplace_back("limits.enabled is off: no rate and no count holds");
}

/// "file /etc/parleyd/parleyd.toml:12" names the file.
void judge_secrets(const loaded& settings, std::vector<std::string>& found) {
  for (const auto& line : settings.origins) {
    const auto* which = find_key(line.key);
    if (which == nullptr || which->hidden == secrecy::none || !line.origin.starts_with("file "))
      continue;
    if (line.value == "\"\"") continue;
    if (which->hidden == secrecy::password && line.value.find(":***@") == line.value.npos) continue;
    const auto path = line.origin.substr(5, line.origin.rfind(':') - 5);
    if (is_readable_by_others(path))
      found.push_back(line.key + " is in " + path +
                      ", which everybody on this machine can read: chmod 600 it, or use " +
                      variable_of(*which) + "_FILE");
  }
}

}  // namespace

auto warnings(const loaded& settings) -> std::vector<std::string> {
  std::vector<std::string> found;
  judge_sign_in(settings.values, found);
  judge_ways_in(settings.values, found);
  judge_secrets(settings, found);
  return found;
}

}  // namespace parley::config
