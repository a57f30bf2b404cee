#include "telemetry/metrics.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "telemetry/process.hpp"

using namespace parley::telemetry;
using Catch::Matchers::Contains;

TEST_CASE("every figure is there from the start", "[telemetry][metrics]") {
  metrics figures;
  const auto text = figures.render();
  for (const auto* line :
       {"parley_connections 0", "parley_sessions 0", "parley_conversations 0",
        "parley_messages_accepted_total 0", "parley_messages_acknowledged_total 0",
        "parley_messages_delivered_total 0", "parley_commands_refused_total 0",
        "parley_outbox_bytes 0", "parley_slow_readers_closed_total 0",
        "parley_socket_writes_total 0", "parley_conversation_reloads_total 0",
        "parley_db_query_seconds_count 0", "parley_dead_letters 0", "parley_build_info{version=\""})
    CHECK_THAT(text, Contains("\n" + std::string{line}));
}

TEST_CASE("both persistence workers are named from the start", "[telemetry][metrics]") {
  metrics figures;
  const auto text = figures.render();
  for (const std::string worker : {"chat-message-to-db", "chat-room-to-db"})
    for (const std::string name : {"backlog_rows", "rows_total", "failures_total",
                                   "batch_rows_count", "commit_seconds_count"})
      CHECK_THAT(text,
                 Contains("\nparley_persistence_" + name + "{worker=\"" + worker + "\"} 0\n"));
}

TEST_CASE("a figure that moves is rendered as it is", "[telemetry][metrics]") {
  metrics figures;
  figures.connections.Increment(3);
  figures.accepted.Increment();
  figures.room_writer.rows.Increment(5);
  figures.writer.commit_seconds.Observe(0.002);
  const auto text = figures.render();
  CHECK_THAT(text, Contains("\nparley_connections 3\n"));
  CHECK_THAT(text, Contains("\nparley_messages_accepted_total 1\n"));
  CHECK_THAT(text, Contains("parley_persistence_rows_total{worker=\"chat-room-to-db\"} 5\n"));
  CHECK_THAT(text, Contains("parley_persistence_rows_total{worker=\"chat-message-to-db\"} 0\n"));
  CHECK_THAT(text,
             Contains("commit_seconds_bucket{worker=\"chat-message-to-db\",le=\"0.0025\"} 1"));
  CHECK_THAT(text, Contains("commit_seconds_bucket{worker=\"chat-message-to-db\",le=\"0.001\"} 0"));
}

TEST_CASE("the process describes itself", "[telemetry][process]") {
  const auto figures = read_process();
  CHECK(figures.resident_bytes > 1e6);
  CHECK(figures.virtual_bytes >= figures.resident_bytes);
  CHECK(figures.cpu_seconds > 0);
  CHECK(figures.open_fds >= 3);
  CHECK(figures.open_fds < figures.max_fds);
  CHECK(figures.start_seconds > 1.6e9);
  const auto text = metrics{}.render();
  for (const auto* name : {"process_resident_memory_bytes", "process_virtual_memory_bytes",
                           "process_cpu_seconds_total", "process_open_fds", "process_max_fds",
                           "process_start_time_seconds"})
    CHECK_THAT(text, Contains("\n" + std::string{name} + " "));
}
