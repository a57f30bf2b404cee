#include "net/http/preferences.hpp"

#include <catch2/catch.hpp>

using namespace parley::net;

TEST_CASE("gzip is for those who take it", "[net][http]") {
  for (const auto* header : {"gzip", "GZIP", "x-gzip", "br, gzip", "gzip;q=0.1", "*", "deflate , gzip ; q=1.0",
                             "*;q=0, gzip", "gzip;q=x"})
    CHECK(accepts_gzip(header));
  for (const auto* header : {"", "identity", "gzip;q=0", "gzip; Q=0.000", "*;q=0", "*, gzip;q=0", "br", "gzipped",
                             " , ;,"})
    CHECK_FALSE(accepts_gzip(header));
}

TEST_CASE("If-None-Match lists etags, weak or not, or stands for all", "[net][http]") {
  for (const auto* header : {"\"a\"", "W/\"a\"", "\"b\", \"a\"", " \"a\" ", "*", "\"b\",W/\"a\""})
    CHECK(names_etag(header, "\"a\""));
  for (const auto* header : {"", "a", "\"A\"", "\"ab\"", "\"b\"", "w/\"a\"", ","})
    CHECK_FALSE(names_etag(header, "\"a\""));
}
