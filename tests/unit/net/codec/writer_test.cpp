// What the writers write is what the library writes for the same values, and reads back.

#include "net/codec/writer.hpp"

#include <catch2/catch.hpp>
#include <limits>
#include <random>

#include "chat/text.hpp"
#include "net/codec/json_writer.hpp"
#include "net/codec/messagepack.hpp"
#include "net/codec/messagepack_writer.hpp"
#include "tests/support/people.hpp"

using namespace parley;
using namespace parley::net::codec;
using namespace std::string_literals;

namespace {

auto as_json(const value_source& what) -> std::string { return json_text(what); }

auto as_messagepack(const value_source& what) -> std::string {
  std::string bytes;
  messagepack_writer to{bytes};
  what(to);
  return bytes;
}

auto library_messagepack(const json& value) -> std::string {
  std::string bytes;
  append_messagepack(bytes, value);
  return bytes;
}

/// Hands a tree to a writer piece by piece.
void write_pieces(writer& to, const json& value) {
  if (value.is_object()) {
    object_writer out{to};
    for (const auto& [key, member] : value.items()) {
      const auto pieces = [&member = member](writer& there) { write_pieces(there, member); };
      out.add(key, value_source{pieces});
    }
  } else if (value.is_array()) {
    to.begin_array();
    for (const auto& one : value) write_pieces(to, one);
    to.end_array();
  } else if (value.is_string()) {
    to.text(value.get_ref<const std::string&>());
  } else if (value.is_boolean()) {
    to.boolean(value.get<bool>());
  } else if (value.is_number_unsigned()) {
    to.number(value.get<std::uint64_t>());
  } else if (value.is_number_integer()) {
    write(to, value.get<std::int64_t>());
  } else if (value.is_null()) {
    to.null();
  } else {
    to.tree(value);
  }
}

void check_same_as_library(const json& value) {
  const auto pieces = [&value](writer& to) { write_pieces(to, value); };
  CHECK(as_json(pieces) == dump(value));
  CHECK(as_messagepack(pieces) == library_messagepack(value));
}

void check_text(const std::string& text) {
  check_same_as_library(text);
  const auto write_text = [&text](writer& to) { to.text(text); };
  const auto back = json::parse(as_json(write_text), nullptr, false);
  REQUIRE(back.is_string());
  if (chat::is_valid_utf8(text)) CHECK(back == text);
}

auto random_text(std::minstd_rand& random) -> std::string {
  static const std::vector<std::string> pieces{
      "a",      "\"",       "\\",           "\n", "\t",   "\x1f", "\x7f", "/",  "\0"s, "ü",
      "世", "\xf0\x9f\x98\x80", "hello world, ", "\x1e", "\\u12", "\r", "\b", "\f"};
  std::string text;
  for (auto left = random() % 60; left > 0; --left) text += pieces[random() % pieces.size()];
  return text;
}

/// A tree of random shape, at most `depth` deep.
auto random_tree(std::minstd_rand& random, int depth) -> json {
  switch (random() % (depth > 0 ? 8 : 6)) {
    case 0: return nullptr;
    case 1: return random() % 2 == 0;
    case 2: return std::uint64_t{random()} << random() % 34;
    case 3: return -static_cast<std::int64_t>(std::uint64_t{random()} << random() % 32) - 1;
    case 4: return static_cast<double>(random()) / 7;
    case 5: return random_text(random);
    case 6: {
      auto list = json::array();
      for (auto left = random() % 20; left > 0; --left)
        list.push_back(random_tree(random, depth - 1));
      return list;
    }
    default: {
      auto object = json::object();
      for (auto left = random() % 20; left > 0; --left)
        object["key" + std::to_string(left)] = random_tree(random, depth - 1);
      return object;
    }
  }
}

}  // namespace

TEST_CASE("every character of one byte is written as the library does", "[net][writer]") {
  for (int c = 0; c < 256; ++c) {
    const std::string one(1, static_cast<char>(c));
    // At each place of a word, alone and among others.
    for (std::size_t before = 0; before < 18; ++before)
      check_text(std::string(before, 'x') + one + std::string(9, 'y'));
    check_text(one);
    check_text(one + one);
  }
}

TEST_CASE("every code point is written as it is", "[net][writer]") {
  for (const std::string text : {"é", "€", "\xed\x9f\xbf", "\xee\x80\x80", "\xef\xbf\xbf", "\u2028",
                                 "\xf0\x90\x80\x80", "\xf0\x9f\x98\x80", "\xf4\x8f\xbf\xbf",
                                 "👩‍👩‍👧", "e\u0301"}) {
    check_text(text);
    check_text("seven.." + text + "\"" + text);
  }
}

TEST_CASE("what is no UTF-8 is mended as the library mends it", "[net][writer]") {
  for (const auto& text :
       {"\xed\xa0\x80"s, "\xed\xbf\xbf"s, "\xff"s, "\xc0\x80"s, "\xe2\x82"s, "\xf0\x9f\x98"s,
        "\x80"s, "\xf4\x90\x80\x80"s, "a\xe2\x82"s + "b\"\xff\xff\n", "\xf0\x9f\"\xf0\x9f"s}) {
    check_text(text);
    check_text("before " + text + " behind");
  }
  CHECK(as_json([](writer& to) { to.text("\xed\xa0\x80!"); }).find("\xef\xbf\xbd") == 1);
}

TEST_CASE("texts of every length have the shortest encoding", "[net][writer]") {
  for (const std::size_t size : {0, 1, 7, 8, 9, 31, 32, 255, 256, 65'535, 65'536, 200'000})
    check_text(std::string(size, 'x'));
  check_text(std::string(70'000, '"'));
}

TEST_CASE("random texts are written as the library does", "[net][writer]") {
  std::minstd_rand random{7};
  for (int round = 0; round < 3'000; ++round) {
    auto text = random_text(random);
    check_text(text);
    if (text.empty()) continue;
    text[random() % text.size()] = static_cast<char>(random());
    check_text(text);
  }
}

TEST_CASE("numbers have the shortest encoding", "[net][writer]") {
  for (int bits = 0; bits < 64; ++bits)
    for (const auto number : {(std::uint64_t{1} << bits) - 1, std::uint64_t{1} << bits}) {
      check_same_as_library(number);
      check_same_as_library(static_cast<std::int64_t>(~number));
    }
  check_same_as_library(std::numeric_limits<std::uint64_t>::max());
  check_same_as_library(std::numeric_limits<std::int64_t>::min());
}

TEST_CASE("containers of every size have the shortest encoding", "[net][writer]") {
  for (const std::size_t size : {0, 1, 15, 16, 17, 255, 256, 65'535, 65'536, 70'000}) {
    check_same_as_library(json(std::vector<int>(size, 5)));
    if (size > 300) continue;
    auto object = json::object();
    for (std::size_t i = 0; i < size; ++i) object["k" + std::to_string(i)] = json::array({i});
    check_same_as_library(object);
    check_same_as_library(json::array({1, object, object, 2}));
  }
}

TEST_CASE("random values are written as the library does", "[net][writer]") {
  std::minstd_rand random{11};
  for (int round = 0; round < 300; ++round) check_same_as_library(random_tree(random, 4));
}

TEST_CASE("ids, times and what is not known have their forms", "[net][writer]") {
  const auto id = *chat::message_id::parse("018cc4e5-2200-7000-8000-00000000000a");
  const std::string none;
  const std::vector<chat::user_id> users{{"a\"b"}, {"c"}};
  const auto fields = [&](writer& to) {
    object_writer{to}
        .add("id", id)
        .add("at", test::noon)
        .add("never", or_null{chat::timestamp{}})
        .add("none", or_null{none})
        .add("users", users)
        .add("small", std::uint16_t{9})
        .add("below", -9)
        .add("word", "literal");
  };
  const auto text = R"({"id":"018cc4e5-2200-7000-8000-00000000000a",)"
                    R"("at":"2024-01-01T12:00:00.000Z","never":null,"none":null,)"
                    R"("users":["a\"b","c"],"small":9,"below":-9,"word":"literal"})";
  CHECK(as_json(fields) == text);
  CHECK(as_messagepack(fields) == library_messagepack(json::parse(text)));
}
