#include "chat/people.hpp"

#include <locale.h>
#include <wctype.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "chat/limits.hpp"
#include "chat/text.hpp"

namespace parley::chat {
namespace {

constexpr std::size_t max_key_bytes = 256;

/// The code point that begins at `at`, which moves behind it. @param text valid UTF-8
auto next_code_point(std::string_view text, std::size_t& at) -> char32_t {
  const auto first = static_cast<unsigned char>(text[at++]);
  if (first < 0x80) return first;
  const int more = first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
  auto point = static_cast<char32_t>(first & (0x3f >> more));
  for (int i = 0; i < more; ++i)
    point = point << 6 | (static_cast<unsigned char>(text[at++]) & 0x3f);
  return point;
}

void append_utf8(std::string& to, char32_t point) {
  const auto put = [&](char32_t byte) { to.push_back(static_cast<char>(byte)); };
  if (point < 0x80) return put(point);
  if (point < 0x800) {
    put(0xc0 | point >> 6);
  } else if (point < 0x10000) {
    put(0xe0 | point >> 12);
    put(0x80 | (point >> 6 & 0x3f));
  } else {
    put(0xf0 | point >> 18);
    put(0x80 | (point >> 12 & 0x3f));
    put(0x80 | (point >> 6 & 0x3f));
  }
  put(0x80 | (point & 0x3f));
}

/// Unicode's case table, whatever the environment's language is; glibc has it built in.
auto case_table() -> locale_t {
  static const auto table = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  return table;
}

/// Those that fold to more than one letter (CaseFolding.txt, status F). Empty: it folds to one.
auto letters_of(char32_t point) -> std::string_view {
  constexpr std::array<std::string_view, 7> ligatures{"ff", "fi", "fl", "ffi", "ffl", "st", "st"};
  if (point == 0xdf || point == 0x1e9e) return "ss";  // sharp s, small and capital
  return point >= 0xfb00 && point <= 0xfb06 ? ligatures[point - 0xfb00] : std::string_view{};
}

/// One case for letters that differ by case alone. By way of the capital, as some have two small forms:
/// final sigma, long s.
auto fold(char32_t point) -> char32_t {
  constexpr char32_t dotless_i = 0x131;
  if (point == dotless_i) return point;  // a letter of its own, though its capital is that of i
  const auto table = case_table();
  if (table == nullptr) return point >= 'A' && point <= 'Z' ? point + ('a' - 'A') : point;
  const auto capital = towupper_l(static_cast<wint_t>(point), table);
  return static_cast<char32_t>(towlower_l(capital, table));
}

auto is_blank(char32_t c) -> bool {
  return c == ' ' || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x202f ||
         c == 0x205f || c == 0x3000;
}

auto check_name(const std::optional<std::string>& name, const std::string& field)
    -> expected<void> {
  if (!name || name->empty()) return {};
  if (auto fine = chat::check_name(*name, max_name_units); !fine)
    return unexpected{fine.error().code, field + ": " + fine.error().detail};
  bool is_visible = false;
  for (std::size_t at = 0; at < name->size();) is_visible |= !is_blank(next_code_point(*name, at));
  if (!is_visible) return unexpected{errc::bad_request, field + " must not be blank"};
  return {};
}

}  // namespace

auto check(const profile_edit& what) -> expected<void> {
  if (auto fine = check_name(what.first_name, "firstName"); !fine) return fine;
  if (auto fine = check_name(what.last_name, "lastName"); !fine) return fine;
  return check_name(what.display_name, "displayName");
}

auto search_key(std::string_view name) -> std::string {
  std::string key;
  for (std::size_t at = 0; at < name.size();) {
    const auto size = key.size();
    const auto point = next_code_point(name, at);
    const auto letters = letters_of(point);
    letters.empty() ? append_utf8(key, fold(point)) : void(key += letters);
    if (key.size() <= max_key_bytes) continue;
    key.resize(size);
    break;
  }
  return key;
}

auto search_keys(const profile& who, const std::string& user_name) -> std::vector<std::string> {
  std::vector<std::string> keys;
  for (const auto& name : {display_name(who), who.first_name, who.last_name, user_name})
    if (!name.empty()) keys.push_back(search_key(name));
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

auto may_reach(const user_id& who, std::span<const user_id> others, std::span<const block> blocks,
               const char* missing) -> expected<void> {
  const auto is_other = [&](const user_id& user) {
    return user != who && std::find(others.begin(), others.end(), user) != others.end();
  };
  // Being blocked goes first: the answer must not tell that the blocks are mutual.
  for (const auto& b : blocks)
    if (b.whom == who && is_other(b.by)) return unexpected{errc::not_found, missing};
  for (const auto& b : blocks)
    if (b.by == who && is_other(b.whom))
      return unexpected{errc::forbidden, "you have blocked this user"};
  return {};
}

}  // namespace parley::chat
