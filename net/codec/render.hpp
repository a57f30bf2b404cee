#pragma once

#include "chat/conversation.hpp"
#include "chat/event.hpp"
#include "chat/request.hpp"
#include "net/codec/json_writer.hpp"
#include "net/codec/writer.hpp"

/// How values look to clients; REST and the hub share these shapes, and each is said once for every
/// encoding (docs/protocol.md).
namespace parley::net::codec {

void write(writer& to, const chat::attachment& file);
void write(writer& to, const chat::quote& what);
void write(writer& to, const chat::participant& who);
/// {participants: [{userId, displayName, profilePictureUrl, role, joinedAt}], next}
void write(writer& to, const chat::member_page& page);
void write(writer& to, const chat::message_view& seen);  ///< as a stretch shows it
void write(writer& to, const chat::chat_list_row& row);
void write(writer& to, const chat::posted& what);
void write(writer& to, const chat::page& what);
void write(writer& to, const chat::stretch& what);
void write(writer& to, const chat::member_cursors& one);
void write(writer& to, const chat::caught_up& one);
void write(writer& to, const chat::presence_of& one);

/// The body of an answer: null for done.
void write_result(writer& to, const chat::result& what);

/// Which method of a client an event calls, in the messaging dialect. message_posted:
/// MessageReceived.
auto target_of(const chat::event& what) -> const char*;
/// What it is called with: an array.
void write_arguments(writer& to, const chat::event& what);

/// The same of MessageReceived for its sender's own connections: with its clientMessageId.
void write_own_message(writer& to, const chat::message_posted& what);

/// Of NewMessageNotification for the same message: an array.
void write_notification(writer& to, const chat::message_posted& what);

// -- the same as values, for whoever looks into them -----------------------------------------------------

template <class T>
auto render(const T& what) -> json {
  return json::parse(json_text([&](writer& to) { write(to, what); }));
}
auto render(const chat::result& what) -> json;

/// One call of a client's method.
struct rendered_event {
  const char* target;
  json arguments;  ///< an array
};
auto render_event(const chat::event& what) -> rendered_event;
auto render_notification(const chat::message_posted& what) -> rendered_event;

}  // namespace parley::net::codec
