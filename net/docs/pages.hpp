#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "net/http/message.hpp"

namespace parley::net::docs {

/// What is served when `http.docs` is on.
inline constexpr std::array<std::string_view, 5> paths{
    "/docs", "/docs/openapi.json", "/docs/asyncapi.json", "/docs/page.css", "/docs/page.js"};

/// One of `paths`, to GET and HEAD. Nothing for every other path. The page needs nothing from
/// elsewhere, and its Content-Security-Policy lets nothing else in.
auto page(std::string_view path, http::verb method) -> std::optional<http_response>;

}  // namespace parley::net::docs
