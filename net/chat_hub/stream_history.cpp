#include "net/chat_hub/stream_history.hpp"

#include <algorithm>
#include <iterator>

#include "net/codec/bind.hpp"
#include "net/codec/render.hpp"

namespace parley::net::signalr {
namespace {

/// Messages of one page, which is what a stream holds in memory.
constexpr std::uint64_t page_size = 50;

/// One running StreamHistory. The call's callbacks keep it.
class history_stream : public std::enable_shared_from_this<history_stream> {
 public:
  history_stream(invocation_ptr call, const codec::history_walk& walk)
      : call_(std::move(call)), walk_(walk), left_(walk.limit) {}

  void ask_page() {
    const auto size = walk_.limit == 0 ? page_size : std::min(page_size, left_);
    chat::read_stretch what{walk_.conversation, 0, 0, !walk_.descending, 0, size};
    (walk_.descending ? what.before : what.after) = walk_.from;
    call_->client().ask(what, [self = shared_from_this()](const chat::outcome& got) {
      if (self->call_->is_open()) self->on_page(got);
    });
  }

 private:
  void on_page(const chat::outcome& got) {
    if (!got) {
      // What passes by itself ends no stream: the next tick asks again.
      const auto why = got.error().code;
      if (why == chat::errc::rate_limited || why == chat::errc::busy) return retry_later();
      return call_->fail(failure_of(got.error()));
    }
    const auto& page = std::get<chat::stretch>(*got);
    call_->begin_stream();
    take(page);
    send();
  }

  void take(const chat::stretch& page) {
    const auto count = page.messages.size();
    for (const auto& one : page.messages) items_.push_back(codec::render(one));
    if (walk_.descending) std::reverse(items_.begin(), items_.end());
    has_more_ = page.has_more && count > 0;
    if (count > 0)
      walk_.from = (walk_.descending ? page.messages.front() : page.messages.back()).message.seq;
    left_ -= std::min<std::uint64_t>(left_, count);
    if (walk_.limit != 0 && left_ == 0) has_more_ = false;
  }

  /// A batch at a time; the next page when the last batch was taken.
  void send() {
    sent_ += call_->send_items(std::span{items_}.subspan(sent_));
    const bool page_is_out = sent_ == items_.size();
    if (page_is_out && !has_more_) return call_->complete();
    call_->when_room([self = shared_from_this(), page_is_out] {
      if (!page_is_out) return self->send();
      self->items_.clear();
      self->sent_ = 0;
      self->ask_page();
    });
  }

  void retry_later() {
    call_->on_tick([self = shared_from_this()] {
      self->call_->on_tick(nullptr);
      self->ask_page();
    });
  }

  invocation_ptr call_;
  codec::history_walk walk_;
  std::uint64_t left_;  ///< of the limit
  bool has_more_ = false;
  std::vector<json> items_;  ///< of this page
  std::size_t sent_ = 0;
};

void stream_history(const invocation_ptr& call, codec::client_value arguments) {
  const auto walk = codec::bind_history_walk(arguments.at(0));
  if (!walk) return call->refuse(failure_of(walk.error()));
  std::make_shared<history_stream>(call, *walk)->ask_page();
}

}  // namespace

auto stream_history_method() -> hub_method {
  return {.name = "StreamHistory",
          .parameters = {{kind::object}},
          .run = stream_history,
          .streams = true};
}

}  // namespace parley::net::signalr
