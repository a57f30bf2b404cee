#pragma once

#include "net/auth/jwt.hpp"
#include "net/front/site.hpp"
#include "tests/functional_hub/test_hub.hpp"

namespace parley::functional {

/// The URLs of the functional tests (names and answers as their own server has them).
class functional_site final : public net::site {
 public:
  functional_site(const config::options& options, const net::auth::verifier& verifier);

  auto find_hub(const net::http_request& request) const -> std::optional<net::hub_path> override;
  auto sign_in(const net::hub_path& hub, const net::http_request& request) const
      -> std::variant<chat::profile, net::http_response> override;
  void on_negotiated(net::http_response& answer) const override;
  auto serve(const net::http_request& request, net::reply to) const -> bool override;

 private:
  auto redirect(const net::http_request& request) const -> net::http_response;
  void ask_client(const std::string& connection_id, net::reply to) const;

  const config::options& options_;
  const net::auth::verifier& verifier_;
  connections open_;
  net::signalr::hub test_hub_ = make_test_hub(open_);
  net::signalr::hub uncreatable_hub_ = make_uncreatable_hub();
  net::signalr::hub authorized_hub_ = make_authorized_hub();
  net::signalr::hub echo_hub_ = make_echo_hub();
  mutable int redirects_ = 0;
};

}  // namespace parley::functional
