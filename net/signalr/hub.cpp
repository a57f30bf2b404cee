#include "net/signalr/hub.hpp"

#include <algorithm>

namespace parley::net::signalr {
namespace {

auto lower(char c) -> unsigned char {
  return static_cast<unsigned char>(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

auto is_of(kind type, const json& value) -> bool {
  switch (type) {
    case kind::text: return value.is_string();
    case kind::number: return value.is_number_unsigned();
    case kind::object: return value.is_object();
    case kind::list: return value.is_array();
  }
  return false;
}

}  // namespace

auto fits(const parameter& wanted, const json& value) -> bool {
  if (value.is_null()) return wanted.optional || wanted.nullable;
  return is_of(wanted.type, value) && (wanted.is_fine == nullptr || wanted.is_fine(value));
}

auto binding_failure() -> chat::unexpected {
  return chat::unexpected{chat::errc::bad_request,
                          "Error binding arguments. Make sure that the types of the provided "
                          "values match the types of the hub method being invoked."};
}

/// FNV-1a
auto hub::any_case::operator()(std::string_view name) const -> std::size_t {
  std::size_t hash = 0xcbf29ce484222325;
  for (const char c : name) hash = (hash ^ lower(c)) * 0x100000001b3;
  return hash;
}

auto hub::any_case::operator()(std::string_view a, std::string_view b) const -> bool {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

void hub::add(hub_method method) {
  auto key = method.name;
  methods_.insert_or_assign(std::move(key), std::move(method));
}

auto hub::find(std::string_view target) const -> const hub_method* {
  const auto at = methods_.find(target);
  return at == methods_.end() ? nullptr : &at->second;
}

auto hub::methods() const -> std::vector<const hub_method*> {
  std::vector<const hub_method*> all;
  for (const auto& [key, method] : methods_) all.push_back(&method);
  return all;
}

auto fit_arguments(const hub_method& method, json arguments) -> chat::expected<json> {
  const auto& wanted = method.parameters;
  const auto required = static_cast<std::size_t>(std::count_if(
      wanted.begin(), wanted.end(), [](const parameter& p) { return !p.optional; }));
  if (arguments.size() < required || arguments.size() > wanted.size())
    return chat::unexpected{chat::errc::bad_request,
                            "Invocation provides " + std::to_string(arguments.size()) +
                                " argument(s) but target expects " +
                                std::to_string(wanted.size()) + "."};
  while (arguments.size() < wanted.size()) arguments.push_back(nullptr);
  for (std::size_t i = 0; i < wanted.size(); ++i)
    if (!fits(wanted[i], arguments[i])) return binding_failure();
  return arguments;
}

}  // namespace parley::net::signalr
