// Random lives of some conversations, stored for real, against a model that is too simple to be
// wrong: pages, windows, catch-up, unread counts and the chat list agree after every step.
//
// PARLEY_TEST_SEED=N repeats one life.

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <random>
#include <tuple>

#include "tests/contract/drivers.hpp"
#include "tests/support/actor_world.hpp"
#include "tests/support/expectations.hpp"
#include "tests/unit/actors/conversation/history_model.hpp"

using namespace parley;
using namespace parley::test;
using chat::errc;
using chat::message_status;

namespace {

constexpr int steps = 100;

const std::vector<chat::user_id> people{alice, bob, carol, dave};

auto seen(const std::vector<chat::message_view>& views) -> std::vector<seen_message> {
  std::vector<seen_message> found;
  for (const auto& v : views)
    found.push_back({v.message.seq, v.message.actor, v.message.content,
                     v.message.deleted_at != chat::timestamp{}, v.status});
  return found;
}

class random_life {
 public:
  random_life(actor_world& world, std::uint64_t seed)
      : world_(world), me_(world.system()), random_(seed) {
    make_room(chat::conversation_type::group, {alice, bob});
    make_room(chat::conversation_type::group, {bob, carol, dave});
    make_room(chat::conversation_type::direct, {alice, carol});
  }

  /// What has happened, one step a line.
  auto story() const -> const std::string& { return story_; }

  void step() {
    auto& where = rooms_[pick(rooms_.size())];
    const auto user = where.model.members[pick(where.model.members.size())].user;
    switch (pick(14)) {
      case 0: return edit(where);
      case 1: return erase(where);
      case 2:
      case 3: return mark(where, user, message_status::read);
      case 4: return mark(where, user, message_status::delivered);
      case 5: return add(where, user);
      case 6: return remove(where);
      case 7: return rename(where);
      case 8: return archive();
      case 9: return retire(where);
      default: return send(where, user);
    }
  }

  void check() {
    settle();
    for (const auto& user : people) check_list(user);
    for (auto& where : rooms_) check_reads(where, people[pick(people.size())]);
  }

 private:
  struct room {
    chat::conversation_id id;
    history_model model;
    caf::actor owner;
  };

  auto pick(std::size_t below) -> std::size_t { return random_() % below; }

  void tell(const room& where, const std::string& what) {
    story_ += std::to_string(&where - rooms_.data()) + ": " + what + "\n";
    UNSCOPED_INFO("last step: " << what);
  }

  template <class Command>
  auto ask(const room& where, const chat::user_id& user, Command what) {
    return me_.ask(where.owner, caller_of(user), std::move(what));
  }

  void make_room(chat::conversation_type type, const std::vector<chat::user_id>& users) {
    const bool two = is_two_person(type);
    const auto id = two ? world_.make_direct(users[0], users[1]) : world_.make_group(users);
    rooms_.push_back({id, history_model{users, !two}, world_.spawn_owner(world_.home(), id)});
  }

  // -- steps ----------------------------------------------------------------------------------------

  void send(room& where, const chat::user_id& user) {
    const auto text = "text " + std::to_string(++texts_);
    tell(where, user.value + " sends " + text);
    const auto posted = ask(where, user, say(where.id, text, pick(2) == 0 ? "" : text));
    REQUIRE(posted);
    where.model.send(user, text, *posted);
    REQUIRE(posted->seq == where.model.last_seq);
  }

  auto some_message(room& where) -> history_model::message* {
    auto& all = where.model.messages;
    return all.empty() ? nullptr : &all[pick(all.size())];
  }

  /// May its sender still change it?
  auto sees(room& where, const history_model::message& what) -> bool {
    const auto* who = where.model.find(what.sender);
    return who != nullptr && who->after_seq < what.seq;
  }

  void edit(room& where) {
    auto* what = some_message(where);
    if (what == nullptr) return;
    const auto text = "edited " + std::to_string(++texts_);
    tell(where, what->sender.value + " edits " + std::to_string(what->seq));
    const auto done = ask(where, what->sender, chat::edit_message{what->id, text});
    if (!sees(where, *what)) {
      REQUIRE(done.error().code == errc::not_found);
      return;
    }
    if (what->is_deleted) {
      REQUIRE(done.error().code == errc::conflict);
      return;
    }
    REQUIRE(done);
    what->content = text;
    where.model.change(what->seq);
  }

  void erase(room& where) {
    auto* what = some_message(where);
    if (what == nullptr) return;
    tell(where, what->sender.value + " deletes " + std::to_string(what->seq));
    const auto done = ask(where, what->sender, chat::delete_message{what->id});
    if (!sees(where, *what)) {
      REQUIRE(done.error().code == errc::not_found);
      return;
    }
    REQUIRE(done);
    if (!std::exchange(what->is_deleted, true)) where.model.change(what->seq);
  }

  void mark(room& where, const chat::user_id& user, message_status status) {
    const auto up_to = pick(where.model.last_seq + 3);
    tell(where, user.value + (status == message_status::read ? " reads to " : " gets to ") +
                    std::to_string(up_to));
    REQUIRE(ask(where, user, chat::mark{where.id, status, up_to}));
    where.model.mark(user, status, up_to);
  }

  void add(room& where, const chat::user_id& by) {
    const auto& user = people[pick(people.size())];
    if (!where.model.can_change()) return;
    tell(where, by.value + " adds " + user.value);
    REQUIRE(ask(where, by, chat::add_participants{where.id, {user}}));
    if (where.model.find(user) == nullptr) where.model.add(user);
  }

  void remove(room& where) {
    auto& members = where.model.members;
    if (!where.model.can_change() || members.size() < 2) return;
    const auto user = members[pick(members.size())].user;
    const auto owner = std::find_if(members.begin(), members.end(),
                                    [](const auto& m) { return m.is_owner; })->user;
    const auto by = pick(2) == 0 ? owner : user;
    tell(where, by.value + " removes " + user.value);
    REQUIRE(ask(where, by, chat::remove_participant{where.id, user}));
    where.model.remove(user);
    if (user == owner) wait_for_election(where);
  }

  void rename(room& where) {
    auto& members = where.model.members;
    const auto owner = std::find_if(members.begin(), members.end(),
                                    [](const auto& m) { return m.is_owner; })->user;
    if (!where.model.can_change()) return;
    const auto title = "title " + std::to_string(++texts_);
    tell(where, title);
    REQUIRE(ask(where, owner, chat::rename{where.id, title}));
    where.model.change();
  }

  /// All of it, or a part that the next run goes on with.
  void archive() {
    const auto rows = 1 + pick(20);
    story_ += "archive " + std::to_string(rows) + "\n";
    wait_for_entries();
    storage::archive_mark mark;
    const chat::timestamp future{world_.env().clock.now().ms + 3'600'000};
    REQUIRE(world_.store().archive(future, rows, mark));
    while (pick(3) != 0) REQUIRE(world_.store().archive(future, rows, mark));
  }

  /// The owner leaves memory as when idle; the next one loads what is stored.
  void retire(room& where) {
    tell(where, "retire");
    settle();
    wait_for_entries();
    me_.self()->monitor(where.owner);
    me_.self()->send(where.owner, actors::retire{});
    bool gone = false;
    me_.self()->receive([&](const caf::down_msg& down) { gone = down.source == where.owner; },
                        caf::after(patience) >> [] {});
    REQUIRE(gone);
    where.owner = world_.spawn_owner(world_.home(), where.id);
  }

  // -- checks ---------------------------------------------------------------------------------------

  /// It has nobody who is answered.
  void wait_for_election(const room& where) {
    REQUIRE(world_.until([&](const network_log& log) {
      const auto shown = shown_seqs(log, where.owner.id());
      return !shown.empty() && shown.back() == where.model.last_seq;
    }));
  }

  void wait_for_entries() { REQUIRE(world_.backlog_empties()); }

  /// Cursors are written behind.
  void settle() {
    for (auto& where : rooms_)  // what it has sent to the writer is there once it answers
      (void)ask(where, where.model.members.front().user, chat::typing{where.id, false});
    for (const auto& writer : world_.env().writers)
      me_.self()->request(writer, patience, actors::settle{}).receive([](const chat::done&) {},
                                                                      [](const caf::error&) {
                                                                        FAIL("not settled");
                                                                      });
  }

  void check_list(const chat::user_id& user) {
    const auto list = world_.store().chat_list(user, {}, 0);
    REQUIRE(list);
    struct line {
      chat::timestamp at;
      room* where;
    };
    std::vector<line> expected;
    for (auto& where : rooms_)
      if (const auto* who = where.model.find(user)) {
        line next{noon, &where};
        for (const auto& m : where.model.messages)
          if (m.seq > who->after_seq) next.at = m.at;
        expected.push_back(next);
      }
    std::sort(expected.begin(), expected.end(), [](const line& a, const line& b) {
      return std::tie(a.at, a.where->id) > std::tie(b.at, b.where->id);
    });
    INFO("chat list of " << user.value);
    REQUIRE(list->size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i)
      check_row((*list)[i], *expected[i].where, user);
    check_list_by_two(user, *list);
  }

  void check_row(const chat::chat_list_row& row, room& where, const chat::user_id& user) {
    REQUIRE(row.info.id == where.id);
    INFO("room " << &where - rooms_.data());
    REQUIRE(row.unread_count == where.model.unread(user));
    REQUIRE(row.participant_count == where.model.members.size());
    const auto all = where.model.visible(user);
    REQUIRE(row.last_message.has_value() == !all.empty());
    if (all.empty()) return;
    REQUIRE(row.last_message->seq == all.back().seq);
    REQUIRE(row.last_message->content == all.back().content);
  }

  /// The same list, two rows at a time.
  void check_list_by_two(const chat::user_id& user, const chat::chat_list& whole) {
    std::optional<chat::chat_list_mark> mark;
    for (std::size_t at = 0; at < whole.size(); at += 2) {
      const auto some = world_.store().chat_list(user, mark, 2);
      REQUIRE(some);
      REQUIRE(some->size() == std::min<std::size_t>(2, whole.size() - at));
      for (std::size_t i = 0; i < some->size(); ++i)
        REQUIRE((*some)[i].info.id == whole[at + i].info.id);
      mark = chat::chat_list_mark{some->back().last_activity_at, some->back().info.id};
    }
  }

  void check_reads(room& where, const chat::user_id& user) {
    INFO("room " << &where - rooms_.data() << " as " << user.value << " sees it");
    if (where.model.find(user) == nullptr) return check_nothing(where, user);
    check_pages(where, user);
    for (int i = 0; i < 3; ++i) check_stretch(where, user);
    check_catch_up(where, user);
  }

  void check_nothing(room& where, const chat::user_id& user) {
    REQUIRE(ask(where, user, chat::read_page{where.id, 1, 50}).error().code == errc::not_found);
    const auto caught = ask(where, user, chat::catch_up{where.id, 0, {}});
    REQUIRE(caught);
    REQUIRE_FALSE(caught->recovered);
    REQUIRE(caught->last_seq == 0);
  }

  void check_pages(room& where, const chat::user_id& user) {
    const auto size = std::vector<std::uint64_t>{1, 3, 7, 50}[pick(4)];
    const auto total = where.model.visible(user).size();
    const auto pages = (total + size - 1) / size;
    const auto number = 1 + pick(pages + 1);
    INFO("page " << number << " of " << size);
    const auto page = ask(where, user, chat::read_page{where.id, number, size});
    REQUIRE(page);
    REQUIRE(page->total == total);
    REQUIRE(seen(page->messages) == where.model.page(user, number, size));
  }

  void check_stretch(room& where, const chat::user_id& user) {
    chat::read_stretch what;
    what.conversation = where.id;
    what.limit = std::vector<std::uint64_t>{1, 2, 5, 50}[pick(4)];
    const auto seq = 1 + pick(where.model.last_seq + 2);
    const auto kind = pick(4);
    if (kind == 0) what.before = seq;
    if (kind == 1) what.around = seq;
    if (kind == 2) what.after = seq - 1;
    what.after_given = kind == 2;
    INFO("before " << what.before << " around " << what.around << " after " << what.after
                   << " limit " << what.limit);
    const auto found = ask(where, user, what);
    REQUIRE(found);
    const auto expected = where.model.stretch(user, what);
    REQUIRE(seen(found->messages) == expected.messages);
    REQUIRE(found->has_more == expected.has_more);
  }

  /// Every entry behind the place, present contents in messages.
  void check_catch_up(room& where, const chat::user_id& user) {
    const auto after = pick(where.model.last_seq + 1);
    INFO("CatchUp after " << after);
    const auto caught = ask(where, user, chat::catch_up{where.id, after, {}});
    REQUIRE(caught);
    REQUIRE(caught->last_seq == where.model.last_seq);
    const bool is_from_before = after != 0 && after < where.model.find(user)->after_seq;
    REQUIRE(caught->recovered == !is_from_before);
    if (is_from_before) return;
    const auto first = std::max(after, where.model.find(user)->after_seq) + 1;
    auto expected = range(first, where.model.last_seq);
    std::erase_if(expected, [&](std::uint64_t seq) {
      const auto target = where.model.targets.find(seq);
      return target != where.model.targets.end() &&
             target->second <= where.model.find(user)->after_seq;
    });
    REQUIRE(seqs_of(caught->entries) == expected);
    const auto all = where.model.visible(user);
    for (const auto& e : caught->entries) {
      if (e.kind != chat::entry_kind::message) continue;
      const auto at = std::find_if(all.begin(), all.end(),
                                   [&](const auto& m) { return m.seq == e.seq; });
      REQUIRE(at != all.end());
      REQUIRE(e.content == at->content);
    }
  }

  actor_world& world_;
  asking me_;
  std::mt19937_64 random_;
  std::vector<room> rooms_;
  std::string story_;
  int texts_ = 0;
};

auto seeds_to_try() -> std::vector<std::uint64_t> {
  if (const auto* given = std::getenv("PARLEY_TEST_SEED")) return {std::stoull(given)};
  return {1, 2, 3, std::random_device{}()};
}

}  // namespace

TEMPLATE_TEST_CASE("random lives read as a plain model says, step by step",
                   "[actors][history][property]", sqlite_driver, mariadb_driver) {
  for (const auto seed : seeds_to_try()) {
    WARN("PARLEY_TEST_SEED=" << seed);
    TestType driver;
    actor_world world{[&](auto& o) { o.storage.url = driver.url(); }};
    random_life life{world, seed};
    for (int i = 0; i < steps; ++i) {
      INFO("PARLEY_TEST_SEED=" << seed << ", so far:\n" << life.story());
      life.step();
      INFO("now:\n" << life.story());
      life.check();
    }
  }
}
