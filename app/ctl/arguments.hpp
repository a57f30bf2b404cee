#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "chat/expected.hpp"
#include "chat/ids.hpp"
#include "chat/time.hpp"

namespace parley::app::ctl {

/// What the command line asks for.
struct arguments {
  enum class verb { help, version, list, show, retry, drop, archive, rekey };

  verb what = verb::help;
  chat::message_id letter;     ///< of show, retry and drop
  chat::message_id before;     ///< of list: the id of the row before; nil: from the newest
  std::size_t limit = 50;      ///< of list, 1..1000
  chat::timestamp idle_since;  ///< of archive: midnight UTC of the day given
  bool json = false;
  std::vector<std::string> settings;  ///< the other words: --config FILE, --storage.url=...
};

/// Reads the words after the program's name.
/// @errors errc::bad_request with a sentence: usage
auto parse(const std::vector<std::string>& words) -> chat::expected<arguments>;

/// What `parleyctl help` prints; the exit codes are in it.
auto usage() -> std::string_view;

}  // namespace parley::app::ctl
