#pragma once

#include <string>

#include "chat/expected.hpp"
#include "config/options.hpp"

namespace parley::app::ctl {

/// An answer of the operator's listener.
struct probe_answer {
  int status = 0;
  std::string body;
};

/// One GET to the listener of `options.metrics` on this machine, within 5 s, 8 MiB at most.
/// @errors errc::unavailable, naming address and port: nobody listens, or no answer came;
///         errc::not_found: metrics.port is 0
auto ask_server(const config::options& options, const std::string& path)
    -> chat::expected<probe_answer>;

}  // namespace parley::app::ctl
