#include "chat/time.hpp"

#include <algorithm>
#include <concepts>
#include <string_view>

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

/// `digits` digits of `value`, with zeros in front.
void put(char* to, int digits, std::integral auto value) {
  for (; digits > 0; value /= 10) to[--digits] = static_cast<char>('0' + value % 10);
}

}  // namespace

auto iso8601(timestamp at) -> std::array<char, 24> {
  using namespace std::chrono;
  constexpr sys_time<milliseconds> first{sys_days{year{0} / January / 1}};
  constexpr sys_time<milliseconds> last{sys_days{year{10'000} / January / 1} - milliseconds{1}};
  const auto moment = std::clamp(sys_time<milliseconds>{milliseconds{at.ms}}, first, last);
  const auto day = floor<days>(moment);
  const year_month_day date{day};
  const hh_mm_ss time{moment - day};
  std::array<char, 24> text;
  std::string_view{"0000-00-00T00:00:00.000Z"}.copy(text.data(), text.size());
  put(&text[0], 4, static_cast<int>(date.year()));
  put(&text[5], 2, static_cast<unsigned>(date.month()));
  put(&text[8], 2, static_cast<unsigned>(date.day()));
  put(&text[11], 2, time.hours().count());
  put(&text[14], 2, time.minutes().count());
  put(&text[17], 2, time.seconds().count());
  put(&text[20], 3, time.subseconds().count());
  return text;
}

auto to_iso8601(timestamp at) -> std::string {
  const auto text = iso8601(at);
  return {text.begin(), text.end()};
}

auto system_clock() -> const clock& {
  static const machine_clock instance;
  return instance;
}

}  // namespace parley::chat
