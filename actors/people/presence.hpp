#pragma once

#include <unordered_map>
#include <vector>

#include "actors/environment.hpp"
#include "actors/messages.hpp"
#include "actors/watched_actor.hpp"

namespace parley::actors {

/// Which users have sessions, and where: the source of UserOnline and UserOffline.
///
/// A user is announced when the first connection opens and when the last has been gone for the
/// grace time. Who hears it is asked of the store at that moment (C-16).
class presence_actor : public watched_actor {
 public:
  presence_actor(caf::actor_config& config, environment& env);

  auto make_behavior() -> caf::behavior override;

 private:
  struct presence_state {
    std::vector<std::uint64_t> connections;
    std::size_t classic = 0;       ///< of them
    bool leaving = false;          ///< no connection left, the grace time runs
    chat::clock::steady leaves_at{};
    bool announced = false;        ///< what others were told last
    bool announcing = false;       ///< a look-up of contacts is under way
    bool out_of_date = false;      ///< blocks have changed since it began
    auto is_online() const -> bool { return !connections.empty() || leaving; }
  };

  void on_arrived(const arrived& who);
  void on_departed(const departed& who);
  auto online() const -> std::vector<chat::user_id>;
  void on_claim_name(const claim_name& what);
  void on_grace_over();
  void on_get(const chat::caller& from, const chat::get_presence& what);
  void announce(const chat::user_id& user);
  void look_up_hearers(const chat::user_id& user);
  void tell(const chat::user_id& user, chat::people hearers, chat::people but);
  void on_block_changed(const block_changed& what);
  void forget_if_settled(const chat::user_id& user);

  environment& env_;
  std::unordered_map<chat::user_id, presence_state> users_;
  struct departure {
    chat::timestamp at;
    chat::clock::steady noted{};
  };
  std::unordered_map<chat::user_id, departure> just_left_;
  chat::clock::steady swept_{};  ///< when those were last forgotten that left long enough ago
  std::unordered_map<std::string, std::uint64_t> guest_names_;  ///< to the connection that has it
  std::unordered_map<std::uint64_t, std::string> names_of_guests_;  ///< the other way round
  bool ticking_ = false;
};

}  // namespace parley::actors
