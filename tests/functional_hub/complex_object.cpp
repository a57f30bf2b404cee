#include "tests/functional_hub/complex_object.hpp"

#include <chrono>
#include <cstdio>

#include "net/codec/bind.hpp"

namespace parley::functional {
namespace {

using net::signalr::hub_protocol;

auto is_binary(const hub_protocol& protocol) -> bool {
  return protocol.format() == net::wire_format::binary;
}

/// Seconds since 1970 of an ISO 8601 text in UTC.
auto seconds_of(const std::string& text) -> std::uint32_t {
  using namespace std::chrono;
  int year_of = 0, hour = 0, minute = 0, second = 0;
  unsigned month_of = 0, day_of = 0;
  std::sscanf(text.c_str(), "%4d-%2u-%2uT%2d:%2d:%2d", &year_of, &month_of, &day_of, &hour, &minute,
              &second);
  const sys_days date{year{year_of} / month{month_of} / day{day_of}};
  const auto at = date.time_since_epoch() + hours{hour} + minutes{minute} + seconds{second};
  return static_cast<std::uint32_t>(duration_cast<seconds>(at).count());
}

/// A MessagePack timestamp of 32 bits: extension type -1.
auto timestamp(const std::string& text) -> json {
  constexpr std::uint8_t timestamp_type = 0xff;
  const auto at = seconds_of(text);
  return json::binary({static_cast<std::uint8_t>(at >> 24), static_cast<std::uint8_t>(at >> 16),
                       static_cast<std::uint8_t>(at >> 8), static_cast<std::uint8_t>(at)},
                      timestamp_type);
}

}  // namespace

auto as_custom_object(const json& sent) -> json {
  const net::codec::client_value object{sent};
  const auto value = object.find("Value");
  return {{"Name", object.find("Name").copy()}, {"Value", value.is_null() ? json(0) : value.copy()}};
}

auto is_custom_object(const json& sent) -> bool {
  const net::codec::client_value object{sent};
  const auto name = object.find("Name");
  const auto value = object.find("Value").copy();
  return (name.is_null() || name.is_text()) && (value.is_null() || value.is_number_integer());
}

auto as_complex_object(const json& sent, const hub_protocol& protocol) -> json {
  const net::codec::client_value object{sent};
  auto made = json::object();
  for (const auto* name : {"String", "IntArray", "ByteArray", "Guid", "DateTime"})
    made.emplace(name, object.find(name).copy());
  if (is_binary(protocol) && made["DateTime"].is_string())
    made["DateTime"] = timestamp(made["DateTime"].get<std::string>());
  return made;
}

auto complex_object(const hub_protocol& protocol) -> json {
  const json bytes = is_binary(protocol) ? json::binary({1, 2, 3}) : json("AQID");
  return as_complex_object({{"String", "hello world"},
                            {"IntArray", json::array({1, 2, 3})},
                            {"ByteArray", bytes},
                            {"Guid", "00010203-0405-0607-0706-050403020100"},
                            {"DateTime", "2000-01-01T00:00:00Z"}},
                           protocol);
}

}  // namespace parley::functional
