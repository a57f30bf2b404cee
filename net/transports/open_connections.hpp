#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "chat/ids.hpp"
#include "chat/time.hpp"
#include "net/http/message.hpp"
#include "net/io/io_thread.hpp"
#include "net/io/stream.hpp"

namespace parley::net {

/// What carries the bytes of a hub connection.
enum class carrier : std::uint8_t { websocket, event_stream, long_polling };

/// An HTTP exchange whose answer comes later. @thread its own
class answerable {
 public:
  virtual ~answerable() = default;
  virtual void answer(http_response response) = 0;
};

/// The way back to one waiting exchange, from any thread. Answer once; when the exchange is gone
/// the answer is dropped. Holds it weakly: an exchange dies on its own thread only.
class reply {
 public:
  reply() = default;
  reply(io_thread& home, std::weak_ptr<answerable> who) : home_(&home), who_(std::move(who)) {}
  reply(reply&& other) noexcept
      : home_(std::exchange(other.home_, nullptr)), who_(std::move(other.who_)) {}
  auto operator=(reply&& other) noexcept -> reply& {
    home_ = std::exchange(other.home_, nullptr);
    who_ = std::move(other.who_);
    return *this;
  }

  /// Is there an exchange that was not answered yet?
  explicit operator bool() const { return home_ != nullptr; }
  void operator()(http_response response);
  void operator()(http::status status);

  auto is_to(const std::weak_ptr<answerable>& who) const -> bool {
    return !who_.owner_before(who) && !who.owner_before(who_);
  }

 private:
  io_thread* home_ = nullptr;
  std::weak_ptr<answerable> who_;
};

/// A hub connection that HTTP requests reach by its token. Called on its own thread.
class http_carried {
 public:
  virtual ~http_carried() = default;
  /// GET: a long poll. The transport that does not poll answers 409.
  virtual void on_poll(reply to) { to(http::status::conflict); }
  /// The client gave up on its poll before it was answered.
  virtual void on_poll_abandoned(const std::weak_ptr<answerable>&) {}
  /// POST: bytes from the client. Answered with 200 once they were taken over.
  virtual void on_post(std::string, reply to) { to(http::status::method_not_allowed); }
  /// DELETE
  virtual void on_delete(reply to) { to(http::status::bad_request); }
  /// The client showed a token that is good until then (none: it has no end).
  virtual void extend(chat::timestamp until) = 0;
  /// A WebSocket upgrade that names this connection (stateful reconnect).
  /// @returns 101: it took socket and request; else the refusal, and both are untouched
  virtual auto take_over(stream&, http_request&, chat::timestamp until) -> http::status {
    static_cast<void>(until);
    return http::status::conflict;
  }
};

/// Open hub connections by their token, so that a request on any io thread finds the thread and
/// the connection it belongs to. The lock is held around the map only. @thread any
/// @source signalr.md section 4
class http_transports {
 public:
  struct entry {
    chat::user_id user;
    carrier kind = carrier::websocket;
    io_thread* home = nullptr;
    std::weak_ptr<http_carried> who;
    bool resumable = false;  ///< a WebSocket upgrade may take it over
  };

  /// Keeps a token known; the connection ends it. Empty for a connection without a token.
  class registration {
   public:
    registration() = default;
    registration(http_transports& of, std::string token) : of_(&of), token_(std::move(token)) {}
    registration(registration&& other) noexcept
        : of_(std::exchange(other.of_, nullptr)), token_(std::move(other.token_)) {}
    auto operator=(registration&& other) noexcept -> registration& {
      end();
      of_ = std::exchange(other.of_, nullptr);
      token_ = std::move(other.token_);
      return *this;
    }
    ~registration() { end(); }
    void end() {
      if (of_ != nullptr) std::exchange(of_, nullptr)->remove(token_);
    }

   private:
    http_transports* of_ = nullptr;
    std::string token_;
  };

  auto add(const std::string& token, entry what) -> registration;
  auto find(const std::string& token) -> std::optional<entry>;

 private:
  void remove(const std::string& token);

  std::mutex mutex_;
  std::unordered_map<std::string, entry> open_;
};

}  // namespace parley::net
