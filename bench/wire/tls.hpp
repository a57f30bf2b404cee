#pragma once

#include <openssl/ssl.h>

#include <memory>

namespace parley::bench {

struct tls_deleter {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL* session) const { SSL_free(session); }
};
using tls_context = std::unique_ptr<SSL_CTX, tls_deleter>;
using tls_session = std::unique_ptr<SSL, tls_deleter>;

/// A client's context that trusts whoever answers: the server under test has a certificate of its
/// own making. @throws run_failure when OpenSSL has none to give
auto make_tls_context() -> tls_context;

/// A session of a connected, non-blocking socket, about to shake hands.
auto make_tls_session(SSL_CTX* context, int socket) -> tls_session;

}  // namespace parley::bench
