#pragma once

#include <span>
#include <string_view>

namespace parley::net::docs {

/// A file of docs/api, as it was when the server was built.
struct file {
  std::string_view name;  ///< "hub.json"
  std::string_view text;
};

/// All of them; the definition is made by cmake/embed.cmake.
auto files() -> std::span<const file>;

}  // namespace parley::net::docs
