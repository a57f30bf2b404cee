#include "app/ctl/certificate.hpp"

#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <memory>
#include <string>

namespace parley::app::ctl {
namespace {

auto broken(const char* key, const std::string& file, const std::string& why) -> chat::unexpected {
  return {chat::errc::bad_request, std::string{key} + ": " + file + ": " + why};
}

/// What the system says of the file, or that it is not what it should be.
auto reason(const std::string& file, const char* otherwise) -> std::string {
  ERR_clear_error();
  return ::access(file.c_str(), R_OK) == 0 ? otherwise : std::strerror(errno);
}

/// A key with a passphrase must not make anybody ask for it on a terminal.
auto no_passphrase(char*, int, int, void*) -> int {
  return 0;
}

}  // namespace

auto read_certificate(const config::http_options& http) -> chat::expected<chat::timestamp> {
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context{SSL_CTX_new(TLS_server_method()),
                                                                  SSL_CTX_free};
  SSL_CTX_set_default_passwd_cb(context.get(), no_passphrase);
  const auto& certificate = http.tls_certificate;
  if (SSL_CTX_use_certificate_chain_file(context.get(), certificate.c_str()) != 1)
    return broken("http.tls_certificate", certificate,
                  reason(certificate, "it holds no certificate in PEM form"));
  if (SSL_CTX_use_PrivateKey_file(context.get(), http.tls_key.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(context.get()) != 1)
    return broken("http.tls_key", http.tls_key,
                  reason(http.tls_key,
                         "it holds no key in PEM form without a passphrase that "
                         "belongs to the certificate"));
  std::tm when{};
  ASN1_TIME_to_tm(X509_get0_notAfter(SSL_CTX_get0_certificate(context.get())), &when);
  return chat::timestamp{static_cast<std::int64_t>(timegm(&when)) * 1'000};
}

}  // namespace parley::app::ctl
