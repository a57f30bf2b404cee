#include "chat/people.hpp"
#include "chat/text.hpp"

#include <catch2/catch.hpp>

#include "chat/conversation.hpp"
#include "tests/support/people.hpp"

using namespace parley;
using namespace parley::test;
using chat::block;
using chat::errc;

namespace {

auto named(std::string name) -> chat::profile_edit {
  chat::profile_edit edit;
  edit.display_name = std::move(name);
  return edit;
}

auto code_of(const chat::expected<void>& result) -> errc {
  return result ? errc::none : result.error().code;
}

/// Alice and bob, with the blocks given.
auto pair_with(std::vector<block> blocks) -> chat::conversation {
  chat::conversation_state state;
  state.info.type = chat::conversation_type::direct;
  state.info.participant1 = alice;
  state.info.participant2 = bob;
  state.members = {{alice, chat::member_role::member, 0, 0, noon, {}},
                   {bob, chat::member_role::member, 0, 0, noon, {}}};
  state.last_seq = 1;
  state.blocks = std::move(blocks);
  return {std::move(state), {}};
}

auto new_id() -> chat::message_id { return {chat::system_ids().next(noon)}; }

}  // namespace

TEST_CASE("a profile takes the names that titles and tokens take", "[chat][people]") {
  const std::string scotland =
      "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f";
  chat::profile_edit edit;
  for (const auto& name : {scotland, std::string{"Zo\u00eb"}, std::string{"a\u202eb"},
                           std::string{"\U000e0041"}, std::string{"\U0001f3f4\U000e0067"}}) {
    edit.display_name = name;
    CHECK(!!chat::check(edit) == !!chat::check_name(name, 100));
  }
  edit.display_name = scotland;
  CHECK(chat::check(edit));
}

TEST_CASE("a name has something to see and nothing that deceives", "[chat][people]") {
  for (const auto* fine : {"Ann", "Ann-Lee O'Hara", "\u00d6zg\u00fcr", "\u5c71\u7530",
                           "\U0001f468\u200d\U0001f4bb", "\u0645\u06cc\u200c\u062e", ""})
    CHECK(chat::check(named(fine)));
  for (const auto* bad :
       {" ", "\u3000\u00a0", "a\nb", "a\tb", "a\x7f", "a\u0085", "\u202egnp.exe", "\u2066x",
        "x\u200f", "x\u061c", "\ufeff", "a\u200b", "a\u2028" "b", "\xff"})
    CHECK(code_of(chat::check(named(bad))) == errc::bad_request);
  CHECK(chat::check(named(std::string(100, 'x'))));
  CHECK(code_of(chat::check(named(std::string(101, 'x')))) == errc::too_long);
}

TEST_CASE("a refused name says which", "[chat][people]") {
  chat::profile_edit edit;
  edit.last_name = "\n";
  const auto refused = chat::check(edit);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().detail.starts_with("lastName"));
}

TEST_CASE("search keys have no case and a bound", "[chat][people]") {
  CHECK(chat::search_key("Ann LEE") == "ann lee");
  CHECK(chat::search_key("\u00d6ZG\u00dcR \u0416\u03a3") == "\u00f6zg\u00fcr \u0436\u03c3");
  CHECK(chat::search_key("\U0001f600\u5c71") == "\U0001f600\u5c71");
  // Letters with two small forms, and those that fold to two letters.
  CHECK(chat::search_key("\u039f\u03b4\u03c5\u03c3\u03c3\u03b5\u03cd\u03c2") ==
        chat::search_key("\u039f\u0394\u03a5\u03a3\u03a3\u0395\u038e\u03a3"));
  CHECK(chat::search_key("Wa\u017fer") == "waser");
  for (const auto* street : {"STRASSE", "Stra\u00dfe", "STRA\u1e9eE"})
    CHECK(chat::search_key(street) == "strasse");
  CHECK(chat::search_key("\ufb01n") == "fin");
  CHECK(chat::search_key("\u0131") == "\u0131");
  CHECK(chat::search_key(std::string(300, 'x')).size() == 256);
  const auto cut = chat::search_key(std::string(255, 'x') + "\u00f6");
  CHECK(cut == std::string(255, 'x'));
}

TEST_CASE("people are found by every name they have", "[chat][people]") {
  using keys = std::vector<std::string>;
  CHECK(chat::search_keys({alice, "Ann", "Lee", "", ""}, "al") ==
        keys{"al", "ann", "ann lee", "lee"});
  CHECK(chat::search_keys({alice, "Ann", "Ann", "ANN", ""}, "ann") == keys{"ann"});
  CHECK(chat::search_keys({alice, "", "", "", ""}, "") == keys{"alice"});
}

TEST_CASE("a block keeps both from starting anything, each with its own word", "[chat][people]") {
  const std::vector<chat::user_id> others{bob, carol};
  const auto reach = [&](const chat::user_id& who, std::vector<block> blocks) {
    return chat::may_reach(who, others, blocks, "missing");
  };
  CHECK(reach(alice, {}));
  CHECK(reach(alice, {{bob, carol}, {dave, alice}, {alice, dave}, {alice, alice}}));
  const auto hidden = reach(alice, {{carol, alice}});
  REQUIRE_FALSE(hidden);
  CHECK(hidden.error() == chat::error{errc::not_found, "missing"});
  CHECK(code_of(reach(alice, {{alice, bob}})) == errc::forbidden);
  CHECK(code_of(reach(alice, {{alice, bob}, {bob, alice}})) == errc::not_found);
}

TEST_CASE("who is blocked posts, edits and types like a stranger, and reads on", "[chat][people]") {
  auto room = pair_with({});
  const chat::post hello{{}, "hello", {}, {}, {}};
  const auto sent = room.post_message(bob, hello, new_id(), noon);
  REQUIRE(sent);
  room.set_blocks({{alice, bob}});
  const auto stranger = room.authorize(carol, chat::action::post);
  for (const auto what : {chat::action::post, chat::action::type}) {
    const auto refused = room.authorize(bob, what);
    REQUIRE_FALSE(refused);
    CHECK(refused.error() == stranger.error());
    CHECK(code_of(room.authorize(alice, what)) == errc::forbidden);
  }
  for (const auto what : {chat::action::read, chat::action::join, chat::action::mark})
    CHECK(room.authorize(bob, what));
  CHECK(room.post_message(bob, hello, new_id(), noon).error().code == errc::not_found);
  CHECK(room.edit(bob, *sent, "again", new_id(), noon).error().code == errc::not_found);
  CHECK(room.erase(bob, *sent, new_id(), noon));
  CHECK(room.has_blocked_other(alice));
  CHECK_FALSE(room.has_blocked_other(bob));
  room.set_blocks({});
  CHECK(room.post_message(bob, hello, new_id(), noon));
}

TEST_CASE("in a group blocked people hear each other, but cannot be added by each other",
          "[chat][people]") {
  chat::conversation_state state;
  state.members = {{alice, chat::member_role::owner, 0, 0, noon, {}},
                   {bob, chat::member_role::member, 0, 0, noon, {}}};
  state.last_seq = 1;
  chat::conversation room{std::move(state), {}};
  const std::vector<block> blocks{{alice, bob}, {carol, bob}};
  CHECK(room.post_message(bob, {{}, "hello", {}, {}, {}}, new_id(), noon));
  const auto refused = room.add(bob, {dave, carol}, new_id(), noon, blocks);
  REQUIRE_FALSE(refused);
  CHECK(refused.error() == chat::error{errc::not_found, chat::no_such_user});
  CHECK(room.find(dave) == nullptr);
  CHECK(room.add(bob, {alice, dave}, new_id(), noon, blocks));
  CHECK(room.find(dave) != nullptr);
}
