#include "storage/blobs/s3_store.hpp"

#include <catch2/catch.hpp>

using namespace parley;
using namespace parley::storage::blobs;

namespace {

/// 2013-05-24T00:00:00Z, of AWS's examples.
constexpr chat::timestamp example_day{1'369'353'600'000};

auto example() -> config::attachment_options {
  config::attachment_options options;
  options.store = "s3";
  options.s3_endpoint = "https://s3.amazonaws.com";
  options.s3_bucket = "examplebucket";
  options.s3_access_key = "AKIAIOSFODNN7EXAMPLE";
  options.s3_secret_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
  options.s3_path_style = false;
  return options;
}

auto some_file() -> chat::attachment {
  return {*chat::parse_uuid("0190f000-0000-7000-8000-00000000beef"), "caf\xc3\xa9 & co.png",
          "image/png", 1'234, {}};
}

auto signature_of(const std::string& url) -> std::string {
  return url.substr(url.rfind('=') + 1);
}

}  // namespace

TEST_CASE("AWS's own example is signed as AWS signs it", "[blobs][s3]") {
  // "Example: GET object" of the page named in s3_store.hpp.
  const auto url = s3_store{example()}.presign({"GET", "test.txt", {}, {}, example_day, 86'400});
  CHECK(url ==
        "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&"
        "X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&"
        "X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&"
        "X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
}

TEST_CASE("uploads and downloads are signed as botocore 1.43 signs them", "[blobs][s3]") {
  auto options = example();
  const s3_store store{options};
  CHECK(signature_of(store.download_url(some_file(), example_day)) ==
        "1aa4b171e52b77b16c2ad4709d89257120f938873cdf595ff8da826cadb0f250");
  CHECK(signature_of(store.upload_url(some_file(), {"alice"}, example_day)) ==
        "428460662b0419d5e776a1af1b194dc7945a01925c959f1ba8da2c7ef62800b7");
  options.s3_endpoint = "http://127.0.0.1:9000";
  options.s3_path_style = true;
  CHECK(signature_of(s3_store{options}.upload_url(some_file(), {"alice"}, example_day)) ==
        "ef5abf794b5138d77fc1a0f3ed4a0bb0bc8dc85cacac3b5a50093e91da299560");
}

TEST_CASE("an upload to S3 is bound to its length", "[blobs][s3]") {
  const s3_store store{example()};
  const auto url = store.upload_url(some_file(), {"alice"}, example_day);
  CHECK(url.starts_with("https://examplebucket.s3.amazonaws.com/0190f000-0000-7000-8000-"
                        "00000000beef?X-Amz-Algorithm="));
  CHECK(url.find("X-Amz-SignedHeaders=content-length%3Bhost") != std::string::npos);
  CHECK(url.find("X-Amz-Expires=600&") != std::string::npos);
  auto longer = some_file();
  ++longer.size;
  CHECK(signature_of(url) != signature_of(store.upload_url(longer, {"alice"}, example_day)));
}

TEST_CASE("a download from S3 says name and type, and does nothing else", "[blobs][s3]") {
  const auto url = s3_store{example()}.download_url(some_file(), example_day);
  CHECK(url.find("response-content-disposition=attachment%3B%20filename%2A%3DUTF-8%27%27caf%25C3"
                 "%25A9%2520%2526%2520co.png&response-content-type=image%2Fpng&") !=
        std::string::npos);
  CHECK(url.find("X-Amz-SignedHeaders=host&") != std::string::npos);
}

TEST_CASE("with path style the bucket stands in the path", "[blobs][s3]") {
  auto options = example();
  options.s3_endpoint = "http://127.0.0.1:9000";
  options.s3_path_style = true;
  const auto url = s3_store{options}.upload_url(some_file(), {"alice"}, example_day);
  CHECK(url.starts_with("http://127.0.0.1:9000/examplebucket/0190f000-"));
}

TEST_CASE("S3 keeps what parleyd cannot see", "[blobs][s3]") {
  s3_store store{example()};
  CHECK(store.has(some_file().id));
  CHECK(store.remove(some_file().id));
}
