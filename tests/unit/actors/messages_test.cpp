#include "actors/messages.hpp"

#include <catch2/catch.hpp>

#include "tests/support/people.hpp"

using namespace parley;
using namespace parley::test;

namespace {

const chat::conversation_id room{chat::system_ids().next(noon)};
const chat::message_id message{chat::system_ids().next(noon)};

auto bytes_of(caf::actor_system& system, auto value) -> std::vector<char> {
  std::vector<char> bytes;
  caf::binary_serializer sink{system, bytes};
  const auto failed = sink(value);
  CHECK_FALSE(failed);
  return bytes;
}

/// Sends a value through CAF's binary form; equal when it serializes to the same bytes again and
/// these are not those of an empty one.
template <class T>
void check_travels(caf::actor_system& system, const T& value) {
  INFO(typeid(T).name());
  const auto sent = bytes_of(system, value);
  T got{};
  caf::binary_deserializer source{system, sent};
  const auto failed = source(got);
  REQUIRE_FALSE(failed);
  CHECK(bytes_of(system, got) == sent);
  if constexpr (!std::is_empty_v<T>) CHECK(bytes_of(system, T{}) != sent);
}

auto some_entry() -> chat::entry {
  chat::entry e;
  e.conversation = room;
  e.seq = 7;
  e.ordinal = 5;
  e.kind = chat::entry_kind::edited;
  e.id = message;
  e.actor = alice;
  e.content = "hello";
  e.client_message_id = "k";
  e.fingerprint = 99;
  e.created_at = noon;
  e.reply_to = message;
  e.attachments = {{message.value, "a b.png", "image/png", 12, "/x"}};
  e.target = message;
  e.target_seq = 3;
  e.subjects = {bob};
  e.edited_at = noon;
  e.deleted_at = noon;
  return e;
}

}  // namespace

TEST_CASE("commands cross nodes", "[actors][messages]") {
  caf::actor_system_config config;
  caf::actor_system system{config};
  check_travels(system, chat::caller{alice, "Alice", 3, 9});
  check_travels(system, chat::done{});
  check_travels(system, chat::post{room, "hello", "k", message, {message.value}});
  check_travels(system, chat::edit_message{message, "new"});
  check_travels(system, chat::delete_message{message});
  check_travels(system, chat::join{room});
  check_travels(system, chat::leave_live{room});
  check_travels(system, chat::typing{room, true});
  check_travels(system, chat::mark{room, chat::message_status::delivered, 7});
  check_travels(system, chat::create_conversation{chat::conversation_type::direct, {bob}, "t", "c",
                                                  true});
  check_travels(system, chat::add_participants{room, {bob, carol}});
  check_travels(system, chat::remove_participant{room, bob});
  check_travels(system, chat::rename{room, "t"});
  check_travels(system, chat::read_page{room, 3, 7});
  check_travels(system, chat::read_stretch{room, 1, 2, true, 3, 4});
  check_travels(system, chat::catch_up{room, 3, message.value});
  check_travels(system, chat::catch_up_all{{{room, 3, message.value}}});
  check_travels(system, chat::get_presence{{alice}});
  check_travels(system, chat::register_account{"u", "p", "f", "l", "d", true, "a"});
  check_travels(system, chat::sign_in{"u", "p", true, "a"});
  check_travels(system, chat::post_to_lobby{"n", "c"});
  check_travels(system, chat::post_to_user{bob, "c"});
  check_travels(system, chat::join_group{"n"});
  check_travels(system, chat::post_to_group{"n", "c"});
  check_travels(system, chat::take_pending{"n"});
  check_travels(system, chat::claim_delivered{room, 7});
  check_travels(system, chat::enter{room});
}

TEST_CASE("results cross nodes", "[actors][messages]") {
  caf::actor_system_config config;
  caf::actor_system system{config};
  const chat::message_view view{some_entry(), chat::message_status::read, noon, noon};
  chat::conversation_info info;
  info.id = room;
  info.participant1 = alice;
  info.title = "t";
  check_travels(system, chat::posted{message, 7, noon});
  check_travels(system, chat::created_conversation{room});
  check_travels(system, view);
  check_travels(system, chat::page{{view}, 2, 7, 9});
  check_travels(system, chat::stretch{{view}, true});
  check_travels(system, chat::member_cursors{bob, {1, noon, 2, noon}});
  check_travels(system, info);
  check_travels(system, chat::caught_up{room, true, info, {some_entry()},
                                        {{bob, {1, noon, 2, noon}}}, 7});
  check_travels(system, std::vector<chat::presence_of>{{bob, true, noon}});
  check_travels(system, chat::change_password{"a", "b", {{7}}});
  check_travels(system, chat::signed_in{{alice, "A", "B", "C", "D"}});
}

TEST_CASE("messages between conversations, the registry and persistence cross nodes",
          "[actors][messages]") {
  caf::actor_system_config config;
  caf::actor_system system{config};
  check_travels(system, actors::find_conversation{room});
  check_travels(system, actors::arrived{alice, 1, 2});
  check_travels(system, actors::departed{alice, 1, 2, true});
  check_travels(system, actors::check_member{room});
  check_travels(system, actors::retire_request{room});
  check_travels(system, actors::retire{});
  check_travels(system, actors::retire_refused{room});
  check_travels(system, actors::delivered_to{{{bob, 7}}});
  check_travels(system, actors::append{some_entry(), 3});
  check_travels(system, actors::stored{3, 7});
  check_travels(system,
                actors::not_stored{3, 7, chat::errc::duplicate, {{8, some_entry()}}});
  check_travels(system, actors::attempt_over{3});
  check_travels(system, actors::save_cursors{{{room, bob, {1, noon, 2, noon}}}});
  check_travels(system, actors::settle{});
}

TEST_CASE("an entry arrives as it was sent", "[actors][messages]") {
  caf::actor_system_config config;
  caf::actor_system system{config};
  auto got = chat::entry{};
  const auto sent = bytes_of(system, some_entry());
  caf::binary_deserializer source{system, sent};
  REQUIRE_FALSE(source(got));
  CHECK(got == some_entry());
}

TEST_CASE("an error keeps its code and words on the way through CAF", "[actors][messages]") {
  const chat::error why{chat::errc::id_conflict, "used before"};
  CHECK(actors::from_caf(actors::to_caf(why)) == why);
  CHECK(actors::from_caf(caf::make_error(caf::sec::request_timeout)).code == chat::errc::unknown);
  CHECK(actors::is_receiver_down(caf::make_error(caf::sec::request_receiver_down)));
  CHECK_FALSE(actors::is_receiver_down(actors::to_caf(why)));
}
