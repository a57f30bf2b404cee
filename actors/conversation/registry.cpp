#include "actors/conversation/registry.hpp"

#include <algorithm>
#include <unordered_set>

#include "actors/conversation/actor.hpp"
#include "actors/conversation/unfinished.hpp"
#include "actors/storage/database.hpp"
#include "chat/limits.hpp"
#include "chat/text.hpp"

namespace parley::actors {
namespace {

constexpr std::size_t max_case_id_bytes = 128;
constexpr std::size_t max_group_name_units = 100;
/// A conversation of more is made in steps.
constexpr std::size_t max_members_at_once = 64;

/// It must be possible to write it in a route: URLs have no segments "." and "..", however spelled.
auto is_case_id(const std::string& text) -> bool {
  const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
  return text.size() <= max_case_id_bytes && chat::is_valid_utf8(text) && text != "." &&
         text != ".." && std::none_of(text.begin(), text.end(), is_control);
}

/// The caller first, then everybody once, in the order given.
auto people_of(const chat::caller& from, const chat::create_conversation& what)
    -> std::vector<chat::user_id> {
  std::vector<chat::user_id> people{from.user};
  std::unordered_set<std::string_view> listed{from.user.value};
  for (const auto& user : what.participants)
    if (listed.insert(user.value).second) people.push_back(user);
  return people;
}

auto check(const chat::caller& from, const chat::create_conversation& what,
           const std::vector<chat::user_id>& people, const chat::conversation_rules& rules)
    -> chat::expected<void> {
  using chat::errc;
  const auto& given = what.participants;
  if (!std::all_of(given.begin(), given.end(),
                   [](const auto& u) { return chat::is_visible_ascii_id(u.value); }))
    return chat::unexpected{errc::bad_request, "a participant id is not valid"};
  if (std::any_of(given.begin(), given.end(), chat::is_guest))
    return chat::unexpected{errc::not_found, chat::no_such_user};
  if (what.caller_must_be_listed && std::find(given.begin(), given.end(), from.user) == given.end())
    return chat::unexpected{errc::forbidden, "the caller must be one of the participants"};
  if (what.type == chat::conversation_type::lobby)
    return chat::unexpected{errc::bad_request, "there is one lobby"};
  if (chat::is_two_person(what.type) && people.size() != 2)
    return chat::unexpected{errc::bad_request, "a direct conversation needs exactly one other"};
  if (people.size() > rules.max_members)
    return chat::unexpected{errc::limit, "too many participants"};
  if (!is_case_id(what.case_id)) return chat::unexpected{errc::bad_request, "caseId is not valid"};
  return chat::check_name(what.title, chat::max_title_units);
}

auto plan(const chat::caller& from, const chat::create_conversation& what,
          const std::vector<chat::user_id>& people, environment& env) -> storage::new_conversation {
  const auto now = env.clock.now();
  storage::new_conversation made;
  auto& info = made.info;
  info.id = chat::conversation_id{env.ids.next(now)};
  info.type = what.type;
  if (chat::is_two_person(what.type)) {
    const auto& given = what.participants;
    const bool both_given = given.size() == 2 && given[0] != given[1];
    info.participant1 = both_given ? given[0] : people[0];
    info.participant2 = both_given ? given[1] : people[1];
  }
  info.title = what.title;
  info.case_id = what.case_id;
  info.created_by = from.user;
  info.created_at = now;
  const bool has_owner = !chat::is_two_person(what.type);
  for (const auto& user : people) {
    const bool owns = has_owner && user == from.user;
    made.members.push_back({user, owns ? chat::member_role::owner : chat::member_role::member, 0,
                            0, now, {}});
  }
  made.created.conversation = info.id;
  made.created.seq = 1;
  made.created.kind = chat::entry_kind::created;
  made.created.id = chat::message_id{env.ids.next(now)};
  made.created.actor = from.user;
  made.created.subjects = people;
  made.created.created_at = now;
  return made;
}

/// Who holds the place that a conversation is to take: most calls for a pair find it, and cost no
/// transaction of the one writer that makes conversations.
auto find_present(storage::store& store, const chat::conversation_info& info)
    -> chat::expected<std::optional<chat::conversation_id>> {
  if (chat::is_two_person(info.type)) {
    auto found = store.find_pair(info.participant1, info.participant2);
    if (!found || *found) return found;
  }
  if (info.case_id.empty()) return std::optional<chat::conversation_id>{};
  return store.find_case(info.case_id);
}

/// May `from` have a conversation with these people?
auto check_blocks(storage::store& store, const chat::user_id& from,
                  const std::vector<chat::user_id>& people) -> chat::expected<void> {
  const auto blocks = store.blocks_between(from, people);
  if (!blocks) return chat::unexpected{blocks.error()};
  return chat::may_reach(from, people, *blocks, chat::no_such_user);
}

}  // namespace

conversation_registry::conversation_registry(caf::actor_config& config, environment& env)
    : watched_actor(config, env.metrics.pool_turns), env_(env) {
  set_down_handler([this](caf::down_msg& down) { on_down(down); });
}

auto conversation_registry::make_behavior() -> caf::behavior {
  return {
      [this](const find_conversation& what) { on_find(what.id); },
      [this](const chat::caller& from, const chat::create_conversation& what) {
        on_create(from, what);
      },
      [this](const chat::caller& from, const chat::join_group& what) { on_join_group(from, what); },
      [this](const retire_request& what) { on_retire_request(what.id); },
      [this](const retire_refused& what) { on_retire_refused(what.id); },
  };
}

void conversation_registry::on_exit() {
  for (const auto& [id, place] : slots_)
    caf::anon_send_exit(place.owner, caf::exit_reason::user_shutdown);
  slots_.clear();
  by_actor_.clear();
}

void conversation_registry::on_find(const chat::conversation_id& id) {
  auto reply = make_response_promise();
  auto& place = slots_[id];
  if (place.retiring) return place.waiting.push_back(std::move(reply));
  if (!place.owner) place.owner = spawn_owner(id);
  reply.deliver(place.owner);
}

auto conversation_registry::spawn_owner(const chat::conversation_id& id) -> caf::actor {
  auto owner = spawn_conversation(system(), env_, id);
  monitor(owner);
  by_actor_[owner.id()] = id;
  return owner;
}

void conversation_registry::on_create(const chat::caller& from, chat::create_conversation what) {
  auto reply = make_response_promise();
  const auto people = people_of(from, what);
  if (auto fine = check(from, what, people, env_.rules()); !fine)
    return reply.deliver(to_caf(fine.error()));
  const auto make = [this, from, what, people, reply] { create_anew(from, what, people, reply); };
  auto made = plan(from, what, people, env_);
  if (!chat::is_two_person(what.type) && what.case_id.empty()) return make();
  ask_database(
      this, env_.reader(),
      [from = from.user, people, info = made.info](storage::store& store)
          -> chat::expected<std::optional<chat::conversation_id>> {
        if (auto fine = check_blocks(store, from, people); !fine)
          return chat::unexpected{fine.error()};
        return find_present(store, info);
      },
      [this, from, what, info = made.info, make,
       reply](const chat::expected<std::optional<chat::conversation_id>>& found) mutable {
        if (!found) return reply.deliver(to_caf(found.error()));
        *found ? on_created(from, what, info, **found, reply) : make();
      });
}

/// A conversation that is made in steps.
struct conversation_registry::making {
  chat::caller from;
  chat::create_conversation what;
  const storage::new_conversation made;
  storage::creation_mark reached;
  caf::response_promise reply;
};

void conversation_registry::create_anew(const chat::caller& from,
                                        const chat::create_conversation& what,
                                        const std::vector<chat::user_id>& people,
                                        caf::response_promise reply) {
  auto made = plan(from, what, people, env_);
  if (people.size() > max_members_at_once) {
    auto one = std::make_shared<making>(making{from, what, std::move(made), {}, std::move(reply)});
    return create_in_steps(std::move(one));
  }
  auto info = made.info;
  ask_database(
      this, env_.room_writer,
      [from = from.user, people,
       made = std::move(made)](storage::store& store) -> chat::expected<chat::conversation_id> {
        if (auto fine = check_blocks(store, from, people); !fine)
          return chat::unexpected{fine.error()};
        return store.create(made);
      },
      [this, from, what, info, reply](const chat::expected<chat::conversation_id>& id) mutable {
        if (!id) return reply.deliver(to_caf(id.error()));
        on_created(from, what, info, *id, reply);
      });
}

/// Between two steps the writer has turns for others.
void conversation_registry::create_in_steps(std::shared_ptr<making> one) {
  struct step {
    storage::creation_mark reached;
    std::optional<chat::conversation_id> id;
  };
  ask_database(
      this, env_.room_writer,
      [one, reached = one->reached](storage::store& store) -> chat::expected<step> {
        if (reached.members == 0)
          if (auto fine = check_blocks(store, one->from.user, one->made.created.subjects); !fine)
            return chat::unexpected{fine.error()};
        step next{reached, {}};
        auto id = store.create_some(one->made, next.reached);
        if (!id) return chat::unexpected{id.error()};
        next.id = *id;
        return next;
      },
      [this, one](const chat::expected<step>& done) mutable {
        const auto& info = one->made.info;
        if (!done) {
          one->reply.deliver(to_caf(done.error()));
          return drop_unfinished(this, env_, info.id);
        }
        one->reached = done->reached;
        if (!done->id) return create_in_steps(std::move(one));
        if (*done->id != info.id) drop_unfinished(this, env_, info.id);
        on_created(one->from, one->what, info, *done->id, one->reply);
      });
}

/// The group of this name, made when there is none. The caller enters it by itself.
void conversation_registry::on_join_group(const chat::caller& from, const chat::join_group& what) {
  auto reply = make_response_promise();
  if (auto fine = chat::check_name(what.name, max_group_name_units); !fine || what.name.empty())
    return reply.deliver(to_caf({chat::errc::bad_request, "a group name has 1 to 100 visible units"}));
  ask_database(
      this, env_.reader(), [name = what.name](storage::store& store) { return store.find_name(name); },
      [this, from, name = what.name,
       reply](const chat::expected<std::optional<chat::conversation_id>>& found) mutable {
        if (!found) return reply.deliver(to_caf(found.error()));
        if (*found) return reply.deliver(chat::created_conversation{**found});
        create_named(from, name, reply);
      });
}

void conversation_registry::create_named(const chat::caller& from, const std::string& name,
                                         caf::response_promise reply) {
  chat::create_conversation group;
  group.title = name;
  auto made = plan(from, group, {from.user}, env_);
  made.info.name = name;
  const auto info = made.info;
  ask_database(
      this, env_.room_writer,
      [made](storage::store& store) { return store.create(made); },
      [this, from, group, info, reply](const chat::expected<chat::conversation_id>& id) mutable {
        if (!id) return reply.deliver(to_caf(id.error()));
        if (*id == info.id) return on_created(from, group, info, *id, reply);
        reply.deliver(chat::created_conversation{*id});
      });
}

void conversation_registry::on_created(const chat::caller& from,
                                       const chat::create_conversation& what,
                                       const chat::conversation_info& info,
                                       chat::conversation_id id, caf::response_promise reply) {
  if (id == info.id) {
    const auto users = std::make_shared<const std::vector<chat::user_id>>(people_of(from, what));
    const auto news =
        caf::make_message(notify_users{chat::conversation_created{info, *users, 1}, users});
    for (const auto& lane : env_.lanes) send(lane.network, news);
    return reply.deliver(chat::created_conversation{id});
  }
  answer_member(from, id, reply);
}

/// The pair or the case has one already: it is the caller's answer only if it is the caller's.
void conversation_registry::answer_member(const chat::caller& from, chat::conversation_id id,
                                          caf::response_promise reply) {
  const auto answer = [this, from, id, reply](const caf::actor& owner) {
    request(owner, caf::infinite, from, check_member{id})
        .then([reply, id](const chat::done&) mutable { reply.deliver(chat::created_conversation{id}); },
              [this, from, id, reply](const caf::error& why) mutable {
                if (is_receiver_down(why)) return answer_member(from, id, reply);  // the next owner
                if (from_caf(why).code != chat::errc::not_found) return reply.deliver(why);
                reply.deliver(to_caf({chat::errc::conflict, "the caseId belongs to others"}));
              });
  };
  request(caf::actor_cast<caf::actor>(this), caf::infinite, find_conversation{id})
      .then(answer, [reply](const caf::error& why) mutable { reply.deliver(why); });
}

void conversation_registry::on_retire_request(const chat::conversation_id& id) {
  const auto at = slots_.find(id);
  if (at == slots_.end() || at->second.retiring) return;
  at->second.retiring = true;
  send(at->second.owner, retire{});
}

void conversation_registry::on_retire_refused(const chat::conversation_id& id) {
  const auto at = slots_.find(id);
  if (at == slots_.end()) return;
  at->second.retiring = false;
  for (auto& reply : std::exchange(at->second.waiting, {})) reply.deliver(at->second.owner);
}

void conversation_registry::on_down(const caf::down_msg& down) {
  const auto known = by_actor_.find(down.source.id());
  if (known == by_actor_.end()) return;
  const auto id = known->second;
  by_actor_.erase(known);
  const auto news = caf::make_message(conversation_retired{id, down.source.id()});
  for (const auto& lane : env_.lanes) {
    send(lane.finder.handle, news);
    send(lane.network, news);
  }
  const auto at = slots_.find(id);
  auto waiting = std::move(at->second.waiting);
  if (waiting.empty()) {
    slots_.erase(at);
    return;
  }
  at->second = slot{spawn_owner(id), false, {}};
  for (auto& reply : waiting) reply.deliver(at->second.owner);
}

}  // namespace parley::actors
