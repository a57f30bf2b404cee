#include "telemetry/formatters.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "chat/text.hpp"
#include "chat/time.hpp"

namespace parley::telemetry {
namespace {

auto view(spdlog::string_view_t text) -> std::string_view {
  return {text.data(), text.size()};
}

void append(spdlog::memory_buf_t& out, std::string_view text) {
  out.append(text.data(), text.data() + text.size());
}

auto stamp(const spdlog::details::log_msg& line) -> std::string {
  const auto since = line.time.time_since_epoch();
  return chat::to_iso8601({std::chrono::duration_cast<std::chrono::milliseconds>(since).count()});
}

auto level_name(spdlog::level::level_enum level) -> std::string_view {
  const auto name = view(spdlog::level::to_string_view(level));
  return name == "warning" ? "warn" : name;
}

/// U+0080..U+009F, two bytes in UTF-8: terminals obey some of them, readers split lines at U+0085.
auto is_c1(std::string_view text, std::size_t at) -> bool {
  return text[at] == '\xc2' && at + 1 < text.size() &&
         (static_cast<unsigned char>(text[at + 1]) & 0xe0) == 0x80;
}

void append_escaped(spdlog::memory_buf_t& out, std::string_view text) {
  const bool is_utf8 = chat::is_valid_utf8(text);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    std::array<char, 8> escaped{};
    const bool is_control = byte < 0x20 || byte == 0x7f || is_c1(text, i);
    if (byte == '\n') {
      append(out, "\\n");
    } else if (is_control || (byte >= 0x80 && !is_utf8)) {
      std::snprintf(escaped.data(), escaped.size(), "\\x%02x",
                    is_c1(text, i) && is_utf8 ? static_cast<unsigned char>(text[++i]) : byte);
      append(out, escaped.data());
    } else {
      out.push_back(text[i]);
    }
  }
}

}  // namespace

void json_formatter::format(const spdlog::details::log_msg& line, spdlog::memory_buf_t& out) {
  nlohmann::ordered_json record;
  record["ts"] = stamp(line);
  record["level"] = level_name(line.level);
  record["logger"] = view(line.logger_name);
  record["msg"] = view(line.payload);
  append(out, record.dump(-1, ' ', true, nlohmann::ordered_json::error_handler_t::replace));
  out.push_back('\n');
}

auto json_formatter::clone() const -> std::unique_ptr<spdlog::formatter> {
  return std::make_unique<json_formatter>();
}

void text_formatter::format(const spdlog::details::log_msg& line, spdlog::memory_buf_t& out) {
  const auto level = level_name(line.level);
  append(out, stamp(line));
  append(out, " ");
  append(out, level);
  append(out, std::string_view{"      "}.substr(std::min<std::size_t>(level.size(), 5)));
  append_escaped(out, view(line.payload));
  out.push_back('\n');
}

auto text_formatter::clone() const -> std::unique_ptr<spdlog::formatter> {
  return std::make_unique<text_formatter>();
}

}  // namespace parley::telemetry
