#pragma once

#include <cstdint>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "app/ctl/output.hpp"
#include "chat/expected.hpp"
#include "storage/foreign/intake.hpp"

namespace parley::app::ctl {

/// What an import did not take. All of it goes to a file, as JSON lines, when one is wanted; the
/// first of it is kept for the summary.
class refusals {
 public:
  /// @param file  made anew; empty: none
  /// @errors errc::unavailable, naming the file
  auto write_to(const std::string& file) -> chat::expected<void>;

  void add(const storage::foreign::refusal& what);
  /// Everything is in the file. @errors errc::unavailable
  auto finish() -> chat::expected<void>;

  auto wrong() const -> std::uint64_t { return wrong_; }
  auto left_out() const -> std::uint64_t { return left_out_; }
  /// Objects with place, what, reason and wrong.
  auto first() const -> const json& { return first_; }
  /// One line for each, and what is more than those.
  void print(std::ostream& out) const;

 private:
  static constexpr std::size_t kept = 20;

  std::string name_;
  std::ofstream file_;
  json first_ = json::array();
  std::uint64_t wrong_ = 0;
  std::uint64_t left_out_ = 0;
};

}  // namespace parley::app::ctl
