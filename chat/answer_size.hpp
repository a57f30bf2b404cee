#pragma once

#include <span>
#include <string_view>

#include "chat/chat_list.hpp"
#include "chat/command.hpp"

/// How large an answer gets. Whoever collects one counts what it will be for a client, and stops at
/// the bound: no call makes the server hold, write or render more at once, whatever its limits in
/// entries multiply to.
namespace parley::chat {

/// Bytes of one answer. A single entry may be larger than what is left: none is cut.
inline constexpr std::size_t max_answer_bytes = std::size_t{1024} * 1024;

/// Bytes of a text within JSON, quotes and escapes included; MessagePack takes less.
auto shown_size(std::string_view text) -> std::size_t;

/// No less than the bytes of the value in JSON, the URLs of its files included.
auto shown_size(const entry& one) -> std::size_t;
auto shown_size(const message_view& one) -> std::size_t;
auto shown_size(const chat_list_row& row) -> std::size_t;
auto shown_size(const caught_up& one) -> std::size_t;

/// How many of the first of `list` fit into one answer; of the last, with `from_back`. At least one
/// where there is one.
template <class T>
auto count_that_fit(const std::vector<T>& list, bool from_back = false,
                    std::size_t most = max_answer_bytes) -> std::size_t {
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < list.size(); ++i) {
    bytes += shown_size(from_back ? list[list.size() - 1 - i] : list[i]);
    if (bytes > most && i > 0) return i;
  }
  return list.size();
}

}  // namespace parley::chat
