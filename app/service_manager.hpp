#pragma once

#include <string_view>

namespace parley::app {

/// Tells systemd, or whatever else started the process with NOTIFY_SOCKET, how it stands with it; does
/// nothing where there is none. What cannot be told is no failure.
/// @param state lines as sd_notify(3) has them: "READY=1", "STOPPING=1", "STATUS=..."
/// @thread any
void tell_service_manager(std::string_view state);

}  // namespace parley::app
