#pragma once

#include <spdlog/sinks/sink.h>

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace parley::telemetry {

/// Writes lines to a descriptor from a thread of its own, so that nobody who logs ever waits for
/// the reader of it. Bounded: when `max_lines` wait, the oldest give way, and a line says how many.
/// @thread any; formatting happens on the caller's
class queued_sink final : public spdlog::sinks::sink {
 public:
  /// @param fd  stays open, and stays the caller's
  queued_sink(int fd, std::unique_ptr<spdlog::formatter> formatter, std::size_t max_lines);
  ~queued_sink() override;

  void log(const spdlog::details::log_msg& line) override;
  /// Waits until all that was logged before is written, 2 s at most.
  void flush() override;
  /// Patterns would undo the escaping: ignored, as is any other formatter.
  void set_pattern(const std::string&) override {}
  void set_formatter(std::unique_ptr<spdlog::formatter>) override {}

 private:
  void run();
  auto take_batch() -> std::string;
  auto lost_line() -> std::string;
  void write_all(std::string_view text) const;
  auto format(const spdlog::details::log_msg& line) const -> std::string;

  const int fd_;
  const std::size_t max_lines_;
  const std::unique_ptr<spdlog::formatter> formatter_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable drained_;
  std::deque<std::string> lines_;
  std::uint64_t lost_ = 0;
  bool is_writing_ = false;
  bool is_stopping_ = false;
  std::thread writer_;  // last: it uses all of the above
};

}  // namespace parley::telemetry
