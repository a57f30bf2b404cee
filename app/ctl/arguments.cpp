#include "app/ctl/arguments.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>

#include "app/ctl/help.hpp"
#include "config/keys.hpp"
#include "config/readers.hpp"

namespace parley::app::ctl {
namespace {

using chat::errc;
using chat::unexpected;
using word_list = std::vector<std::string>;

auto wrong(std::string why) -> unexpected {
  return {errc::bad_request, std::move(why)};
}

auto is_help(const std::string& word) -> bool {
  return word == "--help" || word == "-h";
}

auto find_command(std::string_view path) -> const command* {
  for (const auto& one : commands())
    if (one.path == path) return &one;
  return nullptr;
}

/// All paths and groups, for a suggestion.
auto known_words() -> word_list {
  word_list all{"help", "version"};
  for (const auto& one : commands()) {
    all.emplace_back(one.path);
    all.emplace_back(one.path.substr(0, one.path.find(' ')));
  }
  return all;
}

auto unknown_command(const std::string& word) -> unexpected {
  return wrong("unknown command '" + word + "'; did you mean '" +
               config::nearest(word, known_words()) + "'? See parleyctl help");
}

/// Takes the words of the command from the front. @returns how many
auto take_command(const word_list& words, arguments& into) -> chat::expected<std::size_t> {
  const auto& first = words.front();
  if (into.what = find_command(first); into.what != nullptr) return std::size_t{1};
  if (!is_group(first)) return unknown_command(first);
  if (words.size() == 1 || is_help(words[1])) return into.help_for = first, words.size();
  if (into.what = find_command(first + ' ' + words[1]); into.what != nullptr) return std::size_t{2};
  return wrong("parleyctl " + first + " takes " + words_of_group(first) + ", not '" + words[1] +
               "'");
}

/// The words behind the command.
class tail_reader {
 public:
  tail_reader(const word_list& words, std::size_t from, arguments& into)
      : words_(words), at_(from), into_(into) {}

  auto read() -> chat::expected<void> {
    while (at_ < words_.size())
      if (auto fine = take(words_[at_++]); !fine) return fine;
    return check_operands();
  }

 private:
  auto take(const std::string& word) -> chat::expected<void> {
    if (is_help(word)) return into_.help_for = into_.what->path, chat::expected<void>{};
    if (word == "--json") return into_.json = true, chat::expected<void>{};
    if (!word.starts_with("--")) return into_.operands.push_back(word), chat::expected<void>{};
    const auto equals = word.find('=');
    const auto name = word.substr(0, equals);
    const auto known =
        std::ranges::find(into_.what->options, std::string_view{name}, &option::name);
    if (known == into_.what->options.end()) return take_setting(word, name);
    if (known->value.empty()) {
      if (equals != word.npos) return wrong(name + " takes no value");
      return into_.options[name], chat::expected<void>{};
    }
    if (equals == word.npos && at_ == words_.size())
      return wrong(name + " needs " + std::string{known->value} + hint());
    into_.options[name] = equals != word.npos ? word.substr(equals + 1) : words_[at_++];
    return {};
  }

  /// A setting of the server; what is none of those either is no option at all.
  auto take_setting(const std::string& word, const std::string& name) -> chat::expected<void> {
    const auto key = name.substr(2);
    const bool is_setting =
        key == "config" || config::find_key(key) != nullptr || key.find('.') != key.npos;
    if (!is_setting) return wrong("unknown option " + name + hint());
    into_.settings.push_back(word);
    const bool takes_next =
        word.find('=') == word.npos && at_ < words_.size() && !words_[at_].starts_with("--");
    if (takes_next) into_.settings.push_back(words_[at_++]);
    return {};
  }

  auto check_operands() -> chat::expected<void> {
    if (!into_.help_for.empty()) return {};
    const auto [least, most] = operand_count_of(*into_.what);
    const auto given = into_.operands.size();
    if (given >= least && given <= most) return {};
    if (given > most) return wrong("unexpected word '" + into_.operands[most] + "'" + hint());
    return wrong("parleyctl " + std::string{into_.what->path} + " needs " +
                 std::string{into_.what->operands} + hint());
  }

  auto hint() const -> std::string {
    return "; see parleyctl " + std::string{into_.what->path} + " --help";
  }

  const word_list& words_;
  std::size_t at_;
  arguments& into_;
};

auto parse_help(const word_list& words, arguments into) -> chat::expected<arguments> {
  for (std::size_t i = 1; i < words.size(); ++i) into.help_for += (i > 1 ? " " : "") + words[i];
  if (into.help_for.empty() || is_group(into.help_for) || find_command(into.help_for) != nullptr)
    return into;
  return unknown_command(into.help_for);
}

}  // namespace

auto operand_count_of(const command& what) -> operand_count {
  operand_count count;
  bool in_word = false;
  for (std::size_t i = 0; i <= what.operands.size(); ++i) {
    const bool is_part = i < what.operands.size() && what.operands[i] != ' ';
    if (is_part && !in_word) ++count.most, count.least += what.operands[i] != '[';
    in_word = is_part;
  }
  return count;
}

auto arguments::text(std::string_view option) const -> std::string {
  const auto found = options.find(option);
  return found != options.end() ? found->second : std::string{};
}

auto arguments::number(std::string_view option, std::size_t otherwise, std::size_t most) const
    -> chat::expected<std::size_t> {
  if (!has(option)) return otherwise;
  const auto given = text(option);
  std::size_t number = 0;
  const auto* end = given.data() + given.size();
  const auto [stop, code] = std::from_chars(given.data(), end, number);
  if (code != std::errc{} || stop != end || number == 0 || number > most)
    return wrong(std::string{option} + " takes a number from 1 to " + std::to_string(most));
  return number;
}

auto arguments::day(std::string_view option) const
    -> chat::expected<std::optional<chat::timestamp>> {
  if (!has(option)) return std::optional<chat::timestamp>{};
  const auto given = text(option);
  const auto number = [&](std::size_t from, std::size_t size) {
    int found = -1;
    const auto* begin = given.data() + from;
    const auto [stop, code] = std::from_chars(begin, begin + size, found);
    return code == std::errc{} && stop == begin + size ? found : -1;
  };
  const bool has_shape = given.size() == 10 && given[4] == '-' && given[7] == '-';
  if (!has_shape || number(0, 4) < 0 || number(5, 2) < 0 || number(8, 2) < 0)
    return wrong(std::string{option} + " takes a day as YYYY-MM-DD");
  const std::chrono::year_month_day day{std::chrono::year{number(0, 4)},
                                        std::chrono::month{static_cast<unsigned>(number(5, 2))},
                                        std::chrono::day{static_cast<unsigned>(number(8, 2))}};
  if (!day.ok()) return wrong("there is no day " + given);
  const auto since = std::chrono::sys_days{day}.time_since_epoch();
  return std::optional{chat::timestamp{std::chrono::milliseconds{since}.count()}};
}

auto parse(const word_list& words) -> chat::expected<arguments> {
  arguments found;
  if (words.empty() || is_help(words.front())) return found;
  if (words.front() == "help") return parse_help(words, std::move(found));
  if (words.front() == "version" || words.front() == "--version" || words.front() == "-V")
    return found.wants_version = true, found;
  const auto used = take_command(words, found);
  if (!used) return unexpected{used.error()};
  if (found.what == nullptr) return found;
  if (auto fine = tail_reader{words, *used, found}.read(); !fine) return unexpected{fine.error()};
  if (!found.help_for.empty()) found.what = nullptr;
  return found;
}

}  // namespace parley::app::ctl
