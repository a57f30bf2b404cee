#include "bench/wire/tls.hpp"

#include "bench/wire/failure.hpp"

namespace parley::bench {

auto make_tls_context() -> tls_context {
  tls_context made(SSL_CTX_new(TLS_client_method()));
  if (!made) cannot_run("OpenSSL has no TLS client");
  SSL_CTX_set_verify(made.get(), SSL_VERIFY_NONE, nullptr);
  SSL_CTX_set_mode(made.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                   SSL_MODE_RELEASE_BUFFERS);
  return made;
}

auto make_tls_session(SSL_CTX* context, int socket) -> tls_session {
  tls_session made(SSL_new(context));
  if (!made || SSL_set_fd(made.get(), socket) != 1) cannot_run("OpenSSL gives no session");
  SSL_set_connect_state(made.get());
  return made;
}

}  // namespace parley::bench
