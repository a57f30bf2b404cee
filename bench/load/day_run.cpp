#include "bench/load/day_run.hpp"

#include <algorithm>
#include <charconv>

#include "bench/load/content.hpp"
#include "bench/load/phases.hpp"
#include "bench/measure/clock.hpp"
#include "bench/wire/failure.hpp"

namespace parley::bench {
namespace {

constexpr std::string_view catch_up_id = "catch-up";
constexpr char read_mark = 'r';
constexpr char history_mark = 'h';
constexpr char chats_mark = 'l';
constexpr std::int64_t poll_ns = 10'000'000;

auto quoted(const std::string& id) -> std::string {
  return "\"" + id + "\"";
}

auto number_in(std::string_view text) -> std::uint64_t {
  std::uint64_t number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || stop != text.data() + text.size())
    check_failed("an answer to nothing that was asked: " + std::string(text));
  return number;
}

}  // namespace

day_run::day_run(const options& opts)
    : options_(opts),
      model_(opts.seed, opts.members, opts.rate > 0 ? opts.rate : opts.members),
      crowd_(opts, opts.members, *this),
      people_(opts.members) {
  for (std::uint32_t user = 0; user < opts.members; ++user)
    people_[user].followers.resize(model_.conversations()[user].size());
}

auto day_run::run() -> report {
  found_conversations();
  for (std::uint32_t user = 0; user < options_.members; ++user)
    if (model_.is_there(user)) come(user, now_ns());
  const auto is_settled = [&] {
    return std::none_of(people_.begin(), people_.end(),
                        [](const person& who) { return who.is == presence::coming; });
  };
  crowd_.wait_until(is_settled, "everybody to come in the morning");
  next_ = model_.next();
  began_at_ = now_ns();
  live_until(began_at_ + to_ns(options_.warmup));
  announce(options_, "measuring");
  const auto begin = crowd_.pool().usage_now();
  measure_from_ = now_ns();
  live_until(measure_from_ + to_ns(options_.seconds));
  const auto end = crowd_.pool().usage_now();
  const auto measured = make_report(begin, end);
  announce(options_, "measured");
  evening();
  return measured;
}

void day_run::found_conversations() {
  conversation_maker maker(options_, crowd_.pool());
  for (const auto& members : model_.members()) {
    auto id = members.size() == 2 ? maker.make_direct(members[0], members[1])
                                  : maker.make_group(members);
    numbers_.emplace(id, ledgers_.size());
    ledgers_.emplace_back(std::move(id));
  }
}

void day_run::live_until(std::int64_t end) {
  for (auto now = now_ns(); now < end; now = now_ns()) {
    while (began_at_ + next_.at_ns <= now) {
      next_.at_ns += began_at_;  // from here on the time it is due
      people_[next_.user].waiting.push_back(next_);
      act(next_.user);
      next_ = model_.next();
    }
    crowd_.pool().poll(std::min({end, began_at_ + next_.at_ns, now + poll_ns}));
  }
}

void day_run::evening() {
  for (auto& who : people_) who.waiting.clear();
  crowd_.wait_until([&] { return acked_ == sent_.size(); }, "the acks of the day");
  for (std::uint32_t user = 0; user < options_.members; ++user) {
    if (people_[user].is == presence::away) come(user, now_ns());
  }
  const auto has_all = [&](std::uint32_t user) {
    if (people_[user].is != presence::there) return false;
    const auto& mine = model_.conversations()[user];
    for (std::size_t i = 0; i < mine.size(); ++i)
      if (people_[user].followers[i].last_seq() < ledgers_[mine[i]].last_seq()) return false;
    return true;
  };
  std::uint32_t complete = 0;
  crowd_.wait_until(
      [&] {
        while (complete < options_.members && has_all(complete)) ++complete;
        return complete == options_.members;
      },
      "somebody's whole history in the evening");
}

void day_run::act(std::uint32_t user) {
  auto& who = people_[user];
  while (!who.waiting.empty()) {
    const auto what = who.waiting.front();
    if (who.is == presence::coming) return;
    if (what.what == kind::go && who.unacked > 0) return;
    who.waiting.pop_front();
    carry_out(who, what);
  }
}

void day_run::carry_out(person& who, const day_action& what) {
  if (is_measured(what.at_ns)) ++actions_;
  const auto user = what.user;
  if (what.what == kind::come) return come(user, what.at_ns);
  if (what.what == kind::go) return go(user);
  if (who.is != presence::there) check_failed("the model moves somebody who is away");
  if (what.what == kind::chats)
    return ask(user, chats_mark, "GetConversations", R"({"limit":50})", what.at_ns);
  const auto& id = ledgers_[what.conversation].conversation_id();
  auto& link = crowd_.pool().at(user);
  switch (what.what) {
    case kind::post: return post(user, what.conversation, what.at_ns);
    case kind::type: return crowd_.call(link, "StartTyping", quoted(id));
    case kind::stop_typing: return crowd_.call(link, "StopTyping", quoted(id));
    case kind::read: return ask(user, read_mark, "MarkRead", quoted(id), what.at_ns);
    default:
      return ask(user, history_mark, "GetMessages",
                 R"({"conversationId":)" + quoted(id) + R"(,"limit":50})", what.at_ns);
  }
}

void day_run::come(std::uint32_t user, std::int64_t due) {
  people_[user].is = presence::coming;
  people_[user].came_at = due;
  crowd_.pool().start(user);
}

void day_run::go(std::uint32_t user) {
  people_[user].is = presence::away;
  for (auto& each : people_[user].followers) each.on_away();
  crowd_.pool().at(user).leave(crowd_.pool().io());
}

void day_run::on_open(connection& from) {
  const auto user = from.index();
  const auto& mine = model_.conversations()[user];
  std::string asked = "[";
  for (std::size_t i = 0; i < mine.size(); ++i) {
    const auto& id = ledgers_[mine[i]].conversation_id();
    crowd_.call(from, "JoinConversation", quoted(id), join_id);
    asked += i == 0 ? "" : ",";
    asked += R"({"conversationId":)" + quoted(id) + R"(,"afterSeq":)" +
             std::to_string(people_[user].followers[i].last_seq()) + "}";
  }
  crowd_.call(from, "CatchUp", asked + "]", catch_up_id);
}

void day_run::post(std::uint32_t user, std::uint32_t conversation, std::int64_t due) {
  sent_.push_back({due, conversation});
  ++people_[user].unacked;
  if (is_measured(due)) ++posts_;
  crowd_.post(crowd_.pool().at(user), ledgers_[conversation].conversation_id(), sent_.size() - 1);
}

void day_run::ask(std::uint32_t user, char mark, std::string_view target,
                  const std::string& arguments, std::int64_t due) {
  const auto id = mark + std::to_string(asked_.size());
  asked_.push_back(due);
  crowd_.call(crowd_.pool().at(user), target, arguments, id);
}

void day_run::on_record(connection& from, const hub_record& record) {
  crowd_.progress();
  if (record.type == 3) return on_answer(from, record);
  if (record.target == "MessageReceived") on_delivery(from, record);
}

void day_run::on_delivery(const connection& from, const hub_record& record) {
  const auto conversation = conversation_of(record.conversation_id);
  std::uint64_t number = 0;
  if (!read_content(record.content, number) || number >= sent_.size() ||
      sent_[number].conversation != conversation)
    check_failed("a delivery of no message of ours: " + std::string(record.raw));
  auto& follows = follower_of(from.index(), conversation);
  const auto now = crowd_.now();
  if (measure_from_ <= now) ++deliveries_;
  const bool is_live = follows.on_live(ledgers_[conversation], record.seq, number);
  if (is_live && is_measured(sent_[number].due)) delivery_latency_.record(now - sent_[number].due);
}

void day_run::on_answer(connection& from, const hub_record& record) {
  if (!record.error.empty())
    check_failed("refused: " + std::string(record.invocation_id) + ": " +
                 std::string(record.error));
  const auto id = record.invocation_id;
  if (id == join_id) return;
  if (id == catch_up_id) return on_caught_up(from, record);
  if (!id.empty() && id.front() >= '0' && id.front() <= '9') return on_ack(from, record);
  const auto number = number_in(id.substr(1));
  if (number >= asked_.size()) check_failed("an answer to nothing that was asked");
  const auto due = asked_[number];
  if (!is_measured(due)) return;
  if (id.front() == history_mark) history_latency_.record(crowd_.now() - due);
  if (id.front() == chats_mark) chats_latency_.record(crowd_.now() - due);
}

void day_run::on_ack(const connection& from, const hub_record& record) {
  const auto number = number_in(record.invocation_id);
  if (number >= sent_.size()) check_failed("an ack of nothing");
  const auto& message = sent_[number];
  ledgers_[message.conversation].note(record.seq, number);
  if (is_measured(message.due)) ack_latency_.record(crowd_.now() - message.due);
  ++acked_;
  if (people_[from.index()].unacked-- == 0) check_failed("an ack again");
  act(from.index());
}

void day_run::on_caught_up(connection& from, const hub_record& record) {
  std::vector<caught_up> all;
  const auto user = from.index();
  auto& who = people_[user];
  if (!read_caught_up(record.raw, all) || all.size() != who.followers.size())
    check_failed("not CatchUp's answer: " + std::string(record.raw.substr(0, 200)));
  for (const auto& one : all) {
    const auto conversation = conversation_of(one.conversation_id);
    follower_of(user, conversation).on_caught_up(ledgers_[conversation], one);
  }
  if (is_measured(who.came_at)) coming_latency_.record(crowd_.now() - who.came_at);
  who.is = presence::there;
  act(user);
}

auto day_run::follower_of(std::uint32_t user, std::uint32_t conversation) -> follower& {
  const auto& mine = model_.conversations()[user];
  const auto at = std::find(mine.begin(), mine.end(), conversation);
  if (at == mine.end()) check_failed("an event for somebody who is no member");
  return people_[user].followers[static_cast<std::size_t>(at - mine.begin())];
}

auto day_run::conversation_of(std::string_view id) const -> std::uint32_t {
  const auto at = numbers_.find(std::string(id));
  if (at == numbers_.end()) check_failed("an event of an unknown conversation");
  return at->second;
}

auto day_run::make_report(const usage& begin, const usage& end) -> report {
  report out;
  const auto seconds = static_cast<double>(end.at - begin.at) / ns_per_second;
  const auto actions = static_cast<double>(actions_);
  const auto deliveries = static_cast<double>(deliveries_);
  out.add("users", options_.members);
  out.add("conversations", static_cast<double>(ledgers_.size()));
  out.add("seed", static_cast<double>(options_.seed));
  out.add("seconds", seconds);
  out.add("actions_per_s", actions / seconds);
  out.add("posts_per_s", static_cast<double>(posts_) / seconds);
  out.add("deliveries_per_s", deliveries / seconds);
  add_latency(out, "delivery", delivery_latency_);
  add_latency(out, "ack", ack_latency_);
  add_latency(out, "coming", coming_latency_);
  add_latency(out, "history", history_latency_);
  add_latency(out, "chat_list", chats_latency_);
  const auto server = difference(end.server, begin.server);
  add_costs(out, "server", server, "action", actions);
  add_costs(out, "server", server, "delivery", deliveries);
  add_costs(out, "database", difference(end.database, begin.database), "action", actions);
  out.add("server_resident_bytes", static_cast<double>(end.server.resident_bytes));
  add_surroundings(out, begin, end);
  return out;
}

auto make_day_run(const options& opts) -> std::unique_ptr<scenario_run> {
  if (opts.members < 16) cannot_run("a day needs --members 16 at least");
  return std::make_unique<day_run>(opts);
}

}  // namespace parley::bench
