#pragma once

#include <initializer_list>
#include <iosfwd>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace parley::app::ctl {

/// Keys in the order they were set.
using json = nlohmann::ordered_json;

/// Control characters could command the operator's terminal. C1 ones begin with C2 in UTF-8.
auto harmless(std::string_view text) -> std::string;

/// The same with line ends as spaces.
auto on_one_line(std::string_view text) -> std::string;

/// Bytes that are no UTF-8 are replaced.
void print_json(std::ostream& out, const json& what);
/// On one line, for a file of many.
void print_json_line(std::ostream& out, const json& what);

/// "key: value" lines.
void print_lines(std::ostream& out, const json& what);

/// An object as JSON or as lines.
void print_object(std::ostream& out, const json& what, bool as_json);

/// An array of objects: as JSON, or a line each of the values under `keys`, two spaces between.
/// @param nothing  what to say when it is empty
void print_rows(std::ostream& out, const json& rows, bool as_json,
                std::initializer_list<const char*> keys, std::string_view nothing);

}  // namespace parley::app::ctl
