#include "net/http/answer_head.hpp"

#include <array>
#include <chrono>
#include <cstdio>

namespace parley::net {

auto http_date(chat::timestamp now) -> std::string_view {
  using namespace std::chrono;
  static constexpr std::array weekdays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  thread_local sys_seconds made_for{seconds{-1}};
  thread_local std::array<char, 64> text{};
  thread_local std::size_t size = 0;
  const auto second = floor<seconds>(sys_time<milliseconds>{milliseconds{now.ms}});
  if (second == made_for) return {text.data(), size};
  made_for = second;
  const auto day = floor<days>(second);
  const year_month_day date{day};
  const hh_mm_ss time{second - day};
  size = static_cast<std::size_t>(std::snprintf(
      text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT",
      weekdays[weekday{day}.c_encoding()], static_cast<unsigned>(date.day()),
      months[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
      static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
      static_cast<int>(time.seconds().count())));
  return {text.data(), size};
}

}  // namespace parley::net
