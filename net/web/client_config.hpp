#pragma once

#include <string>

#include "config/options.hpp"
#include "net/codec/json.hpp"

namespace parley::net::web {

/// What the client must know of this server before anybody has signed in: the body of
/// `/web/config.json`. @param build  names the client's build; empty: none is part of this server
auto client_config(const config::options& options, std::string_view build) -> codec::json;

/// The Content-Security-Policy of the page, with "{{nonce}}" where its nonce goes. Pictures and files may
/// come from this server, from `http.web_image_origins` and from where attachments live.
auto content_policy(const config::options& options) -> std::string;

}  // namespace parley::net::web
