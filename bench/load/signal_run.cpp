// Presence and typing storms: in every room one member at a time comes and goes, or types and
// stops, and the next step follows when all others have heard of it.

#include <algorithm>

#include "bench/load/crowd.hpp"
#include "bench/load/phases.hpp"
#include "bench/load/scenario_run.hpp"
#include "bench/load/signal_room.hpp"
#include "bench/measure/clock.hpp"
#include "bench/measure/histogram.hpp"
#include "bench/wire/failure.hpp"

namespace parley::bench {
namespace {

constexpr double settle_seconds = 2;  // what opening has set off has been told by then

class signal_run : public scenario_run, public connection_listener {
 public:
  explicit signal_run(const options& opts)
      : options_(opts), crowd_(opts, opts.rooms * opts.members, *this) {
    if (opts.members < 2) cannot_run("nobody to tell: --members is 2 at least");
  }

  auto run() -> report override {
    crowd_.pool().open_all();
    make_rooms();
    prepare();
    crowd_.rest(settle_seconds);
    is_running_ = true;
    for (std::uint32_t i = 0; i < options_.rooms; ++i) step(i);
    drive(options_.warmup);
    announce(options_, "measuring");
    const auto begin = crowd_.pool().usage_now();
    signals_ = 0;
    start_latency_ = stop_latency_ = {};
    drive(options_.seconds);
    const auto end = crowd_.pool().usage_now();
    const auto measured = make_report(begin, end);
    announce(options_, "measured");
    is_ending_ = true;
    crowd_.wait_until([&] { return idle_ == options_.rooms; }, "the last signals");
    return measured;
  }

  void on_open(connection&) override {}

  void on_record(connection& from, const hub_record& record) override {
    if (record.type == 3) return on_answer(record);
    if (!is_running_) return;
    const bool starts = record.target == start_event();
    if (!starts && record.target != stop_event()) return;
    on_signal(from.index(), crowd_.number_of(user_of(record)), starts);
  }

 protected:
  virtual auto start_event() const -> std::string_view = 0;
  virtual auto stop_event() const -> std::string_view = 0;
  virtual auto user_of(const hub_record& record) const -> std::string_view = 0;
  virtual void prepare() {}
  virtual void act(std::uint32_t room, std::uint32_t actor, bool starts) = 0;
  virtual void on_answer(const hub_record&) {}
  /// All have heard of it. @returns may the next step follow at once?
  virtual auto is_settled(std::uint32_t) -> bool { return true; }

  auto the_crowd() -> crowd& { return crowd_; }
  auto opts() const -> const options& { return options_; }
  auto conversation(std::uint32_t room) const -> const std::string& { return conversations_[room]; }
  void step(std::uint32_t index) {
    auto& room = rooms_[index];
    if (is_ending_ && !room.is_starting()) {
      ++idle_;
      return;
    }
    room.begin(now_ns());
    act(index, index * options_.members + room.actor(), room.is_starting());
  }
  auto judge(std::uint32_t room) -> signal_room& { return rooms_[room]; }

 private:
  void make_rooms() {
    conversation_maker maker(options_, crowd_.pool());
    for (std::uint32_t i = 0; i < options_.rooms; ++i) {
      conversations_.push_back(maker.make_group(i * options_.members, options_.members));
      rooms_.emplace_back(i, options_.members);
      crowd_.pool().poll(0);
    }
  }

  void drive(double seconds) {
    const auto end = now_ns() + to_ns(seconds);
    const auto before = [end] { return now_ns() >= end; };
    crowd_.wait_until(before, "a signal");
  }

  void on_signal(std::uint32_t listener, std::uint32_t about, bool starts) {
    const auto index = listener / options_.members;
    if (about / options_.members != index) check_failed("a signal from another room");
    auto& room = rooms_[index];
    crowd_.progress();
    ++signals_;
    (starts ? start_latency_ : stop_latency_).record(crowd_.now() - room.begun_at());
    if (room.on_signal(listener % options_.members, about % options_.members, starts) &&
        is_settled(index))
      step(index);
  }

  auto make_report(const usage& begin, const usage& end) const -> report {
    report out;
    const auto seconds = static_cast<double>(end.at - begin.at) / ns_per_second;
    const auto signals = static_cast<double>(signals_);
    out.add("rooms", options_.rooms);
    out.add("members", options_.members);
    out.add("seconds", seconds);
    out.add("signals", signals);
    out.add("signals_per_s", signals / seconds);
    add_latency(out, "start", start_latency_);
    add_latency(out, "stop", stop_latency_);
    add_costs(out, "server", difference(end.server, begin.server), "signal", signals);
    add_costs(out, "database", difference(end.database, begin.database), "signal", signals);
    add_surroundings(out, begin, end);
    return out;
  }

  const options& options_;
  crowd crowd_;
  std::vector<std::string> conversations_;
  std::vector<signal_room> rooms_;
  std::uint64_t signals_ = 0;
  histogram start_latency_;
  histogram stop_latency_;
  std::uint32_t idle_ = 0;  ///< rooms that have ended
  bool is_running_ = false;
  bool is_ending_ = false;
};

class typing_run final : public signal_run {
 public:
  using signal_run::signal_run;

 private:
  auto start_event() const -> std::string_view override { return "UserTyping"; }
  auto stop_event() const -> std::string_view override { return "UserStoppedTyping"; }
  auto user_of(const hub_record& record) const -> std::string_view override {
    return record.second_argument;
  }
  void prepare() override {
    const auto users = the_crowd().pool().size();
    for (std::uint32_t i = 0; i < users; ++i)
      the_crowd().call(the_crowd().pool().at(i), "JoinConversation",
                       "\"" + conversation(i / opts().members) + "\"", join_id);
    the_crowd().wait_until([&] { return joined_ == users; }, "all users to join");
  }
  void on_answer(const hub_record& record) override {
    if (!record.error.empty()) check_failed("refused: " + std::string(record.error));
    the_crowd().progress();
    if (record.invocation_id == join_id) ++joined_;
  }
  void act(std::uint32_t room, std::uint32_t actor, bool starts) override {
    the_crowd().call(the_crowd().pool().at(actor), starts ? "StartTyping" : "StopTyping",
                     "\"" + conversation(room) + "\"");
  }

  std::uint32_t joined_ = 0;
};

/// To start is to go; to stop being away is to connect again.
class presence_run final : public signal_run {
 public:
  using signal_run::signal_run;

  void on_open(connection& from) override {
    const auto room = from.index() / opts().members;
    if (is_prepared_ && is_settled(room)) step(room);
  }

 private:
  auto start_event() const -> std::string_view override { return "UserOffline"; }
  auto stop_event() const -> std::string_view override { return "UserOnline"; }
  auto user_of(const hub_record& record) const -> std::string_view override {
    return record.first_argument;
  }
  void prepare() override { is_prepared_ = true; }
  void act(std::uint32_t, std::uint32_t actor, bool starts) override {
    auto& pool = the_crowd().pool();
    if (starts) pool.at(actor).leave(pool.io());
    else pool.start(actor);
  }
  /// The news of a return can come before the handshake's answer: both count.
  auto is_settled(std::uint32_t room) -> bool override {
    const auto& at = judge(room);
    if (at.is_pending()) return false;
    return at.is_starting() ||
           the_crowd().pool().at(room * opts().members + at.actor()).is_open();
  }

  bool is_prepared_ = false;
};

}  // namespace

auto make_typing_run(const options& opts) -> std::unique_ptr<scenario_run> {
  return std::make_unique<typing_run>(opts);
}

auto make_presence_run(const options& opts) -> std::unique_ptr<scenario_run> {
  return std::make_unique<presence_run>(opts);
}

}  // namespace parley::bench
