#include "app/ctl/import/taker.hpp"

#include "tests/unit/ctl/desk.hpp"

using namespace parley;
using namespace parley::test;
using namespace parley::app::ctl;
namespace foreign = parley::storage::foreign;

namespace {

/// What an import has read, and a database to take it to.
struct import_desk : operator_desk {
  import_desk() : census(std::move(*storage::open_census(options, {}))) {}

  /// A group of alice and bob, alice having read up to `alice_read`.
  auto group(foreign::micros alice_read = 0) -> chat::conversation_id {
    foreign::foreign_conversation what;
    what.info.id = {new_id()};
    what.info.type = chat::conversation_type::group;
    what.info.title = "taken over";
    what.place = "line 3";
    foreign::foreign_member reader{alice};
    reader.delivered_up_to = foreign::all_of_it;
    reader.read_up_to = alice_read;
    const auto id = box->add(what);
    box->add(id, reader);
    box->add(id, foreign::foreign_member{bob});
    return id;
  }
  auto say(chat::conversation_id in, std::int64_t at_ms, chat::message_id target = {})
      -> chat::message_id {
    foreign::foreign_entry what;
    what.what.conversation = in;
    what.what.id = {new_id()};
    what.what.actor = bob;
    what.what.content = target.is_nil() ? "at " + std::to_string(at_ms) : "";
    what.what.created_at = {at_ms};
    what.what.target = target;
    if (!target.is_nil()) what.what.kind = chat::entry_kind::deleted;
    what.at = at_ms * 1'000;
    what.place = "line " + std::to_string(at_ms);
    REQUIRE(box->add(what));
    return what.what.id;
  }
  auto take(taker_rules how = {}) -> chat::expected<taken_counts> {
    if (!is_sorted) box->sort();
    is_sorted = true;
    how.now = noon;
    refused = std::make_unique<refusals>();
    return taker{*store, *census, *box, *refused, how}.take();
  }
  auto record(chat::conversation_id id) -> chat::conversation_state {
    const auto found = store->load(id, 0);
    REQUIRE(found);
    REQUIRE(*found);
    return **found;
  }

  std::unique_ptr<storage::census> census;
  std::unique_ptr<foreign::intake> box = std::make_unique<foreign::intake>();
  std::unique_ptr<refusals> refused;
  bool is_sorted = false;
};

}  // namespace

TEST_CASE("entries are numbered in order, and members stand where they had read to",
          "[ctl][import]") {
  import_desk at;
  const auto id = at.group(2'500'000);
  for (const auto ms : {3'000, 1'000, 2'000}) at.say(id, ms);
  const auto taken = at.take();
  REQUIRE(taken);
  CHECK(taken->new_conversations == 1);
  CHECK(taken->new_messages == 3);
  const auto found = at.record(id);
  CHECK(found.last_seq == 4);
  CHECK(found.last_ordinal == 3);
  CHECK(found.info.created_at.ms == 1'000);
  CHECK(found.last_at.ms == 3'000);
  const auto stored = at.store->messages(id, storage::ordinal_range{1, 9});
  REQUIRE(stored);
  REQUIRE(stored->size() == 3);
  for (std::size_t i = 0; i < 3; ++i)
    CHECK((*stored)[i].created_at.ms == 1'000 * (static_cast<int>(i) + 1));
  for (const auto& each : found.members) {
    CHECK(each.after_seq == 0);
    CHECK(each.cursors.read_seq == (each.user == alice ? 3u : 1u));
    CHECK(each.cursors.delivered_seq == (each.user == alice ? 4u : 1u));
    CHECK((each.role == chat::member_role::owner) == (each.user == alice));
  }
}

TEST_CASE("a second run changes nothing", "[ctl][import]") {
  import_desk at;
  const auto id = at.group();
  const auto first = at.say(id, 1'000);
  at.say(id, 2'000);
  at.say(id, 1'500, first);
  REQUIRE(at.take());
  const auto before = at.store->entries(id, 1, 99);
  const auto again = at.take();
  REQUIRE(again);
  CHECK(again->new_messages == 0);
  CHECK(again->new_conversations == 0);
  CHECK(again->present_messages == 2);
  CHECK(*at.store->entries(id, 1, 99) == *before);
  CHECK(before->at(2).kind == chat::entry_kind::deleted);
  CHECK(before->at(2).target_seq == 2);
}

TEST_CASE("what a run left is gone on with, or dropped when it is of other data", "[ctl][import]") {
  const bool is_same = GENERATE(true, false);
  import_desk at;
  const auto id = at.group();
  const auto first = at.say(id, 1'000);
  at.say(id, 2'000);
  chat::entry left;
  left.conversation = id;
  left.seq = 2;
  left.ordinal = 1;
  left.id = is_same ? first : chat::message_id{new_id()};
  left.actor = bob;
  left.content = "at 1000";
  left.created_at = {1'000};
  REQUIRE(at.store->append({&left, 1}));
  const auto taken = at.take();
  REQUIRE(taken);
  CHECK(taken->present_messages == (is_same ? 1 : 0));
  CHECK(taken->new_messages == (is_same ? 1 : 2));
  const auto stored = at.store->messages(id, storage::ordinal_range{1, 9});
  REQUIRE(stored->size() == 2);
  CHECK(stored->front().id == first);
}

TEST_CASE("a dry run counts the same and writes nothing", "[ctl][import]") {
  import_desk at;
  const auto id = at.group();
  at.say(id, 1'000);
  at.box->add(foreign::foreign_user{{alice, "", "", "", ""}, "alice", false, "line 1"});
  taker_rules how;
  how.is_dry = true;
  const auto taken = at.take(how);
  REQUIRE(taken);
  CHECK(taken->new_messages == 1);
  CHECK(taken->new_accounts == 1);
  CHECK_FALSE(*at.store->load(id, 0));
  CHECK_FALSE(*at.store->find_account("alice"));
  CHECK_FALSE(*at.census->last_entry(id));
}

TEST_CASE("a conversation without members, or with too many, is refused with its messages",
          "[ctl][import]") {
  import_desk at;
  at.say(at.group(), 1'000);
  foreign::foreign_conversation empty;
  empty.info.id = {new_id()};
  empty.place = "line 9";
  at.box->add(empty);
  taker_rules how;
  how.max_members = 1;
  const auto taken = at.take(how);
  REQUIRE(taken);
  CHECK(taken->new_conversations == 0);
  CHECK(at.refused->wrong() == 2);
  const auto said = at.refused->first().dump();
  CHECK(
      said.find("it has 2 members, more than 1 (chat.max_members); its 1 messages are not taken") !=
      said.npos);
  CHECK(said.find("nobody is in it") != said.npos);
}

TEST_CASE("accounts have no password, until an operator gives one", "[ctl][import]") {
  import_desk at;
  at.box->add(foreign::foreign_user{{alice, "Alice", "", "", ""}, "alice", false, "line 1"});
  at.box->add(foreign::foreign_user{{bob, "", "", "", ""}, "bob", true, "line 2"});
  at.box->add(foreign::foreign_user{{carol, "Carol", "", "", ""}, "", false, "line 3"});
  REQUIRE(at.take());
  const auto account = *at.store->find_account("alice");
  REQUIRE(account);
  CHECK(account->user == alice);
  CHECK(account->profile.first_name == "Alice");
  CHECK((*at.census->find_account("bob"))->is_disabled);
  CHECK_FALSE(*at.store->find_account("carol"));
  CHECK(at.store->profiles({&carol, 1})->front().first_name == "Carol");
  CHECK(at.run({"user", "password", "alice"}, "correct horse\n") == ctl::done);
}

TEST_CASE("who has as many conversations as may be gets no more", "[ctl][import]") {
  import_desk at;
  at.say(at.group(), 1'000);
  const auto with = std::make_shared<storage::shared>();
  with->max_conversations_per_user = 1;  // the room of every operator_desk is one
  at.store = std::move(*storage::open_store(at.options, {}, with));
  const auto taken = at.take();
  REQUIRE(taken);
  CHECK(taken->new_conversations == 0);
  CHECK(at.refused->first()[0]["reason"].get<std::string>().starts_with(
      "alice has as many conversations here as may be"));
}
