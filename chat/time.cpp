#include "chat/time.hpp"

#include <array>
#include <cstdio>
#include <ctime>

namespace parley::chat {
namespace {

class machine_clock final : public clock {
 public:
  auto now() const -> timestamp override {
    const auto since = std::chrono::system_clock::now().time_since_epoch();
    return {std::chrono::duration_cast<std::chrono::milliseconds>(since).count()};
  }
  auto steady_now() const -> steady override { return std::chrono::steady_clock::now(); }
};

}  // namespace

auto to_iso8601(timestamp at) -> std::string {
  auto seconds = static_cast<std::time_t>(at.ms / 1000);
  auto millis = static_cast<int>(at.ms % 1000);
  if (millis < 0) {
    millis += 1000;
    --seconds;
  }
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 40> text{};
  const auto size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  const auto rest = std::snprintf(text.data() + size, text.size() - size, ".%03dZ", millis);
  return {text.data(), size + static_cast<std::size_t>(rest)};
}

auto system_clock() -> const clock& {
  static const machine_clock instance;
  return instance;
}

}  // namespace parley::chat
