#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "chat/errors.hpp"
#include "storage/store.hpp"
#include "tests/support/awaited.hpp"

namespace parley::test {

/// What goes wrong with one append.
enum class fault {
  none,
  unavailable,      ///< nothing is stored
  unknown_lost,     ///< nothing is stored, the answer is lost
  unknown_stored,   ///< everything is stored, the answer is lost
  refused,          ///< nothing is stored, nor ever will be
  duplicate,        ///< nothing is stored, a unique key is blamed
};

/// What a faulty store does. Shared between a test and the thread that uses the store.
class faults {
 public:
  /// The next appends, in order. Later ones work.
  void plan(std::deque<fault> next);
  /// Appends that hold a message with this content are refused, always.
  void poison(const std::string& content);
  /// From now on: every append, or load and look-up, or both, fails as unavailable.
  void cut_appends(bool cut);
  void cut_reads(bool cut);

  /// Calls of `name` ("append", "load", "find_send", "entries_after", ...) wait until let_go.
  void hold(const std::string& name);
  void let_go(const std::string& name);
  /// @returns whether a call of `name` waits within the patience
  auto is_held(const std::string& name) const -> bool;

  /// Rows of each append that came to the store, by content, whatever became of it.
  auto batches() const -> std::vector<std::vector<std::string>>;
  auto calls(const std::string& name) const -> std::size_t;
  auto saw_calls(const std::string& name, std::size_t count) const -> bool;

 private:
  friend class faulty_store;

  struct state {
    std::deque<fault> planned;
    std::vector<std::string> poisoned;
    bool appends_cut = false;
    bool reads_cut = false;
    std::map<std::string, int> held;  ///< number of calls that wait
    std::map<std::string, std::size_t> calls;
    std::vector<std::vector<std::string>> batches;
  };

  void pass(const std::string& name);
  auto next_fault(std::span<const chat::entry> batch) -> fault;
  auto are_reads_cut() const -> bool;

  awaited<state> state_;
};

/// `real`, with `what` going wrong. @param what outlives it
auto with_faults(std::unique_ptr<storage::store> real, faults& what)
    -> std::unique_ptr<storage::store>;

}  // namespace parley::test
