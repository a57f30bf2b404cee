#include "net/http/preferences.hpp"

#include <algorithm>
#include <optional>

#include "net/codec/any_case.hpp"

namespace parley::net {
namespace {

auto trimmed(std::string_view text) -> std::string_view {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

/// Takes what stands before `mark` off `text`, and the mark.
auto take_up_to(std::string_view& text, char mark) -> std::string_view {
  const auto end = std::min(text.find(mark), text.size());
  const auto taken = trimmed(text.substr(0, end));
  text.remove_prefix(std::min(end + 1, text.size()));
  return taken;
}

/// "q=0", "Q=0.000": not wanted. What is no weight is none.
auto is_refused(std::string_view parameters) -> bool {
  while (!parameters.empty()) {
    auto value = take_up_to(parameters, ';');
    const auto name = take_up_to(value, '=');
    if (!equals_in_any_case(name, "q")) continue;
    return value.starts_with('0') && value.find_first_not_of("0.") == std::string_view::npos;
  }
  return false;
}

}  // namespace

auto accepts_gzip(std::string_view accept_encoding) -> bool {
  std::optional<bool> gzip;
  bool others = false;
  while (!accept_encoding.empty()) {
    auto parameters = take_up_to(accept_encoding, ',');
    const auto coding = take_up_to(parameters, ';');
    const bool is_wanted = !is_refused(parameters);
    if (coding == "*") others = is_wanted;
    if (equals_in_any_case(coding, "gzip") || equals_in_any_case(coding, "x-gzip")) gzip = is_wanted;
  }
  return gzip.value_or(others);
}

auto names_etag(std::string_view if_none_match, std::string_view etag) -> bool {
  if (trimmed(if_none_match) == "*") return true;
  while (!if_none_match.empty()) {
    auto one = take_up_to(if_none_match, ',');
    if (one.starts_with("W/")) one.remove_prefix(2);
    if (one == etag) return true;
  }
  return false;
}

}  // namespace parley::net
