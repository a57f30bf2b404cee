// What an active conversation costs in memory: a fixed crowd, and more and more conversations of
// `members` among them in which something was posted.

#include <algorithm>
#include <unordered_map>

#include "bench/load/crowd.hpp"
#include "bench/load/phases.hpp"
#include "bench/load/scenario_run.hpp"
#include "bench/wire/failure.hpp"

namespace parley::bench {
namespace {

constexpr std::uint32_t most_users = 1'000;
constexpr std::uint32_t most_warm = 200;  // conversations before the first reading
constexpr std::uint32_t posts_at_once = 64;
constexpr double settle_seconds = 2;

class active_run final : public scenario_run, public connection_listener {
 public:
  explicit active_run(const options& opts)
      : options_(opts), crowd_(opts, std::max(opts.members, most_users), *this) {}

  auto run() -> report override {
    const auto warm = std::min(options_.rooms, most_warm);
    crowd_.pool().open_all();
    conversation_maker maker(options_, crowd_.pool());
    make(maker, warm);
    join_and_post(0, warm);
    announce(options_, "measuring");
    const auto before = settled();
    make(maker, warm + options_.rooms);
    post_all(warm);
    const auto posted = settled();
    join_and_post(warm, warm + options_.rooms);
    const auto joined = settled();
    announce(options_, "measured");
    return make_report(before, posted, joined);
  }

  void on_open(connection&) override {}
  void on_record(connection& from, const hub_record& record) override {
    if (record.type == 3) return on_answer(record);
    if (record.target != "MessageReceived") return;
    const auto at = rooms_.find(std::string(record.conversation_id));
    if (at == rooms_.end()) check_failed("a delivery of no room of ours");
    if (place_in(at->second.index, from.index()) >= options_.members)
      check_failed("a delivery to a stranger");
    if (++at->second.delivered > options_.members) check_failed("a delivery again");
    ++delivered_;
    crowd_.progress();
  }

 private:
  struct active_room {
    std::uint32_t index = 0;
    std::uint32_t delivered = 0;
  };

  // Room r has the neighbours from r * members on, round the crowd.
  auto first_of(std::uint32_t room) const -> std::uint32_t {
    return static_cast<std::uint32_t>(std::uint64_t{room} * options_.members % users());
  }
  auto users() const -> std::uint32_t { return std::max(options_.members, most_users); }
  auto place_in(std::uint32_t room, std::uint32_t user) const -> std::uint32_t {
    return (user + users() - first_of(room)) % users();
  }

  void make(conversation_maker& maker, std::uint32_t up_to) {
    for (auto i = static_cast<std::uint32_t>(ids_.size()); i < up_to; ++i) {
      std::vector<std::uint32_t> members;
      for (std::uint32_t m = 0; m < options_.members; ++m)
        members.push_back((first_of(i) + m) % users());
      ids_.push_back(maker.make_group(members));
      rooms_[ids_.back()] = {i, 0};
      crowd_.pool().poll(0);
    }
  }

  void post_all(std::uint32_t from) {
    acked_ = 0;
    const auto count = static_cast<std::uint32_t>(ids_.size()) - from;
    for (std::uint32_t i = 0; i < count; ++i) {
      crowd_.wait_until([&] { return i - acked_ < posts_at_once; }, "an ack");
      crowd_.post(crowd_.pool().at(first_of(from + i)), ids_[from + i], ++posted_);
    }
    crowd_.wait_until([&] { return acked_ == count; }, "the last ack");
  }

  void join_and_post(std::uint32_t from, std::uint32_t to) {
    for (auto i = from; i < to; ++i) {
      joined_ = 0;
      for (std::uint32_t m = 0; m < options_.members; ++m)
        crowd_.call(crowd_.pool().at((first_of(i) + m) % users()), "JoinConversation",
                    "\"" + ids_[i] + "\"", join_id);
      crowd_.wait_until([&] { return joined_ == options_.members; }, "all members to join");
    }
    delivered_ = 0;
    post_all(from);
    const auto all = std::uint64_t{to - from} * options_.members;
    crowd_.wait_until([&] { return delivered_ == all; }, "all deliveries");
  }

  void on_answer(const hub_record& record) {
    if (!record.error.empty()) check_failed("refused: " + std::string(record.error));
    crowd_.progress();
    ++(record.invocation_id == join_id ? joined_ : acked_);
  }

  auto settled() -> usage {
    crowd_.rest(settle_seconds);
    return crowd_.pool().usage_now();
  }

  auto make_report(const usage& before, const usage& posted, const usage& joined) const
      -> report {
    const auto growth = [&](const usage& later) {
      return (static_cast<double>(later.server.resident_bytes) -
              static_cast<double>(before.server.resident_bytes)) /
             options_.rooms;
    };
    report out;
    out.add("conversations", options_.rooms);
    out.add("members", options_.members);
    out.add("users", users());
    out.add("server_bytes_per_conversation_posted_in", growth(posted));
    out.add("server_bytes_per_active_conversation", growth(joined));
    out.add("server_resident_bytes_before", static_cast<double>(before.server.resident_bytes));
    out.add("server_resident_bytes_end", static_cast<double>(joined.server.resident_bytes));
    add_surroundings(out, before, joined);
    return out;
  }

  const options& options_;
  crowd crowd_;
  std::vector<std::string> ids_;
  std::unordered_map<std::string, active_room> rooms_;
  std::uint32_t acked_ = 0;
  std::uint32_t joined_ = 0;
  std::uint64_t delivered_ = 0;
  std::uint64_t posted_ = 0;
};

}  // namespace

auto make_active_run(const options& opts) -> std::unique_ptr<scenario_run> {
  return std::make_unique<active_run>(opts);
}

}  // namespace parley::bench
