#include "app/ctl/import/fields.hpp"

#include <catch2/catch.hpp>

using namespace parley::app::ctl;

namespace {

template <class Read>
auto reason_of(Read read) -> std::string {
  try {
    read();
  } catch (const unfit& why) {
    return why.reason;
  }
  return "none";
}

}  // namespace

TEST_CASE("fields are read by their type, and what is missing is nothing", "[ctl][import]") {
  const auto object = foreign_json::parse(
      R"({"t": "x", "n": 7, "l": ["a", "b"], "null": null, "yes": true, "e": ""})");
  CHECK(text_in(object, "t") == "x");
  CHECK(text_in(object, "null").empty());
  CHECK(text_in(object, "gone").empty());
  CHECK(number_in(object, "n") == 7);
  CHECK_FALSE(number_in(object, "null"));
  CHECK(texts_in(object, "l") == std::vector<std::string>{"a", "b"});
  CHECK(list_in(object, "gone").empty());
  CHECK(is_set(object, "yes"));
  CHECK_FALSE(is_set(object, "n"));
  CHECK(needed_text(object, "t") == "x");
}

TEST_CASE("another type is said, with the key", "[ctl][import]") {
  const auto object = foreign_json::parse(
      R"({"t": 7, "n": "7", "f": 1.5, "big": 18446744073709551615, "l": {}, "m": [7]})");
  CHECK(reason_of([&] { text_in(object, "t"); }) == "t is not a text");
  CHECK(reason_of([&] { number_in(object, "n"); }) == "n is not a whole number");
  CHECK(reason_of([&] { number_in(object, "f"); }) == "f is not a whole number");
  CHECK(reason_of([&] { number_in(object, "big"); }) == "big is not a number that can be");
  CHECK(reason_of([&] { list_in(object, "l"); }) == "l is not a list");
  CHECK(reason_of([&] { texts_in(object, "m"); }) == "m is not a list of texts");
  CHECK(reason_of([&] { needed_text(object, "gone"); }) == "it has no gone");
  CHECK(reason_of([&] { text_in(foreign_json::array(), "t"); }) ==
        "there is no object where one should be");
}
