#include "net/codec/messagepack.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <optional>

#include "chat/text.hpp"
#include "chat/time.hpp"

namespace parley::net::codec {
namespace {

/// 9999-12-31T23:59:59Z in seconds: what ISO 8601 writes with four digits of a year.
constexpr std::uint64_t last_second = 253'402'300'799;
constexpr std::uint64_t nanoseconds = 1'000'000'000;

/// So many values of a container are made room for before they are seen.
constexpr std::size_t believed = 8;

auto big_endian(std::string_view bytes) -> std::uint64_t {
  std::uint64_t result = 0;
  for (const char c : bytes) result = result << 8 | static_cast<unsigned char>(c);
  return result;
}

/// Nothing is thrown: the first thing wrong empties the input, which ends every loop.
class reader {
 public:
  reader(std::string_view bytes, int max_depth, std::size_t max_nodes)
      : left_(bytes), depth_left_(max_depth), nodes_left_(max_nodes) {}

  auto value() -> json;
  auto failed() const -> bool { return failed_; }
  auto is_at_end() const -> bool { return left_.empty(); }
  auto had_lone_surrogate() const -> bool { return lone_surrogate_; }

 private:
  auto fail() -> json {
    failed_ = true;
    left_ = {};
    return nullptr;
  }
  auto take(std::size_t size) -> std::string_view {
    if (size > left_.size()) return fail(), std::string_view{};
    const auto taken = left_.substr(0, size);
    left_.remove_prefix(size);
    return taken;
  }
  auto number(std::size_t size) -> std::uint64_t { return big_endian(take(size)); }

  /// Does an encoding of text follow?
  auto is_before_text() const -> bool {
    const auto mark = left_.empty() ? 0u : static_cast<unsigned char>(left_.front());
    return (mark >= 0xa0 && mark <= 0xbf) || (mark >= 0xd9 && mark <= 0xdb);
  }

  auto marked(unsigned mark) -> json;
  auto signed_number(std::size_t size) -> json;
  auto text(std::size_t size) -> json;
  auto binary(std::size_t size) -> json;
  auto extension(std::size_t size) -> json;
  auto array(std::size_t count) -> json;
  auto map(std::size_t count) -> json;

  std::string_view left_;
  int depth_left_;
  std::size_t nodes_left_;
  bool failed_ = false;
  bool lone_surrogate_ = false;
};

auto as_integer(std::int64_t number) -> json {
  if (number >= 0) return static_cast<std::uint64_t>(number);
  return number;
}

/// Encoders write whole numbers beyond 2^53, and some all numbers, as floats.
auto as_number(double number) -> json {
  constexpr double limit = 9'223'372'036'854'775'808.0;  // 2^63
  if (number >= -limit && number < limit && std::trunc(number) == number)
    return as_integer(static_cast<std::int64_t>(number));
  return number;
}

/// Puts U+FFFD in the place of encoded surrogates (ed a0..bf xx), three bytes each.
auto mend_surrogates(std::string& text) -> bool {
  bool mended = false;
  for (auto at = text.find('\xed'); at < text.size(); at = text.find('\xed', at + 1)) {
    const auto rest = std::string_view{text}.substr(at + 1, 2);
    const auto is_surrogate = rest.size() == 2 && static_cast<unsigned char>(rest[0]) >= 0xa0 &&
                              static_cast<unsigned char>(rest[0]) <= 0xbf &&
                              (static_cast<unsigned char>(rest[1]) & 0xc0) == 0x80;
    if (!is_surrogate) continue;
    text.replace(at, 3, "\xef\xbf\xbd");
    mended = true;
  }
  return mended;
}

/// Seconds and nanoseconds of a timestamp in one of its three forms.
auto timestamp_of(std::string_view body) -> std::optional<chat::timestamp> {
  std::uint64_t seconds = 0;
  std::uint64_t fraction = 0;
  if (body.size() == 4) {
    seconds = big_endian(body);
  } else if (body.size() == 8) {
    fraction = big_endian(body) >> 34;
    seconds = big_endian(body) & 0x3'ffff'ffff;
  } else if (body.size() == 12) {
    fraction = big_endian(body.substr(0, 4));
    seconds = big_endian(body.substr(4));
  } else {
    return std::nullopt;
  }
  // Before 1970 the seconds are negative: as unsigned ones they are past the last.
  if (fraction >= nanoseconds || seconds > last_second) return std::nullopt;
  return chat::timestamp{static_cast<std::int64_t>(seconds * 1'000 + fraction / 1'000'000)};
}

auto reader::value() -> json {
  if (nodes_left_ == 0) return fail();
  --nodes_left_;
  const auto first = take(1);
  if (first.empty()) return nullptr;
  const unsigned mark = static_cast<unsigned char>(first.front());
  if (mark <= 0x7f) return as_integer(mark);
  if (mark <= 0x8f) return map(mark & 0x0f);
  if (mark <= 0x9f) return array(mark & 0x0f);
  if (mark <= 0xbf) return text(mark & 0x1f);
  if (mark >= 0xe0) return as_integer(static_cast<std::int8_t>(mark));
  return marked(mark);
}

/// The encodings from 0xc0 to 0xdf, in the order of the specification's table.
auto reader::marked(unsigned mark) -> json {
  const auto size_of = [mark](unsigned first) { return std::size_t{1} << (mark - first); };
  if (mark == 0xc0) return nullptr;
  if (mark == 0xc1) return fail();  // never used
  if (mark <= 0xc3) return mark == 0xc3;
  if (mark <= 0xc6) return binary(number(size_of(0xc4)));
  if (mark <= 0xc9) return extension(number(size_of(0xc7)));
  if (mark == 0xca) return as_number(std::bit_cast<float>(static_cast<std::uint32_t>(number(4))));
  if (mark == 0xcb) return as_number(std::bit_cast<double>(number(8)));
  if (mark <= 0xcf) return number(size_of(0xcc));
  if (mark <= 0xd3) return signed_number(size_of(0xd0));
  if (mark <= 0xd8) return extension(size_of(0xd4));
  if (mark <= 0xdb) return text(number(size_of(0xd9)));
  if (mark <= 0xdd) return array(number(2 * size_of(0xdc)));
  return map(number(2 * size_of(0xde)));
}

auto reader::signed_number(std::size_t size) -> json {
  const auto shift = 64 - 8 * size;
  return as_integer(static_cast<std::int64_t>(number(size) << shift) >> shift);
}

auto reader::text(std::size_t size) -> json {
  std::string bytes{take(size)};
  if (mend_surrogates(bytes)) lone_surrogate_ = true;
  if (!chat::is_valid_utf8(bytes)) return fail();
  return bytes;
}

auto reader::binary(std::size_t size) -> json {
  const auto bytes = take(size);
  return json::binary(json::binary_t::container_type(bytes.begin(), bytes.end()));
}

auto reader::extension(std::size_t size) -> json {
  constexpr std::int8_t timestamp_type = -1;
  const auto type = static_cast<std::int8_t>(number(1));
  if (type == timestamp_type && size <= left_.size())
    if (const auto at = timestamp_of(left_.substr(0, size))) {
      left_.remove_prefix(size);
      return chat::to_iso8601(*at);
    }
  return binary(size);
}

auto reader::array(std::size_t count) -> json {
  if (count > left_.size() || depth_left_ == 0) return fail();
  --depth_left_;
  auto result = json::array();
  auto& values = result.get_ref<json::array_t&>();
  values.reserve(std::min(count, believed));
  for (std::size_t i = 0; i < count && !failed_; ++i) values.push_back(value());
  ++depth_left_;
  return result;
}

auto reader::map(std::size_t count) -> json {
  if (count > left_.size() / 2 || depth_left_ == 0) return fail();
  --depth_left_;
  auto result = json::object();
  auto& members = result.get_ref<json::object_t&>();
  members.reserve(std::min(count, believed));
  for (std::size_t i = 0; i < count && !failed_; ++i) {
    ++nodes_left_;  // a key is none
    if (!is_before_text()) return fail();  // a timestamp becomes text, but is none
    auto key = value();
    if (!key.is_string()) return fail();
    // Straight to the end: looking for the key first would cost the square of the count.
    static_cast<json::object_t::Container&>(members).emplace_back(
        std::move(key.get_ref<std::string&>()), value());
  }
  ++depth_left_;
  return result;
}

}  // namespace

auto parse_messagepack(std::string_view bytes, int max_depth, std::size_t max_nodes)
    -> chat::expected<parsed> {
  reader input{bytes, max_depth, max_nodes};
  parsed result;
  result.value = input.value();
  result.has_lone_surrogate = input.had_lone_surrogate();
  if (input.failed() || !input.is_at_end())
    return chat::unexpected{chat::errc::bad_request, "not valid MessagePack"};
  return result;
}

void append_messagepack(std::string& to, const json& value) {
  json::to_msgpack(value, to);
}

}  // namespace parley::net::codec
