#include "actors/people/presence.hpp"

#include <algorithm>
#include <unordered_set>

#include "actors/storage/database.hpp"
#include "chat/limits.hpp"

namespace parley::actors {
namespace {

using std::chrono::milliseconds;

/// Last-seen times are stored a moment later; for this long they are answered from memory.
constexpr milliseconds remember_leaving{10'000};
constexpr milliseconds sweep_interval{1'000};

auto key_of(std::uint16_t network, std::uint64_t connection) -> std::uint64_t {
  return static_cast<std::uint64_t>(network) << 48 | connection;
}

struct seen {
  std::vector<chat::user_id> contacts;
  std::vector<chat::timestamp> last_seen;
  std::vector<chat::block> blocks;
};

/// Who is told about a user.
struct hearers_of {
  chat::people hearers;  ///< null: everybody
  chat::people but;      ///< whom the user has blocked
};

auto read_hearers(storage::store& store, const chat::user_id& user, bool everybody,
                  std::size_t max_members) -> chat::expected<hearers_of> {
  auto blocked = store.blocks_of(user);
  if (!blocked) return chat::unexpected{blocked.error()};
  std::vector<chat::user_id> but;
  for (auto& one : *blocked) but.push_back(std::move(one.user));
  using list = std::vector<chat::user_id>;
  if (everybody) return hearers_of{nullptr, std::make_shared<const list>(std::move(but))};
  auto contacts = store.contacts(user, max_members);
  if (!contacts) return chat::unexpected{contacts.error()};
  return hearers_of{std::make_shared<const list>(std::move(*contacts)),
                    std::make_shared<const list>(std::move(but))};
}

/// What `whom` may know of `by`.
struct sight {
  bool is_contact = false;
  bool is_blocked = false;
};

auto read_sight(storage::store& store, const chat::user_id& by, const chat::user_id& whom,
                bool everybody, std::size_t max_members) -> chat::expected<sight> {
  const auto blocks = store.blocks_between(by, {&whom, 1});
  if (!blocks) return chat::unexpected{blocks.error()};
  const bool is_blocked =
      std::find(blocks->begin(), blocks->end(), chat::block{by, whom}) != blocks->end();
  if (everybody) return sight{true, is_blocked};
  const auto contacts = store.contacts(by, max_members);
  if (!contacts) return chat::unexpected{contacts.error()};
  return sight{std::find(contacts->begin(), contacts->end(), whom) != contacts->end(), is_blocked};
}

}  // namespace

presence_actor::presence_actor(caf::actor_config& config, environment& env)
    : watched_actor(config, env.metrics.pool_turns), env_(env) {}

auto presence_actor::make_behavior() -> caf::behavior {
  return {
      [this](const arrived& who) { on_arrived(who); },
      [this](const departed& who) { on_departed(who); },
      [this](const chat::caller& from, const chat::get_presence& what) { on_get(from, what); },
      [this](const block_changed& what) { on_block_changed(what); },
      [this](const online_users&) { return online(); },
      [this](const claim_name& what) { on_claim_name(what); },
      [this](tick_atom) { on_grace_over(); },
  };
}

void presence_actor::on_arrived(const arrived& who) {
  auto& state = users_[who.user];
  state.connections.push_back(key_of(who.network, who.connection));
  if (who.is_classic) ++state.classic;
  state.leaving = false;
  announce(who.user);
}

auto presence_actor::online() const -> std::vector<chat::user_id> {
  std::vector<chat::user_id> users;
  for (const auto& [user, state] : users_)
    if (state.connections.size() > state.classic && !chat::is_guest(user)) users.push_back(user);
  return users;
}

/// First come, until the connection ends (C-05).
void presence_actor::on_claim_name(const claim_name& what) {
  auto reply = make_response_promise();
  const auto key = key_of(what.network, what.connection);
  if (!chat::is_visible_ascii_id(std::string{chat::guest_prefix} + what.name))
    return reply.deliver(to_caf({chat::errc::bad_request, "a name has 1 to 58 visible characters"}));
  const auto [at, is_free] = guest_names_.try_emplace(what.name, key);
  if (!is_free && at->second != key)
    return reply.deliver(to_caf({chat::errc::conflict, "the name is taken"}));
  auto& name = names_of_guests_[key];
  if (name != what.name) guest_names_.erase(std::exchange(name, what.name));
  reply.deliver(chat::done{});
}

void presence_actor::on_departed(const departed& who) {
  if (chat::is_guest(who.user)) {
    const auto name = names_of_guests_.extract(key_of(who.network, who.connection));
    if (!name.empty()) guest_names_.erase(name.mapped());
  }
  const auto at = users_.find(who.user);
  if (at == users_.end()) return;
  auto& state = at->second;
  const auto gone = std::erase(state.connections, key_of(who.network, who.connection));
  if (who.is_classic) state.classic -= gone;
  if (!state.connections.empty()) return;
  const milliseconds grace{who.clean ? 0 : env_.options.presence.grace_ms};
  if (grace.count() == 0) {
    state.leaving = false;
    return announce(who.user);
  }
  state.leaving = true;
  state.leaves_at = env_.clock.steady_now() + grace;
  if (ticking_) return;
  ticking_ = true;
  delayed_send(this, grace, tick_atom::value);
}

void presence_actor::on_grace_over() {
  ticking_ = false;
  const auto now = env_.clock.steady_now();
  auto next = chat::clock::steady::max();
  std::vector<chat::user_id> gone;
  for (auto& [user, state] : users_) {
    if (!state.leaving) continue;
    if (state.leaves_at > now) {
      next = std::min(next, state.leaves_at);
      continue;
    }
    state.leaving = false;
    gone.push_back(user);
  }
  for (const auto& user : gone) announce(user);
  if (next == chat::clock::steady::max()) return;
  ticking_ = true;
  delayed_send(this, std::chrono::ceil<milliseconds>(next - now), tick_atom::value);
}

/// Tells the contacts what is true once they are known; what changes meanwhile is told after.
void presence_actor::announce(const chat::user_id& user) {
  auto& state = users_[user];
  if (state.announcing) return;
  if (state.is_online() == state.announced) return forget_if_settled(user);
  const auto& scope = env_.options.presence.scope;
  if (scope == "off") {
    state.announced = state.is_online();
    return forget_if_settled(user);
  }
  state.announcing = true;
  look_up_hearers(user);
}

void presence_actor::look_up_hearers(const chat::user_id& user) {
  users_[user].out_of_date = false;
  ask_database(
      this, env_.reader(),
      [user, everybody = env_.options.presence.scope == "all",
       limit = env_.options.chat.large_conversation](storage::store& store) {
        return read_hearers(store, user, everybody, limit);
      },
      [this, user](chat::expected<hearers_of> found) {
        auto& state = users_[user];
        if (state.out_of_date) return look_up_hearers(user);
        state.announcing = false;
        // Nobody hears of somebody whose blocks are not known.
        if (!found) found = hearers_of{std::make_shared<const std::vector<chat::user_id>>(), nullptr};
        tell(user, found->hearers, found->but);
      },
      background_patience);
}

void presence_actor::tell(const chat::user_id& user, chat::people hearers, chat::people but) {
  auto& state = users_[user];
  if (state.is_online() != state.announced) {
    state.announced = state.is_online();
    const auto news = caf::make_message(
        notify_users{chat::presence_changed{user, state.announced}, hearers, but});
    for (const auto& lane : env_.lanes) send(lane.network, news);
  }
  forget_if_settled(user);
}

/// Who is blocked hears that the other left, and of its return when the block is lifted. The room
/// writer is asked, so that the last answer is the truth.
void presence_actor::on_block_changed(const block_changed& change) {
  auto reply = make_response_promise();
  const auto& by = change.what.by;
  const auto& whom = change.what.whom;
  if (const auto at = users_.find(by); at != users_.end()) at->second.out_of_date = true;
  const auto& scope = env_.options.presence.scope;
  if (scope == "off") return reply.deliver(chat::done{});
  ask_database(
      this, env_.room_writer,
      [by = by, whom = whom, everybody = scope == "all",
       limit = env_.options.chat.large_conversation](storage::store& store) {
        return read_sight(store, by, whom, everybody, limit);
      },
      [this, by = by, whom = whom, reply](const chat::expected<sight>& found) mutable {
        if (!found) return reply.deliver(to_caf(found.error()));
        reply.deliver(chat::done{});
        const auto at = users_.find(by);
        if (!found->is_contact || at == users_.end() || !at->second.announced) return;
        using list = std::vector<chat::user_id>;
        const auto news =
            caf::make_message(notify_users{chat::presence_changed{by, !found->is_blocked},
                                           std::make_shared<const list>(list{whom})});
        for (const auto& lane : env_.lanes) send(lane.network, news);
      });
}

void presence_actor::forget_if_settled(const chat::user_id& user) {
  const auto at = users_.find(user);
  if (at->second.is_online() || at->second.announced || at->second.announcing) return;
  users_.erase(at);
  if (chat::is_guest(user)) return;
  const auto now = env_.clock.now();
  const auto noted = env_.clock.steady_now();
  if (noted - swept_ >= sweep_interval) {  // each time it would cost the square of who leaves at once
    std::erase_if(just_left_,
                  [&](const auto& left) { return noted - left.second.noted > remember_leaving; });
    swept_ = noted;
  }
  just_left_[user] = {now, noted};
  ask_database(
      this, env_.room_writer,
      [user, now](storage::store& store) { return store.save_last_seen(user, now); },
      [](const chat::expected<void>&) {}, background_patience);
}

void presence_actor::on_get(const chat::caller& from, const chat::get_presence& what) {
  auto reply = make_response_promise();
  if (what.users.size() > chat::max_people)
    return reply.deliver(to_caf({chat::errc::bad_request, "at most 200 users"}));
  const auto query = [user = from.user, asked = what.users,
                      limit = env_.options.chat.large_conversation](
                         storage::store& store) -> chat::expected<seen> {
    auto contacts = store.contacts(user, limit);
    if (!contacts) return chat::unexpected{contacts.error()};
    auto last_seen = store.last_seen(asked);
    if (!last_seen) return chat::unexpected{last_seen.error()};
    auto blocks = store.blocks_between(user, asked);
    if (!blocks) return chat::unexpected{blocks.error()};
    return seen{std::move(*contacts), std::move(*last_seen), std::move(*blocks)};
  };
  ask_database(this, env_.reader(), query,
               [this, reply, from, what](const chat::expected<seen>& found) mutable {
    if (!found) return reply.deliver(to_caf(found.error()));
    const auto& scope = env_.options.presence.scope;
    const std::unordered_set<chat::user_id> contacts(found->contacts.begin(),
                                                     found->contacts.end());
    std::vector<chat::presence_of> answer;
    for (std::size_t i = 0; i < what.users.size(); ++i) {
      const auto& user = what.users[i];
      const auto& blocks = found->blocks;
      const bool blocked = std::find(blocks.begin(), blocks.end(),
                                     chat::block{user, from.user}) != blocks.end();
      const bool visible = !blocked && (scope == "all" || user == from.user ||
                                        (scope == "contacts" && contacts.contains(user)));
      const auto at = users_.find(user);
      const bool online = visible && at != users_.end() && at->second.is_online();
      const auto left = just_left_.find(user);
      const auto last = left != just_left_.end() ? left->second.at : found->last_seen[i];
      answer.push_back({user, online, visible && !online ? last : chat::timestamp{}});
    }
    reply.deliver(std::move(answer));
  });
}

}  // namespace parley::actors
