#pragma once

#include "chat/request.hpp"
#include "net/codec/json.hpp"

/// How people, dead letters and jobs look to clients (docs/protocol.md).
namespace parley::net::codec {

/// {userId, displayName, firstName, lastName, profilePictureUrl}
auto render(const chat::profile& who) -> json;
auto render(const std::vector<chat::profile>& found) -> json;
/// [{userId, blockedAt}]
auto render(const std::vector<chat::blocked_user>& blocked) -> json;
/// Without the text, as `parleyctl dlq list --json`.
auto render(const chat::dead_letters& letters) -> json;
/// With it, as `parleyctl dlq show --json`; bytes that are no UTF-8 become U+FFFD.
auto render(const chat::dead_letter& letter) -> json;
auto render(const chat::posted_again& place) -> json;
auto render(const chat::job_list& jobs) -> json;

}  // namespace parley::net::codec
