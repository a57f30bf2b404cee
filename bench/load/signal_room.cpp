#include "bench/load/signal_room.hpp"

#include <string>

#include "bench/wire/failure.hpp"

namespace parley::bench {

void signal_room::begin(std::int64_t now) {
  const auto members = static_cast<std::uint32_t>(heard_.size());
  is_starting_ = !is_starting_;
  if (is_starting_) actor_ = (actor_ + 1) % members;
  heard_.assign(members, false);
  due_ = members - 1;
  begun_at_ = now;
}

auto signal_room::on_signal(std::uint32_t listener, std::uint32_t about, bool starts) -> bool {
  if (about != actor_ || starts != is_starting_ || begun_at_ == 0)
    fail("a signal that is not due", listener, about);
  if (listener == actor_) fail("a signal to who caused it", listener, about);
  if (heard_[listener]) fail("a signal again", listener, about);
  heard_[listener] = true;
  return --due_ == 0;
}

void signal_room::fail(const char* what, std::uint32_t listener, std::uint32_t about) const {
  check_failed("room " + std::to_string(index_) + ": " + what + ", about member " +
               std::to_string(about) + " to member " + std::to_string(listener));
}

}  // namespace parley::bench
