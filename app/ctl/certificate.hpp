#pragma once

#include "chat/expected.hpp"
#include "chat/time.hpp"
#include "config/options.hpp"

namespace parley::app::ctl {

/// Reads `http.tls_certificate` and `http.tls_key` and sees that they belong together.
/// @returns when the certificate ends
/// @errors errc::bad_request, naming the setting, the file and what is wrong with it
auto read_certificate(const config::http_options& http) -> chat::expected<chat::timestamp>;

}  // namespace parley::app::ctl
