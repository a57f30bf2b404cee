#include "storage/key_ring.hpp"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

using namespace parley;
using storage::key_ring;
using storage::seal_place;

namespace {

// 32 bytes of 'a' and of 'b'.
constexpr auto key_a = "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE=";
constexpr auto key_b = "YmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmI=";

auto settings(const std::string& keys, std::uint16_t write_key = 0) -> config::encryption_options {
  return {true, {}, keys, write_key};
}

auto ring(const std::string& keys, std::uint16_t write_key = 0) -> key_ring {
  auto made = key_ring::make(settings(keys, write_key));
  REQUIRE(made);
  return std::move(*made);
}

auto refusal(const std::string& keys, std::uint16_t write_key = 0) -> std::string {
  const auto made = key_ring::make(settings(keys, write_key));
  return made ? "accepted" : made.error().detail;
}

auto id(std::uint8_t last) -> chat::uuid {
  chat::uuid made;
  made.bytes[15] = last;
  return made;
}

auto place(std::uint8_t conversation, std::uint8_t message) -> seal_place {
  return {seal_place::kind::text, {id(conversation)}, id(message)};
}

const auto one = "1:" + std::string{key_a};
const auto two = "2:" + std::string{key_b};

auto from_hex(std::string_view hex) -> std::string {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes += static_cast<char>(std::stoi(std::string{hex.substr(i, 2)}, nullptr, 16));
  return bytes;
}

}  // namespace

TEST_CASE("what was sealed opens at its place", "[storage][key_ring]") {
  const auto keys = ring(one);
  for (const std::string& text : {std::string{}, std::string{"x"}, std::string(100'000, 'y')}) {
    const auto sealed = keys.seal(place(1, 2), text);
    CHECK(sealed.size() == text.size() + key_ring::overhead);
    const auto opened = keys.open(place(1, 2), sealed);
    REQUIRE(opened);
    CHECK(*opened == text);
  }
}

TEST_CASE("the same text never looks the same twice", "[storage][key_ring]") {
  const auto keys = ring(one);
  CHECK(keys.seal(place(1, 2), "hello") != keys.seal(place(1, 2), "hello"));
}

TEST_CASE("bytes sealed by another implementation open: the format stands", "[storage][key_ring]") {
  // Made with Python: BLAKE2b (hashlib) for the key, XChaCha20-Poly1305 by hand from RFC 8439 and
  // draft-irtf-cfrg-xchacha, nonce 00..17, place(1, 2), text "hello".
  const auto opened = ring(one).open(place(1, 2), from_hex("010001000102030405060708090a0b0c0d0e0f1011121314151617"
                                                         "1e8ec4a36ec7596348a771ac2691560f1555a91fa1"));
  REQUIRE(opened);
  CHECK(*opened == "hello");
}

TEST_CASE("sealed bytes do not open anywhere else", "[storage][key_ring]") {
  const auto keys = ring(one);
  const auto sealed = keys.seal(place(1, 2), "hello");
  CHECK_FALSE(keys.open(place(1, 3), sealed));
  CHECK_FALSE(keys.open(place(2, 2), sealed));
  auto other = place(1, 2);
  other.what = seal_place::kind::title;
  CHECK_FALSE(keys.open(other, sealed));
  other.what = seal_place::kind::blob;
  CHECK_FALSE(keys.open(other, sealed));
}

TEST_CASE("pieces of a blob keep their order and their end", "[storage][key_ring]") {
  const auto keys = ring(one);
  const auto piece = [](std::uint64_t part, bool is_last) {
    return seal_place{seal_place::kind::blob, {}, id(9), part, is_last};
  };
  const auto sealed = keys.seal(piece(0, false), "first");
  CHECK(keys.open(piece(0, false), sealed));
  CHECK_FALSE(keys.open(piece(1, false), sealed));
  CHECK_FALSE(keys.open(piece(0, true), sealed));
}

TEST_CASE("a changed byte is noticed, wherever it is", "[storage][key_ring]") {
  const auto keys = ring(one + " " + two);
  const auto sealed = keys.seal(place(1, 2), "hello");
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    auto changed = sealed;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    CHECK_FALSE(keys.open(place(1, 2), changed));
  }
  for (std::size_t size = 0; size < sealed.size(); ++size)
    CHECK_FALSE(keys.open(place(1, 2), sealed.substr(0, size)));
}

TEST_CASE("the largest id writes unless told, and all read", "[storage][key_ring]") {
  const auto old = ring(one).seal(place(1, 2), "old");
  const auto both = ring(two + "\n" + one);
  CHECK(both.write_key() == 2);
  CHECK(storage::key_of(both.seal(place(1, 2), "new")) == 2);
  CHECK(both.open(place(1, 2), old));
  CHECK(ring(two + "\n" + one, 1).write_key() == 1);
  const auto lost = ring(two).open(place(1, 2), old);
  REQUIRE_FALSE(lost);
  CHECK(lost.error().detail == "it is sealed with key 1, which is not among the encryption keys");
}

TEST_CASE("another key of the same id opens nothing", "[storage][key_ring]") {
  const auto sealed = ring(one).seal(place(1, 2), "hello");
  CHECK_FALSE(ring("1:" + std::string{key_b}).open(place(1, 2), sealed));
}

TEST_CASE("the mask of a fingerprint depends on key and place", "[storage][key_ring]") {
  const auto keys = ring(one + "," + two);
  const auto mask = keys.mask(1, place(1, 2));
  REQUIRE(mask);
  CHECK(*mask >> 48 == 0);
  CHECK(mask == keys.mask(1, place(1, 2)));
  CHECK(mask != keys.mask(2, place(1, 2)));
  CHECK(mask != keys.mask(1, place(1, 3)));
  CHECK_FALSE(keys.mask(3, place(1, 2)));
}

TEST_CASE("keys may have comments, commas and empty lines", "[storage][key_ring]") {
  const auto keys = ring("# the keys\n\n" + one + "  # 2025\r\n" + two + ",3:" + key_a + "\n");
  CHECK(keys.has(1));
  CHECK(keys.has(2));
  CHECK(keys.write_key() == 3);
}

TEST_CASE("malformed keys are refused with the line and without the key", "[storage][key_ring]") {
  const std::string at = "encryption.keys line 1: ";
  CHECK(refusal("hunter2") == at + "a key is written ID:BASE64");
  CHECK(refusal("0:" + std::string{key_a}) == at + "the id of a key is a whole number 1..65535");
  CHECK(refusal("65536:" + std::string{key_a}).starts_with(at + "the id"));
  CHECK(refusal("1:c2hvcnQ=") == at + "key 1 is not 32 bytes in base64 (44 characters)");
  CHECK(refusal("1:" + std::string{key_a}.substr(0, 43)).starts_with(at + "key 1 is not"));
  CHECK(refusal("1:" + std::string{key_a} + "YWFh").starts_with(at + "key 1 is not"));
  CHECK(refusal(one + "\n" + one) == "encryption.keys line 2: key 1 is there twice");
  CHECK(refusal("# nothing") == "encryption.keys holds no key");
  CHECK(refusal(one, 7) == "encryption.write_key is 7, which is not among the keys");
  std::string many;
  for (int i = 1; i <= 65; ++i) many += std::to_string(i) + ":" + key_a + "\n";
  CHECK(refusal(many) == "encryption.keys line 65: more than 64 keys");
}

TEST_CASE("a key file is read, and its rights are looked at", "[storage][key_ring]") {
  auto name = (std::filesystem::temp_directory_path() / "parley-keys-XXXXXX").string();
  REQUIRE(mkdtemp(name.data()) != nullptr);
  const std::filesystem::path folder{name};
  const auto file = (folder / "keys").string();
  config::encryption_options options{true, file, {}, 0};
  const auto missing = key_ring::make(options);
  REQUIRE_FALSE(missing);
  CHECK(missing.error().detail == "encryption.key_file: cannot read " + file);
  std::ofstream{file} << one << '\n';
  REQUIRE(::chmod(file.c_str(), 0640) == 0);
  CHECK(key_ring::make(options));
  CHECK(storage::key_file_warning(options).find("chmod 600") != std::string::npos);
  REQUIRE(::chmod(file.c_str(), 0600) == 0);
  CHECK(storage::key_file_warning(options).empty());
  std::filesystem::remove_all(folder);
}
