#include "net/http/query.hpp"

#include <algorithm>
#include <charconv>

namespace parley::net::rest {
namespace {

auto hex_value(char c) -> int {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

auto percent_decode(std::string_view text, bool plus_is_space) -> std::string {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 &&
                        hex_value(text[i + 2]) >= 0;
    if (escape) {
      decoded.push_back(static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2])));
      i += 2;
    } else {
      decoded.push_back(plus_is_space && text[i] == '+' ? ' ' : text[i]);
    }
  }
  return decoded;
}

auto query_fields(std::string_view query) -> std::vector<std::pair<std::string, std::string>> {
  std::vector<std::pair<std::string, std::string>> found;
  while (!query.empty()) {
    const auto end = std::min(query.find('&'), query.size());
    const auto pair = query.substr(0, end);
    const auto equals = std::min(pair.find('='), pair.size());
    const auto value = pair.substr(std::min(equals + 1, pair.size()));
    if (equals > 0)
      found.emplace_back(percent_decode(pair.substr(0, equals), true), percent_decode(value, true));
    query.remove_prefix(std::min(end + 1, query.size()));
  }
  return found;
}

auto parse_query(std::string_view query) -> std::unordered_map<std::string, std::string> {
  std::unordered_map<std::string, std::string> found;
  for (auto& [name, value] : query_fields(query)) found.emplace(std::move(name), std::move(value));
  return found;
}

auto query_of(std::string_view query) -> query_map {
  query_map found;
  for (auto& [name, value] : query_fields(query)) found.emplace(std::move(name), std::move(value));
  return found;
}

auto query_number(const query_map& query, const char* name, std::uint64_t fallback)
    -> chat::expected<std::uint64_t> {
  const auto at = query.find(name);
  if (at == query.end()) return fallback;
  const auto& text = at->second;
  std::uint64_t value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc{} || end != text.data() + text.size())
    return chat::unexpected{chat::errc::bad_request, std::string{name} + " must be a whole number"};
  return value;
}

auto query_object(const query_map& query, std::initializer_list<const char*> numbers,
                  std::initializer_list<const char*> texts) -> chat::expected<codec::json> {
  auto object = codec::json::object();
  for (const auto* name : numbers) {
    if (!query.contains(name)) continue;
    const auto value = query_number(query, name, 0);
    if (!value) return chat::unexpected{value.error()};
    object.emplace(name, *value);
  }
  for (const auto* name : texts)
    if (const auto at = query.find(name); at != query.end()) object.emplace(name, at->second);
  return object;
}

auto query_flag(const query_map& query, const char* name, codec::json object)
    -> chat::expected<codec::json> {
  const auto at = query.find(name);
  if (at == query.end()) return object;
  if (at->second != "true" && at->second != "false")
    return chat::unexpected{chat::errc::bad_request, std::string{name} + " must be true or false"};
  object.emplace(name, at->second == "true");
  return object;
}

auto query_list(const query_map& query, const char* name) -> codec::json {
  const auto at = query.find(name);
  auto list = codec::json::array();
  std::string_view rest = at == query.end() ? std::string_view{} : at->second;
  while (!rest.empty()) {
    const auto comma = std::min(rest.find(','), rest.size());
    if (comma > 0) list.push_back(rest.substr(0, comma));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return list;
}

}  // namespace parley::net::rest
