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

// -- repeated sends ---------------------------------------------------------------------------------

TEST_CASE("an earlier send is known by its sender and key", "[chat][conversation][retry]") {
  auto room = group_of({alice, bob});
  REQUIRE(say(room, alice, "hello", "k"));
  CHECK(room.may_be_repeat(alice, "k"));
  CHECK_FALSE(room.may_be_repeat(bob, "k"));
  CHECK_FALSE(room.may_be_repeat(alice, "K"));
  REQUIRE(say(room, alice, "no key"));
  CHECK_FALSE(room.may_be_repeat(alice, ""));
}

TEST_CASE("the newest sends are remembered, those of the store too", "[chat][conversation][retry]") {
  auto state = room_state(conversation_type::group, {alice});
  state.recent_sends = {send_key(alice, "old")};
  conversation room{state, {}};
  CHECK(room.may_be_repeat(alice, "old"));
  for (int i = 0; i < 600; ++i) {
    const auto sent = say(room, alice, "x", "key" + std::to_string(i));
    REQUIRE(sent);
    room.note_stored(sent->ordinal);
    for (int back = 0; back <= std::min(i, 95); ++back)
      REQUIRE(room.may_be_repeat(alice, "key" + std::to_string(i - back)));
  }
  CHECK_FALSE(room.may_be_repeat(alice, "old"));
  CHECK_FALSE(room.may_be_repeat(alice, "key0"));
}

TEST_CASE("no send is forgotten before it is stored", "[chat][conversation][retry]") {
  auto room = group_of({alice, bob});
  const auto key = [](int i) { return "key" + std::to_string(i); };
  for (int i = 0; i < 1'000; ++i) {
    REQUIRE(say(room, alice, "x", key(i)));
    if (i % 3 == 0) REQUIRE(say(room, bob, "without a key"));
  }
  for (int i = 0; i < 1'000; ++i) REQUIRE(room.may_be_repeat(alice, key(i)));
  room.note_stored(room.last_ordinal());
  REQUIRE(say(room, alice, "x", "the next"));
  CHECK_FALSE(room.may_be_repeat(alice, key(0)));
  for (int i = 0; i < 95; ++i) CHECK(room.may_be_repeat(alice, key(999 - i)));
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
