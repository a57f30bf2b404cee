#pragma once

#include "net/signalr/hub.hpp"

namespace parley::net {

/// What chat's clients may call.
auto chat_hub() -> const signalr::hub&;

}  // namespace parley::net
