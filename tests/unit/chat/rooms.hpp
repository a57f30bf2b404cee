#pragma once

#include <string>
#include <vector>

#include "chat/conversation.hpp"
#include "tests/support/people.hpp"

/// Conversations for tests of the rules.
namespace parley::test {

inline auto new_id() -> chat::message_id {
  return chat::message_id{chat::system_ids().next(noon)};
}

/// What a conversation looks like once its `created` entry is stored; the first one owns a group.
inline auto room_state(chat::conversation_type type, const std::vector<chat::user_id>& people)
    -> chat::conversation_state {
  chat::conversation_state state;
  state.info.id = chat::conversation_id{chat::system_ids().next(noon)};
  state.info.type = type;
  state.info.created_by = people.front();
  const bool has_owner = type == chat::conversation_type::group;
  for (const auto& user : people)
    state.members.push_back({user, has_owner && state.members.empty() ? chat::member_role::owner
                                                                      : chat::member_role::member,
                             0, 0, noon, {}});
  state.last_seq = 1;
  return state;
}

inline auto group_of(const std::vector<chat::user_id>& people, chat::conversation_rules rules = {})
    -> chat::conversation {
  return {room_state(chat::conversation_type::group, people), rules};
}

inline auto direct_of(const chat::user_id& one, const chat::user_id& other) -> chat::conversation {
  return {room_state(chat::conversation_type::direct, {one, other}), {}};
}

inline auto text(std::string content, std::string key = {}) -> chat::post {
  return {{}, std::move(content), std::move(key), {}, {}};
}

inline auto say(chat::conversation& room, const chat::user_id& who, std::string content,
                std::string key = {}) {
  return room.post_message(who, text(std::move(content), std::move(key)), new_id(), noon);
}

inline auto add(chat::conversation& room, const chat::user_id& by,
                const std::vector<chat::user_id>& who) {
  return room.add(by, who, new_id(), noon);
}

inline auto remove(chat::conversation& room, const chat::user_id& by, const chat::user_id& who) {
  return room.remove(by, who, new_id(), noon);
}

}  // namespace parley::test
