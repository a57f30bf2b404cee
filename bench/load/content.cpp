#include "bench/load/content.hpp"

#include <charconv>

namespace parley::bench {
namespace {

constexpr std::string_view content_mark = "message ";

}  // namespace

void write_content(std::string& out, std::uint64_t number, std::uint32_t bytes) {
  const auto start = out.size();
  out += content_mark;
  out += std::to_string(number);
  out += ' ';
  const auto length = out.size() - start;
  if (length < bytes) out.append(bytes - length, 'x');
}

auto read_content(std::string_view content, std::uint64_t& number) -> bool {
  if (!content.starts_with(content_mark)) return false;
  content.remove_prefix(content_mark.size());
  const auto [stop, error] =
      std::from_chars(content.data(), content.data() + content.size(), number);
  return error == std::errc{} && stop != content.data() + content.size() && *stop == ' ';
}

}  // namespace parley::bench
