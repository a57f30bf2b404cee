#include <catch2/catch.hpp>

#include "chat/conversation.hpp"
#include "tests/unit/chat/rooms.hpp"

using namespace parley::chat;
using namespace parley::test;

// -- titles and members: who may, and what they see ----------------------------------------------------

TEST_CASE("a title is changed by the owner and admins, once", "[chat][conversation]") {
  auto state = room_state(conversation_type::group, {alice, bob, carol});
  state.members[1].role = member_role::admin;
  conversation room{state, {}};
  CHECK(room.set_title(carol, "no", new_id(), noon).error().code == errc::forbidden);
  const auto change = room.set_title(bob, "our room", new_id(), noon);
  REQUIRE((change && *change));
  CHECK((*change)->kind == entry_kind::title);
  CHECK((*change)->content == "our room");
  CHECK(room.info().title == "our room");
  const auto same = room.set_title(alice, "our room", new_id(), noon);
  REQUIRE(same);
  CHECK_FALSE(*same);
  CHECK(room.set_title(alice, std::string(201, 'x'), new_id(), noon).error().code ==
        errc::too_long);
  CHECK(room.last_seq() == 2);
}

TEST_CASE("any member adds others, each once", "[chat][conversation]") {
  auto room = group_of({alice, bob});
  const auto change = add(room, bob, {carol, alice, carol, dave});
  REQUIRE((change && *change));
  CHECK((*change)->kind == entry_kind::added);
  CHECK((*change)->subjects == std::vector{carol, dave});
  CHECK((*change)->content.empty());
  CHECK(*room.participants() == std::vector{alice, bob, carol, dave});
  CHECK(room.find(carol)->role == member_role::member);
  const auto again = add(room, bob, {carol, dave});
  REQUIRE(again);
  CHECK_FALSE(*again);
  CHECK(room.last_seq() == 2);
}

TEST_CASE("a new member sees what comes after it, and nothing is unread", "[chat][conversation]") {
  auto room = group_of({alice});
  REQUIRE(say(room, alice, "before"));
  const auto change = *add(room, alice, {bob});
  const auto* who = room.find(bob);
  REQUIRE(who);
  CHECK(who->after_seq == change->seq);
  CHECK(who->after_ordinal == 1);
  CHECK(who->cursors.read_seq == change->seq);
  CHECK(who->cursors.delivered_seq == change->seq);
  CHECK(room.find(alice)->after_seq == 0);
}

TEST_CASE("new members see everything when the setting says so", "[chat][conversation]") {
  auto room = group_of({alice}, {.new_members_see_all = true});
  REQUIRE(say(room, alice, "before"));
  const auto change = *add(room, alice, {bob});
  CHECK(change->content == "all");
  CHECK(room.find(bob)->after_seq == 0);
  CHECK(room.find(bob)->after_ordinal == 0);
}

TEST_CASE("a conversation has at most as many members as allowed", "[chat][conversation]") {
  auto room = group_of({alice, bob}, {.max_members = 3});
  CHECK(add(room, alice, {carol, dave}).error().code == errc::limit);
  CHECK(room.participants()->size() == 2);
  CHECK(add(room, alice, {carol}));
  CHECK(add(room, alice, {dave}).error().code == errc::limit);
  CHECK(room.last_seq() == 2);
}

TEST_CASE("one removes only who ranks lower", "[chat][conversation]") {
  auto state = room_state(conversation_type::group, {alice, bob, carol, dave});
  state.members[1].role = state.members[2].role = member_role::admin;
  conversation room{state, {}};
  CHECK(remove(room, dave, bob).error().code == errc::forbidden);
  CHECK(remove(room, bob, carol).error().code == errc::forbidden);
  CHECK(remove(room, bob, alice).error().code == errc::forbidden);
  const auto change = remove(room, bob, dave);
  REQUIRE((change && *change));
  CHECK((*change)->kind == entry_kind::removed);
  CHECK((*change)->subjects == std::vector{dave});
  CHECK((*change)->actor == bob);
  CHECK(room.find(dave) == nullptr);
  REQUIRE(remove(room, alice, bob));
  const auto nobody = remove(room, alice, dave);
  REQUIRE(nobody);
  CHECK_FALSE(*nobody);
}

TEST_CASE("everybody may leave a group", "[chat][conversation]") {
  auto room = group_of({alice, bob});
  const auto change = remove(room, bob, bob);
  REQUIRE((change && *change));
  CHECK((*change)->actor == bob);
  CHECK((*change)->subjects == std::vector{bob});
  CHECK(say(room, bob, "still here?").error().code == errc::not_found);
}

TEST_CASE("when the owner leaves, the longest-standing admin follows, else member",
          "[chat][conversation]") {
  auto state = room_state(conversation_type::group, {alice, bob, carol, dave});
  state.members[2].role = member_role::admin;
  conversation room{state, {}};
  CHECK_FALSE(room.succession(new_id(), noon));
  REQUIRE(remove(room, alice, alice));
  const auto first = room.succession(new_id(), noon);
  REQUIRE(first);
  CHECK(first->kind == entry_kind::role);
  CHECK(first->subjects == std::vector{carol});
  CHECK(first->content == "owner");
  CHECK(room.find(carol)->role == member_role::owner);
  CHECK_FALSE(room.succession(new_id(), noon));
  REQUIRE(remove(room, carol, carol));
  CHECK(room.succession(new_id(), noon)->subjects == std::vector{bob});
  REQUIRE(remove(room, bob, bob));
  REQUIRE(room.succession(new_id(), noon));
  REQUIRE(remove(room, dave, dave));
  CHECK_FALSE(room.succession(new_id(), noon));
  CHECK(room.last_seq() == 8);
}

TEST_CASE("the owner makes admins, and takes the role back", "[chat][conversation]") {
  auto room = group_of({alice, bob, carol});
  const auto set = [&](const user_id& by, const user_id& user, member_role role) {
    return room.set_role(by, user, role, new_id(), noon);
  };
  using enum member_role;
  CHECK(set(bob, bob, admin).error().code == errc::forbidden);
  CHECK(set(dave, bob, admin).error().code == errc::not_found);
  const auto made = set(alice, bob, admin);
  REQUIRE((made && *made));
  CHECK((*made)->kind == entry_kind::role);
  CHECK((*made)->content == "admin");
  CHECK((*made)->subjects == std::vector{bob});
  CHECK(room.find(bob)->role == admin);
  CHECK_FALSE(*set(alice, bob, admin));
  CHECK(set(bob, carol, admin).error().code == errc::forbidden);
  CHECK(set(alice, dave, admin).error().code == errc::not_found);
  REQUIRE(set(alice, carol, admin));
  CHECK(set(bob, carol, member).error().code == errc::forbidden);
  REQUIRE(set(carol, carol, member));
  CHECK(room.find(carol)->role == member);
  CHECK(set(carol, carol, admin).error().code == errc::forbidden);
  REQUIRE(set(alice, bob, member));
  CHECK(room.last_seq() == 5);
}

TEST_CASE("the owner stays the owner, and nobody becomes one by a call", "[chat][conversation]") {
  auto room = group_of({alice, bob});
  using enum member_role;
  CHECK(room.set_role(alice, alice, member, new_id(), noon).error().code == errc::forbidden);
  CHECK(room.set_role(alice, bob, owner, new_id(), noon).error().code == errc::forbidden);
  CHECK(room.set_role(bob, alice, member, new_id(), noon).error().code == errc::forbidden);
  auto pair = direct_of(alice, bob);
  CHECK(pair.set_role(alice, bob, admin, new_id(), noon).error().code == errc::forbidden);
  CHECK(room.last_seq() == 1);
}

TEST_CASE("guests are no users to be added", "[chat][conversation]") {
  auto room = group_of({alice});
  const user_id guest{std::string{guest_prefix} + "zed"};
  CHECK(add(room, alice, {guest}).error().code == errc::not_found);
  CHECK(room.standings().size() == 1);
}

TEST_CASE("who is blocked is shown how far the other had come when the block began",
          "[chat][conversation][block]") {
  auto state = room_state(conversation_type::direct, {alice, bob});
  state.info.participant1 = alice;
  state.info.participant2 = bob;
  conversation room{state, {}};
  const auto delivered = *say(room, bob, "delivered");
  REQUIRE(room.move_cursor(alice, message_status::delivered, 0, after_noon(1)));
  block one{alice, bob, room.find(alice)->cursors};
  room.set_blocks({one});
  REQUIRE(room.move_cursor(alice, message_status::read, 0, after_noon(2)));
  CHECK(room.view(delivered).status == message_status::delivered);
  CHECK(room.cursors_as_seen_by(bob)[0].cursors.read_seq == 0);
  CHECK(room.cursors_as_seen_by(alice)[0].cursors.read_seq == delivered.seq);
  room.set_blocks({});
  CHECK(room.view(delivered).status == message_status::read);
}

TEST_CASE("a direct conversation stays as it is", "[chat][conversation]") {
  auto room = direct_of(alice, bob);
  CHECK(remove(room, alice, bob).error().code == errc::forbidden);
  CHECK(remove(room, alice, alice).error().code == errc::forbidden);
  CHECK(room.set_title(alice, "us", new_id(), noon).error().code == errc::forbidden);
  CHECK_FALSE(room.succession(new_id(), noon));
  CHECK(say(room, bob, "hello"));
}

TEST_CASE("everybody posts in the lobby and nobody rules it", "[chat][conversation]") {
  auto state = room_state(conversation_type::lobby, {alice});
  state.members.clear();
  conversation room{state, {}};
  CHECK(say(room, bob, "hello"));
  CHECK(room.authorize(carol, action::read));
  CHECK(room.window_of(carol).after_seq == 0);
  CHECK(add(room, bob, {carol}).error().code == errc::forbidden);
  CHECK(remove(room, bob, bob).error().code == errc::forbidden);
  CHECK(room.set_title(bob, "mine", new_id(), noon).error().code == errc::forbidden);
  CHECK_FALSE(room.succession(new_id(), noon));
}

TEST_CASE("a user enters a group that has a name by itself", "[chat][conversation]") {
  auto unnamed = group_of({alice});
  CHECK(unnamed.enter(bob, new_id(), noon).error().code == errc::not_found);
  auto state = room_state(conversation_type::group, {alice});
  state.info.name = "open";
  conversation room{state, {}};
  const auto change = room.enter(bob, new_id(), noon);
  REQUIRE((change && *change));
  CHECK((*change)->subjects == std::vector{bob});
  CHECK((*change)->actor == bob);
  const auto again = room.enter(bob, new_id(), noon);
  REQUIRE(again);
  CHECK_FALSE(*again);
}

TEST_CASE("times never go back, and nobody comes in at the same time as another",
          "[chat][conversation][time]") {
  auto state = room_state(conversation_type::group, {alice});
  state.last_at = after_noon(5'000);
  conversation room{state, {}};
  const auto first = room.post_message(alice, text("before"), new_id(), after_noon(1));
  REQUIRE(first);
  CHECK(first->created_at == after_noon(5'000));
  const auto came = room.add(alice, {carol}, new_id(), after_noon(2));
  REQUIRE((came && *came));
  CHECK((*came)->created_at == after_noon(5'001));
  const auto later = room.add(alice, {bob}, new_id(), after_noon(3));
  REQUIRE((later && *later));
  CHECK((*later)->created_at == after_noon(5'002));
  CHECK(room.set_title(alice, "ours", new_id(), noon)->value().created_at == after_noon(5'002));
  CHECK(room.time_at(after_noon(9'000)) == after_noon(9'000));
  const auto now = room.post_message(alice, text("after"), new_id(), after_noon(9'000));
  REQUIRE(now);
  CHECK(now->created_at == after_noon(9'000));
}

TEST_CASE("who comes in with others stands in the order in which they are loaded",
          "[chat][conversation]") {
  auto room = group_of({alice});
  REQUIRE(add(room, alice, {carol, bob}));
  CHECK(*room.participants() == std::vector{alice, bob, carol});
}

TEST_CASE("a message is seen by those whose window has it", "[chat][conversation]") {
  auto room = group_of({alice, bob});
  const auto early = *say(room, alice, "early");
  CHECK(room.participants_seeing(early.seq) == room.participants());
  REQUIRE(add(room, alice, {carol}));
  const auto late = *say(room, alice, "late");
  CHECK(*room.participants_seeing(early.seq) == std::vector{alice, bob});
  CHECK(room.participants_seeing(late.seq) == room.participants());
}

TEST_CASE("an invite lets into a group while its maker is a member", "[chat][conversation]") {
  auto room = group_of({alice, bob});
  const auto came = room.enter_invited(carol, bob, new_id(), noon);
  REQUIRE((came && *came));
  CHECK((*came)->actor == carol);
  CHECK((*came)->subjects == std::vector{carol});
  CHECK(room.find(carol)->role == member_role::member);
  CHECK_FALSE(*room.enter_invited(carol, bob, new_id(), noon));
  REQUIRE(remove(room, alice, carol));
  REQUIRE(remove(room, bob, bob));
  CHECK(room.enter_invited(carol, bob, new_id(), noon).error().code == errc::not_found);
  CHECK(room.enter_invited(carol, alice, new_id(), noon));
}

TEST_CASE("an invite lets nobody into a pair, the lobby or a full group", "[chat][conversation]") {
  auto pair = direct_of(alice, bob);
  CHECK(pair.enter_invited(carol, alice, new_id(), noon).error().code == errc::not_found);
  conversation lobby{room_state(conversation_type::lobby, {alice}), {}};
  CHECK(lobby.enter_invited(carol, alice, new_id(), noon).error().code == errc::not_found);
  auto full = group_of({alice, bob}, {.max_members = 2});
  CHECK(full.enter_invited(carol, alice, new_id(), noon).error().code == errc::limit);
}
