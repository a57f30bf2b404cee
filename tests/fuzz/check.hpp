#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "chat/text.hpp"

/// What every fuzz target needs: a way to say that a property broke, and cuts of its input.
namespace parley::fuzz {

/// A property that does not hold ends the run as a crash does: libFuzzer keeps the input.
inline void must(bool holds, const char* property) {
  if (holds) return;
  std::fprintf(stderr, "== broken property: %s\n", property);
  std::abort();
}

inline auto text_of(const std::uint8_t* data, std::size_t size) -> std::string_view {
  return {reinterpret_cast<const char*>(data), size};
}

/// Numbers that follow from the input alone, so that the same input is always cut alike and stays
/// readable: no byte of it is set aside for this.
class dice {
 public:
  explicit dice(std::string_view input) : state_(chat::stable_hash(input)) {}

  /// 0..max
  auto up_to(std::size_t max) -> std::size_t {
    state_ = state_ * 6'364'136'223'846'793'005u + 1'442'695'040'888'963'407u;
    return static_cast<std::size_t>((state_ >> 33) % (max + 1));
  }

 private:
  std::uint64_t state_;
};

/// `input` in three pieces, any of which may be empty.
inline auto cut(std::string_view input) -> std::vector<std::string_view> {
  dice roll{input};
  auto first = roll.up_to(input.size());
  auto second = roll.up_to(input.size());
  if (second < first) std::swap(first, second);
  return {input.substr(0, first), input.substr(first, second - first), input.substr(second)};
}

}  // namespace parley::fuzz
