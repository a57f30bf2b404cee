#include "app/ctl/arguments.hpp"

#include <algorithm>
#include <charconv>

namespace parley::app::ctl {
namespace {

using chat::errc;
using chat::unexpected;
using verb = arguments::verb;

constexpr std::size_t max_limit = 1'000;

auto wrong(std::string why) -> unexpected {
  return {errc::bad_request, std::move(why)};
}

/// Words taken one by one from the front.
class word_list {
 public:
  explicit word_list(const std::vector<std::string>& words) : words_(words) {}

  auto has_more() const -> bool { return at_ < words_.size(); }
  auto next() -> std::string { return has_more() ? words_[at_++] : std::string{}; }

  /// The value of `--name=value` or `--name value`, when `word` is that flag.
  auto value_of(const std::string& word, const std::string& name) -> std::optional<std::string> {
    if (word == name) return next();
    if (word.starts_with(name + "=")) return word.substr(name.size() + 1);
    return std::nullopt;
  }

 private:
  const std::vector<std::string>& words_;
  std::size_t at_ = 0;
};

auto parse_limit(const std::string& text) -> chat::expected<std::size_t> {
  std::size_t limit = 0;
  const auto* end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(text.data(), end, limit);
  if (code != std::errc{} || stop != end || limit == 0 || limit > max_limit)
    return wrong("--limit takes a number from 1 to " + std::to_string(max_limit));
  return limit;
}

auto parse_id(const std::string& text) -> chat::expected<chat::message_id> {
  const auto id = chat::message_id::parse(text);
  if (!id) return wrong("'" + text + "' is not the id of a dead letter");
  return *id;
}

/// "list", or "show ID" and its kin.
auto parse_letters(word_list& words, arguments& into) -> chat::expected<void> {
  const auto what = words.next();
  if (what == "list") return into.what = verb::list, chat::expected<void>{};
  if (what != "show" && what != "retry" && what != "drop")
    return wrong("dlq takes list, show, retry or drop");
  into.what = what == "show" ? verb::show : what == "retry" ? verb::retry : verb::drop;
  const auto id = parse_id(words.next());
  if (!id) return unexpected{id.error()};
  into.letter = *id;
  return {};
}

auto parse_command(word_list& words, arguments& into) -> chat::expected<void> {
  const auto command = words.has_more() ? words.next() : std::string{"help"};
  if (command == "dlq") return parse_letters(words, into);
  if (command == "version" || command == "--version") return into.what = verb::version, chat::expected<void>{};
  if (command == "help" || command == "--help" || command == "-h") return {};
  return wrong("unknown command '" + command + "'");
}

auto parse_option(const std::string& word, word_list& words, arguments& into)
    -> chat::expected<void> {
  if (word == "--json") {
    into.json = true;
  } else if (const auto limit = words.value_of(word, "--limit")) {
    const auto parsed = parse_limit(*limit);
    if (!parsed) return unexpected{parsed.error()};
    into.limit = *parsed;
  } else if (const auto before = words.value_of(word, "--before")) {
    const auto parsed = parse_id(*before);
    if (!parsed) return unexpected{parsed.error()};
    into.before = *parsed;
  } else {
    into.settings.push_back(word);
  }
  return {};
}

}  // namespace

auto parse(const std::vector<std::string>& given) -> chat::expected<arguments> {
  word_list words{given};
  arguments found;
  if (auto fine = parse_command(words, found); !fine) return unexpected{fine.error()};
  while (words.has_more())
    if (auto fine = parse_option(words.next(), words, found); !fine)
      return unexpected{fine.error()};
  return found;
}

auto usage() -> std::string_view {
  return R"(usage: parleyctl <command> [--json] [--config FILE] [--section.key=value ...]

  dlq list          the dead letters (messages the database refused), newest first,
                    without their text; --limit N (50, at most 1000), --before ID
  dlq show ID       one of them, with its text
  dlq retry ID      post it as the last message of its conversation, and drop it
  dlq drop ID       forget it
  version           print the version

It works on the database that parleyd uses, with the same settings; parleyd may be running.
Exit codes: 0 done, 1 failed (the reason is on stderr), 2 wrong usage.
)";
}

}  // namespace parley::app::ctl
