#include "app/ctl/import/ids.hpp"

#include <catch2/catch.hpp>

using namespace parley;
using namespace parley::app::ctl;

TEST_CASE("ids are the same at every run, for ever", "[ctl][import]") {
  CHECK(to_string(id_of({"a", "b"})) == to_string(id_of({"a", "b"})));
  CHECK(to_string(id_of({"mattermost channel", "core", "town"})) ==
        "9027224d-edec-83f5-b5a3-09434afd2afc");
  CHECK(to_string(id_at({1'705'311'000'000}, {"a"})) == "018d0c74-d5c0-7422-9e8e-2392eced237f");
}

TEST_CASE("borders between parts count", "[ctl][import]") {
  CHECK(id_of({"ab", "c"}) != id_of({"a", "bc"}));
  CHECK(id_of({"a"}) != id_of({"a", ""}));
}

TEST_CASE("an id at a time begins with it", "[ctl][import]") {
  const auto early = id_at({1'000}, {"z"});
  const auto late = id_at({1'001}, {"a"});
  CHECK(early < late);
  CHECK(to_string(late).substr(0, 15) == "00000000-03e9-7");
  CHECK(to_string(id_of({"a"}))[14] == '8');
}
