#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <mutex>

#include "chat/expected.hpp"
#include "chat/time.hpp"
#include "config/options.hpp"
#include "net/io/stream.hpp"
#include "net/io/ticket_keys.hpp"

namespace parley::net {

/// The certificate that new connections are shown, exchanged while the server runs. TLS 1.2 with
/// forward secrecy and AEAD ciphers, or TLS 1.3; ALPN http/1.1; no renegotiation, no session cache;
/// tickets under keys that change.
/// @thread any
class tls_identity {
 public:
  /// Reads `http.tls_certificate` and `http.tls_key`. On an error the present ones stay.
  /// @errors errc::bad_request: a sentence that names the setting and the file
  auto load(const config::http_options& options) -> chat::expected<void>;

  /// When the certificate in use ends.
  auto not_after() const -> chat::timestamp;
  /// For one new connection.
  auto make_session() const -> ssl_ptr;

 private:
  ticket_keys tickets_;  ///< before the contexts that use them
  mutable std::mutex mutex_;
  std::shared_ptr<SSL_CTX> context_;
  chat::timestamp not_after_;
};

}  // namespace parley::net
