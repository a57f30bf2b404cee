#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/ctl/command.hpp"
#include "chat/expected.hpp"
#include "chat/time.hpp"

namespace parley::app::ctl {

/// What the command line asks for.
struct arguments {
  const command* what = nullptr;  ///< null: help, or the version
  bool wants_version = false;
  std::string help_for;  ///< of help: a command, a group, or empty for all
  bool json = false;
  std::vector<std::string> operands;
  std::map<std::string, std::string, std::less<>> options;  ///< by name; a switch has ""
  std::vector<std::string> settings;  ///< --config FILE, --storage.url=... and their kin

  auto has(std::string_view option) const -> bool { return options.contains(option); }
  /// Empty when it was not given.
  auto text(std::string_view option) const -> std::string;
  /// A whole number 1..most. @errors errc::bad_request
  auto number(std::string_view option, std::size_t otherwise, std::size_t most) const
      -> chat::expected<std::size_t>;
  /// Midnight UTC of YYYY-MM-DD; nothing when it was not given. @errors errc::bad_request
  auto day(std::string_view option) const -> chat::expected<std::optional<chat::timestamp>>;
};

/// Reads the words after the program's name.
/// @errors errc::bad_request with one line that says where help is
auto parse(const std::vector<std::string>& words) -> chat::expected<arguments>;

}  // namespace parley::app::ctl
