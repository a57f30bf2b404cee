#pragma once

#include <cstdint>

namespace parley::chat {

/// Who may use a command at all. What it does to one conversation is judged there besides.
enum class may_use : std::uint8_t {
  anybody,  ///< also who is not signed in
  guests,   ///< guests too
  lobby,    ///< guests too, when the command is about the lobby
  users,    ///< who is signed in
  admins,   ///< auth.admins
};

/// What a command costs its user besides the call itself (`limits.*`).
enum class rate : std::uint8_t {
  call,    ///< nothing
  send,    ///< limits.sends_per_s: it stores a message
  signal,  ///< limits.signals_per_s: cheap to ask, and told to many
};

/// Who decides a command: the actor that the session hands it to.
enum class decider : std::uint8_t {
  conversation,           ///< that of its member `conversation`
  message_conversation,   ///< that of its member `message`, which is looked up
  registry,
  presence,
  blocks,
  jobs,
  accounts,
  session,                ///< the session itself: it asks the store, or several of the above
};

/// What a command says of itself. Closed by default: a command that says nothing does not compile.
struct command_rules {
  may_use who;
  rate costs;
  decider by;
};

}  // namespace parley::chat
