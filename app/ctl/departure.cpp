#include "app/ctl/departure.hpp"

#include <algorithm>
#include <vector>

#include "chat/conversation.hpp"

namespace parley::app::ctl {
namespace {

using chat::errc;
using chat::unexpected;

/// As often as others may be faster.
constexpr int max_races = 16;
constexpr std::size_t messages_at_once = 200;

auto new_id(chat::timestamp now) -> chat::message_id {
  return {chat::system_ids().next(now)};
}

auto too_busy() -> unexpected {
  return {errc::busy, "a conversation is too busy: others wrote into it every time; try again"};
}

auto room_of(chat::conversation_state record) -> chat::conversation {
  record.recent_sends.clear();
  record.blocks.clear();
  return {std::move(record), {}};
}

/// Nothing: there is nobody to take out.
auto entries_of_leaving(chat::conversation& room, const chat::user_id& user, chat::timestamp now)
    -> std::vector<chat::entry> {
  std::vector<chat::entry> entries;
  auto removal = room.remove(user, user, new_id(now), now);
  if (!removal || !*removal) return entries;
  entries.push_back(std::move(**removal));
  if (auto heir = room.succession(new_id(now), now)) entries.push_back(std::move(*heir));
  return entries;
}

auto entries_of_deletion(const chat::conversation_state& in, const chat::user_id& user,
                         const std::vector<storage::sent_message>& messages, chat::timestamp now)
    -> std::vector<chat::entry> {
  std::vector<chat::entry> entries;
  for (const auto& message : messages) {
    auto& e = entries.emplace_back();
    e.conversation = in.info.id;
    e.seq = in.last_seq + entries.size();
    e.kind = chat::entry_kind::deleted;
    e.id = new_id(now);
    e.actor = user;
    e.created_at = std::max(now, in.last_at);
    e.target = message.id;
    e.target_seq = message.seq;
  }
  return entries;
}

}  // namespace

auto leave(storage::store& store, chat::conversation_id where, const chat::user_id& user,
           chat::timestamp now) -> chat::expected<bool> {
  for (int race = 0; race < max_races; ++race) {
    auto record = store.load(where, 0);
    if (!record) return unexpected{record.error()};
    if (!*record) return false;
    auto room = room_of(std::move(**record));
    const auto entries = entries_of_leaving(room, user, now);
    if (entries.empty()) return false;
    const auto stored = store.append(entries);
    if (stored) return true;
    if (stored.error().code != errc::duplicate) return unexpected{stored.error()};
  }
  return too_busy();
}

auto delete_messages(storage::store& store, storage::census& census, chat::conversation_id where,
                     const chat::user_id& user, chat::timestamp now)
    -> chat::expected<std::size_t> {
  std::size_t deleted = 0;
  for (int race = 0; race < max_races;) {
    const auto some = census.sent(user, where, messages_at_once);
    if (!some) return unexpected{some.error()};
    if (some->empty()) {
      if (auto erased = census.erase_deleted(user, where); !erased)
        return unexpected{erased.error()};
      return deleted;
    }
    const auto record = store.load(where, 0);
    if (!record) return unexpected{record.error()};
    if (!*record) return deleted;
    const auto stored = store.append(entries_of_deletion(**record, user, *some, now));
    if (!stored && stored.error().code != errc::duplicate) return unexpected{stored.error()};
    if (stored)
      deleted += some->size(), race = 0;
    else
      ++race;
  }
  return too_busy();
}

}  // namespace parley::app::ctl
