#include "chat/failpoint.hpp"

#ifdef PARLEY_FAILPOINTS

#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <string>
#include <string_view>

namespace parley::chat {
namespace {

struct armed_point {
  std::string name;
  std::atomic<long> passings{0};
};

auto armed() -> armed_point& {
  static armed_point point;
  static const bool parsed = [] {
    const char* text = std::getenv("PARLEY_FAIL");
    const std::string_view rule = text == nullptr ? "" : text;
    const auto end = rule.find(":kill");
    if (end == std::string_view::npos) return false;
    point.name = rule.substr(0, end);
    const auto count = rule.substr(end + 5);
    point.passings = count.size() > 1 ? std::atol(std::string{count.substr(1)}.c_str()) : 1;
    return true;
  }();
  (void)parsed;
  return point;
}

}  // namespace

void failpoint(const char* name) {
  auto& point = armed();
  if (point.name == name && --point.passings == 0) kill(getpid(), SIGKILL);
}

}  // namespace parley::chat

#endif
