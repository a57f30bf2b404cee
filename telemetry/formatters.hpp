#pragma once

#include <spdlog/formatter.h>

#include <memory>

namespace parley::telemetry {

/// One JSON object a line:
/// {"ts":"2024-01-01T12:00:00.000Z","level":"info","logger":"","msg":"..."}. Whatever a message
/// holds, the line stays one line of ASCII: control characters, quotes and everything beyond ASCII
/// are escaped, bytes that are no UTF-8 become U+FFFD.
/// @thread one call at a time, as spdlog's sinks do
class json_formatter final : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& line, spdlog::memory_buf_t& out) override;
  auto clone() const -> std::unique_ptr<spdlog::formatter> override;
};

/// "2024-01-01T12:00:00.000Z info  text", for people. Control characters are shown as \n, \x1b, so
/// that no message can start a line of its own or command a terminal; UTF-8 stays as it is.
/// @thread one call at a time
class text_formatter final : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& line, spdlog::memory_buf_t& out) override;
  auto clone() const -> std::unique_ptr<spdlog::formatter> override;
};

}  // namespace parley::telemetry
