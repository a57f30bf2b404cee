#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

/// Reading what should be in an object of somebody else's.
namespace parley::app::ctl {

using foreign_json = nlohmann::json;

/// Why something is not taken: thrown within a line or a part of it, caught by its reader.
struct unfit {
  std::string reason;
  bool is_wrong = true;  ///< false: Parley has no place for it
};

/// A missing key and null are "", nothing, an empty list; another type than that is unfit.
auto text_in(const foreign_json& object, const char* key) -> std::string;
auto number_in(const foreign_json& object, const char* key) -> std::optional<std::int64_t>;
auto list_in(const foreign_json& object, const char* key) -> const foreign_json&;
auto texts_in(const foreign_json& object, const char* key) -> std::vector<std::string>;
/// Likewise true for true alone.
auto is_set(const foreign_json& object, const char* key) -> bool;
/// Not there, empty or no text: unfit.
auto needed_text(const foreign_json& object, const char* key) -> std::string;

}  // namespace parley::app::ctl
