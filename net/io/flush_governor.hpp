#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <optional>
#include <vector>

namespace parley::net {

/// Something with bytes to write.
class flushable {
 public:
  virtual ~flushable() = default;
  /// Writes what it can now. @thread its io thread
  virtual void flush() = 0;

 private:
  friend class flush_governor;
  bool flush_requested_ = false;
};

/// Decides when the connections of one io thread write: at once when the thread's last round of
/// writes ENDED more than a gap ago, else at that mark, so that under load one write carries what
/// several messages left behind. A lone message never waits.
/// (Measured from the end: from the start, a round longer than the gap would defeat it.)
class flush_governor {
 public:
  flush_governor(boost::asio::io_context& io, std::chrono::microseconds gap);

  void request(flushable& who);
  /// `who` is about to be destroyed.
  void forget(flushable& who);
  void forget_all();

 private:
  void schedule();
  void run();

  boost::asio::io_context& io_;
  boost::asio::steady_timer timer_;
  std::chrono::microseconds gap_;
  std::optional<std::chrono::steady_clock::time_point> last_end_;  ///< of a round, if there was one
  std::vector<flushable*> waiting_;
  std::vector<flushable*> round_;
  bool scheduled_ = false;
};

}  // namespace parley::net
