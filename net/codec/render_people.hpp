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
/// {users: [...]}
void write(writer& to, const chat::people_found& people);
/// {code, conversationId, createdBy, createdAt, expiresAt, usesLeft}
void write(writer& to, const chat::invite& one);
/// {invites: [...]}
void write(writer& to, const std::vector<chat::invite>& all);
/// {title, memberCount, invitedBy}
void write(writer& to, const chat::invite_preview& what);
/// {sessions: [{id, createdAt, lastUsedAt, agent, current}]}
void write(writer& to, const std::vector<chat::device_view>& devices);
void write(writer& to, const chat::job_status& job);

}  // namespace parley::net::codec
