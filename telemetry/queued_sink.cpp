#include "telemetry/queued_sink.hpp"

#include <spdlog/details/log_msg.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>

namespace parley::telemetry {

using namespace std::chrono_literals;

queued_sink::queued_sink(int fd, std::unique_ptr<spdlog::formatter> formatter,
                         std::size_t max_lines)
    : fd_(fd),
      max_lines_(max_lines),
      formatter_(std::move(formatter)),
      writer_([this] { run(); }) {}

queued_sink::~queued_sink() {
  {
    const std::lock_guard lock{mutex_};
    is_stopping_ = true;
  }
  wake_.notify_one();
  writer_.join();
}

void queued_sink::log(const spdlog::details::log_msg& line) {
  auto text = format(line);
  {
    const std::lock_guard lock{mutex_};
    if (lines_.size() >= max_lines_) {
      lines_.pop_front();
      ++lost_;
    }
    lines_.push_back(std::move(text));
  }
  wake_.notify_one();
}

void queued_sink::flush() {
  // Bounded: a stuck reader must not keep the process from ending.
  std::unique_lock lock{mutex_};
  drained_.wait_for(lock, 2s, [this] { return lines_.empty() && !is_writing_; });
}

// All that waits goes out in one write; while it is written, more may queue up.
void queued_sink::run() {
  std::unique_lock lock{mutex_};
  while (true) {
    wake_.wait(lock, [this] { return !lines_.empty() || is_stopping_; });
    if (lines_.empty()) return;
    const auto batch = take_batch();
    is_writing_ = true;
    lock.unlock();
    write_all(batch);
    lock.lock();
    is_writing_ = false;
    drained_.notify_all();
  }
}

auto queued_sink::take_batch() -> std::string {
  auto batch = lost_line();
  for (const auto& line : lines_) batch += line;
  lines_.clear();
  return batch;
}

auto queued_sink::lost_line() -> std::string {
  if (lost_ == 0) return {};
  const auto text = std::to_string(lost_) + " log lines lost: standard output is not being read";
  lost_ = 0;
  return format({spdlog::string_view_t{}, spdlog::level::warn, text});
}

void queued_sink::write_all(std::string_view text) const {
  while (!text.empty()) {
    const auto written = ::write(fd_, text.data(), text.size());
    if (written < 0 && errno != EINTR) return;  // nowhere to complain
    if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
  }
}

auto queued_sink::format(const spdlog::details::log_msg& line) const -> std::string {
  spdlog::memory_buf_t buffer;
  formatter_->format(line, buffer);
  return {buffer.data(), buffer.size()};
}

}  // namespace parley::telemetry
