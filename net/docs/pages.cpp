#include "net/docs/pages.hpp"

#include <algorithm>

#include "net/docs/documents.hpp"
#include "net/docs/files.hpp"
#include "net/endpoint/server_pages.hpp"

namespace parley::net::docs {
namespace {

auto embedded(std::string_view name, const char* type) -> http_response {
  const auto found = std::ranges::find(files(), name, &file::name);
  auto response = text_response(http::status::ok, std::string{found->text});
  response.set(http::field::content_type, type);
  return response;
}

auto make(std::string_view path) -> http_response {
  if (path == "/docs/openapi.json") return json_response(http::status::ok, openapi());
  if (path == "/docs/asyncapi.json") return json_response(http::status::ok, asyncapi());
  if (path == "/docs/page.css") return embedded("page.css", "text/css; charset=utf-8");
  if (path == "/docs/page.js") return embedded("page.js", "text/javascript; charset=utf-8");
  return embedded("page.html", "text/html; charset=utf-8");
}

}  // namespace

auto page(std::string_view path, http::verb method) -> std::optional<http_response> {
  if (std::ranges::find(paths, path) == paths.end()) return std::nullopt;
  if (method != http::verb::get && method != http::verb::head)
    return method_not_allowed({http::verb::get, http::verb::head});
  auto response = make(path);
  response.set("Content-Security-Policy",
               "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
               "base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
  response.set("X-Content-Type-Options", "nosniff");
  response.set("Referrer-Policy", "no-referrer");
  return response;
}

}  // namespace parley::net::docs
