// What is pending, stored and shown of a conversation; no actor.

#include "actors/conversation/entries.hpp"

#include <catch2/catch.hpp>

#include "tests/support/people.hpp"

using namespace parley;
using namespace parley::test;
using actors::entries;
using actors::pending_entry;

namespace {

auto people_of(std::vector<chat::user_id> users) -> chat::people {
  return std::make_shared<const std::vector<chat::user_id>>(std::move(users));
}

auto pending(std::uint64_t seq, chat::entry_kind kind = chat::entry_kind::message,
             chat::user_id actor = alice) -> pending_entry {
  pending_entry one;
  one.entry.seq = seq;
  one.entry.kind = kind;
  one.entry.id = chat::message_id{chat::system_ids().next(noon)};
  one.entry.actor = std::move(actor);
  one.entry.created_at = noon;
  return one;
}

auto membership(std::uint64_t seq, chat::entry_kind kind, const chat::user_id& by,
                const chat::user_id& whom) -> pending_entry {
  auto one = pending(seq, kind, by);
  one.entry.subjects = {whom};
  return one;
}

/// Loaded with 10 entries, 4 of them messages.
auto loaded() -> entries {
  entries all;
  all.begin(10, 4, people_of({alice, bob}));
  return all;
}

auto shown_by(entries& all) -> std::vector<std::uint64_t> {
  std::vector<std::uint64_t> seqs;
  all.show_messages([&](const pending_entry& one) {
    seqs.push_back(one.entry.seq);
    all.note_shown(one.entry.seq);
  });
  return seqs;
}

}  // namespace

TEST_CASE("what a conversation is loaded with is stored and shown", "[actors][entries]") {
  const auto all = loaded();
  CHECK(all.stored_seq() == 10);
  CHECK(all.shown_seq() == 10);
  CHECK(all.stored_ordinal() == 4);
  CHECK(all.stored_participants()->size() == 2);
  CHECK(all.pending().empty());
}

TEST_CASE("entries are taken in order, up to what is stored", "[actors][entries]") {
  auto all = loaded();
  auto first = pending(11);
  first.entry.ordinal = 5;
  first.participants = people_of({alice});
  all.add(std::move(first));
  all.add(pending(12, chat::entry_kind::deleted));
  all.add(pending(13));
  CHECK_FALSE(all.take_stored(10));
  const auto one = all.take_stored(12);
  REQUIRE(one);
  CHECK(one->entry.seq == 11);
  CHECK(all.stored_seq() == 11);
  CHECK(all.stored_ordinal() == 5);
  CHECK(all.stored_participants()->size() == 1);
  CHECK(all.deletions() == 0);
  REQUIRE(all.take_stored(12));
  CHECK(all.deletions() == 1);
  CHECK(all.stored_ordinal() == 5);
  CHECK_FALSE(all.take_stored(12));
  CHECK(all.pending().size() == 1);
  CHECK(all.shown_seq() == 10);
}

TEST_CASE("messages are shown before they are stored, but none behind a change",
          "[actors][entries]") {
  auto all = loaded();
  all.add(pending(11));
  all.add(pending(12));
  CHECK(shown_by(all) == std::vector<std::uint64_t>{11, 12});
  CHECK(shown_by(all).empty());
  all.add(pending(13, chat::entry_kind::title));
  all.add(pending(14));
  CHECK(shown_by(all).empty());
  CHECK(all.shown_early().size() == 2);
  all.take_stored(13);
  all.take_stored(13);
  all.take_stored(13);
  all.note_shown(13);
  CHECK(shown_by(all) == std::vector<std::uint64_t>{14});
  REQUIRE(all.shown_early().size() == 1);
  CHECK(all.shown_early().front().seq == 14);
}

TEST_CASE("what the store refuses is given back, and says whether members have seen it",
          "[actors][entries]") {
  auto all = loaded();
  CHECK(all.attempt() == 1);
  all.add(pending(11));
  all.add(pending(12));
  all.note_shown(11);
  const auto refused = all.step_down(11);
  CHECK(all.attempt() == 2);
  CHECK(all.pending().empty());
  CHECK(all.shown_seq() == 10);
  REQUIRE(refused.size() == 2);
  CHECK(refused.front().is_shown);
  CHECK_FALSE(refused.back().is_shown);
}

TEST_CASE("what was shown and lies before the refused stays shown", "[actors][entries]") {
  auto all = loaded();
  all.add(pending(11));
  all.note_shown(11);
  all.step_down(15);
  CHECK(all.shown_seq() == 11);
}

TEST_CASE("somebody else's entries are noted with the members they had", "[actors][entries]") {
  auto all = loaded();
  auto left = membership(11, chat::entry_kind::removed, bob, bob).entry;
  all.note_missed(left, actors::participants_after(all.stored_participants(), left));
  CHECK(*all.stored_participants() == std::vector{alice});
  CHECK(all.shown_seq() == 11);
  auto gone = pending(12, chat::entry_kind::deleted).entry;
  all.note_missed(gone, actors::participants_after(all.stored_participants(), gone));
  CHECK(*all.stored_participants() == std::vector{alice});
  CHECK(all.deletions() == 1);
}

TEST_CASE("an addition puts members behind the others, once each", "[actors][entries]") {
  auto back = membership(11, chat::entry_kind::added, alice, alice).entry;
  back.subjects.push_back(carol);
  const auto after = actors::participants_after(people_of({alice, bob}), back);
  CHECK(*after == std::vector{bob, alice, carol});
  CHECK(actors::participants_after(nullptr, back) == nullptr);
}

TEST_CASE("a pending send is found by its sender's id of it", "[actors][entries]") {
  auto all = loaded();
  auto one = pending(11);
  one.entry.client_message_id = "k";
  all.add(std::move(one));
  REQUIRE(all.find_send(alice, "k") != nullptr);
  CHECK(all.find_send(alice, "k")->entry.seq == 11);
  CHECK(all.find_send(bob, "k") == nullptr);
  CHECK(all.find_send(alice, "other") == nullptr);
}

TEST_CASE("a file belongs to the first message that names it", "[actors][entries]") {
  auto all = loaded();
  auto one = pending(11);
  const auto file = chat::system_ids().next(noon);
  one.entry.attachments.push_back({file, "a.txt", "text/plain", 1, {}});
  all.add(std::move(one));
  chat::post what;
  what.attachments = {chat::system_ids().next(noon)};
  CHECK_FALSE(all.shares_file(what));
  what.attachments.push_back(file);
  CHECK(all.shares_file(what));
}

TEST_CASE("the newest membership that is not shown yet is the one to wait for",
          "[actors][entries]") {
  auto all = loaded();
  CHECK(all.unshown_membership(carol) == nullptr);
  all.add(membership(11, chat::entry_kind::added, alice, carol));
  all.add(membership(12, chat::entry_kind::removed, alice, carol));
  all.add(membership(13, chat::entry_kind::added, alice, carol));
  REQUIRE(all.unshown_membership(carol) != nullptr);
  CHECK(all.unshown_membership(carol)->entry.seq == 13);
  CHECK(all.unshown_membership(dave) == nullptr);
  all.note_shown(13);
  CHECK(all.unshown_membership(carol) == nullptr);
}

TEST_CASE("who leaves by itself is not being removed", "[actors][entries]") {
  auto all = loaded();
  all.add(membership(11, chat::entry_kind::removed, bob, bob));
  CHECK_FALSE(all.is_being_removed(bob));
  all.add(membership(12, chat::entry_kind::removed, alice, carol));
  CHECK(all.is_being_removed(carol));
}

TEST_CASE("a message deleted a moment ago is deleted", "[actors][entries]") {
  auto all = loaded();
  auto message = pending(9).entry;
  all.apply_deletions(message);
  CHECK(message.deleted_at == chat::timestamp{});
  auto gone = pending(11, chat::entry_kind::deleted);
  gone.entry.target = message.id;
  all.add(std::move(gone));
  all.apply_deletions(message);
  CHECK(message.deleted_at == noon);
}

TEST_CASE("who waits too long is taken out, once, and those behind wait on", "[actors][entries]") {
  using std::chrono::seconds;
  const chat::clock::steady start{};
  std::vector<pending_entry> all;
  for (const int at : {1, 2, 3}) {
    all.push_back(pending(static_cast<std::uint64_t>(at)));
    all.back().since = start + seconds{at};
    all.back().waiting.resize(2);
  }
  CHECK(actors::take_overdue(all, start).empty());
  CHECK(actors::take_overdue(all, start + seconds{2}).size() == 4);
  CHECK(actors::take_overdue(all, start + seconds{2}).empty());
  CHECK(all.back().waiting.size() == 2);
}
