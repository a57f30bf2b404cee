#include "storage/foreign/ef_values.hpp"

#include <catch2/catch.hpp>

using namespace parley;
using namespace parley::storage::foreign;

TEST_CASE("a moment is read to the microsecond, as UTC", "[storage][foreign]") {
  CHECK(parse_moment("1970-01-01 00:00:00") == 0);
  CHECK(parse_moment("2024-01-01 12:00:00") == 1'704'110'400'000'000);
  CHECK(parse_moment("2024-01-01 12:00:00.123456") == 1'704'110'400'123'456);
  CHECK(parse_moment("2024-01-01T12:00:00.5Z") == 1'704'110'400'500'000);
  CHECK(parse_moment("2024-01-01 12:00:00.1234567") == 1'704'110'400'123'456);
  CHECK(*parse_moment("0001-01-01 00:00:00") < 0);
  CHECK(to_timestamp(1'704'110'400'123'456).ms == 1'704'110'400'123);
}

TEST_CASE("what is no moment is none", "[storage][foreign]") {
  for (const auto* text :
       {"", "now", "2024-01-01", "2024-02-30 00:00:00", "0000-00-00 00:00:00",
        "2024-01-01 24:00:00", "2024-01-01 12:60:00", "2024-01-01 12:00:60", "2024-01-01 12:00:00.",
        "2024-01-01 12:00:00,5", "2024-01-01 12:00:00.5x", "2024-01-01 12:00:-1",
        "2024-13-01 12:00:00", "2024-01-01x12:00:00", "638396712000000000"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_moment(text));
  }
}

TEST_CASE("enums are numbers or names", "[storage][foreign]") {
  using enum chat::message_status;
  CHECK(parse_ef_status("0") == sent);
  CHECK(parse_ef_status("1") == delivered);
  CHECK(parse_ef_status("read") == read);
  CHECK(parse_ef_status("") == sent);
  for (const auto* text : {"3", "-1", "Seen", "1.0", " 1"}) CHECK_FALSE(parse_ef_status(text));
  CHECK(parse_ef_type("0") == chat::conversation_type::professional_patient);
  CHECK(parse_ef_type("ProfessionalPatient") == chat::conversation_type::professional_patient);
  CHECK(parse_ef_type("1") == chat::conversation_type::direct);
  for (const auto* text : {"2", "Group", "99999999999999999999"}) CHECK_FALSE(parse_ef_type(text));
}
