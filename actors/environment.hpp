#pragma once

#include <atomic>
#include <caf/actor.hpp>
#include <vector>

#include "actors/resident.hpp"
#include "actors/signal.hpp"
#include "chat/conversation.hpp"
#include "chat/ids.hpp"
#include "chat/time.hpp"
#include "config/options.hpp"
#include "storage/blobs/blob_store.hpp"
#include "telemetry/metrics.hpp"

namespace parley::actors {

class actor_host;
class conversation_finder;
class conversation_keeper;
class user_budgets;

/// One io thread, and who lives on it as long as the server.
struct lane {
  actor_host* host = nullptr;
  caf::actor network = nullptr;
  resident<conversation_finder> finder = {};
  resident<conversation_keeper> keeper = {};
};

/// What every actor may use: the clock, ids, settings, figures, and the addresses of the actors
/// that live as long as the server. app/server fills it before the first connection and clears the
/// handles after the last; it outlives all actors.
struct environment {
  environment(const config::options& given, telemetry::metrics& figures,
              const chat::clock& time, chat::id_source& new_ids)
      : options(given), metrics(figures), clock(time), ids(new_ids) {}

  const config::options& options;
  telemetry::metrics& metrics;
  const chat::clock& clock;
  chat::id_source& ids;

  std::vector<lane> lanes;          ///< by the index of the io thread
  std::vector<caf::actor> writers;  ///< "chat-message-to-db"
  caf::actor room_writer;           ///< "chat-room-to-db"
  caf::actor readers;
  caf::actor registry;
  caf::actor presence;
  caf::actor profiles;
  caf::actor blocks;
  caf::actor jobs;
  caf::actor attachment_cleaner;
  caf::actor health;  ///< asks the store whether it is there
  storage::blobs::blob_store* blobs = nullptr;  ///< null: attachments are off
  std::vector<caf::actor> accounts;  ///< hash passwords
  user_budgets* budgets = nullptr;   ///< the rates of users; sessions need them

  /// Rows accepted and not yet stored, over all writers.
  std::atomic<std::size_t> backlog_rows{0};
  /// Notified whenever backlog_rows has become 0.
  signal backlog_emptied;
  /// Password hashes waiting or under way.
  std::atomic<std::size_t> hashes{0};

  /// That of the io thread that a conversation runs on.
  auto lane_of(const chat::conversation_id& id) const -> const lane& {
    return lanes[std::hash<chat::conversation_id>{}(id) % lanes.size()];
  }
  auto writer_of(const chat::conversation_id& id) const -> const caf::actor& {
    return writers[std::hash<chat::conversation_id>{}(id) % writers.size()];
  }
  auto reader() -> const caf::actor& { return readers; }
  auto rules() const -> chat::conversation_rules {
    const auto& chat = options.chat;
    return {chat.max_text_units, chat.max_members, chat.history_for_new_members == "all",
            chat.large_conversation};
  }
};

}  // namespace parley::actors
