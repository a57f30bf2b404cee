#include "actors/people/profiles.hpp"

#include <algorithm>

#include "actors/storage/database.hpp"
#include "chat/text.hpp"

namespace parley::actors {
namespace {

constexpr std::size_t max_known = 100'000;
constexpr std::size_t max_batch = 500;

auto hash_of(const chat::profile& who) -> std::uint64_t {
  auto hash = chat::stable_hash(who.first_name);
  for (const auto* field : {&who.last_name, &who.display_name, &who.picture_url})
    hash = chat::stable_hash(*field, chat::stable_hash(std::string_view{"\0", 1}, hash));
  return hash;
}

}  // namespace

profiles_actor::profiles_actor(caf::actor_config& config, environment& env)
    : watched_actor(config, env.metrics.pool_turns), env_(env) {}

auto profiles_actor::make_behavior() -> caf::behavior {
  return {
      [this](const chat::profile& who) { on_seen(who); },
      [this](const settle&) { on_settle(); },
  };
}

/// What comes later is no matter of who asks now.
void profiles_actor::on_settle() {
  settling_.emplace_back(seen_, make_response_promise());
  answer_settled();
}

void profiles_actor::answer_settled() {
  for (; !settling_.empty() && settling_.front().first <= settled_; settling_.pop_front())
    settling_.front().second.deliver(chat::done{});
}

void profiles_actor::on_seen(const chat::profile& who) {
  const auto hash = hash_of(who);
  const auto known = known_.find(who.user);
  if (known != known_.end() && known->second == hash) return;
  if (!may_change(who.user)) return;
  known_.insert_or_assign(who.user, hash);
  fresh_.push_back(who);
  ++seen_;
  if (known_.size() > max_known) known_.erase(known_.begin());
  write();
}

auto profiles_actor::may_change(const chat::user_id& who) -> bool {
  const auto& limits = env_.options.limits;
  if (!limits.enabled) return true;
  const auto burst = std::max(limits.profiles_per_min, 1.0);
  if (!changes_.take(who, limits.profiles_per_min / 60, burst, env_.clock.steady_now())) return true;
  env_.metrics.limits.profiles.Increment();
  return false;
}

void profiles_actor::write() {
  if (writing_ || fresh_.empty()) return;
  writing_ = true;
  const auto count = static_cast<std::ptrdiff_t>(std::min(fresh_.size(), max_batch));
  std::vector<chat::profile> batch(fresh_.begin(), fresh_.begin() + count);
  fresh_.erase(fresh_.begin(), fresh_.begin() + count);
  if (fresh_.empty()) fresh_.shrink_to_fit();  // thousands may have come at once
  ask_database(
      this, env_.room_writer,
      [batch](storage::store& store) { return store.save_profiles(batch); },
      [this, batch](const chat::expected<void>& saved) {
        if (!saved)  // the next token of these users tries again
          for (const auto& who : batch) known_.erase(who.user);
        writing_ = false;
        settled_ += batch.size();
        answer_settled();
        write();
      },
      background_patience);
}

}  // namespace parley::actors
