#include "storage/blobs/file_name.hpp"

#include <catch2/catch.hpp>

using parley::storage::blobs::content_disposition;

TEST_CASE("a name goes out in the extended form", "[blobs]") {
  CHECK(content_disposition("a.txt") == "attachment; filename*=UTF-8''a.txt");
  CHECK(content_disposition("caf\xc3\xa9 \"1\";.png") ==
        "attachment; filename*=UTF-8''caf%C3%A9%20%221%22%3B.png");
  CHECK(content_disposition("100%'s") == "attachment; filename*=UTF-8''100%25%27s");
}

TEST_CASE("a name that means a path means none any more", "[blobs]") {
  CHECK(content_disposition("../../etc/passwd") ==
        "attachment; filename*=UTF-8''.._.._etc_passwd");
  CHECK(content_disposition("\\\\host\\share") == "attachment; filename*=UTF-8''__host_share");
}

TEST_CASE("a name cannot turn its own direction", "[blobs]") {
  CHECK(content_disposition("invoice\xe2\x80\xaegpj.exe") ==
        "attachment; filename*=UTF-8''invoice_gpj.exe");
}
