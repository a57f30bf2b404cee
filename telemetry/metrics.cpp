#include "telemetry/metrics.hpp"

#include <prometheus/text_serializer.h>

#include "telemetry/process.hpp"

#ifndef PARLEY_VERSION
#define PARLEY_VERSION "unknown"
#endif

namespace parley::telemetry {
namespace {

using prometheus::Histogram;
using prometheus::Registry;

auto gauge(Registry& in, const char* name, const char* help, const prometheus::Labels& labels = {})
    -> prometheus::Gauge& {
  return prometheus::BuildGauge().Name(name).Help(help).Register(in).Add(labels);
}

auto counter(Registry& in, const char* name, const char* help,
             const prometheus::Labels& labels = {}) -> prometheus::Counter& {
  return prometheus::BuildCounter().Name(name).Help(help).Register(in).Add(labels);
}

/// 100 us to 10 s: an SSD commit lies near 1 ms, the give-up time at 4 s.
auto seconds_buckets() -> Histogram::BucketBoundaries {
  return {1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
}

/// The shapes of the multi-row insert, and the largest batch that may be set.
auto row_buckets() -> Histogram::BucketBoundaries {
  return {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024};
}

auto histogram(Registry& in, const char* name, const char* help,
               const Histogram::BucketBoundaries& buckets, const prometheus::Labels& labels = {})
    -> Histogram& {
  return prometheus::BuildHistogram().Name(name).Help(help).Register(in).Add(labels, buckets);
}

auto persistence(Registry& in, const char* worker) -> persistence_metrics {
  const prometheus::Labels label{{"worker", worker}};
  return {
      gauge(in, "parley_persistence_backlog_rows", "Rows accepted and not yet stored", label),
      counter(in, "parley_persistence_rows_total", "Rows stored", label),
      counter(in, "parley_persistence_failures_total", "Transactions that failed", label),
      histogram(in, "parley_persistence_batch_rows", "Rows of one commit", row_buckets(), label),
      histogram(in, "parley_persistence_commit_seconds", "Time of one transaction",
                seconds_buckets(), label),
  };
}

auto limits_of(Registry& in) -> limit_metrics {
  const auto refused_by = [&](const char* limit) -> prometheus::Counter& {
    return counter(in, "parley_limit_refusals_total", "What a limit refused", {{"limit", limit}});
  };
  return {refused_by("invocations"), refused_by("sends"),       refused_by("conversation_sends"),
          refused_by("signals"),     refused_by("negotiates"),  refused_by("opens"),
          refused_by("records"),     refused_by("unauthorized"), refused_by("profiles"),
          refused_by("connections"), refused_by("unauthenticated"), refused_by("persistent"),
          refused_by("requests"),    refused_by("sockets"),     refused_by("logins"),
          refused_by("transfers"),   refused_by("plain_requests")};
}

auto longest_turn(Registry& in, const char* thread) -> prometheus::Gauge& {
  return gauge(in, "parley_longest_turn_seconds",
               "The longest that a thread did one thing since this was read last",
               {{"thread", thread}});
}

auto long_turns(Registry& in, const char* thread) -> prometheus::Counter& {
  return counter(in, "parley_long_turns_total", "Turns of a thread over 20 ms",
                 {{"thread", thread}});
}

auto job(Registry& in, const std::string& name) -> job_metrics {
  const auto runs = [&](const char* result) -> prometheus::Counter& {
    return counter(in, "parley_job_runs_total", "Runs of a job",
                   {{"job", name}, {"result", result}});
  };
  const prometheus::Labels label{{"job", name}};
  return {
      runs("success"),
      runs("failure"),
      counter(in, "parley_job_found_total", "Things a job had to do", label),
      gauge(in, "parley_job_duration_seconds", "Time of a job's last run", label),
      gauge(in, "parley_job_last_success_timestamp_seconds", "Unix time of the last good run",
            label),
  };
}

}  // namespace

metrics::metrics()
    : registry(std::make_shared<Registry>()),
      connections(gauge(*registry, "parley_connections", "Signed-in hub connections")),
      sessions(gauge(*registry, "parley_sessions", "Sessions")),
      conversations(gauge(*registry, "parley_conversations", "Conversations in memory")),
      accepted(counter(*registry, "parley_messages_accepted_total", "Messages given a seq")),
      acknowledged(counter(*registry, "parley_messages_acknowledged_total",
                           "Messages whose sender was told that they are stored")),
      delivered(counter(*registry, "parley_messages_delivered_total",
                        "Message events put into an outbox")),
      refused(counter(*registry, "parley_commands_refused_total", "Commands refused")),
      outbox_bytes(gauge(*registry, "parley_outbox_bytes", "Bytes waiting in outboxes")),
      slow_readers_closed(counter(*registry, "parley_slow_readers_closed_total",
                                  "Connections closed because their outbox was full")),
      flushes(counter(*registry, "parley_socket_writes_total", "Writes to sockets")),
      reloads(counter(*registry, "parley_conversation_reloads_total",
                      "Conversations that stepped down and read the store again")),
      query_seconds(histogram(*registry, "parley_db_query_seconds", "Reads from the store",
                              seconds_buckets())),
      dead_letters(gauge(*registry, "parley_dead_letters", "Rows the store will never take")),
      unreadable_texts(counter(*registry, "parley_unreadable_texts_total",
                               "Reads of a stored text or file that no encryption key opens")),
      tls_not_after(gauge(*registry, "parley_tls_certificate_not_after_timestamp_seconds",
                          "Unix time the certificate in use ends at; 0: no TLS")),
      tls_handshakes(counter(*registry, "parley_tls_handshakes_total", "TLS handshakes done")),
      tls_failures(counter(*registry, "parley_tls_handshake_failures_total",
                           "TLS handshakes that failed or took too long")),
      lost_upgrades(counter(*registry, "parley_lost_upgrades_total",
                            "WebSocket attempts whose Upgrade a proxy did not pass on")),
      foreign_origins(counter(*registry, "parley_foreign_origins_total",
                              "Hub requests of pages whose origin is not allowed")),
      reload_failures(counter(*registry, "parley_reload_failures_total",
                              "Reloads by SIGHUP that kept something old because of an error")),
      io_turns(longest_turn(*registry, "io"), long_turns(*registry, "io")),
      pool_turns(longest_turn(*registry, "pool"), long_turns(*registry, "pool")),
      writer(persistence(*registry, "chat-message-to-db")),
      room_writer(persistence(*registry, "chat-room-to-db")),
      limits(limits_of(*registry)),
      delivered_job(job(*registry, "mark-messages-delivered")),
      attachments_job(job(*registry, "remove-unused-attachments")),
      letters_job(job(*registry, "count-dead-letters")) {
  gauge(*registry, "parley_build_info", "1, with the version as label",
        {{"version", PARLEY_VERSION}})
      .Set(1);
}

auto metrics::render() -> std::string {
  io_turns.show();
  pool_turns.show();
  auto families = registry->Collect();
  for (auto& family : process_families(read_process())) families.push_back(std::move(family));
  return prometheus::TextSerializer{}.Serialize(families);
}

}  // namespace parley::telemetry
