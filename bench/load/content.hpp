#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace parley::bench {

/// The text of message `number`: its number, then padding up to `bytes` (at least 40).
void write_content(std::string& out, std::uint64_t number, std::uint32_t bytes);

/// The number in a message's text; false if it is none of ours.
auto read_content(std::string_view content, std::uint64_t& number) -> bool;

}  // namespace parley::bench
