#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "net/signalr/caller.hpp"

namespace parley::net::signalr {

struct hub_method;

/// What an invocation needs from the calls of its connection.
class invocation_site {
 public:
  virtual ~invocation_site() = default;
  virtual auto client() -> caller& = 0;
  virtual auto protocol() const -> const hub_protocol& = 0;
  virtual auto detailed_errors() const -> bool = 0;
  /// See invocation_owner.
  virtual auto charge_call() -> chat::expected<void> = 0;
  virtual void send_record(std::string record) = 0;
  /// The client has taken what was sent before.
  virtual auto has_room() const -> bool = 0;
  /// The invocation has its answer: forget it.
  virtual void on_finished(const class invocation& which) = 0;
};

/// One running call of a hub's own method, answered once: by complete, by fail, or by the client's
/// cancel. The handler keeps a shared pointer for as long as it has something to say; afterwards,
/// and when the connection is gone, everything here does nothing.
///
/// Callbacks that were given are let go when the call ends, so that they may hold the call.
/// @thread the connection's
class invocation : public std::enable_shared_from_this<invocation> {
 public:
  /// One item of an upload, or its end: with an error when the client's source failed.
  struct upload_event {
    json item;
    bool is_end = false;
    std::string error;
  };

  invocation(invocation_site& site, const hub_method& method, std::string id, std::string target,
             std::vector<std::string> upload_ids);

  /// Is there still somebody to answer?
  auto is_open() const -> bool { return site_ != nullptr; }
  /// @pre is_open()
  auto client() const -> caller& { return site_->client(); }

  /// The one answer. @param result null for void methods and at the end of a stream
  void complete(const json& result = nullptr);
  void fail(const hub_failure& why);
  /// The same for a call that asks nothing of chat, which would have counted it.
  void refuse(const hub_failure& why);
  /// Calls a method of the client's as part of the answer: never refused as too much, since no call
  /// starts while the client has much to read.
  void send_with_answer(std::string_view target, const json& arguments);

  // -- a stream of results ---------------------------------------------------------------------------

  /// From here on failures are those of a running stream.
  void begin_stream() { streams_ = true; }
  /// Sends as many of `items` as make up 32 KiB, one at least, in one frame.
  /// @returns how many; await `when_room` before the next
  auto send_items(std::span<const json> items) -> std::size_t;
  /// Calls `then` as soon as the client has taken what was sent, perhaps at once. One waits at a
  /// time; the last one given counts.
  void when_room(std::function<void()> then);
  /// The client cancelled; the stream is completed right after `then`.
  void on_cancel(std::function<void()> then) { on_cancel_ = std::move(then); }
  /// About once a second or more often, for what must be tried again.
  void on_tick(std::function<void()> then) { on_tick_ = std::move(then); }

  // -- uploads ---------------------------------------------------------------------------------------

  /// Takes what the client uploads as stream number `which`, item by item as it comes: nothing is
  /// kept in between.
  void on_upload(std::size_t which, std::function<void(const upload_event&)> take);

  // -- the connection's side -------------------------------------------------------------------------

  auto id() const -> const std::string& { return id_; }
  auto method() const -> const hub_method& { return method_; }
  /// @returns was `stream` one of this call's?
  auto take_item(const std::string& stream, json& item) -> bool;
  auto end_upload(const std::string& stream, const std::string& error) -> bool;
  void cancel();
  void room();
  void tick();
  /// The connection is gone.
  void detach();

 private:
  struct upload {
    std::string id;
    bool is_open = true;
    std::function<void(const upload_event&)> take;
  };

  auto find_upload(const std::string& stream) -> std::size_t;
  void finish(std::string record);
  void let_go();

  invocation_site* site_;  ///< null: over
  const hub_method& method_;
  std::string id_;
  std::string target_;
  bool streams_ = false;
  std::vector<upload> uploads_;
  std::function<void()> when_room_;
  std::function<void()> on_cancel_;
  std::function<void()> on_tick_;
};

using invocation_ptr = std::shared_ptr<invocation>;

}  // namespace parley::net::signalr
