#pragma once

#include <caf/all.hpp>
#include <memory>
#include <vector>

#include "actors/messages.hpp"
#include "tests/support/awaited.hpp"

namespace parley::test {

/// What a network actor was told, in the order it came.
struct network_log {
  struct shown {
    caf::actor_id by = 0;
    actors::fan_out what;
  };
  std::vector<shown> fan_outs;
  std::vector<actors::notify_users> notices;
  std::vector<actors::answered> answers;
  std::vector<actors::subscribe> subscribed;
  std::vector<actors::unsubscribe> unsubscribed;
  std::vector<actors::conversation_retired> retired;
};

/// Stands for a network actor: records.
class network_spy final : public caf::event_based_actor {
 public:
  network_spy(caf::actor_config& config, std::shared_ptr<awaited<network_log>> log);

  auto make_behavior() -> caf::behavior override;

 private:
  std::shared_ptr<awaited<network_log>> log_;
};

/// The events of one kind among what was shown. @param by 0: by anybody
template <class Event>
auto shown_events(const network_log& log, caf::actor_id by = 0) -> std::vector<Event> {
  std::vector<Event> found;
  for (const auto& one : log.fan_outs)
    if (by == 0 || one.by == by)
      if (const auto* event = std::get_if<Event>(&one.what.what)) found.push_back(*event);
  return found;
}

/// Texts of the messages shown.
auto shown_texts(const network_log& log, caf::actor_id by = 0) -> std::vector<std::string>;
/// Seqs of everything shown that has one.
auto shown_seqs(const network_log& log, caf::actor_id by = 0) -> std::vector<std::uint64_t>;

}  // namespace parley::test
