#include "app/ctl/help.hpp"

#include <algorithm>
#include <vector>

#include "app/ctl/command.hpp"

namespace parley::app::ctl {
namespace {

constexpr std::string_view foot = R"(
Every command takes --json, --config FILE and settings as parleyd does, --storage.url=... for one, and
says more with --help. It works on the database that parleyd uses; parleyd may be running.
Exit codes: 0 done, 1 failed (the reason is on stderr), 2 wrong usage.
)";

auto padded(std::string text, std::size_t width) -> std::string {
  text.resize(std::max(text.size() + 1, width), ' ');
  return text;
}

auto synopsis_of(const command& what) -> std::string {
  std::string text{what.path};
  if (!what.operands.empty()) text += ' ' + std::string{what.operands};
  return text;
}

auto is_in(const command& what, std::string_view group) -> bool {
  return group.empty() || what.path.starts_with(std::string{group} + ' ');
}

auto list_of(std::string_view group) -> std::string {
  std::string text = "usage: parleyctl ";
  text += group.empty() ? "<command>" : std::string{group} + " <command>";
  text += " [--json] [--config FILE] [--section.key=value ...]\n\n";
  for (const auto& one : commands())
    if (is_in(one, group))
      text += "  " + padded(synopsis_of(one), 28) + std::string{one.summary} + '\n';
  if (group.empty())
    text += "  " + padded("help [COMMAND]", 28) + "this, or what one command does\n  " +
            padded("version", 28) + "print the version\n";
  return text + std::string{foot};
}

/// Its options go on the next line where one is full.
auto usage_of(const command& what) -> std::string {
  constexpr std::size_t width = 100;
  auto text = "usage: parleyctl " + synopsis_of(what);
  std::size_t line = 0;
  for (const auto& each : what.options) {
    const auto shown = "[" + std::string{each.name} + (each.value.empty() ? "" : " ") +
                       std::string{each.value} + ']';
    const bool is_full = text.size() - line + 1 + shown.size() > width;
    if (is_full) line = text.size() + 1;
    text += (is_full ? "\n       " : " ") + shown;
  }
  return text;
}

auto text_of(const command& what) -> std::string {
  auto text = usage_of(what);
  text += "\n\n" + std::string{what.summary} + '\n';
  if (!what.more.empty()) text += '\n' + std::string{what.more} + '\n';
  if (!what.options.empty()) text += '\n';
  for (const auto& each : what.options) {
    auto name = std::string{each.name};
    if (!each.value.empty()) name += ' ' + std::string{each.value};
    text += "  " + padded(std::move(name), 20) + std::string{each.help} + '\n';
  }
  return text + std::string{foot};
}

}  // namespace

auto is_group(std::string_view word) -> bool {
  return std::ranges::any_of(commands(), [&](const auto& one) { return is_in(one, word); });
}

auto words_of_group(std::string_view group) -> std::string {
  std::vector<std::string_view> words;
  for (const auto& one : commands())
    if (is_in(one, group)) words.push_back(one.path.substr(group.size() + 1));
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 < words.size() ? ", " : " or ";
    text += words[i];
  }
  return text;
}

auto help_text(std::string_view about) -> std::string {
  for (const auto& one : commands())
    if (one.path == about) return text_of(one);
  return list_of(about);
}

}  // namespace parley::app::ctl
