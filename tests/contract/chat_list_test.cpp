#include <catch2/catch.hpp>

#include "tests/contract/drivers.hpp"
#include "tests/contract/script.hpp"

using namespace parley;
using namespace parley::test;
using chat::conversation_type;

namespace {

using rows = std::vector<storage::chat_list_row>;

auto list(storage::store& store, const chat::user_id& user,
          const std::optional<storage::chat_list_mark>& before = {}, std::size_t limit = 0)
    -> rows {
  auto found = store.chat_list(user, before, limit);
  REQUIRE(found);
  return std::move(*found);
}

auto ids(const rows& from) -> std::vector<chat::conversation_id> {
  std::vector<chat::conversation_id> found;
  for (const auto& r : from) found.push_back(r.info.id);
  return found;
}

auto message_at(script& room, chat::timestamp at) -> chat::entry {
  auto e = room.message(alice, "at " + std::to_string(at.ms));
  e.created_at = at;
  return e;
}

void read_up_to(storage::store& store, const script& room, const chat::user_id& user,
                std::uint64_t seq) {
  const chat::cursor_row row{room.id(), user, {seq, after_noon(9'000), seq, after_noon(9'000)}};
  REQUIRE(store.save_cursors({&row, 1}));
}

}  // namespace

STORE_CASE("a user without conversations has an empty list", "[chat_list]") {
  database<TestType> db;
  CHECK(list(*db.store, alice).empty());
}

STORE_CASE("the list has the newest activity first", "[chat_list]") {
  database<TestType> db;
  script one{*db.store, alice, bob};
  script two{*db.store, alice, carol};
  script silent{*db.store, alice, dave};
  REQUIRE(append(*db.store, {message_at(one, after_noon(10)), message_at(two, after_noon(20))}));
  using order = std::vector<chat::conversation_id>;
  CHECK(ids(list(*db.store, alice)) == order{two.id(), one.id(), silent.id()});
  REQUIRE(append(*db.store, {message_at(one, after_noon(30))}));
  const auto now = list(*db.store, alice);
  CHECK(ids(now) == order{one.id(), two.id(), silent.id()});
  CHECK(now[0].last_activity_at == after_noon(30));
  CHECK(now[2].last_activity_at == noon);
  CHECK_FALSE(now[2].last_message);
  CHECK(ids(list(*db.store, bob)) == order{one.id()});
}

STORE_CASE("a row names the last message, the other one and the participants", "[chat_list]") {
  database<TestType> db;
  script room{*db.store, alice, bob};
  const chat::profile robert{bob, "Robert", "Paulson", "Bob", "https://example.com/bob.png"};
  REQUIRE(db.store->save_profiles({&robert, 1}));
  const auto first = room.message(alice, "first");
  const auto last = room.message(alice, "last");
  REQUIRE(append(*db.store, {first, last, room.edit(first, "first!")}));
  const auto row = list(*db.store, alice).at(0);
  CHECK(row.info == room.what.info);
  CHECK(row.last_message == last);
  CHECK(row.last_activity_at == last.created_at);
  CHECK(row.other == robert);
  REQUIRE(row.participants.size() == 2);
  CHECK(row.participant_count == 2);
  CHECK(row.participants[0].profile.user == alice);
  CHECK(row.participants[0].role == chat::member_role::owner);
  CHECK(row.participants[1].profile == robert);
  CHECK(list(*db.store, bob).at(0).other.user == alice);
}

STORE_CASE("unread counts the others' messages after the read cursor", "[chat_list]") {
  database<TestType> db;
  script room{*db.store, chat::conversation_type::group, {alice, bob, carol}};
  const auto unread = [&](const chat::user_id& who) {
    return list(*db.store, who).at(0).unread_count;
  };
  CHECK(unread(alice) == 0);
  auto batch = room.messages(bob, 5);
  batch.push_back(room.edit(batch[0], "edited"));
  batch.push_back(room.change(chat::entry_kind::title, bob, "title"));
  REQUIRE(db.store->append(batch));
  CHECK(unread(alice) == 5);
  CHECK(unread(bob) == 0);
  read_up_to(*db.store, room, alice, batch[2].seq);
  CHECK(unread(alice) == 2);
  REQUIRE(append(*db.store, {room.erase(batch[4])}));
  CHECK(unread(alice) == 1);
  CHECK(unread(carol) == 4);
  REQUIRE(append(*db.store, {room.message(alice, "own")}));
  CHECK(unread(alice) == 1);
  read_up_to(*db.store, room, alice, room.last_seq);
  CHECK(unread(alice) == 0);
}

STORE_CASE("a list row stays inside its user's window", "[chat_list]") {
  database<TestType> db;
  script room{*db.store, conversation_type::group, {alice, bob}};
  auto batch = room.messages(bob, 3);
  batch.push_back(room.add({carol}));
  REQUIRE(db.store->append(batch));
  auto row = list(*db.store, carol).at(0);
  CHECK_FALSE(row.last_message);
  CHECK(row.unread_count == 0);
  CHECK(row.last_activity_at == noon);
  REQUIRE(append(*db.store, {room.message(bob, "hello carol")}));
  row = list(*db.store, carol).at(0);
  CHECK(row.unread_count == 1);
  CHECK(row.last_message->content == "hello carol");
  REQUIRE(append(*db.store, {room.remove({carol})}));
  CHECK(list(*db.store, carol).empty());
}

STORE_CASE("the slowest cursors are those of members who can see the last message", "[chat_list]") {
  database<TestType> db;
  script room{*db.store, conversation_type::group, {alice, bob, carol}};
  REQUIRE(append(*db.store, {room.message(alice, "1"), room.message(alice, "2")}));
  const chat::cursor_row cursors[]{{room.id(), alice, {2, after_noon(1), 2, after_noon(1)}},
                                      {room.id(), bob, {2, after_noon(2), 3, after_noon(3)}},
                                      {room.id(), carol, {3, after_noon(4), 2, after_noon(5)}}};
  REQUIRE(db.store->save_cursors(cursors));
  const auto before = list(*db.store, alice).at(0).slowest;
  CHECK(before == chat::cursors{3, after_noon(4), 2, after_noon(5)});
  REQUIRE(append(*db.store, {room.add({dave})}));
  CHECK(list(*db.store, alice).at(0).slowest == before);
}

STORE_CASE("nobody else to read leaves the slowest cursors at zero", "[chat_list]") {
  database<TestType> db;
  script room{*db.store, conversation_type::group, {alice}};
  REQUIRE(append(*db.store, {room.message(alice, "echo")}));
  CHECK(list(*db.store, alice).at(0).slowest == chat::cursors{});
}

STORE_CASE("a deleted last message stays last, without its text", "[chat_list]") {
  database<TestType> db;
  script room{*db.store, alice, bob};
  const auto last = room.message(alice, "oops");
  REQUIRE(append(*db.store, {last, room.erase(last)}));
  const auto row = list(*db.store, bob).at(0);
  REQUIRE(row.last_message);
  CHECK(row.last_message->id == last.id);
  CHECK(row.last_message->content.empty());
  CHECK(row.unread_count == 0);
}

STORE_CASE("the lobby is in no list", "[chat_list]") {
  database<TestType> db;
  auto lobby = plan(conversation_type::lobby, {alice, bob});
  lobby.info.id = chat::lobby_id();
  lobby.created.conversation = chat::lobby_id();
  REQUIRE(db.store->create(lobby));
  CHECK(list(*db.store, alice).empty());
}

STORE_CASE("pages follow one another without gap or repetition, ties included", "[chat_list]") {
  database<TestType> db;
  for (int i = 0; i < 23; ++i) {
    script room{*db.store, conversation_type::group, {alice, bob}};
    if (i % 2 == 0) REQUIRE(append(*db.store, {message_at(room, after_noon(i / 8 * 10))}));
  }
  const auto all = list(*db.store, alice);
  REQUIRE(all.size() == 23);
  rows paged;
  for (std::optional<storage::chat_list_mark> mark;;) {
    const auto page = list(*db.store, alice, mark, 5);
    if (page.empty()) break;
    CHECK(page.size() <= 5);
    paged.insert(paged.end(), page.begin(), page.end());
    mark = {page.back().last_activity_at, page.back().info.id};
  }
  CHECK(ids(paged) == ids(all));
  for (std::size_t i = 1; i < all.size(); ++i)
    CHECK(std::pair{all[i].last_activity_at, all[i].info.id} <
          std::pair{all[i - 1].last_activity_at, all[i - 1].info.id});
}

STORE_CASE("a long list is complete in every part", "[chat_list]") {
  database<TestType> db;
  for (int i = 0; i < 150; ++i) {
    script room{*db.store, conversation_type::direct, {alice, {"peer-" + std::to_string(i)}}};
    REQUIRE(append(*db.store, {room.message({"peer-" + std::to_string(i)}, "hi")}));
  }
  const auto all = list(*db.store, alice);
  REQUIRE(all.size() == 150);
  for (const auto& row : all) {
    REQUIRE(row.last_message);
    CHECK(row.last_message->conversation == row.info.id);
    CHECK(row.last_message->actor == row.other.user);
    CHECK(row.info.participant2 == row.other.user);
    CHECK(row.unread_count == 1);
    CHECK(row.participant_count == 2);
    CHECK(row.participants.size() == 2);
  }
}

STORE_CASE("at most fifty participants are listed, the longest-standing first", "[chat_list]") {
  database<TestType> db;
  script room{*db.store, conversation_type::group, {alice, bob}};
  std::vector<chat::user_id> crowd;
  for (int i = 0; i < 80; ++i) crowd.push_back({"user-" + std::to_string(i)});
  REQUIRE(append(*db.store, {room.add(crowd)}));
  const auto row = list(*db.store, alice).at(0);
  CHECK(row.participant_count == 82);
  REQUIRE(row.participants.size() == 50);
  CHECK(row.participants[0].profile.user == alice);
  CHECK(row.participants[1].profile.user == bob);
  CHECK(row.participants[2].profile.user == chat::user_id{"user-0"});
}

STORE_CASE("unread messages are counted among the last ten thousand entries", "[chat_list]") {
  database<TestType> db;
  script room{*db.store, conversation_type::group, {alice, bob}};
  REQUIRE(db.store->append(room.messages(alice, 9'990)));
  REQUIRE((*db.store->chat_list(bob, {}, 0))[0].unread_count == 9'990);
  REQUIRE(db.store->append(room.messages(alice, 30)));
  CHECK((*db.store->chat_list(bob, {}, 0))[0].unread_count == 10'000);
  storage::archive_mark mark;
  REQUIRE(*db.store->archive(after_noon(1'000'000'000), 5'000, mark) > 0);
  CHECK((*db.store->chat_list(bob, {}, 0))[0].unread_count == 10'000);
  const chat::cursor_row read{room.id(), bob, {0, {}, room.last_seq - 7, noon}};
  REQUIRE(db.store->save_cursors({&read, 1}));
  CHECK((*db.store->chat_list(bob, {}, 0))[0].unread_count == 7);
}

STORE_CASE("a row says how far the conversation, the user and the other of two are", "[chat_list]") {
  database<TestType> db;
  script pair{*db.store, alice, bob};
  script group{*db.store, conversation_type::group, {alice, bob}};
  const auto first = pair.message(alice, "one");
  REQUIRE(append(*db.store, {first, pair.message(alice, "two"), pair.edit(first, "changed")}));
  read_up_to(*db.store, pair, bob, 2);
  read_up_to(*db.store, pair, alice, 3);
  const auto rows_of_alice = list(*db.store, alice);
  const auto& row = rows_of_alice.at(0).info.id == pair.id() ? rows_of_alice[0] : rows_of_alice[1];
  CHECK(row.last_seq == 4);
  CHECK(row.last_message->seq == 3);
  CHECK(row.read_seq == 3);
  CHECK(row.other_cursors.read_seq == 2);
  CHECK(row.other_cursors.delivered_seq == 2);
  const auto& other = rows_of_alice.at(0).info.id == pair.id() ? rows_of_alice[1] : rows_of_alice[0];
  CHECK(other.last_seq == 1);
  CHECK(other.other_cursors == chat::cursors{});
  // Who is blocked goes on seeing what it saw.
  REQUIRE(*db.store->add_block({bob, alice}, noon, 10));
  read_up_to(*db.store, pair, bob, 4);
  const auto after = list(*db.store, alice);
  CHECK((after[0].info.id == pair.id() ? after[0] : after[1]).other_cursors.read_seq == 2);
}
