#include "storage/sql/text.hpp"

namespace parley::storage::sql {
namespace {

auto replace_all(std::string text, std::string_view from, std::string_view to) -> std::string {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

}  // namespace

auto repeat(std::string_view head, std::string_view part, std::size_t rows, std::string_view glue,
            std::string_view tail) -> std::string {
  std::string text;
  text.reserve(head.size() + rows * (part.size() + glue.size()) + tail.size());
  text += head;
  for (std::size_t i = 0; i < rows; ++i) {
    if (i > 0) text += glue;
    text += part;
  }
  return text += tail;
}

auto on_duplicate(dialect to, std::string_view key, std::string_view sets) -> std::string {
  if (to == dialect::mysql)
    return " ON DUPLICATE KEY UPDATE " + replace_all(std::string{sets}, "new(", "VALUES(");
  return " ON CONFLICT(" + std::string{key} + ") DO UPDATE SET " +
         replace_all(std::string{sets}, "new(", "(excluded.");
}

}  // namespace parley::storage::sql
