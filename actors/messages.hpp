#pragma once

#include <any>
#include <caf/all.hpp>
#include <functional>
#include <memory>
#include <vector>

#include "chat/event.hpp"
#include "chat/request.hpp"

/// What actors say to each other. Commands travel as (chat::caller, command) from a session to a
/// conversation, the registry or presence, and are answered with the command's result_type or a
/// caf::error made by to_caf. Those can be serialized: they will cross nodes. Messages in the
/// first and last part stay inside the process.
namespace parley::actors {

// -- connection <-> session, on one io thread ---------------------------------------------------

struct execute {
  std::uint64_t ticket = 0;  ///< names the call towards the connection
  chat::request what;
  std::string case_id;       ///< not empty: stands for the command's conversation (Q-36)
};

struct answered {
  std::uint64_t connection = 0;
  std::uint64_t ticket = 0;
  chat::outcome outcome;
};

/// The connection ended. `clean`: the client said so.
struct session_over {
  bool clean = false;
};

// -- conversation, presence, registry -> network actor -------------------------------------------

struct fan_out {
  chat::conversation_id conversation;
  chat::audience to = chat::audience::everyone;
  chat::user_id actor;  ///< who caused it
  chat::event what;
  chat::people participants;
  chat::user_id departed;  ///< hears it without being a participant any more; empty: nobody
  chat::people except = nullptr;  ///< of those who joined, not these (typing); null: all
};

/// From now on `connection` hears what needs joining.
struct subscribe {
  chat::conversation_id conversation;
  std::uint64_t connection = 0;
};

struct unsubscribe {
  chat::conversation_id conversation;
  std::uint64_t connection = 0;
};

/// In these conversations something has waited for the user of a classic connection since before it
/// opened; RegisterUser will hand it over.
struct waits_for_register {
  std::uint64_t connection = 0;
  std::vector<chat::conversation_id> conversations;
};

struct notify_users {
  chat::event what;
  chat::people users;             ///< null: every connection
  chat::people except = nullptr;  ///< of all, not these
};

// -- network actor -> conversation ----------------------------------------------------------------

/// Messages up to `seq` were written to a connection of each of these users.
struct delivered_to {
  struct item {
    chat::user_id user;
    std::uint64_t seq = 0;
  };
  std::vector<item> items;
};

// -- session -> registry, presence ------------------------------------------------------------------

/// Who sequences this conversation? Answered with its actor. Sessions ask the conversation_finder of
/// their io thread, which asks the registry.
struct find_conversation {
  chat::conversation_id id;
};

/// From the registry to all finders and network actors: this owner has left memory. Who holds
/// something for it lets it go.
struct conversation_retired {
  chat::conversation_id id;
  caf::actor_id owner = 0;
};

struct arrived {
  chat::user_id user;
  std::uint16_t network = 0;
  std::uint64_t connection = 0;
  bool is_classic = false;  ///< takes what waited by RegisterUser only (Q-17)
};

struct departed {
  chat::user_id user;
  std::uint16_t network = 0;
  std::uint64_t connection = 0;
  bool clean = false;
  bool is_classic = false;
};

// -- conversation <-> registry -----------------------------------------------------------------------

/// I have had nothing to do; may I go?
struct retire_request {
  chat::conversation_id id;
};
/// Whoever asks for you from now on waits for your answer; who knows you already may still send. Quit,
/// or say retire_refused.
struct retire {};
struct retire_refused {
  chat::conversation_id id;
};

/// Whose connections take what was sent to them as it comes? Answered with the users; those with
/// classic connections alone, who take it by RegisterUser, and guests aside.
struct online_users {};

/// A guest asks for a name of its own until its connection ends. Answered with chat::done or
/// errc::conflict.
struct claim_name {
  std::string name;
  std::uint16_t network = 0;
  std::uint64_t connection = 0;
};

/// Is the caller a member? Answered with chat::done or not_found.
struct check_member {
  chat::conversation_id conversation;
};

/// The blocks between the two have changed: read them again. Answered with chat::done when the new
/// ones are in force.
struct blocks_changed {
  chat::conversation_id conversation;
};

/// A block came to be or was lifted: tell `what.whom` how `what.by` looks from now on.
struct block_changed {
  chat::block what;
};

// -- conversation <-> writer ----------------------------------------------------------------------

/// Write this entry. Entries of one owner arrive with ascending seq, without a gap.
struct append {
  chat::entry what;
  std::uint64_t attempt = 0;  ///< rises after each not_stored
};

/// All your entries of this attempt up to last_seq are on disk.
struct stored {
  std::uint64_t attempt = 0;
  std::uint64_t last_seq = 0;
};

/// None of your entries of this attempt from first_seq on is stored, and none will be.
struct not_stored {
  /// An entry that the store will not take; it keeps those behind it out.
  struct culprit {
    std::uint64_t seq = 0;
    /// duplicate: what came first under its sender's clientMessageId. Stored, or one of yours that
    /// is not stored either and has a smaller seq.
    chat::entry existing;
  };

  std::uint64_t attempt = 0;
  std::uint64_t first_seq = 0;
  chat::errc why = chat::errc::unavailable;  ///< unavailable, unknown, stale_owner, duplicate, refused
  std::vector<culprit> culprits;  ///< duplicate, refused: at least one, ascending; else none
};

/// The owner has understood not_stored; its next attempt begins.
struct attempt_over {
  std::uint64_t attempt = 0;
};

struct save_cursors {
  std::vector<chat::cursor_row> rows;
};

/// Write cursors now; answered with chat::done when they are on disk or cannot be.
struct settle {};

// -- anybody -> database actor --------------------------------------------------------------------------

/// Runs on the database actor's thread with its store; the result goes back as any_result.
/// Made and unpacked by actors/storage/database.hpp.
struct any_result {
  std::any value;
};

// -- ticks an actor sends to itself -----------------------------------------------------------------------

using tick_atom = caf::atom_constant<caf::atom("tick")>;
using flush_atom = caf::atom_constant<caf::atom("flush")>;
using retry_atom = caf::atom_constant<caf::atom("retry")>;
using idle_atom = caf::atom_constant<caf::atom("idle")>;
using typing_atom = caf::atom_constant<caf::atom("typing")>;

// -- serialization ----------------------------------------------------------------------------------------

#define PARLEY_INSPECT(type, ...)       \
  template <class Inspector>            \
  auto inspect(Inspector& f, type& x) { \
    return f(__VA_ARGS__);              \
  }

PARLEY_INSPECT(find_conversation, x.id)
PARLEY_INSPECT(conversation_retired, x.id, x.owner)
PARLEY_INSPECT(arrived, x.user, x.network, x.connection, x.is_classic)
PARLEY_INSPECT(departed, x.user, x.network, x.connection, x.clean, x.is_classic)
PARLEY_INSPECT(claim_name, x.name, x.network, x.connection)
PARLEY_INSPECT(check_member, x.conversation)
PARLEY_INSPECT(blocks_changed, x.conversation)
PARLEY_INSPECT(block_changed, x.what)
PARLEY_INSPECT(retire_request, x.id)
PARLEY_INSPECT(retire_refused, x.id)
PARLEY_INSPECT(delivered_to::item, x.user, x.seq)
PARLEY_INSPECT(delivered_to, x.items)
PARLEY_INSPECT(append, x.what, x.attempt)
PARLEY_INSPECT(stored, x.attempt, x.last_seq)
PARLEY_INSPECT(not_stored::culprit, x.seq, x.existing)
PARLEY_INSPECT(not_stored, x.attempt, x.first_seq, x.why, x.culprits)
PARLEY_INSPECT(attempt_over, x.attempt)
PARLEY_INSPECT(save_cursors, x.rows)

template <class Inspector>
auto inspect(Inspector& f, retire&) {
  return f(caf::meta::type_name("retire"));
}
template <class Inspector>
auto inspect(Inspector& f, online_users&) {
  return f(caf::meta::type_name("online_users"));
}
template <class Inspector>
auto inspect(Inspector& f, settle&) {
  return f(caf::meta::type_name("settle"));
}

#undef PARLEY_INSPECT

/// An error on its way through CAF, and back.
auto to_caf(const chat::error& why) -> caf::error;
auto from_caf(const caf::error& why) -> chat::error;

/// True when a request bounced because its receiver had ended: nothing was done.
auto is_receiver_down(const caf::error& why) -> bool;

}  // namespace parley::actors

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::actors::execute)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::actors::answered)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::actors::session_over)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::actors::fan_out)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::actors::subscribe)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::actors::unsubscribe)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::actors::notify_users)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::actors::waits_for_register)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(parley::actors::any_result)
