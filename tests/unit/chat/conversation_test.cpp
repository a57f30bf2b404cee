#include "chat/conversation.hpp"

#include <catch2/catch.hpp>

#include "chat/text.hpp"
#include "tests/unit/chat/rooms.hpp"

using namespace parley::chat;
using namespace parley::test;

// -- posting ----------------------------------------------------------------------------------------

TEST_CASE("a post takes the next seq and the next ordinal", "[chat][conversation]") {
  auto room = group_of({alice, bob});
  post what = text("hello", "k");
  what.reply_to = new_id();
  what.attachments = {new_id().value};
  const auto id = new_id();
  const auto sent = room.post_message(bob, what, id, after_noon(5));
  REQUIRE(sent);
  CHECK(sent->conversation == room.info().id);
  CHECK(sent->seq == 2);
  CHECK(sent->ordinal == 1);
  CHECK(sent->kind == entry_kind::message);
  CHECK(sent->id == id);
  CHECK(sent->actor == bob);
  CHECK(sent->content == "hello");
  CHECK(sent->client_message_id == "k");
  CHECK(sent->fingerprint == fingerprint_of(what));
  CHECK(sent->created_at == after_noon(5));
  CHECK(sent->reply_to == what.reply_to);
  REQUIRE(sent->attachments.size() == 1);
  CHECK(sent->attachments[0].id == what.attachments[0]);
  CHECK(room.last_seq() == 2);
  CHECK(room.last_ordinal() == 1);
}

TEST_CASE("a conversation is not found by who is no member", "[chat][conversation]") {
  auto room = group_of({alice, bob});
  CHECK(say(room, carol, "hello").error().code == errc::not_found);
  CHECK(add(room, carol, {dave}).error().code == errc::not_found);
  CHECK(remove(room, carol, carol).error().code == errc::not_found);
  CHECK(remove(room, carol, alice).error().code == errc::not_found);
  CHECK(room.set_title(carol, "mine", new_id(), noon).error().code == errc::not_found);
  for (const auto what : {action::read, action::post, action::join, action::mark, action::type,
                          action::add_members, action::remove_other, action::rename, action::leave,
                          action::set_role})
    CHECK(room.authorize(carol, what).error().code == errc::not_found);
  CHECK(room.last_seq() == 1);
}

TEST_CASE("a message has something in it", "[chat][conversation]") {
  auto room = group_of({alice});
  CHECK(say(room, alice, "").error().code == errc::bad_request);
  CHECK(say(room, alice, " "));
  post attachment_only = text("");
  attachment_only.attachments = {new_id().value};
  CHECK(room.post_message(alice, attachment_only, new_id(), noon));
}

TEST_CASE("a message has at most 5,000 UTF-16 units", "[chat][conversation]") {
  auto room = group_of({alice});
  CHECK(say(room, alice, std::string(5'000, 'x')));
  CHECK(say(room, alice, std::string(5'001, 'x')).error().code == errc::too_long);
  std::string smiles;
  for (int i = 0; i < 2'500; ++i) smiles += "\xf0\x9f\x98\x80";
  CHECK(say(room, alice, smiles));
  CHECK(say(room, alice, smiles + "x").error().code == errc::too_long);
  CHECK(say(room, alice, "\xed\xa0\x80").error().code == errc::bad_request);
  CHECK(room.last_seq() == 3);
  CHECK(room.last_ordinal() == 2);
}

// -- changes ----------------------------------------------------------------------------------------

TEST_CASE("only its sender edits a message", "[chat][conversation]") {
  auto room = group_of({alice, bob});
  const auto sent = *say(room, bob, "first");
  CHECK(room.edit(alice, sent, "mine", new_id(), noon).error().code == errc::forbidden);
  CHECK(room.edit(carol, sent, "mine", new_id(), noon).error().code == errc::not_found);
  const auto id = new_id();
  const auto change = room.edit(bob, sent, "second", id, after_noon(1));
  REQUIRE(change);
  CHECK(change->kind == entry_kind::edited);
  CHECK(change->seq == sent.seq + 1);
  CHECK(change->ordinal == 0);
  CHECK(change->id == id);
  CHECK(change->target == sent.id);
  CHECK(change->target_seq == sent.seq);
  CHECK(change->content == "second");
  CHECK(room.last_ordinal() == 1);
}

TEST_CASE("an edit obeys the rules of a post and leaves what is deleted", "[chat][conversation]") {
  auto room = group_of({alice});
  auto sent = *say(room, alice, "first");
  CHECK(room.edit(alice, sent, "", new_id(), noon).error().code == errc::bad_request);
  CHECK(room.edit(alice, sent, std::string(5'001, 'x'), new_id(), noon).error().code ==
        errc::too_long);
  CHECK(room.edit(alice, sent, "\xff", new_id(), noon).error().code == errc::bad_request);
  sent.deleted_at = noon;
  CHECK(room.edit(alice, sent, "second", new_id(), noon).error().code == errc::conflict);
  CHECK(room.last_seq() == sent.seq);
}

TEST_CASE("only its sender deletes a message, and once", "[chat][conversation]") {
  auto room = group_of({alice, bob});
  auto sent = *say(room, bob, "hello");
  CHECK(room.erase(alice, sent, new_id(), noon).error().code == errc::forbidden);
  CHECK(room.erase(carol, sent, new_id(), noon).error().code == errc::not_found);
  const auto change = room.erase(bob, sent, new_id(), noon);
  REQUIRE((change && *change));
  CHECK((*change)->kind == entry_kind::deleted);
  CHECK((*change)->target == sent.id);
  CHECK((*change)->seq == sent.seq + 1);
  sent.deleted_at = noon;
  const auto again = room.erase(bob, sent, new_id(), noon);
  REQUIRE(again);
  CHECK_FALSE(*again);
  CHECK(room.last_seq() == sent.seq + 1);
}

TEST_CASE("who came back cannot change what lies before its window", "[chat][conversation]") {
  auto room = group_of({alice, bob});
  const auto sent = *say(room, bob, "hello");
  REQUIRE(remove(room, bob, bob));
  REQUIRE(add(room, alice, {bob}));
  CHECK(room.edit(bob, sent, "changed", new_id(), noon).error().code == errc::not_found);
  CHECK(room.erase(bob, sent, new_id(), noon).error().code == errc::not_found);
}

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

// -- members ----------------------------------------------------------------------------------------

TEST_CASE("any member adds others, each once", "[chat][conversation]") {
  auto room = group_of({alice, bob});
  const auto change = add(room, bob, {carol, alice, carol, dave});
  REQUIRE((change && *change));
  CHECK((*change)->kind == entry_kind::added);
  CHECK((*change)->subjects == std::vector{carol, dave});
  CHECK((*change)->content.empty());
  CHECK(room.participants() == std::vector{alice, bob, carol, dave});
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
  CHECK(room.participants().size() == 2);
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
  CHECK(room.members().size() == 1);
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
  CHECK(room.cursors_as_seen(*room.find(alice), bob).read_seq == 0);
  CHECK(room.cursors_as_seen(*room.find(alice), alice).read_seq == delivered.seq);
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

// -- repeated sends ---------------------------------------------------------------------------------

TEST_CASE("an earlier send is known by its sender and key", "[chat][conversation][retry]") {
  auto room = group_of({alice, bob});
  const auto sent = *say(room, alice, "hello", "k");
  CHECK(room.earlier_send(alice, "k") == sent.seq);
  CHECK_FALSE(room.earlier_send(bob, "k"));
  CHECK_FALSE(room.earlier_send(alice, "K"));
  REQUIRE(say(room, alice, "no key"));
  CHECK_FALSE(room.earlier_send(alice, ""));
}

TEST_CASE("the newest sends are remembered, those of the store too", "[chat][conversation][retry]") {
  auto state = room_state(conversation_type::group, {alice});
  state.recent_sends = {{send_key(alice, "old"), 1}};
  conversation room{state, {}};
  CHECK(room.earlier_send(alice, "old") == 1);
  for (int i = 0; i < 600; ++i) {
    REQUIRE(say(room, alice, "x", "key" + std::to_string(i)));
    for (int back = 0; back <= std::min(i, 95); ++back)
      REQUIRE(room.earlier_send(alice, "key" + std::to_string(i - back)) ==
              static_cast<std::uint64_t>(2 + i - back));
  }
  CHECK_FALSE(room.earlier_send(alice, "old"));
  CHECK_FALSE(room.earlier_send(alice, "key0"));
}

TEST_CASE("the fingerprint covers content, the answered message and attachments",
          "[chat][conversation][retry]") {
  const auto some = new_id();
  const auto plain = text("hello", "k");
  auto other_key = plain;
  other_key.client_message_id = "other";
  CHECK(fingerprint_of(plain) == fingerprint_of(other_key));
  auto reply = plain;
  reply.reply_to = some;
  auto attached = plain;
  attached.attachments = {some.value};
  auto twice = attached;
  twice.attachments.push_back(some.value);
  const std::vector<std::uint64_t> all{fingerprint_of(plain), fingerprint_of(text("hello ")),
                                       fingerprint_of(reply), fingerprint_of(attached),
                                       fingerprint_of(twice)};
  for (std::size_t i = 0; i < all.size(); ++i)
    for (std::size_t j = i + 1; j < all.size(); ++j) CHECK(all[i] != all[j]);
}

TEST_CASE("a fingerprint stays what it is: fingerprints are stored", "[chat][conversation]") {
  const auto hash = stable_hash(std::string("hello") + std::string(16, '\0'));
  CHECK(fingerprint_of(text("hello")) == ((hash ^ hash >> 48) & 0xffff'ffff'ffffull));
}

// -- cursors ----------------------------------------------------------------------------------------

TEST_CASE("a cursor moves forward only and no further than the end", "[chat][conversation]") {
  auto room = group_of({alice, bob});
  for (int i = 0; i < 5; ++i) REQUIRE(say(room, alice, "x"));
  const auto read = message_status::read;
  CHECK(room.move_cursor(bob, read, 3, after_noon(1)) == 3);
  CHECK_FALSE(room.move_cursor(bob, read, 3, after_noon(2)));
  CHECK_FALSE(room.move_cursor(bob, read, 2, after_noon(2)));
  CHECK(room.find(bob)->cursors.read_at == after_noon(1));
  CHECK(room.move_cursor(bob, read, 100, after_noon(3)) == 6);
  CHECK_FALSE(room.move_cursor(bob, read, 0, after_noon(4)));
  CHECK(room.move_cursor(alice, read, 0, after_noon(4)) == 6);
  CHECK_FALSE(room.move_cursor(carol, read, 0, noon));
  CHECK_FALSE(room.move_cursor(bob, message_status::sent, 0, noon));
}

TEST_CASE("what is read is delivered", "[chat][conversation]") {
  auto room = group_of({alice, bob});
  for (int i = 0; i < 3; ++i) REQUIRE(say(room, alice, "x"));
  REQUIRE(room.move_cursor(bob, message_status::read, 2, after_noon(1)));
  CHECK(room.find(bob)->cursors == cursors{2, after_noon(1), 2, after_noon(1)});
  CHECK_FALSE(room.move_cursor(bob, message_status::delivered, 2, after_noon(2)));
  REQUIRE(room.move_cursor(bob, message_status::delivered, 3, after_noon(2)));
  CHECK(room.find(bob)->cursors == cursors{3, after_noon(2), 2, after_noon(1)});
  REQUIRE(room.move_cursor(bob, message_status::read, 3, after_noon(3)));
  CHECK(room.find(bob)->cursors == cursors{3, after_noon(2), 3, after_noon(3)});
}

TEST_CASE("sending moves no cursor", "[chat][conversation]") {
  auto room = group_of({alice, bob});
  REQUIRE(say(room, alice, "x"));
  CHECK(room.find(alice)->cursors == cursors{});
}

TEST_CASE("a new object takes over cursors that are further and still make sense",
          "[chat][conversation]") {
  auto state = room_state(conversation_type::group, {alice, bob, carol});
  state.last_seq = 5;
  conversation before{state, {}};
  REQUIRE(before.move_cursor(alice, message_status::read, 4, after_noon(1)));
  REQUIRE(before.move_cursor(bob, message_status::read, 5, after_noon(1)));
  REQUIRE(before.move_cursor(carol, message_status::delivered, 2, after_noon(1)));
  state.last_seq = 4;  // the fifth entry was never stored
  state.members[2].cursors = {3, noon, 1, noon};
  conversation after{state, {}};
  after.carry_cursors(before);
  CHECK(after.find(alice)->cursors == cursors{4, after_noon(1), 4, after_noon(1)});
  CHECK(after.find(bob)->cursors == cursors{});
  CHECK(after.find(carol)->cursors == cursors{3, noon, 1, noon});
}

// -- status -----------------------------------------------------------------------------------------

TEST_CASE("a message's status is that of its slowest receiver", "[chat][conversation]") {
  auto room = group_of({alice, bob, carol});
  const auto sent = *say(room, alice, "x");
  CHECK(room.view(sent).status == message_status::sent);
  REQUIRE(room.move_cursor(bob, message_status::read, sent.seq, after_noon(1)));
  CHECK(room.view(sent).status == message_status::sent);
  REQUIRE(room.move_cursor(carol, message_status::delivered, sent.seq, after_noon(2)));
  CHECK(room.view(sent).status == message_status::delivered);
  CHECK(room.view(sent).delivered_at == after_noon(2));
  CHECK_FALSE(room.view(sent).read_at);
  REQUIRE(room.move_cursor(carol, message_status::read, sent.seq, after_noon(3)));
  CHECK(room.view(sent).status == message_status::read);
  CHECK(room.view(sent).read_at == after_noon(3));
}

TEST_CASE("who joined later does not hold a message's status back", "[chat][conversation]") {
  auto room = group_of({alice, bob});
  const auto sent = *say(room, alice, "x");
  REQUIRE(room.move_cursor(bob, message_status::read, sent.seq, after_noon(1)));
  REQUIRE(add(room, alice, {carol}));
  CHECK(room.view(sent).status == message_status::read);
  CHECK(room.view(sent).read_at == after_noon(1));
}

TEST_CASE("a message that nobody else sees stays sent", "[chat][conversation]") {
  auto room = group_of({alice});
  CHECK(room.view(*say(room, alice, "x")).status == message_status::sent);
}
