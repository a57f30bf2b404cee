#include "storage/vault.hpp"

#include <catch2/catch.hpp>

#include "chat/text.hpp"

using namespace parley;
using storage::seal_place;
using storage::vault;

namespace {

const std::string one = "1:YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE=";
const std::string two = "2:YmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmI=";

auto make(const std::string& keys, bool enabled, vault::complaint tell = {}) -> storage::vault_ptr {
  auto made = storage::make_vault({enabled, {}, keys, 0}, std::move(tell));
  REQUIRE(made);
  return *made;
}

auto place(std::uint8_t message) -> seal_place {
  seal_place made;
  made.item.bytes[15] = message;
  return made;
}

auto put(const vault& in, std::string_view text) -> std::string {
  std::string room;
  return std::string{in.put(place(1), text, room)};
}

}  // namespace

TEST_CASE("without encryption a text is stored as it is, not even copied", "[storage][vault]") {
  const vault plain;
  const std::string text = "hello";
  std::string room;
  CHECK(plain.put(place(1), text, room).data() == text.data());
  CHECK(plain.put_fingerprint(place(1), 42) == 42);
  CHECK(plain.show(place(1), "hello") == "hello");
}

TEST_CASE("a sealed text is valid UTF-8 that shows nothing of it", "[storage][vault]") {
  const auto sealing = make(one, true);
  const auto stored = put(*sealing, "hello");
  CHECK(storage::is_sealed(stored));
  CHECK(chat::is_valid_utf8(stored));
  CHECK(stored.find("hello") == std::string::npos);
  CHECK(sealing->show(place(1), stored) == "hello");
  CHECK(put(*sealing, "").empty());
}

TEST_CASE("no plain text is taken for a sealed one", "[storage][vault]") {
  const auto sealing = make(one, true);
  const vault plain;
  const auto forged = put(*sealing, "hello");
  for (const std::string& text :
       {forged, std::string{"\x02"}, std::string{"\x02=x"}, std::string{"\x02\x02"}}) {
    const auto stored = put(plain, text);
    CHECK_FALSE(storage::is_sealed(stored));
    CHECK(plain.show(place(1), stored) == text);
    CHECK(sealing->show(place(1), stored) == text);
    CHECK(sealing->show(place(1), put(*sealing, text)) == text);
  }
}

TEST_CASE("what was stored before encryption and after it is read", "[storage][vault]") {
  const auto sealing = make(one, true);
  const auto off = make(one, false);
  CHECK(sealing->show(place(1), "older") == "older");
  CHECK(off->show(place(1), put(*sealing, "newer")) == "newer");
  CHECK(put(*off, "newest") == "newest");
}

TEST_CASE("a text that cannot be read is named and never shown as garbage", "[storage][vault]") {
  std::vector<std::string> said;
  const auto reading = make(two, true, [&](const std::string& what) { said.push_back(what); });
  CHECK(reading->show(place(1), put(*make(one, true), "hello")) == vault::unreadable_text);
  CHECK(reading->show(place(2), put(*reading, "elsewhere")) == vault::unreadable_text);
  CHECK(reading->show(place(1), "\x02garbage!") == vault::unreadable_text);
  REQUIRE(said.size() == 3);
  CHECK(said[0] == "the text of message 00000000-0000-0000-0000-000000000001 in conversation "
                   "00000000-0000-0000-0000-000000000000 cannot be read: it is sealed with key 1, "
                   "which is not among the encryption keys");
  CHECK(said[1].find("key 2 does not open it") != std::string::npos);
  CHECK(said[2].find("not in a format") != std::string::npos);
}

TEST_CASE("a fingerprint is masked and comes back", "[storage][vault]") {
  const auto sealing = make(one, true);
  constexpr std::uint64_t plain = 0xba98'7654'3210ull;
  const auto stored = sealing->put_fingerprint(place(1), plain);
  CHECK(stored >> 48 == 1);
  CHECK((stored & 0xffff'ffff'ffffull) != plain);
  CHECK(sealing->get_fingerprint(place(1), stored) == plain);
  CHECK(sealing->get_fingerprint(place(1), plain) == plain);
  CHECK(sealing->put_fingerprint(place(1), 0) == 0);
  CHECK(make(one + " " + two, true)->get_fingerprint(place(1), stored) == plain);
  CHECK(make(two, true)->get_fingerprint(place(1), stored) == 0);
}

TEST_CASE("a vault knows what is not stored as it would be today", "[storage][vault]") {
  const auto first = make(one, true);
  const auto second = make(one + " " + two, true);
  const auto off = make(one + " " + two, false);
  const auto old = put(*first, "hello");
  CHECK(first->is_current(old));
  CHECK_FALSE(second->is_current(old));
  CHECK_FALSE(off->is_current(old));
  CHECK_FALSE(second->is_current("plain"));
  CHECK(off->is_current("plain"));
  CHECK(second->is_current(""));
  CHECK(second->is_current(put(*second, "hello")));
  CHECK_FALSE(second->is_current_fingerprint(first->put_fingerprint(place(1), 5)));
  CHECK(second->is_current_fingerprint(second->put_fingerprint(place(1), 5)));
  CHECK(off->is_current_fingerprint(5));
}

TEST_CASE("encryption without keys is refused", "[storage][vault]") {
  const auto made = storage::make_vault({true, {}, {}, 0});
  REQUIRE_FALSE(made);
  CHECK(made.error().detail ==
        "encryption.enabled needs encryption.key_file or encryption.keys");
}
