#pragma once

#include <spdlog/spdlog.h>

#include "config/options.hpp"

namespace parley::telemetry {

/// Sets up spdlog's default logger: one JSON object a line (ts, level, logger, msg) or text, on
/// standard output. Callers log with spdlog::info("connection {} closed", id) and never pass
/// message text, tokens, passwords or query strings.
void start_logging(const config::log_options& options);

/// Writes out what is queued; call before the process ends.
void stop_logging();

}  // namespace parley::telemetry
