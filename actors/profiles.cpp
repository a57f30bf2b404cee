#include "actors/profiles.hpp"

#include "actors/database.hpp"
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
    : caf::event_based_actor(config), env_(env) {}

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
  const auto [at, is_new] = known_.try_emplace(who.user, hash);
  if (!is_new && at->second == hash) return;
  at->second = hash;
  fresh_.push_back(who);
  ++seen_;
  if (known_.size() > max_known) known_.erase(known_.begin());
  write();
}

void profiles_actor::write() {
  if (writing_ || fresh_.empty()) return;
  writing_ = true;
  const auto count = static_cast<std::ptrdiff_t>(std::min(fresh_.size(), max_batch));
  std::vector<chat::profile> batch(fresh_.begin(), fresh_.begin() + count);
  fresh_.erase(fresh_.begin(), fresh_.begin() + count);
  if (fresh_.empty()) fresh_.shrink_to_fit();  // thousands may have come at once
  ask_database(
      this, env_.room_worker,
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
