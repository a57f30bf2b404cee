#include "storage/foreign/ef_values.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <chrono>

namespace parley::storage::foreign {
namespace {

/// All of `text` as a number that is not negative; -1: it is none.
auto digits(std::string_view text) -> std::int64_t {
  std::int64_t found = -1;
  const auto* end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(text.data(), end, found);
  const bool is_fine = code == std::errc{} && stop == end && !text.empty() && text[0] != '-';
  return is_fine ? found : -1;
}

/// ".123" as microseconds; -1: it is no fraction.
auto fraction(std::string_view text) -> std::int64_t {
  constexpr std::size_t places = 6;
  if (text.empty()) return 0;
  if (text[0] != '.' || text.size() < 2 || text.size() > 10) return -1;
  std::string padded{text.substr(1)};
  if (digits(padded) < 0) return -1;
  padded.resize(places, '0');
  return digits(padded);
}

auto same_word(std::string_view one, std::string_view other) -> bool {
  return std::ranges::equal(one, other, [](unsigned char a, unsigned char b) {
    return std::tolower(a) == std::tolower(b);
  });
}

template <class Enum, std::size_t Count>
auto parse_enum(std::string_view text, const std::array<Enum, Count>& all) -> std::optional<Enum> {
  for (const auto one : all)
    if (same_word(text, to_string(one)) || digits(text) == static_cast<std::int64_t>(one))
      return one;
  return std::nullopt;
}

}  // namespace

auto parse_moment(std::string_view text) -> std::optional<micros> {
  namespace time = std::chrono;
  constexpr std::size_t whole = 19;
  if (text.ends_with('Z')) text.remove_suffix(1);
  if (text.size() < whole || text[4] != '-' || text[7] != '-' || text[13] != ':' ||
      text[16] != ':' || (text[10] != ' ' && text[10] != 'T'))
    return std::nullopt;
  const auto part = [&](std::size_t from, std::size_t size) {
    return digits(text.substr(from, size));
  };
  const auto behind = fraction(text.substr(whole));
  const time::year_month_day day{time::year{static_cast<int>(part(0, 4))},
                                 time::month{static_cast<unsigned>(part(5, 2))},
                                 time::day{static_cast<unsigned>(part(8, 2))}};
  const auto hour = part(11, 2);
  const auto minute = part(14, 2);
  const auto second = part(17, 2);
  const bool is_time = hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 &&
                       second < 60 && behind >= 0;
  if (!is_time || part(0, 4) < 0 || !day.ok()) return std::nullopt;
  const auto since = time::sys_days{day}.time_since_epoch() + time::hours{hour} +
                     time::minutes{minute} + time::seconds{second};
  return time::microseconds{since}.count() + behind;
}

auto to_timestamp(micros at) -> chat::timestamp {
  return {at / 1'000};
}

auto parse_ef_status(std::string_view text) -> std::optional<chat::message_status> {
  using enum chat::message_status;
  if (text.empty()) return sent;
  return parse_enum(text, std::array{sent, delivered, read});
}

auto parse_ef_type(std::string_view text) -> std::optional<chat::conversation_type> {
  using enum chat::conversation_type;
  if (text.empty()) return professional_patient;
  return parse_enum(text, std::array{professional_patient, direct});
}

}  // namespace parley::storage::foreign
