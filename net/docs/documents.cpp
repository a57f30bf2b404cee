#include "net/docs/documents.hpp"

#include <algorithm>
#include <set>

#include "net/docs/files.hpp"

namespace parley::net::docs {
namespace {

constexpr std::string_view schema_prefix = "#/components/schemas/";

/// The files are part of the program: one that is missing or broken fails the first test.
auto part(std::string_view name) -> json {
  const auto found = std::ranges::find(files(), name, &file::name);
  return json::parse(found == files().end() ? std::string_view{} : found->text);
}

/// Adds the names of the schemas that `what` refers to, and those that these refer to.
void collect(const json& what, const json& schemas, std::set<std::string>& names) {
  if (what.is_object() && what.contains("$ref")) {
    const auto target = what["$ref"].get<std::string>();
    if (!target.starts_with(schema_prefix)) return;
    const auto name = target.substr(schema_prefix.size());
    if (names.insert(name).second) collect(schemas.at(name), schemas, names);
    return;
  }
  if (what.is_structured())
    for (const auto& inner : what) collect(inner, schemas, names);
}

auto joined(std::string_view name) -> json {
  auto document = part(name);
  const auto schemas = part("schemas.json");
  std::set<std::string> used;
  collect(document, schemas, used);
  document["info"]["version"] = PARLEY_VERSION;
  auto& to = document["components"]["schemas"] = json::object();
  for (const auto& [key, schema] : schemas.items())
    if (used.contains(key)) to[key] = schema;
  return document;
}

}  // namespace

auto openapi() -> const json& {
  static const auto document = joined("rest.json");
  return document;
}

auto asyncapi() -> const json& {
  static const auto document = joined("hub.json");
  return document;
}

}  // namespace parley::net::docs
