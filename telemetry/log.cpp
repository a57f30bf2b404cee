#include "telemetry/log.hpp"

#include <unistd.h>

#include <memory>

#include "telemetry/formatters.hpp"
#include "telemetry/queued_sink.hpp"

namespace parley::telemetry {
namespace {

constexpr std::size_t max_queued_lines = 8'192;

auto make_formatter(std::string_view format) -> std::unique_ptr<spdlog::formatter> {
  const bool is_text = format == "text" || (format == "auto" && isatty(STDOUT_FILENO) == 1);
  if (is_text) return std::make_unique<text_formatter>();
  return std::make_unique<json_formatter>();
}

}  // namespace

void start_logging(const config::log_options& options) {
  auto sink = std::make_shared<queued_sink>(STDOUT_FILENO, make_formatter(options.format),
                                            max_queued_lines);
  auto logger = std::make_shared<spdlog::logger>("parleyd", std::move(sink));
  logger->set_level(spdlog::level::from_str(options.level));
  spdlog::set_default_logger(std::move(logger));
}

void stop_logging() {
  // The logger stays: threads that outlive this call may still log.
  if (const auto logger = spdlog::default_logger()) logger->flush();
}

}  // namespace parley::telemetry
