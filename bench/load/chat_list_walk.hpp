#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace parley::bench {

/// One row of a chat list, as far as it is looked at.
struct chat_row {
  std::string id;
  std::string last_activity_at;
};

/// The rows in the completion record (JSON) of a GetConversations.
/// @throws run_failure ("check failed") when it is none
auto read_chat_rows(std::string_view record) -> std::vector<chat_row>;

/// The judge of a walk through all pages: every conversation once, the latest first.
/// @errors run_failure ("check failed")
class chat_list_walk {
 public:
  void take(const std::vector<chat_row>& page);
  /// What the next page comes `before`; empty at the start.
  auto mark() const -> std::string;
  /// @param expected  the ids of all conversations
  void finish(const std::set<std::string>& expected) const;

 private:
  std::set<std::string> seen_;
  chat_row last_;
};

}  // namespace parley::bench
