// Random lives of a conversation against a model that is too simple to be wrong.

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "tests/unit/chat/rooms.hpp"

using namespace parley::chat;
using namespace parley::test;

namespace {

/// Keeps, for each user, the set of seqs it may see.
struct model {
  std::map<user_id, std::set<std::uint64_t>> visible;  ///< of present members
  std::vector<entry> history;

  void append(const entry& what, bool new_members_see_all) {
    history.push_back(what);
    if (what.kind == entry_kind::removed)
      for (const auto& user : what.subjects) visible.erase(user);
    for (auto& [user, seqs] : visible) seqs.insert(what.seq);
    if (what.kind != entry_kind::added) return;
    for (const auto& user : what.subjects) {
      auto& seqs = visible[user];
      if (new_members_see_all)
        for (std::uint64_t seq = 1; seq <= what.seq; ++seq) seqs.insert(seq);
    }
  }

  auto messages_seen_by(const user_id& user) const -> std::uint64_t {
    return static_cast<std::uint64_t>(
        std::count_if(history.begin(), history.end(), [&](const entry& e) {
          return e.kind == entry_kind::message && visible.at(user).contains(e.seq);
        }));
  }
};

class random_life {
 public:
  random_life(unsigned seed, bool new_members_see_all)
      : random_(seed),
        see_all_(new_members_see_all),
        room_(group_of({user(0), user(1)}, {.new_members_see_all = new_members_see_all})) {
    model_.visible[user(0)] = model_.visible[user(1)] = {1};
    model_.history.resize(1);
    model_.history[0].seq = 1;
    model_.history[0].kind = entry_kind::created;
  }

  void step() {
    switch (pick(8)) {
      case 0:
      case 1:
      case 2: note(say(room_, any_user(), "text")); break;
      case 3: note(add(room_, any_user(), {any_user(), any_user()})); break;
      case 4: leave_or_remove(); break;
      case 5: change_message(); break;
      case 6: mark(); break;
      default: note(room_.set_title(any_user(), std::to_string(pick(3)), new_id(), noon)); break;
    }
    check();
  }

 private:
  static auto user(std::size_t i) -> user_id { return {"user" + std::to_string(i)}; }
  auto pick(std::size_t below) -> std::size_t { return random_() % below; }
  auto any_user() -> user_id { return user(pick(6)); }

  void note(const expected<entry>& made) {
    if (made) model_.append(*made, see_all_);
  }
  void note(const expected<std::optional<entry>>& made) {
    if (made && *made) model_.append(**made, see_all_);
  }

  void leave_or_remove() {
    if (room_.standings().size() < 2) return;
    const auto by = any_user();
    const auto gone = pick(2) == 0 ? by : any_user();
    const auto removed = remove(room_, by, gone);
    note(removed);
    if (!removed || !*removed) return;
    if (const auto heir = room_.succession(new_id(), noon)) model_.append(*heir, see_all_);
  }

  void change_message() {
    auto& target = model_.history[pick(model_.history.size())];
    if (target.kind != entry_kind::message) return;
    const auto by = any_user();
    const auto may = model_.visible.contains(by) && model_.visible[by].contains(target.seq) &&
                     target.actor == by;
    const auto copy = target;
    if (pick(2) == 0) {
      const auto made = room_.edit(by, copy, "new text", new_id(), noon);
      CHECK(made.has_value() == (may && !copy.deleted_at));
      note(made);
    } else {
      const auto made = room_.erase(by, copy, new_id(), noon);
      CHECK(made.has_value() == may);
      if (made && *made) target.deleted_at = noon;
      note(made);
    }
  }

  void mark() {
    const auto who = any_user();
    const auto status = pick(2) == 0 ? message_status::read : message_status::delivered;
    const auto* before = room_.find(who);
    const auto old = before == nullptr ? cursors{} : before->cursors;
    const auto moved = room_.move_cursor(who, status, pick(room_.last_seq() + 5), noon);
    if (before == nullptr) {
      CHECK_FALSE(moved);
      return;
    }
    const auto& now = room_.find(who)->cursors;
    CHECK(now.read_seq >= old.read_seq);
    CHECK(now.delivered_seq >= old.delivered_seq);
    CHECK(now.delivered_seq >= now.read_seq);
    CHECK(now.delivered_seq <= room_.last_seq());
  }

  void check() {
    REQUIRE(room_.last_seq() == model_.history.size());
    std::uint64_t ordinal = 0;
    for (std::size_t i = 0; i < model_.history.size(); ++i) {
      const auto& e = model_.history[i];
      REQUIRE(e.seq == i + 1);
      REQUIRE(e.ordinal == (e.kind == entry_kind::message ? ++ordinal : 0));
    }
    REQUIRE(room_.last_ordinal() == ordinal);
    REQUIRE(room_.standings().size() == model_.visible.size());
    std::size_t owners = 0;
    REQUIRE(room_.participants()->size() == room_.standings().size());
    for (std::size_t i = 0; i < room_.standings().size(); ++i) {
      const auto& m = room_.standings()[i];
      const auto& user = (*room_.participants())[i];
      REQUIRE(model_.visible.contains(user));
      const auto& seen = model_.visible[user];
      REQUIRE(seen.size() == room_.last_seq() - m.after_seq);
      REQUIRE((seen.empty() || *seen.begin() == m.after_seq + 1));
      REQUIRE(room_.last_ordinal() - m.after_ordinal == model_.messages_seen_by(user));
      owners += m.role == member_role::owner ? 1u : 0u;
    }
    REQUIRE(owners == 1);
  }

  std::mt19937 random_;
  bool see_all_;
  conversation room_;
  model model_;
};

}  // namespace

TEST_CASE("whatever happens, seqs and ordinals are dense and windows are right",
          "[chat][conversation][property]") {
  const auto seed = GENERATE(range(1u, 41u));
  const auto see_all = GENERATE(false, true);
  CAPTURE(seed, see_all);
  random_life life{seed, see_all};
  for (int i = 0; i < 150; ++i) life.step();
}
