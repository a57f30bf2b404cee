#pragma once

#include "actors/conversation/actor.hpp"
#include "actors/storage/database.hpp"

// What the parts of conversation_actor share and nobody else needs.

namespace parley::actors {

inline auto refusal(chat::errc code, const char* detail) -> caf::error {
  return to_caf({code, detail});
}

/// What was said before a day (UTC) is archived, at the latest before this one. @returns days since 1970
inline auto day_of(chat::timestamp at) -> std::uint32_t {
  constexpr std::chrono::milliseconds day{std::chrono::hours{24}};
  return static_cast<std::uint32_t>(at.ms / day.count());
}

inline auto answer_of(const chat::entry& sent) -> chat::posted {
  return {sent.id, sent.seq, sent.created_at};
}

inline auto lost() -> caf::error {
  return refusal(chat::errc::unknown,
                 "the outcome is not known; retry with the same clientMessageId");
}

inline auto used_before() -> caf::error {
  return refusal(chat::errc::id_conflict, "clientMessageId was used before");
}

inline auto being_loaded() -> caf::error {
  return refusal(chat::errc::unavailable, "the conversation is being loaded again");
}

/// Hands the stored message to `change(entry)`, or refuses.
template <class Change>
void conversation_actor::with_message(const chat::user_id& user, chat::message_id id,
                                      promise reply, Change change) {
  const auto query = [conversation = id_,
                      id](storage::store& store) -> chat::expected<std::vector<chat::entry>> {
    const auto place = store.locate(id);
    if (!place) return chat::unexpected{place.error()};
    if (!*place || (*place)->conversation != conversation) return std::vector<chat::entry>{};
    return store.entries(conversation, (*place)->seq, (*place)->seq);
  };
  look_up_for(user, reply, query, [this, user, id, reply, change, deletions = deletions_](
                        chat::expected<std::vector<chat::entry>> found) mutable {
    if (!found) return reply.deliver(to_caf(found.error()));
    if (!room_) return reply.deliver(being_loaded());
    // Something was deleted since the row was read: it may have been this.
    if (deletions != deletions_) return with_message(user, id, reply, std::move(change));
    if (found->empty()) return reply.deliver(refusal(chat::errc::not_found, "no such message"));
    auto& message = found->front();
    for (const auto& one : pending_)  // deleted a moment ago, not stored yet
      if (one.entry.kind == chat::entry_kind::deleted && one.entry.target == message.id)
        message.deleted_at = one.entry.created_at;
    change(message);
  });
}

}  // namespace parley::actors
