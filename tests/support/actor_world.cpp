#include "tests/support/actor_world.hpp"

#include <algorithm>
#include <thread>

#include "actors/conversation/actor.hpp"
#include "actors/conversation/keeper.hpp"
#include "actors/storage/database.hpp"
#include "actors/storage/writer.hpp"
#include "storage/open.hpp"

namespace parley::test {

auto caller_of(const chat::user_id& user, std::uint64_t connection) -> chat::caller {
  return {user, user.value, 0, connection};
}

actor_world::actor_world(const std::function<void(config::options&)>& adjust) {
  options_.storage.url = "sqlite:" + (folder_.path() / "parley.db").string();
  if (adjust) adjust(options_);
  if (!storage::migrate_up(options_.storage)) throw std::runtime_error{"migrate_up failed"};
  store_ = open();
  caf_config_.set("scheduler.policy", caf::atom("sharing"));
  caf_config_.set("scheduler.max-threads", 2);
  system_ = std::make_unique<caf::actor_system>(caf_config_);
  add_site();
}

actor_world::~actor_world() { end(); }

void actor_world::end() {
  for (const auto& one : kept_) caf::anon_send_exit(one, caf::exit_reason::user_shutdown);
  system_->await_all_actors_done();  // until then they use the handles below
  kept_.clear();
  for (const auto& where : sites_) {
    auto& env = where->env;
    env.lanes.clear();
    env.writers.clear();
    env.readers = nullptr;
    env.accounts.clear();
    env.room_writer = env.registry = env.presence = env.profiles = env.jobs = nullptr;
    env.blocks = nullptr;
  }
}

auto actor_world::open() -> std::unique_ptr<storage::store> {
  const auto shared = std::make_shared<storage::shared>();
  shared->max_conversations_per_user = options_.chat.max_conversations_per_user;
  auto store = storage::open_store(options_.storage, {}, shared);
  if (!store) throw std::runtime_error{store.error().detail};
  return std::move(*store);
}

auto actor_world::add_site() -> site& {
  auto& made = *sites_.emplace_back(std::make_unique<site>(*system_, options_, metrics_));
  auto& env = made.env;
  auto& lane = env.lanes.front();
  lane.network = keep(system_->spawn<network_spy>(log_));
  lane.keeper = actors::spawn_keeper(*system_, made.host, env);
  keep(lane.keeper.handle);
  env.writers.push_back(
      keep(actors::spawn_writer(*system_, env, with_faults(open(), made.writes))));
  actors::stores readers;
  readers.push_back(with_faults(open(), made.reads));
  env.readers = keep(actors::spawn_readers(*system_, env, std::move(readers)));
  env.room_writer = keep(actors::spawn_room_writer(*system_, env, with_faults(open(), made.rooms)));
  return made;
}

auto actor_world::keep(caf::actor one) -> caf::actor {
  kept_.push_back(one);
  return one;
}

auto actor_world::make_group(const std::vector<chat::user_id>& people) -> chat::conversation_id {
  return make({}, people);
}

auto actor_world::make_direct(const chat::user_id& one, const chat::user_id& other)
    -> chat::conversation_id {
  chat::conversation_info info;
  info.type = chat::conversation_type::direct;
  info.participant1 = one;
  info.participant2 = other;
  return make(std::move(info), {one, other});
}

auto actor_world::make(chat::conversation_info info, const std::vector<chat::user_id>& people)
    -> chat::conversation_id {
  auto next = [] { return chat::system_ids().next(noon); };
  storage::new_conversation what;
  what.info = std::move(info);
  what.info.id = chat::conversation_id{next()};
  what.info.created_by = people.front();
  what.info.created_at = noon;
  for (const auto& user : people)
    what.members.push_back({user, what.members.empty() ? chat::member_role::owner
                                                       : chat::member_role::member,
                            0, 0, noon, {}});
  what.created.conversation = what.info.id;
  what.created.seq = 1;
  what.created.kind = chat::entry_kind::created;
  what.created.id = chat::message_id{next()};
  what.created.actor = people.front();
  what.created.subjects = people;
  what.created.created_at = noon;
  if (!store_->create(what)) throw std::runtime_error{"no group made"};
  return what.info.id;
}

auto actor_world::spawn_owner(site& where, chat::conversation_id id) -> caf::actor {
  return keep(actors::spawn_conversation(*system_, where.env, id));
}

auto actor_world::backlog_empties() const -> bool {
  const auto is_empty = [this] {
    return std::all_of(sites_.begin(), sites_.end(),
                       [](const auto& where) { return where->env.backlog_rows == 0; });
  };
  const auto until = std::chrono::steady_clock::now() + patience;
  while (!is_empty() && std::chrono::steady_clock::now() < until) std::this_thread::yield();
  return is_empty();
}

auto actor_world::history(chat::conversation_id id) -> std::vector<chat::entry> {
  auto found = store_->entries(id, 1, 1'000'000);
  if (!found) throw std::runtime_error{found.error().detail};
  return std::move(*found);
}

}  // namespace parley::test
