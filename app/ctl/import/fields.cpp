#include "app/ctl/import/fields.hpp"

namespace parley::app::ctl {
namespace {

/// Null: it is not there.
auto field(const foreign_json& object, const char* key) -> const foreign_json& {
  static const foreign_json nothing;
  if (!object.is_object()) throw unfit{"there is no object where one should be"};
  const auto found = object.find(key);
  return found == object.end() ? nothing : *found;
}

void need(bool holds, const char* key, const char* what) {
  if (!holds) throw unfit{std::string{key} + " is not " + what};
}

}  // namespace

auto text_in(const foreign_json& object, const char* key) -> std::string {
  const auto& found = field(object, key);
  if (found.is_null()) return {};
  need(found.is_string(), key, "a text");
  return found.get<std::string>();
}

auto number_in(const foreign_json& object, const char* key) -> std::optional<std::int64_t> {
  const auto& found = field(object, key);
  if (found.is_null()) return std::nullopt;
  need(found.is_number_integer(), key, "a whole number");
  const bool is_huge = found.is_number_unsigned() && found.get<std::uint64_t>() > std::uint64_t{1}
                                                                                      << 62;
  need(!is_huge, key, "a number that can be");
  return found.get<std::int64_t>();
}

auto list_in(const foreign_json& object, const char* key) -> const foreign_json& {
  static const foreign_json none = foreign_json::array();
  const auto& found = field(object, key);
  if (found.is_null()) return none;
  need(found.is_array(), key, "a list");
  return found;
}

auto texts_in(const foreign_json& object, const char* key) -> std::vector<std::string> {
  std::vector<std::string> all;
  for (const auto& each : list_in(object, key)) {
    need(each.is_string(), key, "a list of texts");
    all.push_back(each.get<std::string>());
  }
  return all;
}

auto is_set(const foreign_json& object, const char* key) -> bool {
  const auto& found = field(object, key);
  return found.is_boolean() && found.get<bool>();
}

auto needed_text(const foreign_json& object, const char* key) -> std::string {
  auto text = text_in(object, key);
  if (text.empty()) throw unfit{std::string{"it has no "} + key};
  return text;
}

}  // namespace parley::app::ctl
