#include "storage/blobs/signed_link.hpp"

#include <catch2/catch.hpp>

#include "storage/blobs/hmac.hpp"

using namespace parley;
using namespace parley::storage::blobs;

namespace {

using parameters = std::unordered_map<std::string, std::string>;

auto link() -> signed_link {
  return {true,
          {*chat::parse_uuid("0190f000-0000-7000-8000-00000000beef"), "../a&b=c.html", "text/html",
           12, {}},
          "owner", 1'700'000'000};
}

/// What a server reads out of the link's path.
auto query_of(const link_signer& signer, const signed_link& what) -> parameters {
  const auto path = signer.path_of(what);
  return {{"expires", std::to_string(what.expires_s)},
          {"size", std::to_string(what.file.size)},
          {"type", what.file.content_type},
          {"name", what.file.file_name},
          {"owner", what.owner},
          {"signature", path.substr(path.rfind('=') + 1)}};
}

}  // namespace

TEST_CASE("HMAC-SHA-256 is that of RFC 4231", "[blobs]") {
  CHECK(hex(view(hmac_sha256("Jefe", "what do ya want for nothing?"))) ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CHECK(hex(view(sha256("abc"))) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("a link says everything about its file, encoded", "[blobs]") {
  const auto path = link_signer{"key"}.path_of(link());
  CHECK(path.starts_with("/messaging/attachments/0190f000-0000-7000-8000-00000000beef?"
                         "expires=1700000000&size=12&type=text%2Fhtml&name=..%2Fa%26b%3Dc.html&"
                         "owner=owner&signature="));
  CHECK(path.size() - path.rfind('=') - 1 == 64);
}

TEST_CASE("a link is read back as it was made", "[blobs]") {
  const link_signer signer{"key"};
  const auto read = signer.read(true, link().file.id, query_of(signer, link()));
  REQUIRE(read);
  CHECK(read->file == link().file);
  CHECK(read->owner == "owner");
  CHECK(read->expires_s == link().expires_s);
}

TEST_CASE("a link with anything changed is none", "[blobs]") {
  const link_signer signer{"key"};
  const auto good = query_of(signer, link());
  const auto id = link().file.id;
  CHECK_FALSE(signer.read(false, id, good));  // a PUT is no GET
  CHECK_FALSE(signer.read(true, {}, good));
  CHECK_FALSE(link_signer{"other"}.read(true, id, good));
  for (const auto& [name, value] : good) {
    INFO(name);
    auto bad = good;
    bad[name] = name == "expires" || name == "size" ? value + "0" : value + "x";
    CHECK_FALSE(signer.read(true, id, bad));
    bad.erase(name);
    CHECK_FALSE(signer.read(true, id, bad));
  }
  auto odd = good;
  odd["size"] = "12 ";
  CHECK_FALSE(signer.read(true, id, odd));
}

TEST_CASE("a user's pseudonym is stable and says nothing", "[blobs]") {
  const link_signer signer{"key"};
  CHECK(signer.owner_of({"alice"}) == signer.owner_of({"alice"}));
  CHECK(signer.owner_of({"alice"}) != signer.owner_of({"bob"}));
  CHECK(signer.owner_of({"alice"}).size() == 24);
}
