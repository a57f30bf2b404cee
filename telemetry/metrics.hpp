#pragma once

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <memory>
#include <string>

#include "telemetry/turns.hpp"

namespace parley::telemetry {

/// Figures of one writer; `worker` is "chat-message-to-db" or "chat-room-to-db".
struct persistence_metrics {
  prometheus::Gauge& backlog_rows;       ///< accepted, not yet stored
  prometheus::Counter& rows;             ///< stored
  prometheus::Counter& failures;         ///< transactions that failed
  prometheus::Histogram& batch_rows;
  prometheus::Histogram& commit_seconds;
};

/// Figures of one job that runs by the clock.
struct job_metrics {
  prometheus::Counter& runs;      ///< that succeeded
  prometheus::Counter& failures;
  prometheus::Counter& found;     ///< things it had to do
  prometheus::Gauge& duration_seconds;
  prometheus::Gauge& last_success;  ///< unix seconds; 0: not yet
};

/// What each limit refused: parley_limit_refusals_total{limit="<member>"}.
struct limit_metrics {
  prometheus::Counter& invocations;
  prometheus::Counter& sends;               ///< per user
  prometheus::Counter& conversation_sends;
  prometheus::Counter& signals;             ///< typing, receipts, presence
  prometheus::Counter& negotiates;
  prometheus::Counter& opens;               ///< hub connections of a user
  prometheus::Counter& records;             ///< pauses of connections that send too many
  prometheus::Counter& unauthorized;        ///< answers 401 that were held back
  prometheus::Counter& profiles;            ///< changes by tokens that were passed over
  prometheus::Counter& connections;
  prometheus::Counter& unauthenticated;     ///< sockets on which nothing was served
  prometheus::Counter& persistent;          ///< connections closed for going on and on
  prometheus::Counter& requests;            ///< URL, headers or body too large, or too slow
  prometheus::Counter& sockets;             ///< of an address, or in all
  prometheus::Counter& logins;              ///< sign-ins and registrations
  prometheus::Counter& transfers;           ///< uploads and downloads at a time
  prometheus::Counter& plain_requests;      ///< of an address
};

/// Every figure of the process, made once, handed out by reference.
/// @thread any: counters and gauges are atomic.
class metrics {
 public:
  metrics();

  std::shared_ptr<prometheus::Registry> registry;
  prometheus::Gauge& connections;        ///< signed-in hub connections
  prometheus::Gauge& sessions;
  prometheus::Gauge& conversations;      ///< in memory
  prometheus::Counter& accepted;         ///< messages given a seq
  prometheus::Counter& acknowledged;     ///< messages whose sender was told that they are stored
  prometheus::Counter& delivered;        ///< message events put into an outbox
  prometheus::Counter& refused;          ///< commands refused
  prometheus::Gauge& outbox_bytes;
  prometheus::Counter& slow_readers_closed;
  prometheus::Counter& flushes;          ///< writes to sockets
  prometheus::Counter& reloads;          ///< conversations that stepped down and were read again
  prometheus::Histogram& query_seconds;  ///< reads from the store
  prometheus::Gauge& dead_letters;
  prometheus::Counter& unreadable_texts; ///< reads of a text that no key opens
  prometheus::Gauge& tls_not_after;      ///< unix seconds; 0: no TLS
  prometheus::Counter& tls_handshakes;   ///< that succeeded
  prometheus::Counter& tls_failures;     ///< handshakes that did not
  prometheus::Counter& lost_upgrades;    ///< WebSocket attempts whose Upgrade a proxy kept
  prometheus::Counter& foreign_origins;  ///< hub requests of pages that may not call
  prometheus::Counter& reload_failures;  ///< SIGHUPs of which something could not be used
  turn_figures io_turns;                 ///< of the io threads: one handler each
  turn_figures pool_turns;               ///< of actors that all share: one message each
  persistence_metrics writer;
  persistence_metrics room_writer;
  limit_metrics limits;
  job_metrics delivered_job;             ///< "mark-messages-delivered"
  job_metrics attachments_job;           ///< "remove-unused-attachments"
  job_metrics letters_job;               ///< "count-dead-letters"

  /// Prometheus text format. The longest turns are those since the last call.
  auto render() -> std::string;
};

}  // namespace parley::telemetry
