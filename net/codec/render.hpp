#pragma once

#include "chat/event.hpp"
#include "chat/conversation.hpp"
#include "chat/request.hpp"
#include "net/codec/json.hpp"

/// How values look to clients; REST and the hub share these shapes (docs/protocol.md).
namespace parley::net::codec {

/// The body of an answer: null for done.
auto render(const chat::result& what) -> json;

auto render(const chat::posted& what) -> json;
auto render(const chat::page& what) -> json;
auto render(const chat::stretch& what) -> json;
/// One message as a stretch shows it.
auto render(const chat::message_view& seen) -> json;
auto render(const chat::chat_list& what) -> json;
auto render(const std::vector<chat::caught_up>& what) -> json;
auto render(const std::vector<chat::presence_of>& what) -> json;

/// One call of a client's method.
struct rendered_event {
  const char* target;
  json arguments;  ///< an array
};

/// An event in the messaging dialect. message_posted: MessageReceived.
auto render_event(const chat::event& what) -> rendered_event;

/// NewMessageNotification for the same message.
auto render_notification(const chat::message_posted& what) -> rendered_event;

}  // namespace parley::net::codec
