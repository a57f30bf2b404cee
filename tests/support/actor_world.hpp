#pragma once

#include <atomic>
#include <caf/all.hpp>
#include <functional>
#include <memory>
#include <vector>

#include "actors/environment.hpp"
#include "actors/messages.hpp"
#include "tests/support/faults.hpp"
#include "tests/support/network_spy.hpp"
#include "tests/support/people.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/thread_host.hpp"

namespace parley::test {

/// The error code that stands for "nothing came in time".
inline constexpr auto no_answer = chat::errc::none;

auto caller_of(const chat::user_id& user, std::uint64_t connection = 0) -> chat::caller;

/// A post with an optional client_message_id.
inline auto say(chat::conversation_id where, std::string text, std::string key = {}) -> chat::post {
  return {where, std::move(text), std::move(key), {}, {}};
}

/// The same, as a reply to the message `id`.
inline auto answer_to(chat::conversation_id where, chat::message_id id, std::string text,
                      std::string key = {}) -> chat::post {
  return {where, std::move(text), std::move(key), id, {}};
}

/// Requests from a test to actors; each may be received later, in any order.
class asking {
 public:
  explicit asking(caf::actor_system& system) : self_(system) {}

  /// Sends `what`, and hands back a function that waits for its answer.
  template <class Command>
  auto begin(const caf::actor& to, const chat::caller& from, Command what,
             std::chrono::milliseconds limit = patience) {
    using result = typename Command::result_type;
    return [handle = self_->request(to, limit, from, std::move(what))]() mutable {
      chat::expected<result> got = chat::unexpected{no_answer, "nothing came in time"};
      handle.receive([&](result& value) { got = std::move(value); },
                     [&](const caf::error& why) {
                       if (why != caf::sec::request_timeout)
                         got = chat::unexpected{actors::from_caf(why)};
                     });
      return got;
    };
  }

  template <class Command>
  auto ask(const caf::actor& to, const chat::caller& from, Command what) {
    return begin(to, from, std::move(what))();
  }

  auto self() -> caf::scoped_actor& { return self_; }

 private:
  caf::scoped_actor self_;
};

/// What asking::begin() hands back for a post.
using awaited_post = decltype(std::declval<asking&>().begin({}, {}, chat::post{}));

/// The machine's clocks, with a wall clock that a test may set. @thread any
class settable_clock final : public chat::clock {
 public:
  auto now() const -> chat::timestamp override {
    return {chat::system_clock().now().ms + ahead_ms_.load()};
  }
  auto steady_now() const -> steady override { return chat::system_clock().steady_now(); }
  /// By how much it is ahead of the machine's from now on.
  void set_ahead(std::chrono::milliseconds by) { ahead_ms_ = by.count(); }

 private:
  std::atomic<std::int64_t> ahead_ms_{0};
};

/// One server process as far as actors go: an environment with workers and readers of its own on
/// the world's database.
struct site {
  site(caf::actor_system& system, const config::options& options, telemetry::metrics& metrics)
      : env(options, metrics, clock, chat::system_ids()), host(system) {
    env.lanes.push_back({&host});
  }

  settable_clock clock;
  actors::environment env;
  thread_host host;  ///< stands for the io threads: conversations run on it
  faults writes;  ///< of the one writer
  faults reads;   ///< of the one reader
  faults rooms;   ///< of the room writer
};

/// A database in a temporary folder, an actor system, one or more sites, and a recording network.
class actor_world {
 public:
  explicit actor_world(const std::function<void(config::options&)>& adjust = {});
  ~actor_world();
  actor_world(const actor_world&) = delete;
  auto operator=(const actor_world&) -> actor_world& = delete;

  /// Ends every actor and waits; a world with threads of its own calls this before they go.
  void end();

  auto system() -> caf::actor_system& { return *system_; }
  auto home() -> site& { return *sites_.front(); }
  auto env() -> actors::environment& { return home().env; }
  auto add_site() -> site&;
  auto store() -> storage::store& { return *store_; }
  auto metrics() -> telemetry::metrics& { return metrics_; }

  /// A group, made in the store; the first one owns it.
  auto make_group(const std::vector<chat::user_id>& people) -> chat::conversation_id;
  /// The conversation of two.
  auto make_direct(const chat::user_id& one, const chat::user_id& other) -> chat::conversation_id;
  /// An owner that no registry knows of.
  auto spawn_owner(site& where, chat::conversation_id id) -> caf::actor;
  /// Ends with the world.
  auto keep(caf::actor one) -> caf::actor;

  /// Everything stored of a conversation.
  auto history(chat::conversation_id id) -> std::vector<chat::entry>;

  /// @returns whether no row waits any more, in time
  auto backlog_empties() const -> bool;

  auto log() const -> network_log { return log_->copy(); }
  template <class Claim>
  auto until(Claim holds, std::chrono::milliseconds limit = patience) const -> bool {
    return log_->until(holds, limit);
  }
  /// @returns whether `count` events were shown in time
  auto saw_fan_outs(std::size_t count) const -> bool {
    return until([count](const network_log& log) { return log.fan_outs.size() >= count; });
  }
  template <class Event>
  auto saw(std::size_t count = 1) const -> bool {
    return until([count](const network_log& log) { return shown_events<Event>(log).size() >= count; });
  }

 private:
  auto open() -> std::unique_ptr<storage::store>;
  auto make(chat::conversation_info info, const std::vector<chat::user_id>& people)
      -> chat::conversation_id;

  temporary_folder folder_;
  config::options options_;
  telemetry::metrics metrics_;
  std::shared_ptr<awaited<network_log>> log_ = std::make_shared<awaited<network_log>>();
  std::unique_ptr<storage::store> store_;
  caf::actor_system_config caf_config_;
  std::unique_ptr<caf::actor_system> system_;
  std::vector<std::unique_ptr<site>> sites_;
  std::vector<caf::actor> kept_;
};

/// A world with a group of alice and bob, its owner's actor, and one who asks.
struct group_world : actor_world {
  explicit group_world(const std::function<void(config::options&)>& adjust = {})
      : actor_world(adjust) {}

  const chat::conversation_id room = make_group({alice, bob});
  const caf::actor owner = spawn_owner(home(), room);
  asking me{system()};  ///< an actor, too: it goes before the world waits for all of them
};

/// The same with `delivery = immediate`.
struct immediate_group_world : group_world {
  immediate_group_world()
      : group_world([](auto& o) { o.delivery = config::delivery_mode::immediate; }) {}
};

}  // namespace parley::test
