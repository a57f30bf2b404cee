#include "tests/support/network_spy.hpp"

namespace parley::test {

network_spy::network_spy(caf::actor_config& config, std::shared_ptr<awaited<network_log>> log)
    : caf::event_based_actor(config), log_(std::move(log)) {}

auto network_spy::make_behavior() -> caf::behavior {
  return {
      [this](const actors::fan_out& what) {
        const auto by = current_sender() ? current_sender()->id() : 0;
        log_->change([&](network_log& log) { log.fan_outs.push_back({by, what}); });
      },
      [this](const actors::notify_users& what) {
        log_->change([&](network_log& log) { log.notices.push_back(what); });
      },
      [this](const actors::answered& what) {
        log_->change([&](network_log& log) { log.answers.push_back(what); });
      },
      [this](const actors::subscribe& what) {
        log_->change([&](network_log& log) { log.subscribed.push_back(what); });
      },
      [this](const actors::unsubscribe& what) {
        log_->change([&](network_log& log) { log.unsubscribed.push_back(what); });
      },
      [this](const actors::conversation_retired& what) {
        log_->change([&](network_log& log) { log.retired.push_back(what); });
      },
  };
}

auto shown_texts(const network_log& log, caf::actor_id by) -> std::vector<std::string> {
  std::vector<std::string> texts;
  for (const auto& one : shown_events<chat::message_posted>(log, by))
    texts.push_back(one.message.content);
  return texts;
}

namespace {

struct seq_of {
  auto operator()(const chat::message_posted& e) const -> std::uint64_t { return e.message.seq; }
  auto operator()(const chat::receipt&) const -> std::uint64_t { return 0; }
  auto operator()(const chat::typing_changed&) const -> std::uint64_t { return 0; }
  auto operator()(const chat::presence_changed&) const -> std::uint64_t { return 0; }
  template <class Event>
  auto operator()(const Event& e) const -> std::uint64_t {
    return e.seq;
  }
};

}  // namespace

auto shown_seqs(const network_log& log, caf::actor_id by) -> std::vector<std::uint64_t> {
  std::vector<std::uint64_t> seqs;
  for (const auto& one : log.fan_outs) {
    if (by != 0 && one.by != by) continue;
    if (const auto seq = std::visit(seq_of{}, one.what.what)) seqs.push_back(seq);
  }
  return seqs;
}

}  // namespace parley::test
