#pragma once

#include "chat/request.hpp"
#include "net/codec/writer.hpp"

/// How people, dead letters and jobs look to clients (docs/protocol.md).
namespace parley::net::codec {

/// {userId, displayName, firstName, lastName, profilePictureUrl}
void write(writer& to, const chat::profile& who);
/// {userId, blockedAt}
void write(writer& to, const chat::blocked_user& blocked);
/// Without the text, as `parleyctl dlq list --json`.
void write(writer& to, const chat::dead_letters& letters);
/// With it, as `parleyctl dlq show --json`; bytes that are no UTF-8 become U+FFFD.
void write(writer& to, const chat::dead_letter& letter);
void write(writer& to, const chat::posted_again& place);
void write(writer& to, const chat::job_status& job);

}  // namespace parley::net::codec
