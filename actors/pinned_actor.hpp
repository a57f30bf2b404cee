#pragma once

#include <caf/execution_unit.hpp>

#include "actors/steady_actor.hpp"

namespace parley::actors {

/// A thread that runs actors of its own: an io thread of net. Its exec_later is called from any
/// thread and must arrange for run() on its own.
class actor_host : public caf::execution_unit {
 public:
  using caf::execution_unit::execution_unit;

 protected:
  /// Lets `job` handle what is in its mailbox. @thread the host's own
  void run(caf::resumable* job) {
    if (job->resume(this, max_throughput) == caf::resumable::resume_later)
      exec_later(job);
    else
      caf::intrusive_ptr_release(job);
  }

 private:
  /// Messages of one turn: then others have theirs.
  static constexpr std::size_t max_throughput = 50;
};

/// An actor whose handlers all run on one io thread, so that it may touch what that thread owns
/// without a lock, and reaches others there without waking a thread. They must not block.
/// (docs/decisions/0002-pinned-actors.md)
class pinned_actor : public steady_actor {
 public:
  pinned_actor(caf::actor_config& config, actor_host& host)
      : steady_actor(config), host_(&host) {}

  using steady_actor::enqueue;
  void enqueue(caf::mailbox_element_ptr what, caf::execution_unit*) override {
    steady_actor::enqueue(std::move(what), host_);
  }

  void launch(caf::execution_unit*, bool lazy, bool hide) override {
    steady_actor::launch(host_, lazy, hide);
  }

  auto resume(caf::execution_unit* on, std::size_t most) -> resume_result override {
    running_ = this;
    return steady_actor::resume(on, most);
  }

 protected:
  /// The actor whose turn it is on this thread; for handlers that all actors of a kind share. (A
  /// behavior of its own costs an actor 40 bytes a handler.)
  static auto running() -> pinned_actor& { return *running_; }

 private:
  inline static constinit thread_local pinned_actor* running_ = nullptr;
  actor_host* host_;
};

}  // namespace parley::actors
