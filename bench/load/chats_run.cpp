// The chat list of somebody with many conversations: its first page, and all of it, page by page.

#include <set>

#include "bench/load/crowd.hpp"
#include "bench/load/phases.hpp"
#include "bench/load/scenario_run.hpp"
#include "bench/measure/clock.hpp"
#include "bench/measure/histogram.hpp"
#include "bench/wire/failure.hpp"
#include "bench/wire/json_cursor.hpp"

namespace parley::bench {
namespace {

constexpr std::string_view list_id = "list";
constexpr std::uint32_t page_rows = 50;
constexpr std::uint32_t posts_at_once = 8;  // unanswered, as other scenarios have it

/// One row of the list, as far as it is looked at.
struct chat_row {
  std::string id;
  std::string last_activity_at;
};

auto read_row(json_cursor& json, chat_row& out) -> bool {
  std::string_view key;
  std::string_view text;
  if (!json.take('{')) return false;
  while (json.next_key(key)) {
    const bool is_id = key == "id";
    if (!is_id && key != "lastActivityAt") {
      if (!json.skip_value()) return false;
      continue;
    }
    if (!json.read_string(text)) return false;
    (is_id ? out.id : out.last_activity_at) = text;
  }
  return json.take('}');
}

auto read_rows(std::string_view record) -> std::vector<chat_row> {
  std::vector<chat_row> rows;
  json_cursor json(record);
  json.take('{');
  for (std::string_view key; json.next_key(key);) {
    if (key != "result") {
      if (!json.skip_value()) check_failed("not an answer");
      continue;
    }
    json.take('[');
    while (json.peek() == '{' || json.take(','))
      if (!read_row(json, rows.emplace_back())) check_failed("not a chat list");
    if (!json.take(']')) check_failed("not a chat list");
  }
  return rows;
}

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
    rows_ = read_rows(record.raw);
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

  /// Every conversation must be in it once, the latest first.
  void walk() {
    std::set<std::string> seen;
    std::string before;
    std::string last = "9";
    for (ask(before); !rows_.empty(); ask(before)) {
      for (const auto& row : rows_) {
        if (row.last_activity_at > last) check_failed("the chat list is out of order");
        if (!seen.insert(row.id).second) check_failed("the chat list has a row twice");
        last = row.last_activity_at;
      }
      before = last + '|' + rows_.back().id;
      ++pages_;
    }
    if (seen != expected_)
      check_failed("lost: the chat list has " + std::to_string(seen.size()) + " of " +
                   std::to_string(expected_.size()) + " conversations");
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
