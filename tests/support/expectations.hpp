#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "chat/entry.hpp"

namespace parley::test {

/// first, first + 1, .. last
inline auto range(std::uint64_t first, std::uint64_t last) -> std::vector<std::uint64_t> {
  std::vector<std::uint64_t> numbers;
  for (auto i = first; i <= last; ++i) numbers.push_back(i);
  return numbers;
}

inline auto seqs_of(const std::vector<chat::entry>& entries) -> std::vector<std::uint64_t> {
  std::vector<std::uint64_t> seqs;
  for (const auto& e : entries) seqs.push_back(e.seq);
  return seqs;
}

inline auto texts_of(const std::vector<chat::entry>& entries) -> std::vector<std::string> {
  std::vector<std::string> texts;
  for (const auto& e : entries) texts.push_back(e.content);
  return texts;
}

}  // namespace parley::test
