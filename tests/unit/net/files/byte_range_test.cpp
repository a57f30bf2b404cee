#include "net/files/byte_range.hpp"

#include <catch2/catch.hpp>

using parley::net::files::byte_range;
using parley::net::files::parse_range;

TEST_CASE("one range of bytes is read and cut at the end", "[net][files]") {
  CHECK(parse_range("bytes=0-9", 100) == byte_range{0, 10});
  CHECK(parse_range("bytes=90-", 100) == byte_range{90, 10});
  CHECK(parse_range("bytes=-10", 100) == byte_range{90, 10});
  CHECK(parse_range("bytes=99-99", 100) == byte_range{99, 1});
  CHECK(parse_range("bytes=50-1000", 100) == byte_range{50, 50});
  CHECK(parse_range("bytes=-1000", 100) == byte_range{0, 100});
  CHECK(parse_range("bytes=0-99999999999999999999999", 100) == byte_range{0, 100});
}

TEST_CASE("a range outside the file, or more than one, cannot be satisfied", "[net][files]") {
  for (const auto* header :
       {"bytes=100-", "bytes=100-200", "bytes=-0", "bytes=5-4", "bytes=0-1,3-4", "bytes=-", "bytes=",
        "bytes=a-b", "bytes=0-x", "bytes=+1-2", "bytes= 0-1", "items=0-1", "bytes", "",
        "bytes=99999999999999999999-", "bytes=-1-2"}) {
    INFO(header);
    CHECK_FALSE(parse_range(header, 100));
  }
  CHECK_FALSE(parse_range("bytes=0-", 0));
  CHECK_FALSE(parse_range("bytes=-1", 0));
}
