#include "net/signalr/event_frames.hpp"

#include <algorithm>

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

auto event_frames::get(const event_format& format, part wanted) -> const frame_ptr& {
  const auto known = std::find_if(made_.begin(), made_.end(), [&](const made_frame& m) {
    return m.format == format && m.wanted == wanted;
  });
  if (known != made_.end()) return known->frame;
  made_.push_back({format, wanted, encode(format, wanted)});
  return made_.back().frame;
}

auto event_frames::encode(const event_format& format, part wanted) const -> frame_ptr {
  using codec::writer;
  const auto& protocol = *format.protocol;
  const auto* message = std::get_if<chat::message_posted>(&what_);
  std::string bytes;
  if (message != nullptr && format.dialect == dialect::classic) {
    if (wanted == part::notification) return nullptr;
    bytes = protocol.invocation(codec::event_name::receive_message,
                                [&](writer& to) { write_classic(to, *message); });
  } else {
    if (wanted != part::notification)
      bytes = protocol.invocation(codec::target_of(what_),
                                  [&](writer& to) { codec::write_arguments(to, what_); });
    if (wanted != part::whole && message != nullptr)
      bytes += protocol.invocation(codec::event_name::new_message_notification,
                                   [&](writer& to) { codec::write_notification(to, *message); });
  }
  return frame_ptr{new frame{bytes, protocol.format(), is_ephemeral(what_)}};
}

}  // namespace parley::net::signalr
