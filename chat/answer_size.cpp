#include "chat/answer_size.hpp"

#include <numeric>

namespace parley::chat {
namespace {

/// Names, ids, times and numbers of one value, with room to spare: `tests/unit/net/codec` holds these
/// to what is rendered.
constexpr std::size_t entry_frame = 512;
constexpr std::size_t file_frame = 1'024;  ///< with a signed URL
constexpr std::size_t row_frame = 1'024;
constexpr std::size_t person_frame = 192;
constexpr std::size_t quote_frame = 192;
constexpr std::size_t cursors_frame = 96;
constexpr std::size_t answer_frame = 160;

auto size_of(const attachment& file) -> std::size_t {
  // The name comes once more in the URL, where a byte takes three.
  return file_frame + shown_size(file.file_name) + 3 * file.file_name.size() +
         4 * file.content_type.size();
}

auto size_of(const profile& who) -> std::size_t {
  return person_frame + shown_size(who.user.value) + shown_size(who.first_name) +
         shown_size(who.last_name) + shown_size(display_name(who)) + shown_size(who.picture_url);
}

auto size_of(const quote& what) -> std::size_t {
  return quote_frame + shown_size(what.sender.value) + shown_size(what.content);
}

template <class List, class Size>
auto sum_of(const List& list, Size size) -> std::size_t {
  return std::accumulate(list.begin(), list.end(), std::size_t{0},
                         [&](std::size_t sum, const auto& one) { return sum + size(one); });
}

}  // namespace

/// Written so that the compiler looks at many bytes at once.
auto shown_size(std::string_view text) -> std::size_t {
  std::size_t escaped = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    escaped += (byte < 0x20 ? 5U : 0U) + (byte == '"' || byte == '\\' ? 1U : 0U);
  }
  return text.size() + escaped + 2;
}

auto shown_size(const entry& one) -> std::size_t {
  return entry_frame + shown_size(one.actor.value) + shown_size(one.content) +
         shown_size(one.client_message_id) + (one.quoted ? size_of(*one.quoted) : 0) +
         sum_of(one.attachments, [](const attachment& file) { return size_of(file); }) +
         sum_of(one.subjects, [](const user_id& who) { return shown_size(who.value) + 1; });
}

auto shown_size(const message_view& one) -> std::size_t { return shown_size(one.message); }

auto shown_size(const chat_list_row& row) -> std::size_t {
  return row_frame + shown_size(row.info.title) + shown_size(row.info.case_id) +
         shown_size(row.info.name) + size_of(row.other) +
         (row.last_message ? shown_size(*row.last_message) : 0) +
         sum_of(row.participants, [](const participant& one) { return size_of(one.profile); });
}

auto shown_size(const caught_up& one) -> std::size_t {
  return answer_frame + shown_size(one.info.title) +
         sum_of(one.entries, [](const entry& e) { return shown_size(e); }) +
         sum_of(one.cursors, [](const member_cursors& m) {
           return cursors_frame + shown_size(m.user.value);
         });
}

}  // namespace parley::chat
