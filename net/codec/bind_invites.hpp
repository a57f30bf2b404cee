#pragma once

#include "net/codec/bind.hpp"

namespace parley::net::codec {

/// {expiresInS?, maxUses?} for the conversation that the route names
auto bind_invite_in(chat::conversation_id where, client_value value) -> bound<chat::make_invite>;

}  // namespace parley::net::codec
