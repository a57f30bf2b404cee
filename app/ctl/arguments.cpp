#include "app/ctl/arguments.hpp"

#include <charconv>
#include <chrono>

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

/// YYYY-MM-DD.
auto parse_day(const std::string& text) -> chat::expected<chat::timestamp> {
  const auto number = [&](std::size_t from, std::size_t size) {
    int found = -1;
    const auto* begin = text.data() + from;
    const auto [stop, code] = std::from_chars(begin, begin + size, found);
    return code == std::errc{} && stop == begin + size ? found : -1;
  };
  const bool has_shape = text.size() == 10 && text[4] == '-' && text[7] == '-';
  if (!has_shape || number(0, 4) < 0 || number(5, 2) < 0 || number(8, 2) < 0)
    return wrong("--before takes a day as YYYY-MM-DD");
  const std::chrono::year_month_day day{std::chrono::year{number(0, 4)},
                                        std::chrono::month{static_cast<unsigned>(number(5, 2))},
                                        std::chrono::day{static_cast<unsigned>(number(8, 2))}};
  if (!day.ok()) return wrong("there is no day " + text);
  const auto since = std::chrono::sys_days{day}.time_since_epoch();
  return chat::timestamp{std::chrono::milliseconds{since}.count()};
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
  if (command == "archive") return into.what = verb::archive, chat::expected<void>{};
  if (command == "rekey") return into.what = verb::rekey, chat::expected<void>{};
  if (command == "version" || command == "--version")
    return into.what = verb::version, chat::expected<void>{};
  if (command == "help" || command == "--help" || command == "-h") return {};
  return wrong("unknown command '" + command + "'");
}

/// A day for archive, an id for list.
auto parse_before(const std::string& text, arguments& into) -> chat::expected<void> {
  if (into.what == verb::archive) {
    const auto day = parse_day(text);
    if (!day) return unexpected{day.error()};
    into.idle_since = *day;
  } else {
    const auto id = parse_id(text);
    if (!id) return unexpected{id.error()};
    into.before = *id;
  }
  return {};
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
    return parse_before(*before, into);
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
  if (found.what == verb::archive && !found.idle_since)
    return wrong("archive needs --before YYYY-MM-DD");
  return found;
}

auto usage() -> std::string_view {
  return R"(usage: parleyctl <command> [--json] [--config FILE] [--section.key=value ...]

  dlq list          the dead letters (messages the database refused), newest first,
                    without their text; --limit N (50, at most 1000), --before ID
  dlq show ID       one of them, with its text
  dlq retry ID      post it as the last message of its conversation, and drop it
  dlq drop ID       forget it
  archive --before YYYY-MM-DD
                    move the messages of conversations without activity since that day (UTC) to
                    the archive table; may be stopped and repeated
  rekey             encrypt what the database holds with the key that writes now; without
                    encryption.enabled, decrypt it; may be stopped and repeated
  version           print the version

It works on the database that parleyd uses, with the same settings; parleyd may be running.
Exit codes: 0 done, 1 failed (the reason is on stderr), 2 wrong usage.
)";
}

}  // namespace parley::app::ctl
