#pragma once

#include <atomic>
#include <boost/beast/http/fields.hpp>
#include <string>

#include "net/limits/peer.hpp"

namespace parley::net {

/// Notices that a proxy stands in front whom `http.trusted_proxies` does not name: all its clients
/// count as one, and share what an address may do. Says so once, as a warning. @thread any
class crowd_watch {
 public:
  /// At each request: does an untrusted neighbour send what proxies add?
  void look(const peer& who, const boost::beast::http::fields& head) {
    if (!has_warned_ && who.looks_like_a_proxy(head))
      warn(who.network(), "sends requests that were forwarded");
  }
  /// A limit by address refused `network`, as network_of() has it.
  void refused(const std::string& network);
  /// A connection of a trusted proxy did not begin with its PROXY header.
  void missed_header(const std::string& proxy);

 private:
  void warn(const std::string& network, const char* why);

  std::atomic<bool> has_warned_{false};
  std::atomic<bool> has_missed_{false};
};

}  // namespace parley::net
