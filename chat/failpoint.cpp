#include "chat/failpoint.hpp"

#ifdef PARLEY_FAILPOINTS

#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>

namespace parley::chat {
namespace {

struct armed_point {
  std::string name;
  bool throws = false;
  std::atomic<long> passings{0};
};

auto armed() -> armed_point& {
  static armed_point point;
  static const bool parsed = [] {
    const char* text = std::getenv("PARLEY_FAIL");
    const std::string_view rule = text == nullptr ? "" : text;
    const auto end = rule.find(':');
    if (end == std::string_view::npos) return false;
    point.name = rule.substr(0, end);
    const auto what = rule.substr(end + 1);
    point.throws = what.starts_with("throw");
    const auto count = what.find(':');
    point.passings =
        count == std::string_view::npos ? 1 : std::atol(std::string{what.substr(count + 1)}.c_str());
    return true;
  }();
  (void)parsed;
  return point;
}

}  // namespace

void failpoint(const char* name) {
  auto& point = armed();
  if (point.name != name || --point.passings != 0) return;
  if (point.throws) throw std::logic_error{"the failpoint " + point.name};
  kill(getpid(), SIGKILL);
}

}  // namespace parley::chat

#endif
