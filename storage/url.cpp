#include "storage/url.hpp"

#include <charconv>
#include <optional>
#include <system_error>
#include <utility>

namespace parley::storage {
namespace {

using chat::errc;
using text_view = std::string_view;

auto wrong(std::string what) -> chat::unexpected {
  return chat::unexpected{errc::bad_request, "storage.url: " + std::move(what)};
}

/// What lies before and after the first (or last) `mark`; nothing when there is no mark.
auto cut(text_view text, char mark) -> std::optional<std::pair<text_view, text_view>> {
  const auto at = text.find(mark);
  if (at == text_view::npos) return std::nullopt;
  return std::pair{text.substr(0, at), text.substr(at + 1)};
}

auto cut_last(text_view text, char mark) -> std::optional<std::pair<text_view, text_view>> {
  const auto at = text.rfind(mark);
  if (at == text_view::npos) return std::nullopt;
  return std::pair{text.substr(0, at), text.substr(at + 1)};
}

auto percent_decode(text_view text) -> std::string {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned byte = 0;
    const auto* hex = text.data() + i + 1;
    const bool is_escape = text[i] == '%' && i + 2 < text.size() &&
                           std::from_chars(hex, hex + 2, byte, 16).ptr == hex + 2;
    decoded += is_escape ? static_cast<char>(byte) : text[i];
    if (is_escape) i += 2;
  }
  return decoded;
}

auto parse_port(text_view text, std::uint16_t& port) -> bool {
  const auto* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, port);
  return error == std::errc{} && stop == end && port != 0;
}

/// host, host:port or [v6]:port
auto parse_host(text_view text, mysql_address& into) -> bool {
  const auto bracket = text.rfind(']');
  const auto colon = text.rfind(':');
  const bool has_port = colon != text_view::npos && (bracket == text_view::npos || colon > bracket);
  if (has_port && !parse_port(text.substr(colon + 1), into.port)) return false;
  auto host = has_port ? text.substr(0, colon) : text;
  if (bracket != text_view::npos) host = host.substr(1, host.size() - 2);
  into.host = std::string{host};
  return true;
}

/// One parameter, name=value. @returns what is wrong; "" when nothing is
auto take_parameter(text_view one, mysql_address& into) -> std::string {
  const auto parts = cut(one, '=').value_or(std::pair{one, text_view{}});
  const auto value = percent_decode(parts.second);
  if (parts.first == "socket") {
    into.socket = value;
  } else if (parts.first == "tls") {
    into.tls.is_required = value != "off";
    into.tls.is_verified = value == "verify";
    if (value != "off" && value != "required" && value != "verify")
      return "tls takes off, required or verify";
  } else if (parts.first == "tls_ca") {
    into.tls.ca = value;
  } else {
    return "unknown parameter after '?'";
  }
  return {};
}

auto take_parameters(text_view all, mysql_address& into) -> std::string {
  while (!all.empty()) {
    const auto parts = cut(all, '&').value_or(std::pair{all, text_view{}});
    if (auto fault = take_parameter(parts.first, into); !fault.empty()) return fault;
    all = parts.second;
  }
  if (into.tls.is_verified == into.tls.ca.empty()) return "tls=verify and tls_ca come together";
  return {};
}

auto parse_mysql(text_view rest) -> chat::expected<address> {
  mysql_address found;
  if (const auto query = cut(rest, '?')) {
    rest = query->first;
    if (auto fault = take_parameters(query->second, found); !fault.empty())
      return wrong(std::move(fault));
  }
  if (const auto path = cut_last(rest, '/')) {
    rest = path->first;
    if (!path->second.empty()) found.database = percent_decode(path->second);
  }
  const auto login = cut_last(rest, '@');
  if (!login)
    return wrong("expected mysql://user:password@host:port/database (in a password @ / : ? % are written "
                 "%40 %2F %3A %3F %25)");
  const auto password = cut(login->first, ':');
  found.user = percent_decode(password ? password->first : login->first);
  if (password) found.password = percent_decode(password->second);
  if (!parse_host(login->second, found)) return wrong("the port makes no sense (in a password @ / : ? % are written %40 %2F %3A %3F %25)");
  if (found.user.empty()) return wrong("the user is missing");
  if (found.host.empty() && found.socket.empty()) return wrong("host or socket is missing");
  return address{std::move(found)};
}

}  // namespace

auto parse_url(std::string_view url) -> chat::expected<address> {
  constexpr text_view sqlite = "sqlite:";
  constexpr text_view mysql = "mysql://";
  if (url.starts_with(mysql)) return parse_mysql(url.substr(mysql.size()));
  if (!url.starts_with(sqlite)) return wrong("must begin with sqlite: or mysql://");
  if (url.size() == sqlite.size()) return wrong("the path is missing");
  return address{sqlite_address{std::string{url.substr(sqlite.size())}}};
}

}  // namespace parley::storage
