#pragma once

#include "actors/messages.hpp"
#include "chat/command.hpp"

/// What a conversation answers in more than one place.
namespace parley::actors {

inline auto refusal(chat::errc code, const char* detail) -> caf::error {
  return to_caf({code, detail});
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

inline auto answer_of(const chat::entry& sent) -> chat::posted {
  return {sent.id, sent.seq, sent.created_at};
}

}  // namespace parley::actors
