#include "chat/text.hpp"

#include <catch2/catch.hpp>

using namespace parley::chat;
using namespace std::string_literals;

namespace {

const auto e_acute = "\xc3\xa9"s;
const auto euro = "\xe2\x82\xac"s;
const auto smile = "\xf0\x9f\x98\x80"s;

auto repeated(const std::string& text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

}  // namespace

TEST_CASE("well-formed UTF-8 is valid", "[chat][text]") {
  for (const auto& text :
       {""s, "a"s, "\0"s, "\x7f"s, "\xc2\x80"s, "\xdf\xbf"s, "\xe0\xa0\x80"s, "\xed\x9f\xbf"s,
        "\xee\x80\x80"s, "\xef\xbf\xbf"s, "\xf0\x90\x80\x80"s, "\xf4\x8f\xbf\xbf"s, "\xef\xbb\xbf"s,
        "a" + e_acute + euro + smile + "z"}) {
    CAPTURE(text);
    CHECK(is_valid_utf8(text));
  }
}

TEST_CASE("anything else is not", "[chat][text]") {
  const std::pair<const char*, std::string> table[] = {
      {"a lone continuation", "\x80"},         {"the last continuation", "\xbf"},
      {"overlong slash", "\xc0\xaf"},          {"overlong NUL", "\xc0\x80"},
      {"overlong two", "\xc1\xbf"},            {"overlong three", "\xe0\x9f\xbf"},
      {"overlong four", "\xf0\x8f\xbf\xbf"},   {"first surrogate", "\xed\xa0\x80"},
      {"last surrogate", "\xed\xbf\xbf"},      {"a surrogate pair", "\xed\xa0\xbd\xed\xb8\x80"},
      {"past the end", "\xf4\x90\x80\x80"},    {"five bytes", "\xf8\x88\x80\x80\x80"},
      {"fe", "\xfe"},                          {"ff", "\xff"},
      {"cut after one of two", "\xc3"},        {"cut after two of three", "\xe2\x82"},
      {"cut after three of four", "\xf0\x9f\x98"}, {"ASCII inside", "\xe2\x28\xac"},
      {"a start inside", "\xf0\x9f\xc3\xa9"},  {"good, then bad", "fine\xff"}};
  for (const auto& [name, text] : table) {
    INFO(name);
    CHECK_FALSE(is_valid_utf8(text));
    CHECK(check_text(text, 100).error().code == errc::bad_request);
  }
}

TEST_CASE("a bad byte is found at every place of a long text", "[chat][text]") {
  const std::string good(40, 'x');
  CHECK(is_valid_utf8(good));
  for (std::size_t at = 0; at < good.size(); ++at) {
    auto text = good;
    text[at] = '\x80';
    CHECK_FALSE(is_valid_utf8(text));
    text.replace(at, 1, "\xe2\x82\xac");
    CHECK(is_valid_utf8(text));
    CHECK_FALSE(is_valid_utf8(std::string_view{text}.substr(0, at + 2)));
  }
}

TEST_CASE("length counts UTF-16 code units", "[chat][text]") {
  CHECK(utf16_length("") == 0);
  CHECK(utf16_length("abc") == 3);
  CHECK(utf16_length(e_acute) == 1);
  CHECK(utf16_length(euro) == 1);
  CHECK(utf16_length(smile) == 2);
  CHECK(utf16_length("a" + smile + "b") == 4);
}

TEST_CASE("a prefix is cut before a pair that would be split", "[chat][text]") {
  const auto text = "a" + smile + euro + "b";
  CHECK(utf16_prefix(text, 0).empty());
  CHECK(utf16_prefix(text, 1) == "a");
  CHECK(utf16_prefix(text, 2) == "a");
  CHECK(utf16_prefix(text, 3) == "a" + smile);
  CHECK(utf16_prefix(text, 4) == "a" + smile + euro);
  CHECK(utf16_prefix(text, 5) == text);
  CHECK(utf16_prefix(text, 100) == text);
}

TEST_CASE("text may have as many units as allowed and none more", "[chat][text]") {
  const auto unit = GENERATE(as<std::string>{}, "x", "\xc3\xa9", "\xe2\x82\xac");
  CHECK(check_text(repeated(unit, 5'000), 5'000));
  CHECK(check_text(repeated(unit, 5'001), 5'000).error().code == errc::too_long);
  CHECK(check_text(repeated(smile, 2'500), 5'000));
  CHECK(check_text(repeated(smile, 2'500) + "x", 5'000).error().code == errc::too_long);
}

TEST_CASE("the stable hash is FNV-1a and stays what it is", "[chat][text]") {
  CHECK(stable_hash("") == 0xcbf29ce484222325ull);
  CHECK(stable_hash("a") == 0xaf63dc4c8601ec8cull);
  CHECK(stable_hash("foobar") == 0x85944171f73967e8ull);
  CHECK(stable_hash("bar", stable_hash("foo")) == stable_hash("foobar"));
}

TEST_CASE("names hold no controls, no direction marks and nothing invisible", "[chat][text]") {
  for (const auto* unfit : {"a\nb", "a\x7f", "a\xc2\x85", "\xd8\x9c", "a\xe2\x80\x8b", "\xe2\x80\xae",
                            "\xe2\x81\xa6", "\xe2\x80\xa8", "\xef\xbb\xbf", "\xf3\xa0\x81\x81",
                            // a flag whose tags do not end, one with too many, one without any
                            "\U0001f3f4\U000e0067\U000e0062", "\U0001f3f4\U000e007f",
                            "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074"
                            "\U000e0073\U000e0063\U000e0074\U000e007f",
                            "\U0001f3f3\U000e0067\U000e0062\U000e007f"})
    CHECK(check_name(unfit, 100).error().code == errc::bad_request);
  CHECK(check_name(std::string{"a\0b", 3}, 100).error().code == errc::bad_request);
  CHECK(check_name("\xff", 100).error().code == errc::bad_request);
  CHECK(check_name("four", 3).error().code == errc::too_long);
  for (const auto* fit : {"", "Zo\xc3\xab <b>", "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7",
                          "\xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xae", "\U0001f3f4",
                          "a \U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f b"})
    CHECK(check_name(fit, 100));
}
