#pragma once

#include <functional>
#include <string>
#include <vector>

#include "net/signalr/hub_connection.hpp"

namespace parley::test {

/// Stands for a WebSocket: keeps what was sent, and says about itself what the test wants.
class fake_transport final : public net::signalr::transport {
 public:
  auto send(const net::frame_ptr& what) -> bool override {
    if (is_slow) return false;
    sent.emplace_back(what->record());
    return true;
  }
  void send_answer(const net::frame_ptr& what) override { sent.emplace_back(what->record()); }
  auto has_unsent() const -> bool override { return unsent; }
  auto is_congested() const -> bool override { return congested; }
  void discard_unsent() override { ++discards; }
  void end(bool failed) override {
    ends.push_back(failed);
    if (on_end) on_end();
  }
  void blame_client() override { ++blames; }
  void pause_reading() override {
    is_reading = false;
    if (on_pause) on_pause();
  }
  void resume_reading() override {
    is_reading = true;
    ++resumes;
    if (on_resume) on_resume();
  }

  /// What was sent since the last call, as records without their separators.
  auto take() -> std::vector<std::string> {
    std::vector<std::string> records;
    for (const auto& bytes : std::exchange(sent, {}))
      for (std::size_t at = 0; at < bytes.size();) {
        const auto end = std::min(bytes.find('\x1e', at), bytes.size());
        records.push_back(bytes.substr(at, end - at));
        at = end + 1;
      }
    return records;
  }

  std::vector<std::string> sent;
  std::vector<bool> ends;  ///< each end(failed)
  int discards = 0;
  int blames = 0;
  int resumes = 0;
  bool is_slow = false;
  bool unsent = false;
  bool congested = false;
  bool is_reading = true;
  // What else shall happen then.
  std::function<void()> on_end;
  std::function<void()> on_pause;
  std::function<void()> on_resume;
};

}  // namespace parley::test
