// Input: a request target, path and query.

#include <boost/url/params_encoded_view.hpp>
#include <boost/url/parse_query.hpp>

#include "net/codec/any_case.hpp"
#include "net/endpoint/hub_endpoint.hpp"
#include "net/http/message.hpp"
#include "net/rest/routes.hpp"
#include "tests/fuzz/check.hpp"
#include "tests/fuzz/commands.hpp"

using namespace parley;
using namespace parley::fuzz;

namespace {

using fields = std::vector<std::pair<std::string, std::string>>;

auto percent_encoded(std::string_view text) -> std::string {
  constexpr std::string_view digits = "0123456789aBcDeF";
  std::string encoded;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (chat::is_visible_ascii_id({&c, 1}) && c != '%' && c != '&' && c != '=' && c != '+' &&
        c != '/' && c != '?' && c != '#')
      encoded += c;
    else
      encoded += {'%', digits[byte >> 4], digits[byte & 15]};
  }
  return encoded;
}

/// The first of equal names, as the page says.
auto first_of(const fields& all, const std::string& name) -> const std::string* {
  const auto at = std::ranges::find(all, name, &fields::value_type::first);
  return at == all.end() ? nullptr : &at->second;
}

void check_is(const fields& meant, std::string_view query) {
  const auto read = net::rest::parse_query(query);
  for (const auto& [name, value] : read) {
    const auto* first = first_of(meant, name);
    must(first != nullptr && *first == value, "a query holds what was put into it, the first first");
  }
  for (const auto& [name, value] : meant)
    must(name.empty() || read.contains(name), "a query loses no field");
}

/// Any bytes, split at line ends into names and values, come back through their encoding.
void check_round_trip(std::string_view input) {
  fields meant;
  std::string query;
  while (!input.empty()) {
    const auto pair = input.substr(0, input.find('&'));
    const auto equals = std::min(pair.find('='), pair.size());
    const std::string name{pair.substr(0, equals)};
    const std::string value{pair.substr(std::min(equals + 1, pair.size()))};
    if (!query.empty()) query += '&';
    query += percent_encoded(name) + '=' + percent_encoded(value);
    if (!name.empty()) meant.emplace_back(name, value);
    input.remove_prefix(std::min(pair.size() + 1, input.size()));
  }
  check_is(meant, query);
}

/// Beside Boost.URL, which refuses what is no query at all.
void check_beside_boost(std::string_view query) {
  const std::string copy{query};  // Boost reads the address of an empty text, too
  const auto parsed = boost::urls::parse_query(copy);
  if (!parsed) return;
  boost::urls::encoding_opts options;
  options.space_as_plus = true;
  fields meant;
  for (const auto& each : *parsed) {
    if (!each.key.empty())
      meant.emplace_back(each.key.decode(options), each.value.decode(options));
  }
  check_is(meant, query);
}

/// The hub's names are read in any case; still the first one counts.
void check_any_case(const net::http_request& request, std::string_view query) {
  const auto wanted = {"id", "access_token", "negotiateVersion", "dialect"};
  for (const std::string name : wanted) {
    const auto found = net::query_value(request, name);
    std::optional<std::string> first;
    for (std::string_view rest = query; !rest.empty() && !first;) {
      const auto pair = rest.substr(0, rest.find('&'));
      for (const auto& [key, value] : net::rest::parse_query(pair))
        if (net::equals_in_any_case(key, name)) first = value;
      rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
    }
    must(found == first, "of names that differ by case only the first counts");
  }
}

void check_routes(std::string_view path, std::string_view query) {
  using net::rest::verb;
  for (const auto method : {verb::get, verb::post, verb::put, verb::patch, verb::delete_}) {
    auto found = net::rest::find_route(method, path);
    if (found.found == nullptr) continue;
    must(std::ranges::count(found.allowed, method) == 1, "a route's verb is among those allowed");
    must(static_cast<std::size_t>(std::ranges::count(found.found->pattern, '{')) ==
             found.path.size(),
         "a route gets the parts it names");
    for (const auto& body : {net::codec::json{}, net::codec::json::object()}) {
      const auto bound = found.found->bind({found.path, net::rest::query_of(query), body, {}});
      if (bound) check_command(*bound);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = text_of(data, size);
  const auto [path, query] = net::split_target(input);
  must(input == std::string{path} + (path.size() < input.size() ? "?" : "") + std::string{query},
       "a target is its path and its query");
  std::size_t bytes = 0;
  for (const auto& [name, value] : net::rest::parse_query(query)) {
    must(!name.empty(), "a field has a name");
    bytes += name.size() + value.size();
  }
  must(bytes <= query.size(), "decoding makes nothing longer");
  check_round_trip(query);
  check_beside_boost(query);
  check_routes(path, query);
  net::http_request request{net::http::verb::get, "", 11};
  request.target({input.data(), input.size()});
  check_any_case(request, query);
  if (const auto hub = net::find_hub(request))
    must(!(hub->negotiates && hub->refreshes), "a path is one of the hub's");
  return 0;
}
