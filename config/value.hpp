#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/keys.hpp"

namespace parley::config {

/// A value as a source gave it: one text, or the items of a list.
using raw_value = std::variant<std::string, std::vector<std::string>>;

/// Sets the member of `which`. Numbers are plain decimals; "true" and "false" are the only bools.
/// @returns false, with nothing changed, when the value is of another kind or out of bounds
auto assign(const key& which, options& into, const raw_value& value) -> bool;

/// The value in TOML spelling: 8080, true, "text", ["a", "b"].
auto format(const key& which, const options& from) -> std::string;

/// Like `format`, with secrets replaced by three asterisks: all of a secret that is set, or the
/// password of a URL.
auto format_masked(const key& which, const options& from) -> std::string;

/// 5000 -> "5000", 0.5 -> "0.5".
auto format_number(double number) -> std::string;

/// "mysql://user:password@host/db" -> "mysql://user:***@host/db"; other texts are unchanged.
auto mask_password(std::string_view url) -> std::string;

}  // namespace parley::config
