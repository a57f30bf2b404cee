#include "net/chat_hub/event_frames.hpp"

#include <utility>

#include "net/codec/event_names.hpp"
#include "net/codec/render.hpp"
#include "net/signalr/hub_protocol.hpp"

namespace parley::net::signalr {
namespace {

auto is_ephemeral(const chat::event& what) -> bool {
  return std::holds_alternative<chat::typing_changed>(what) ||
         std::holds_alternative<chat::presence_changed>(what);
}

/// A message as classic clients know it (C-02): the live form has two arguments.
void write_classic(codec::writer& to, const chat::message_posted& m) {
  to.begin_array();
  to.text(m.sender_name);
  to.text(m.message.content);
  to.end_array();
}

}  // namespace

auto event_frames::make(const event_format& format, part wanted) -> const frame_ptr& {
  auto frame = encode(format, wanted);
  return made_.emplace_back(format, wanted, std::move(frame)).frame;
}

auto event_frames::encode(const event_format& format, part wanted) -> frame_ptr {
  using codec::writer;
  const auto& protocol = *format.protocol;
  const auto* message = std::get_if<chat::message_posted>(&what_);
  std::string bytes;
  if (message != nullptr && format.dialect == dialect::classic) {
    if (wanted == part::notification) return nullptr;
    bytes = protocol.invocation(codec::event_name::receive_message,
                                [&](writer& to) { write_classic(to, *message); });
  } else {
    if (wanted == part::whole)
      bytes = protocol.invocation(codec::target_of(what_),
                                  [&](writer& to) { codec::write_arguments(to, what_); });
    if (wanted == part::own)
      bytes = protocol.invocation(codec::event_name::message_received,
                                  [&](writer& to) { codec::write_own_message(to, *message); });
    if (wanted == part::both) {
      const auto& first = *get(format, part::whole);
      bytes.reserve(first.size() + usual_record);
      bytes = first.record();
    }
    if ((wanted == part::notification || wanted == part::both) && message != nullptr)
      bytes += protocol.invocation(codec::event_name::new_message_notification,
                                   [&](writer& to) { codec::write_notification(to, *message); });
  }
  return frame_ptr{new frame{std::move(bytes), protocol.format(), is_ephemeral(what_)}};
}

}  // namespace parley::net::signalr
