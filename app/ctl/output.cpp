#include "app/ctl/output.hpp"

#include <algorithm>
#include <ostream>

namespace parley::app::ctl {
namespace {

auto dump(const json& what, int indent) -> std::string {
  return what.dump(indent, ' ', false, json::error_handler_t::replace);
}

auto shown(const json& value) -> std::string {
  return value.is_string() ? value.get<std::string>() : value.is_null() ? "-" : dump(value, -1);
}

}  // namespace

auto harmless(std::string_view text) -> std::string {
  std::string shown;
  bool after_c2 = false;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_control = byte < 0x20 || byte == 0x7f || (after_c2 && byte < 0xa0);
    if (is_control && after_c2) shown.pop_back();
    shown += is_control && byte != '\n' ? '?' : c;
    after_c2 = byte == 0xc2;
  }
  return shown;
}

auto on_one_line(std::string_view text) -> std::string {
  auto line = harmless(text);
  std::ranges::replace(line, '\n', ' ');
  return line;
}

void print_json(std::ostream& out, const json& what) {
  out << dump(what, 2) << '\n';
}

void print_json_line(std::ostream& out, const json& what) {
  out << dump(what, -1) << '\n';
}

void print_lines(std::ostream& out, const json& what) {
  for (const auto& [key, value] : what.items())
    out << key << ": " << harmless(shown(value)) << '\n';
}

void print_object(std::ostream& out, const json& what, bool as_json) {
  as_json ? print_json(out, what) : print_lines(out, what);
}

void print_rows(std::ostream& out, const json& rows, bool as_json,
                std::initializer_list<const char*> keys, std::string_view nothing) {
  if (as_json) return print_json(out, rows);
  for (const auto& row : rows) {
    std::string line;
    for (const auto* key : keys) line += (line.empty() ? "" : "  ") + shown(row.at(key));
    out << on_one_line(line) << '\n';
  }
  if (rows.empty()) out << nothing << '\n';
}

}  // namespace parley::app::ctl
