#include "actors/people/blocks.hpp"

#include "actors/storage/database.hpp"

namespace parley::actors {
namespace {

/// Users one user may block.
constexpr std::size_t max_blocks = 1'000;

struct written {
  bool is_change = false;
  std::optional<chat::conversation_id> pair;
};

auto write(storage::store& store, const chat::block& what, bool is_blocked, chat::timestamp now)
    -> chat::expected<written> {
  const auto change =
      is_blocked ? store.add_block(what, now, max_blocks) : store.drop_block(what);
  if (!change) return chat::unexpected{change.error()};
  const auto pair = store.find_pair(what.by, what.whom);
  if (!pair) return chat::unexpected{pair.error()};
  return written{*change, *pair};
}

}  // namespace

/// A block that is stored, on its way to those who act on it.
struct blocks_actor::change {
  chat::block what;
  bool is_change = false;
  std::optional<chat::conversation_id> pair;  ///< the conversation of the two, when they have one
  mutable caf::response_promise reply;

  void succeed() const { reply.deliver(chat::done{}); }
  /// It is stored and not in force everywhere; whoever repeats it learns when it is.
  void fail() const {
    reply.deliver(to_caf({chat::errc::unknown, "stored, not in force everywhere yet; repeat"}));
  }
};

blocks_actor::blocks_actor(caf::actor_config& config, environment& env)
    : watched_actor(config, env.metrics.pool_turns), env_(env) {}

auto blocks_actor::make_behavior() -> caf::behavior {
  return {[this](const chat::caller& from, const chat::set_block& what) { on_set(from, what); }};
}

void blocks_actor::on_set(const chat::caller& from, const chat::set_block& what) {
  auto reply = make_response_promise();
  const chat::block block{from.user, what.whom};
  if (block.by == block.whom)
    return reply.deliver(to_caf({chat::errc::bad_request, "this is yourself"}));
  // The store takes down how far the two have come: what they were shown must be there.
  const auto open = std::make_shared<std::size_t>(env_.writers.size());
  const auto settled = [this, open, block, is_blocked = what.is_blocked, reply] {
    if (--*open == 0) set(block, is_blocked, reply);
  };
  for (const auto& writer : env_.writers)
    request(writer, settle_patience, settle{})
        .then([settled](const chat::done&) { settled(); },
              [settled](const caf::error&) { settled(); });
}

void blocks_actor::set(const chat::block& block, bool is_blocked, caf::response_promise reply) {
  ask_database(
      this, env_.room_writer,
      [block, is_blocked, now = env_.clock.now()](storage::store& store) {
        return write(store, block, is_blocked, now);
      },
      [this, block, reply](const chat::expected<written>& stored) mutable {
        if (!stored) return reply.deliver(to_caf(stored.error()));
        tell_conversation({block, stored->is_change, stored->pair, reply});
      });
}

/// Its two are refused from here on; presence may take a little longer.
void blocks_actor::tell_conversation(const change& what) {
  if (!what.pair) return tell_presence(what);
  const auto tell = [this, what](const caf::actor& owner) {
    request(owner, caf::infinite, chat::caller{}, blocks_changed{*what.pair})
        .then([this, what](const chat::done&) { tell_presence(what); },
              [this, what](const caf::error& why) {
                // Who sequences it next will read what is stored.
                is_receiver_down(why) ? tell_presence(what) : what.fail();
              });
  };
  request(env_.registry, caf::infinite, find_conversation{*what.pair})
      .then(tell, [what](const caf::error&) { what.fail(); });
}

void blocks_actor::tell_presence(const change& what) {
  if (!what.is_change) return what.succeed();
  request(env_.presence, caf::infinite, block_changed{what.what})
      .then([what](const chat::done&) { what.succeed(); },
            [what](const caf::error&) { what.fail(); });
}

}  // namespace parley::actors
