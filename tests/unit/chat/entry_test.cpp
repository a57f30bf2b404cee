#include "chat/entry.hpp"

#include <catch2/catch.hpp>

#include "tests/support/people.hpp"

using namespace parley::chat;
using parley::test::alice;
using parley::test::bob;

TEST_CASE("a display name is the name, else given and family name, else the user id",
          "[chat][entry]") {
  CHECK(display_name({alice, "Alice", "Adams", "Ali", ""}) == "Ali");
  CHECK(display_name({alice, "Alice", "Adams", "", ""}) == "Alice Adams");
  CHECK(display_name({alice, "Alice", "", "", ""}) == "Alice");
  CHECK(display_name({alice, "", "Adams", "", ""}) == "Adams");
  CHECK(display_name({alice, "", "", "", ""}) == "alice");
}

TEST_CASE("a send's key differs by sender and by client id", "[chat][entry]") {
  CHECK(send_key(alice, "k") == send_key(alice, "k"));
  CHECK(send_key(alice, "k") != send_key(bob, "k"));
  CHECK(send_key({"ab"}, "c") != send_key({"a"}, "bc"));
}

TEST_CASE("enums have the names that clients see", "[chat][entry]") {
  CHECK(to_string(message_status::delivered) == "Delivered");
  CHECK(to_string(conversation_type::professional_patient) == "ProfessionalPatient");
  CHECK(to_string(conversation_type::lobby) == "Lobby");
  CHECK(to_string(member_role::owner) == "owner");
}
