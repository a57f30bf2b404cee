// A connection storm: all users connect, shake hands, join and catch up at once; then again after
// a restart of the server.

#include <algorithm>

#include "bench/load/caught_up.hpp"
#include "bench/load/crowd.hpp"
#include "bench/load/phases.hpp"
#include "bench/load/scenario_run.hpp"
#include "bench/measure/clock.hpp"
#include "bench/measure/histogram.hpp"
#include "bench/wire/failure.hpp"

namespace parley::bench {
namespace {

constexpr std::string_view catch_up_id = "catch-up";
constexpr std::uint32_t rooms_at_once = 64;  // that are filled together

class storm_run final : public scenario_run, public connection_listener {
 public:
  explicit storm_run(const options& opts)
      : options_(opts), crowd_(options_, opts.rooms * opts.members, *this) {}

  auto run() -> report override {
    fill_rooms();
    report out;
    out.add("users", users());
    out.add("missed_messages", options_.history);
    out.add("server_resident_bytes_before", resident());
    announce(options_, "measuring");
    storm(out, "storm");
    announce(options_, "measured");
    if (!options_.phases) return out;
    drop_all();
    options_.server_pid = std::stoi(announce(options_, "restart"));
    storm(out, "restart");
    return out;
  }

  void on_open(connection& from) override {
    if (!is_storming_) return;
    const auto& room = rooms_[from.index() / options_.members];
    crowd_.call(from, "JoinConversation", "\"" + room.id + "\"", join_id);
    crowd_.call(from, "CatchUp",
                R"([{"conversationId":")" + room.id + R"(","afterSeq":)" +
                    std::to_string(room.first_seq - 1) + "}]",
                catch_up_id);
  }

  void on_record(connection& from, const hub_record& record) override {
    if (record.type != 3) return;
    if (!record.error.empty()) check_failed("refused: " + std::string(record.error));
    crowd_.progress();
    if (!is_storming_) return on_ack(from, record);
    if (record.invocation_id == catch_up_id) on_caught_up(from, record);
  }

 private:
  struct filled_room {
    std::string id;
    std::int64_t first_seq = 0;
    std::uint32_t acked = 0;
  };

  auto users() const -> std::uint32_t { return options_.rooms * options_.members; }
  auto resident() -> double {
    return static_cast<double>(crowd_.pool().usage_now().server.resident_bytes);
  }

  void fill_rooms() {
    conversation_maker maker(options_, crowd_.pool());
    for (std::uint32_t i = 0; i < options_.rooms; ++i)
      rooms_.push_back({maker.make_group(i * options_.members, options_.members)});
    for (std::uint32_t from = 0; from < options_.rooms; from += rooms_at_once)
      fill(from, std::min(options_.rooms, from + rooms_at_once));
    drop_all();
  }

  void fill(std::uint32_t from, std::uint32_t to) {
    for (auto i = from; i < to; ++i) crowd_.open(i * options_.members);
    for (std::uint32_t number = 0; number < options_.history; ++number) {
      for (auto i = from; i < to; ++i)
        crowd_.post(crowd_.pool().at(i * options_.members), rooms_[i].id, number);
      crowd_.wait_until(
          [&] {
            return std::all_of(rooms_.begin() + from, rooms_.begin() + to,
                               [&](const auto& room) { return room.acked > number; });
          },
          "an ack while the rooms are filled");
    }
  }

  void on_ack(const connection& from, const hub_record& record) {
    auto& room = rooms_[from.index() / options_.members];
    if (room.acked++ == 0) room.first_seq = record.seq;
  }

  void drop_all() {
    for (std::uint32_t i = 0; i < users(); ++i) crowd_.pool().at(i).drop();
  }

  void storm(report& out, const std::string& name) {
    is_storming_ = true;
    ready_.assign(users(), false);
    ready_count_ = 0;
    latency_ = {};
    const auto begin = crowd_.pool().usage_now();
    storm_from_ = begin.at;
    for (std::uint32_t i = 0; i < users(); ++i) crowd_.pool().start(i);
    crowd_.wait_until([&] { return ready_count_ == users(); }, "all users to be back");
    const auto seconds = static_cast<double>(crowd_.now() - storm_from_) / ns_per_second;
    const auto end = crowd_.pool().usage_now();
    out.add(name + "_users_per_s", users() / seconds);
    add_latency(out, name + "_ready", latency_);
    const auto server = difference(end.server, begin.server);
    add_costs(out, name + "_server", server, "user", users());
    add_costs(out, name + "_database", difference(end.database, begin.database), "user", users());
    out.add(name + "_server_resident_bytes", static_cast<double>(end.server.resident_bytes));
    if (name == "storm") add_surroundings(out, begin, end);
  }

  void on_caught_up(const connection& from, const hub_record& record) {
    const auto& room = rooms_[from.index() / options_.members];
    std::vector<caught_up> all;
    if (!read_caught_up(record.raw, all) || all.size() != 1)
      check_failed("not CatchUp's answer: " + std::string(record.raw));
    if (all.front().conversation_id != room.id) check_failed("CatchUp of another room");
    check_missed(all.front(), room.first_seq, options_.history);
    if (ready_[from.index()]) check_failed("CatchUp was answered twice");
    ready_[from.index()] = true;
    ++ready_count_;
    latency_.record(crowd_.now() - storm_from_);
  }

  options options_;  ///< a copy: the server's process changes
  crowd crowd_;
  std::vector<filled_room> rooms_;
  std::vector<bool> ready_;
  std::uint32_t ready_count_ = 0;
  std::int64_t storm_from_ = 0;
  bool is_storming_ = false;
  histogram latency_;
};

}  // namespace

auto make_storm_run(const options& opts) -> std::unique_ptr<scenario_run> {
  return std::make_unique<storm_run>(opts);
}

}  // namespace parley::bench
