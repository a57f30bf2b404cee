#include "net/io/tls.hpp"

#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/x509.h>

#include <cstring>
#include <ctime>

namespace parley::net {
namespace {

using chat::errc;
using chat::unexpected;

constexpr const char* tls_1_2_ciphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

/// In the form of ALPN: each name behind its length.
constexpr unsigned char alpn_http_1_1[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

auto select_protocol(SSL*, const unsigned char** chosen, unsigned char* size,
                     const unsigned char* offered, unsigned offered_size, void*) -> int {
  auto* found = const_cast<unsigned char*>(*chosen);
  const auto result = SSL_select_next_proto(&found, size, alpn_http_1_1, sizeof alpn_http_1_1,
                                            offered, offered_size);
  *chosen = found;
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

auto reason() -> std::string {
  const auto code = ERR_peek_last_error();
  const auto* text = code != 0 ? ERR_reason_error_string(code) : nullptr;
  return text != nullptr ? text : "unknown error";
}

auto not_after_of(SSL_CTX* context) -> chat::timestamp {
  std::tm when{};
  const auto* certificate = SSL_CTX_get0_certificate(context);
  if (certificate == nullptr || ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &when) != 1)
    return {};
  return {static_cast<std::int64_t>(timegm(&when)) * 1'000};
}

void harden(SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(context, tls_1_2_ciphers);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                   SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_alpn_select_cb(context, select_protocol, nullptr);
}

/// A key with a passphrase must not make the server ask for it on its terminal.
auto no_passphrase(char*, int, int, void*) -> int { return 0; }

}  // namespace

auto tls_identity::load(const config::http_options& options) -> chat::expected<void> {
  const std::shared_ptr<SSL_CTX> made{SSL_CTX_new(TLS_server_method()), SSL_CTX_free};
  if (!made) return unexpected{errc::unavailable, "OpenSSL has no memory"};
  const auto refuse = [](const std::string& setting, const std::string& file) {
    return unexpected{errc::bad_request, setting + " " + file + " cannot be used: " + reason()};
  };
  harden(made.get());
  tickets_.use_in(made.get());
  SSL_CTX_set_default_passwd_cb(made.get(), no_passphrase);
  ERR_clear_error();
  if (SSL_CTX_use_certificate_chain_file(made.get(), options.tls_certificate.c_str()) != 1)
    return refuse("http.tls_certificate", options.tls_certificate);
  if (SSL_CTX_use_PrivateKey_file(made.get(), options.tls_key.c_str(), SSL_FILETYPE_PEM) != 1)
    return refuse("http.tls_key", options.tls_key);
  if (SSL_CTX_check_private_key(made.get()) != 1)
    return unexpected{errc::bad_request, "http.tls_key " + options.tls_key +
                                             " is not the key of http.tls_certificate"};
  const std::lock_guard lock{mutex_};
  context_ = made;
  not_after_ = not_after_of(made.get());
  return {};
}

auto tls_identity::not_after() const -> chat::timestamp {
  const std::lock_guard lock{mutex_};
  return not_after_;
}

auto tls_identity::make_session() const -> ssl_ptr {
  const std::lock_guard lock{mutex_};
  return ssl_ptr{context_ ? SSL_new(context_.get()) : nullptr};
}

}  // namespace parley::net
