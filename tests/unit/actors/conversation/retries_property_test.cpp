// Random storms of sends and repeats while the store stalls, fails, loses answers and is written to
// by somebody else: every send ends up once, under the seq its sender was told, and nothing that
// members have seen is taken back unless it is a repeat itself.
//
// PARLEY_TEST_SEED=N repeats one storm.

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>
#include <set>

#include "tests/contract/drivers.hpp"
#include "tests/support/actor_world.hpp"
#include "tests/support/expectations.hpp"

using namespace parley;
using namespace parley::test;
using chat::errc;
using config::delivery_mode;

namespace {

constexpr int steps = 400;

const std::vector<chat::user_id> senders{alice, bob, carol};

auto options_of(delivery_mode delivery, std::uint64_t seed) {
  return [delivery, seed](config::options& o) {
    o.delivery = delivery;
    o.limits.enabled = false;
    o.storage.give_up_ms = 200;
    o.storage.max_batch_rows = std::vector<std::size_t>{1, 3, 17, 64, 256}[seed % 5];
  };
}

/// Calls under one clientMessageId, or one without.
struct send_key {
  chat::user_id sender;
  std::string key;
  friend auto operator<=>(const send_key&, const send_key&) = default;
};

class storm {
 public:
  storm(actor_world& world, delivery_mode delivery, std::uint64_t seed)
      : world_(world), me_(world.system()), delivery_(delivery), random_(seed) {}

  void run() {
    // Whatever is written elsewhere from now on comes after it has been loaded.
    REQUIRE(me_.ask(owner_, caller_of(alice), say(room_, "the first")));
    for (int i = 0; i < steps; ++i) step();
    end_trouble();
    for (auto& call : calls_) call.got = call.answer();
    // What was written elsewhere behind all of this is seen with the next message.
    REQUIRE(me_.ask(owner_, caller_of(alice), say(room_, "the last")));
    REQUIRE(world_.backlog_empties());
    history_ = world_.history(room_);
    REQUIRE(seqs_of(history_) == range(1, history_.size()));
    check_answers();
    check_nothing_lost();
    check_view();
    check_rounds();
  }

 private:
  struct made_call {
    send_key under;
    std::string text;
    std::function<chat::expected<chat::posted>()> answer;
    chat::expected<chat::posted> got = chat::unexpected{no_answer, ""};
  };

  auto pick(std::size_t below) -> std::size_t { return random_() % below; }

  void step() {
    if (failing_) ++causes_;  // it may give up more than once
    switch (pick(20)) {
      case 0: return stall();
      case 1: return fail_for_a_while();
      case 2: return lose_an_answer();
      case 3: return write_elsewhere();
      case 4: return rename();
      case 5: return wait_for_some();
      case 6:
      case 7: return repeat(20);
      case 8: return repeat(calls_.size());
      case 9: return reuse_a_key();
      default: return send_new();
    }
  }

  // -- clients ------------------------------------------------------------------------------------

  void send(send_key under, std::string text) {
    auto answer = me_.begin(owner_, caller_of(under.sender), say(room_, text, under.key),
                            std::chrono::seconds{30});
    calls_.push_back({std::move(under), std::move(text), std::move(answer)});
  }

  void send_new() {
    const auto number = std::to_string(calls_.size());
    send({senders[pick(3)], pick(8) == 0 ? "" : "key " + number}, "text " + number);
  }

  /// One of the last `reach` calls once more.
  void repeat(std::size_t reach) {
    if (calls_.empty()) return;
    const auto& old = calls_[calls_.size() - 1 - pick(std::clamp<std::size_t>(reach, 1, calls_.size()))];
    if (old.under.key.empty()) return;
    ++causes_;
    send(old.under, old.text);
  }

  void reuse_a_key() {
    if (calls_.empty()) return;
    const auto& old = calls_[pick(calls_.size())];
    if (old.under.key.empty()) return;
    ++causes_;
    send(old.under, "other " + std::to_string(calls_.size()));
  }

  void rename() {
    renames_.push_back(me_.begin(owner_, caller_of(alice),
                                 chat::rename{room_, "title " + std::to_string(calls_.size())},
                                 std::chrono::seconds{30}));
  }

  /// What is stored may be forgotten by the owner.
  void wait_for_some() {
    end_trouble();
    for (auto& call : calls_) {
      if (!call.answer) continue;
      call.got = call.answer();
      auto got = call.got;
      call.answer = [got] { return got; };
    }
  }

  // -- trouble ------------------------------------------------------------------------------------

  void stall() {
    world_.home().writes.hold("append");
    stalled_ = true;
  }

  void fail_for_a_while() {
    failing_ = true;
    world_.home().writes.cut_appends(true);
  }

  void lose_an_answer() {
    ++causes_;
    world_.home().writes.plan({pick(2) == 0 ? fault::unknown_stored : fault::unknown_lost});
  }

  void end_trouble() {
    world_.home().writes.cut_appends(false);
    if (stalled_) world_.home().writes.let_go("append");
    stalled_ = failing_ = false;
  }

  /// As another owner does. Only the store says whose row is first.
  void write_elsewhere() {
    ++causes_;
    chat::entry one;
    one.conversation = room_;
    one.id = chat::message_id{chat::system_ids().next(noon)};
    one.actor = dave;
    one.content = "from elsewhere";
    one.created_at = noon;
    do {
      const auto history = world_.history(room_);
      one.seq = history.size() + 1;
      one.ordinal = 1 + static_cast<std::uint64_t>(
                            std::count_if(history.begin(), history.end(), [](const auto& e) {
                              return e.kind == chat::entry_kind::message;
                            }));
    } while (!world_.store().append({&one, 1}));
  }

  // -- what must hold -------------------------------------------------------------------------------

  auto stored_under(const send_key& under) const -> std::vector<chat::entry> {
    std::vector<chat::entry> found;
    for (const auto& e : history_)
      if (e.actor == under.sender && e.client_message_id == under.key) found.push_back(e);
    return found;
  }

  void check_answers() {
    std::map<send_key, std::set<std::string>> texts;
    for (const auto& call : calls_) texts[call.under].insert(call.text);
    for (const auto& call : calls_) {
      INFO(call.under.sender.value << ' ' << call.under.key << ": " << call.text << " -> "
                                   << (call.got ? "ok" : call.got.error().detail));
      if (call.got) {
        check_posted(call, *call.got);
      } else if (call.got.error().code == errc::id_conflict) {
        CHECK(texts[call.under].size() > 1);
      } else {
        const auto why = call.got.error().code;
        const bool may_be_lost = why == errc::unknown;
        const bool may_fail = why == errc::unavailable && delivery_ == delivery_mode::stored;
        CHECK((may_be_lost || may_fail));
      }
    }
  }

  void check_posted(const made_call& made, const chat::posted& as) {
    const auto at = std::find_if(history_.begin(), history_.end(),
                                 [&](const chat::entry& e) { return e.id == as.id; });
    REQUIRE(at != history_.end());
    CHECK(at->seq == as.seq);
    CHECK(at->created_at == as.created_at);
    CHECK(at->content == made.text);
    if (!made.under.key.empty()) CHECK(stored_under(made.under).size() == 1);
  }

  /// What was shown at once is stored in the end; what was refused for certain is not.
  void check_nothing_lost() {
    std::map<send_key, std::vector<const made_call*>> calls;
    for (const auto& call : calls_)
      if (!call.under.key.empty()) calls[call.under].push_back(&call);
    for (const auto& [under, all] : calls) {
      INFO(under.sender.value << ' ' << under.key);
      const auto stored = stored_under(under);
      CHECK(stored.size() <= 1);
      if (delivery_ == delivery_mode::immediate) {
        REQUIRE(stored.size() == 1);
        CHECK(stored.front().content == all.front()->text);
      }
      const bool is_refused = std::all_of(all.begin(), all.end(), [](const auto* one) {
        return !one->got && one->got.error().code == errc::unavailable;
      });
      if (is_refused) CHECK(stored.empty());
    }
  }

  /// A client that keeps messages by their id shows in the end what is stored; and what was taken back
  /// from it was a repeat.
  void check_view() {
    const auto stored = std::count_if(history_.begin(), history_.end(), [](const auto& e) {
      return e.kind == chat::entry_kind::message;
    });
    std::map<chat::message_id, std::uint64_t> expected;
    for (const auto& e : history_)
      if (e.kind == chat::entry_kind::message) expected[e.id] = e.seq;
    REQUIRE(expected.size() == static_cast<std::size_t>(stored));
    std::map<chat::message_id, std::uint64_t> seen;
    CHECK(world_.until([&](const network_log& log) { return (seen = view_of(log)) == expected; }));
    for (const auto& e : history_)
      if (e.kind == chat::entry_kind::message && seen[e.id] != e.seq)
        UNSCOPED_INFO(e.seq << ' ' << e.actor.value << ' ' << e.content << " was last shown as " << seen[e.id]);
    for (const auto& [id, seq] : seen)
      if (expected.find(id) == expected.end()) UNSCOPED_INFO(seq << " is shown and not stored");
    CHECK((seen == expected));
  }

  auto view_of(const network_log& log) -> std::map<chat::message_id, std::uint64_t> {
    std::map<chat::message_id, std::uint64_t> seen;
    std::size_t taken_back = 0;
    for (const auto& one : log.fan_outs) {
      if (const auto* posted = std::get_if<chat::message_posted>(&one.what.what))
        seen[posted->message.id] = posted->message.seq;
      if (const auto* deleted = std::get_if<chat::message_deleted>(&one.what.what)) {
        REQUIRE(deleted->seq == 0);
        REQUIRE(seen.erase(deleted->message) == 1);
        ++taken_back;
      }
    }
    REQUIRE(taken_back <= repeats());
    if (delivery_ == delivery_mode::stored) REQUIRE(taken_back == 0);
    return seen;
  }

  auto repeats() const -> std::size_t {
    std::map<send_key, std::size_t> calls;
    for (const auto& call : calls_)
      if (!call.under.key.empty()) ++calls[call.under];
    std::size_t more = 0;
    for (const auto& [under, count] : calls) more += count - 1;
    return more;
  }

  /// No round without a cause of its own.
  void check_rounds() {
    CHECK(world_.metrics().reloads.Value() <= static_cast<double>(causes_));
  }

  actor_world& world_;
  asking me_;
  delivery_mode delivery_;
  std::mt19937_64 random_;
  chat::conversation_id room_ = world_.make_group(senders);
  caf::actor owner_ = world_.spawn_owner(world_.home(), room_);
  std::vector<made_call> calls_;
  std::vector<std::function<chat::expected<chat::done>()>> renames_;
  std::vector<chat::entry> history_;
  std::size_t causes_ = 0;
  bool stalled_ = false;
  bool failing_ = false;
};

auto seeds_to_try() -> std::vector<std::uint64_t> {
  if (const auto* given = std::getenv("PARLEY_TEST_SEED")) return {std::stoull(given)};
  return {1, 3, 4, std::random_device{}()};
}

}  // namespace

TEMPLATE_TEST_CASE("whatever is repeated, and however the store behaves, each send is stored once",
                   "[actors][retry][property]", sqlite_driver, mariadb_driver) {
  for (const auto delivery : {delivery_mode::stored, delivery_mode::immediate})
    for (const auto seed : seeds_to_try()) {
      INFO("PARLEY_TEST_SEED=" << seed << " immediate "
                               << (delivery == delivery_mode::immediate));
      TestType driver;
      const auto adjust = options_of(delivery, seed);
      actor_world world{[&](auto& o) {
        adjust(o);
        o.storage.url = driver.url();
      }};
      storm{world, delivery, seed}.run();
    }
}
