#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "chat/command.hpp"

namespace parley::test {

/// A message as its readers see it, but for its time.
struct seen_message {
  std::uint64_t seq = 0;
  chat::user_id sender;
  std::string content;
  bool is_deleted = false;
  chat::message_status status = chat::message_status::sent;

  friend auto operator==(const seen_message&, const seen_message&) -> bool = default;
  friend auto operator<<(std::ostream& out, const seen_message& m) -> std::ostream& {
    return out << m.seq << ':' << m.sender.value << ':' << m.content
               << (m.is_deleted ? "(deleted)" : "") << ':' << to_string(m.status);
  }
};

/// A conversation kept as simply as can be: every question is answered by walking over everything.
/// @source
class history_model {
 public:
  struct message {
    std::uint64_t seq = 0;
    chat::message_id id;
    chat::user_id sender;
    std::string content;
    bool is_deleted = false;
    chat::timestamp at;
  };
  struct membership {
    chat::user_id user;
    bool is_owner = false;
    std::uint64_t after_seq = 0;
    std::uint64_t delivered = 0;
    std::uint64_t read = 0;
  };
  struct window {
    std::vector<seen_message> messages;
    bool has_more = false;
  };

  history_model(std::vector<chat::user_id> users, bool can_change) : can_change_(can_change) {
    for (auto& user : users) members.push_back({std::move(user), members.empty(), 0, 0, 0});
  }

  auto can_change() const -> bool { return can_change_; }
  auto find(const chat::user_id& user) -> membership* {
    const auto at = std::find_if(members.begin(), members.end(),
                                 [&](const auto& m) { return m.user == user; });
    return at == members.end() ? nullptr : &*at;
  }

  // -- what happens ---------------------------------------------------------------------------

  void send(const chat::user_id& by, std::string content, const chat::posted& as) {
    ++last_seq;
    messages.push_back({last_seq, as.id, by, std::move(content), false, as.created_at});
  }
  /// A change of any kind that takes a seq. @param target the message that it changes
  void change(std::uint64_t target = 0) {
    ++last_seq;
    if (target != 0) targets[last_seq] = target;
  }
  void add(const chat::user_id& user) {
    ++last_seq;
    members.push_back({user, false, last_seq, last_seq, last_seq});
  }
  void remove(const chat::user_id& user) {
    ++last_seq;
    const bool was_owner = find(user)->is_owner;
    std::erase_if(members, [&](const auto& m) { return m.user == user; });
    if (!was_owner || members.empty()) return;
    ++last_seq;
    members.front().is_owner = true;
  }
  void mark(const chat::user_id& user, chat::message_status status, std::uint64_t up_to) {
    auto& who = *find(user);
    const auto seq = up_to == 0 ? last_seq : std::min(up_to, last_seq);
    if (status == chat::message_status::read) who.read = std::max(who.read, seq);
    // Whoever has read has it; a read that does not move moves nothing.
    if (status == chat::message_status::delivered || who.read == seq)
      who.delivered = std::max(who.delivered, seq);
  }

  // -- what is asked ----------------------------------------------------------------------------

  auto visible(const chat::user_id& user) -> std::vector<seen_message> {
    std::vector<seen_message> all;
    for (const auto& m : messages)
      if (m.seq > find(user)->after_seq)
        all.push_back({m.seq, m.sender, m.is_deleted ? "" : m.content, m.is_deleted, status_of(m)});
    return all;
  }

  auto unread(const chat::user_id& user) -> std::uint64_t {
    const auto seen = std::max(find(user)->read, find(user)->after_seq);
    return static_cast<std::uint64_t>(
        std::count_if(messages.begin(), messages.end(), [&](const message& m) {
          return m.seq > seen && m.sender != user && !m.is_deleted;
        }));
  }

  auto page(const chat::user_id& user, std::uint64_t number, std::uint64_t size)
      -> std::vector<seen_message> {
    const auto all = visible(user);
    std::vector<seen_message> found;
    for (std::size_t i = 0; i < all.size(); ++i)
      if ((all.size() - 1 - i) / size == number - 1) found.push_back(all[i]);
    return found;
  }

  auto stretch(const chat::user_id& user, const chat::read_stretch& what) -> window {
    const auto all = visible(user);
    std::vector<seen_message> older, newer;
    const auto middle = what.around != 0 ? what.around
                        : what.before != 0 ? what.before
                                           : last_seq + 1;
    for (const auto& m : all) (m.seq < middle ? older : newer).push_back(m);
    if (what.after_given) {
      std::erase_if(older, [](const auto&) { return true; });
      newer = all;
      std::erase_if(newer, [&](const auto& m) { return m.seq <= what.after; });
    }
    const bool around = what.around != 0;
    const std::size_t most_older = around ? what.limit / 2 : what.after_given ? 0 : what.limit;
    const std::size_t most_newer = around ? what.limit - what.limit / 2
                                   : what.after_given ? what.limit
                                                      : 0;
    window answer;
    answer.has_more = what.after_given ? newer.size() > most_newer : older.size() > most_older;
    const auto skipped = older.size() - std::min(older.size(), most_older);
    answer.messages.assign(older.begin() + static_cast<std::ptrdiff_t>(skipped), older.end());
    newer.resize(std::min(newer.size(), most_newer));
    answer.messages.insert(answer.messages.end(), newer.begin(), newer.end());
    return answer;
  }

  std::vector<membership> members;  ///< longest-standing first
  std::vector<message> messages;
  std::map<std::uint64_t, std::uint64_t> targets;  ///< of edits and deletions, by their seq
  std::uint64_t last_seq = 1;

 private:
  /// Over those other than the sender who can see it.
  auto status_of(const message& m) const -> chat::message_status {
    bool anybody = false, all_have = true, all_read = true;
    for (const auto& who : members) {
      if (who.user == m.sender || who.after_seq >= m.seq) continue;
      anybody = true;
      all_have = all_have && who.delivered >= m.seq;
      all_read = all_read && who.read >= m.seq;
    }
    if (!anybody) return chat::message_status::sent;
    return all_read   ? chat::message_status::read
           : all_have ? chat::message_status::delivered
                      : chat::message_status::sent;
  }

  bool can_change_;
};

}  // namespace parley::test
