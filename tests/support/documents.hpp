#pragma once

#include <algorithm>
#include <catch2/catch.hpp>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "net/docs/documents.hpp"

/// Looking into the interface documents.
namespace parley::test {

using net::docs::json;
using names = std::set<std::string>;

/// What is in `left` only.
inline auto without(const names& left, const names& right) -> names {
  names rest;
  std::ranges::set_difference(left, right, std::inserter(rest, rest.end()));
  return rest;
}

/// Checks that the server and a file of docs/api have the same names. Expands to what is missing.
inline void check_both_ways(const names& served, const names& documented, const char* file) {
  {
    INFO("the server has it, " << file << " lacks it");
    CHECK(without(served, documented) == names{});
  }
  INFO(file << " has it, no table of the server has it");
  CHECK(without(documented, served) == names{});
}

inline auto keys_of(const json& object) -> names {
  names keys;
  for (const auto& [key, value] : object.items()) keys.insert(key);
  return keys;
}

inline auto keys_of(const std::map<std::string, json>& map) -> names {
  names keys;
  for (const auto& [key, value] : map) keys.insert(key);
  return keys;
}

inline auto texts_of(const json& list) -> names {
  names found;
  for (const auto& one : list) found.insert(one.get<std::string>());
  return found;
}

/// Follows `$ref` and a lone `allOf`, which gives a reference a title.
inline auto resolve(const json& document, const json& what) -> const json& {
  if (what.contains("allOf")) return resolve(document, what.at("allOf").at(0));
  if (!what.contains("$ref")) return what;
  const auto pointer = what.at("$ref").get<std::string>().substr(1);
  return resolve(document, document.at(json::json_pointer{pointer}));
}

/// Every `$ref` of a document.
inline auto references_in(const json& what) -> names {
  if (what.is_object() && what.contains("$ref")) return {what.at("$ref").get<std::string>()};
  names found;
  if (what.is_structured())
    for (const auto& inner : what) found.merge(references_in(inner));
  return found;
}

/// What stands in braces: "/a/{id}/b" has id.
inline auto names_in(const std::string& path) -> names {
  names found;
  for (auto open = path.find('{'); open != std::string::npos; open = path.find('{', open + 1))
    found.insert(path.substr(open + 1, path.find('}', open) - open - 1));
  return found;
}

}  // namespace parley::test
