#pragma once

#include <boost/container/small_vector.hpp>

#include "chat/event.hpp"
#include "net/signalr/connection_host.hpp"

namespace parley::net::signalr {

/// The frames of one event, encoded on first use: once for each format and part, whatever the
/// number of receivers. Lives while one event is being handed out.
class event_frames {
 public:
  /// What of a message a connection hears. Other events have one part, `whole`.
  enum class part : std::uint8_t {
    whole,         ///< MessageReceived, or any other event
    own,           ///< MessageReceived as its sender gets it
    notification,  ///< NewMessageNotification
    both,          ///< the two in one write
  };

  explicit event_frames(const chat::event& what) : what_(what) {}

  /// The frame, or null when the dialect has nothing to say here.
  auto get(const event_format& format, part wanted) -> const frame_ptr& {
    for (const auto& made : made_)
      if (made.wanted == wanted && made.format == format) return made.frame;
    return make(format, wanted);
  }

 private:
  struct made_frame {
    event_format format;
    part wanted;
    frame_ptr frame;
  };

  auto make(const event_format& format, part wanted) -> const frame_ptr&;
  auto encode(const event_format& format, part wanted) -> frame_ptr;

  const chat::event& what_;
  boost::container::small_vector<made_frame, 3> made_;
};

}  // namespace parley::net::signalr
