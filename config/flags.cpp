#include "config/readers.hpp"

namespace parley::config {
namespace {

using chat::errc;
using chat::unexpected;

auto is_flag(std::string_view word) -> bool {
  return word.starts_with("--") && word.size() > 2;
}

auto is_bool(const key& which) -> bool {
  options scratch;
  return std::holds_alternative<bool*>(which.at(scratch));
}

auto unknown(std::string_view name) -> unexpected {
  std::vector<std::string> known{"config"};
  for (const auto& each : keys()) known.emplace_back(each.name);
  return unexpected{errc::bad_request, "flag: unknown --" + std::string{name} +
                                           "; did you mean --" + nearest(name, known) + "?"};
}

/// Walks the words of a command line.
class flag_reader {
 public:
  explicit flag_reader(const std::vector<std::string>& words) : words_(words) {}

  auto read() -> chat::expected<flag_settings> {
    while (next_ < words_.size()) {
      const auto done = read_one(words_[next_++]);
      if (!done) return unexpected{done.error().code, done.error().detail};
    }
    return std::move(found_);
  }

 private:
  auto read_one(std::string_view word) -> chat::expected<void> {
    if (!is_flag(word))
      return unexpected{errc::bad_request, "flag: " + std::string{word} + " is not a flag"};
    word.remove_prefix(2);
    const auto equals = word.find('=');
    const auto name = word.substr(0, equals);
    const auto* which = find_key(name);
    if (!which && name != "config") return unknown(name);
    const auto value = equals == std::string_view::npos
                           ? following(which)
                           : std::optional<std::string>{word.substr(equals + 1)};
    if (!value || (!which && value->empty()))
      return unexpected{errc::bad_request, "flag: --" + std::string{name} + " needs a value"};
    if (which)
      found_.settings.push_back({which, to_raw(*which, *value), "flag"});
    else
      found_.file = *value;
    return {};
  }

  /// The value of a flag without '='. A bool takes a word only if it is one of its own.
  auto following(const key* which) -> std::optional<std::string> {
    const auto* word = next_ < words_.size() ? &words_[next_] : nullptr;
    if (which && is_bool(*which) && !(word && (*word == "true" || *word == "false"))) return "true";
    if (!word || is_flag(*word)) return std::nullopt;
    ++next_;
    return *word;
  }

  const std::vector<std::string>& words_;
  std::size_t next_ = 0;
  flag_settings found_;
};

}  // namespace

auto read_flags(const std::vector<std::string>& words) -> chat::expected<flag_settings> {
  return flag_reader{words}.read();
}

}  // namespace parley::config
