// The chat list of somebody with many conversations: its first page, and all of it, page by page.

#include "bench/load/chat_list_walk.hpp"
#include "bench/load/crowd.hpp"
#include "bench/load/phases.hpp"
#include "bench/load/scenario_run.hpp"
#include "bench/measure/clock.hpp"
#include "bench/measure/histogram.hpp"
#include "bench/wire/failure.hpp"

namespace parley::bench {
namespace {

constexpr std::string_view list_id = "list";
constexpr std::uint32_t page_rows = 50;
constexpr std::uint32_t posts_at_once = 8;  // unanswered, as other scenarios have it

class chats_run final : public scenario_run, public connection_listener {
 public:
  explicit chats_run(const options& opts) : options_(opts), crowd_(opts, 1, *this) {}

  auto run() -> report override {
    crowd_.pool().open_all();
    fill();
    walk();  // warm, and checked
    announce(options_, "measuring");
    const auto begin = crowd_.pool().usage_now();
    read_for(options_.seconds / 2, first_latency_, [&] { ask({}); });
    const auto middle = crowd_.pool().usage_now();
    read_for(options_.seconds / 2, walk_latency_, [&] { walk(); });
    const auto end = crowd_.pool().usage_now();
    announce(options_, "measured");
    return make_report(begin, middle, end);
  }

  void on_open(connection&) override {}
  void on_record(connection&, const hub_record& record) override {
    if (record.type != 3) return;
    if (!record.error.empty()) check_failed("refused: " + std::string(record.error));
    crowd_.progress();
    if (record.invocation_id != list_id) {
      ++acked_;
      return;
    }
    rows_ = read_chat_rows(record.raw);
    is_answered_ = true;
  }

 private:
  /// A conversation with each of `rooms` others, and a message in it.
  void fill() {
    conversation_maker maker(options_, crowd_.pool());
    for (std::uint32_t i = 0; i < options_.rooms; ++i) {
      const auto id = maker.make_direct(0, i + 1);
      crowd_.wait_until([&] { return i - acked_ < posts_at_once; }, "an ack");
      crowd_.post(crowd_.pool().at(0), id, i);
      expected_.insert(id);
    }
    crowd_.wait_until([&] { return acked_ == options_.rooms; }, "the last ack");
  }

  void ask(const std::string& before) {
    is_answered_ = false;
    std::string arguments = R"({"limit":)" + std::to_string(page_rows);
    if (!before.empty()) arguments += R"(,"before":")" + before + '"';
    crowd_.call(crowd_.pool().at(0), "GetConversations", arguments + '}', list_id);
    crowd_.wait_until([&] { return is_answered_; }, "the chat list");
    const auto most = std::min<std::size_t>(page_rows, options_.rooms);
    if (before.empty() && rows_.size() != most)
      check_failed("the first page has " + std::to_string(rows_.size()) + " rows");
  }

  void walk() {
    chat_list_walk seen;
    for (ask({}); !rows_.empty(); ask(seen.mark())) {
      seen.take(rows_);
      ++pages_;
    }
    seen.finish(expected_);
  }

  template <class Read>
  void read_for(double seconds, histogram& times, const Read& read) {
    pages_ = 0;
    const auto end = now_ns() + to_ns(seconds);
    for (auto start = now_ns(); start < end; start = now_ns()) {
      read();
      times.record(now_ns() - start);
    }
  }

  auto make_report(const usage& begin, const usage& middle, const usage& end) const -> report {
    report out;
    const auto first_pages = static_cast<double>(first_latency_.count());
    out.add("conversations", options_.rooms);
    out.add("rows_of_a_page", page_rows);
    out.add("first_pages", first_pages);
    add_latency(out, "first_page", first_latency_);
    add_latency(out, "whole_list", walk_latency_);
    add_costs(out, "server", difference(middle.server, begin.server), "first_page", first_pages);
    add_costs(out, "database", difference(middle.database, begin.database), "first_page",
              first_pages);
    const auto pages = static_cast<double>(pages_);
    add_costs(out, "server", difference(end.server, middle.server), "page_of_all", pages);
    add_costs(out, "database", difference(end.database, middle.database), "page_of_all", pages);
    add_surroundings(out, begin, end);
    return out;
  }

  const options& options_;
  crowd crowd_;
  std::set<std::string> expected_;
  std::vector<chat_row> rows_;
  std::uint32_t acked_ = 0;
  std::uint64_t pages_ = 0;
  bool is_answered_ = false;
  histogram first_latency_;
  histogram walk_latency_;
};

}  // namespace

auto make_chats_run(const options& opts) -> std::unique_ptr<scenario_run> {
  return std::make_unique<chats_run>(opts);
}

}  // namespace parley::bench
