#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "chat/command_rules.hpp"
#include "chat/entry.hpp"

/// What an administrator may ask (`auth.admins`).
namespace parley::chat {

struct done;

/// An entry that the store refused for good, kept for a human to judge. Its id is the
/// entry's; seq and ordinal are those it was to get, which others hold by now.
struct dead_letter {
  chat::entry entry;
  timestamp failed_at;
  std::string reason;  ///< the store's sentence: no text of the message
};

using dead_letters = std::vector<dead_letter>;

/// Newest first. @param before  the id of the last one seen; nil: from the newest
struct list_dead_letters {
  using result_type = dead_letters;
  static constexpr command_rules rules{may_use::admins, rate::call, decider::session};
  message_id before;
  std::size_t limit = 50;
};

struct show_dead_letter {
  using result_type = dead_letter;
  static constexpr command_rules rules{may_use::admins, rate::call, decider::session};
  message_id id;
};

/// Where a letter stands that was posted again.
struct posted_again {
  message_id id;
  conversation_id conversation;
  std::uint64_t seq = 0;
};

struct retry_dead_letter {
  using result_type = posted_again;
  static constexpr command_rules rules{may_use::admins, rate::call, decider::session};
  message_id id;
};

struct drop_dead_letter {
  using result_type = done;
  static constexpr command_rules rules{may_use::admins, rate::call, decider::session};
  message_id id;
};

/// A job that runs by the clock, and how its last run went.
struct job_status {
  std::string name;
  std::uint64_t every_ms = 0;
  bool is_running = false;
  std::uint64_t runs = 0;      ///< that succeeded, since the server started
  std::uint64_t failures = 0;
  std::uint64_t found = 0;     ///< things it had to do
  timestamp last_run_at;       ///< when the last finished run began; 0: never
  std::int64_t last_duration_ms = 0;
  std::string last_error;      ///< of the last finished run; empty: it succeeded
};

using job_list = std::vector<job_status>;

/// Answered by actors/upkeep/jobs.
struct list_jobs {
  using result_type = job_list;
  static constexpr command_rules rules{may_use::admins, rate::call, decider::jobs};
};

template <class Inspector>
auto inspect(Inspector& f, job_status& x) {
  return f(x.name, x.every_ms, x.is_running, x.runs, x.failures, x.found, x.last_run_at,
           x.last_duration_ms, x.last_error);
}
template <class Inspector>
auto inspect(Inspector& f, list_jobs&) {
  return f();
}

}  // namespace parley::chat
