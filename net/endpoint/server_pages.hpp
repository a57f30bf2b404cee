#pragma once

#include <array>
#include <optional>
#include <vector>

#include "chat/accounts.hpp"
#include "net/endpoint/services.hpp"
#include "net/http/message.hpp"
#include "telemetry/metrics.hpp"

namespace parley::net {

/// What `server_page` serves.
inline constexpr std::array<std::string_view, 2> server_page_paths{"/healthz", "/readyz"};
/// What `operator_page` serves besides.
inline constexpr std::string_view metrics_path = "/metrics";

/// One of `server_page_paths`, by GET or HEAD. Nothing for every other path.
auto server_page(std::string_view path, http::verb method, const http_services& services)
    -> std::optional<http_response>;

/// The answer of the operator's listener (`metrics.*`) to any request: GET or HEAD of /metrics and of
/// `server_page_paths`. It must be asked for by an IP address, as localhost or by a name of
/// `metrics.hosts`, else 421: a page whose name was bound to our address is not to read it.
auto operator_page(const http_request& request, const http_services& services,
                   const telemetry::metrics& metrics, const config::metrics_options& options)
    -> http_response;

/// "GET, HEAD", as Allow has it.
auto list_of(const std::vector<http::verb>& verbs) -> std::string;

/// 405 with the verbs that the path knows.
auto method_not_allowed(const std::vector<http::verb>& allowed) -> http_response;

/// Are /auth/register and /auth/token open? They need a secret to sign with.
auto accounts_enabled(const config::auth_options& options) -> bool;

/// {accessToken, expiresIn, userId}
auto token_response(const config::auth_options& options, const chat::signed_in& who,
                    chat::timestamp now) -> http_response;

}  // namespace parley::net
