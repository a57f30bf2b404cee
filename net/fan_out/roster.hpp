#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

#include "chat/ids.hpp"
#include "net/signalr/connection_host.hpp"

namespace parley::net {

/// Who is here: the signed-in hub connections of one io thread, by user and by the conversations
/// they joined. Finds the receivers of an event. @thread its io thread only
class roster {
 public:
  /// What a classic connection leaves to RegisterUser: in these conversations messages have waited
  /// since before it opened. What it hears live there is no receipt, or those would be lost, and is
  /// not handed over again.
  struct unclaimed {
    static constexpr std::size_t max_heard = 500;  ///< RegisterUser hands over no more at once
    bool is_known = false;  ///< false: which conversations is not known yet; it may be all
    std::vector<chat::conversation_id> conversations;  ///< sorted
    std::vector<chat::message_id> heard;

    auto covers(const chat::conversation_id& one) const -> bool;
  };

  struct room;
  using rooms = std::unordered_map<chat::conversation_id, room>;

  struct seat {
    std::uint64_t key = 0;
    event_listener* listener = nullptr;
    const chat::user_id& user;
    std::vector<const std::pair<const chat::conversation_id, room>*> joined{};
    std::unique_ptr<unclaimed> waiting = nullptr;  ///< null: nothing waits
  };

  /// The receivers of one conversation's events here.
  struct audience {
    std::vector<seat*> joined;  ///< participants' connections that joined
    std::vector<seat*> others;  ///< participants' connections that did not
  };

  void add(std::uint64_t key, event_listener& listener, const chat::user_id& user);
  void remove(std::uint64_t key);
  auto size() const -> std::size_t { return seats_.size(); }

  void join(std::uint64_t key, const chat::conversation_id& conversation);
  void leave(std::uint64_t key, const chat::conversation_id& conversation);
  /// All connections of a user: it is no participant any more.
  void leave_all(const chat::user_id& user, const chat::conversation_id& conversation);
  /// Nothing is said there for a while: what only speeds up the next event is forgotten.
  void rest(const chat::conversation_id& conversation);

  /// Null: it has gone.
  auto find(std::uint64_t key) -> seat*;
  /// Connections of one user.
  auto of_user(const chat::user_id& user) const -> std::span<seat* const>;
  /// What `seat::user` of this user's connections refers to, so that comparing addresses tells whose
  /// they are; null: none is here.
  auto identity_of(const chat::user_id& user) const -> const chat::user_id*;
  auto everyone() -> std::vector<seat*>;

  /// @param participants null: whoever joined (the lobby). The same object means the same people:
  ///        then, and while nobody comes or goes, the answer costs one look-up.
  /// @returns valid until the next call
  auto audience_of(const chat::conversation_id& conversation, const chat::people& participants)
      -> const audience&;

 private:
  void leave(seat& who, rooms::iterator place);
  auto resolve(const rooms::value_type* place, const chat::people& participants) const -> audience;

  // Elements of all three stay where they are: seats and rooms are pointed at, and seats point at
  // their users' keys.
  std::unordered_map<std::uint64_t, seat> seats_;
  std::unordered_map<chat::user_id, std::vector<seat*>> users_;
  rooms rooms_;  ///< those that somebody here joined
  audience scratch_;
  std::uint64_t epoch_ = 1;  ///< rises when anybody comes, goes, joins or leaves
};

/// A conversation that somebody here joined, and what its last event found.
struct roster::room {
  std::vector<seat*> subscribed;
  chat::people participants;
  std::uint64_t epoch = 0;
  roster::audience audience;
};

}  // namespace parley::net
