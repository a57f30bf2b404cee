#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "net/io/outbox.hpp"
#include "net/transports/websocket.hpp"
#include "tests/fuzz/records.hpp"

namespace parley::fuzz {

/// Stands for a WebSocket: a real outbox, whose bytes the client takes as it likes.
class script_link final : public net::websocket_link {
 public:
  script_link(std::size_t max_bytes, std::size_t max_frames)
      : outbox_(max_bytes, max_frames), max_bytes_(max_bytes) {}

  auto send(const net::frame_ptr& what) -> bool override;
  void send_answer(const net::frame_ptr& what) override;
  auto has_unsent() const -> bool override { return !outbox_.is_empty(); }
  auto is_congested() const -> bool override { return outbox_.is_congested(); }
  void discard_unsent() override { outbox_.clear_unwritten(); }
  void end(bool failed) override;
  void pause_reading() override { is_reading_ = false; }
  void resume_reading() override { is_reading_ = true; }
  auto unsent_bytes() const -> std::size_t override { return outbox_.bytes(); }
  void abandon() override { is_over_ = true; }

  /// May bytes be given to the connection?
  auto is_reading() const -> bool { return is_reading_ && !is_over_; }
  auto is_over() const -> bool { return is_over_; }
  /// What the client takes: up to `count` bytes, frames and all.
  auto take(std::size_t count) -> std::string;

 private:
  void check_bound(std::size_t size);

  net::outbox outbox_;
  std::size_t max_bytes_;
  std::size_t answers_ = 0;  ///< bytes of answers among those that wait, at most
  bool is_reading_ = true;
  bool is_over_ = false;
};

/// The client's end: takes frames apart, and remembers what it is owed. With a stateful reconnect
/// it is a well-behaved client of it: it numbers, keeps, acknowledges and sends again.
class script_client {
 public:
  /// @param counts  stateful reconnect is on
  script_client(const net::signalr::hub_protocol& protocol, bool counts)
      : protocol_(protocol), counts_(counts) {}

  /// Bytes from the server. @throws nothing; what is not well formed ends the run
  void take(std::string_view bytes);
  /// A record to send; kept for another try when it is a counted one.
  auto send(std::string record) -> std::string;
  /// The socket was replaced. @returns what goes out first on the new one
  auto reconnect() -> std::string;
  /// An Ack of everything that came.
  auto acknowledge() -> std::string;
  /// The answer to the oldest call of ours that waits. "": none does
  auto answer_call(bool well) -> std::string;
  /// No more answers may come than calls went out; `exactly`: and no fewer.
  void check_owed(bool exactly) const;
  /// What was sent could not be understood, or was none of a client's business: no promise holds.
  void misbehave() { behaves_ = false; }
  auto behaves() const -> bool { return behaves_; }
  /// All that came, in order.
  auto log() const -> const std::string& { return log_; }

 private:
  void take_record(const json& record, std::string_view bytes);
  void take_counted(const json& record, std::string_view bytes);
  void note(const json& record);
  auto type_of(const json& record) const -> int;
  auto field(const json& record, const char* name, std::size_t at) const -> json;

  struct owed {
    int calls = 0;
    int answers = 0;
    bool may_last = false;  ///< a stream, or a call with uploads
  };

  const net::signalr::hub_protocol& protocol_;
  bool counts_;
  bool behaves_ = true;
  bool is_in_ = false;  ///< the handshake was answered
  std::string bytes_;   ///< of a frame that is not whole
  std::string log_;
  std::map<std::string, owed> owed_;
  std::deque<std::string> calls_;  ///< ids of the server's calls
  // Stateful reconnect.
  std::vector<std::string> received_;  ///< counted records
  std::size_t next_ = 0;               ///< number of the next one, from 0
  bool waits_for_sequence_ = false;
  std::deque<std::string> kept_;       ///< counted records the server has not acknowledged
  std::uint64_t acknowledged_ = 0;
};

}  // namespace parley::fuzz
