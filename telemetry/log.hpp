#pragma once

#include <spdlog/spdlog.h>

#include "config/options.hpp"

namespace parley::telemetry {

/// Sets up spdlog's default logger: one JSON object a line (ts, level, logger, msg) or text, on
/// standard output. Callers log with spdlog::info("connection {} closed", id) and never pass
/// message text, tokens, passwords or query strings. Whatever they pass stays on one line.
///
/// Lines wait in a queue of 8,192; when standard output is not read, the oldest give way.
/// @thread call once, before other threads log; it starts one that writes
void start_logging(const config::log_options& options);

/// Writes out what is queued, waiting 2 s at most; call before the process ends. Logging still
/// works after it. @thread any
void stop_logging();

}  // namespace parley::telemetry
