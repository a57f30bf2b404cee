// What an answer is counted as, beside what it is rendered as.
#include "chat/answer_size.hpp"

#include <catch2/catch.hpp>
#include <memory>

#include "net/codec/render.hpp"
#include "tests/support/people.hpp"

using namespace parley;
using namespace parley::test;

namespace {

const std::vector<std::string> texts{
    "",
    "plain",
    std::string(5'000, 'x'),
    std::string(300, '"') + std::string(300, '\\'),
    std::string(300, '\x01') + "\n\r\t\b\f",
    "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x99\x82",
    "\x7f",
};

/// The largest a URL of the local store or of an S3 one gets.
auto file_with(const std::string& name) -> chat::attachment {
  std::string url(500, 'u');
  for (const char c : name) url += std::string{"%"} + (c < 0x10 ? "0" : "") + "ff";
  url.resize(500 + 3 * name.size(), 'f');
  return {chat::uuid{{0x01}}, name, std::string(127, 't'), 5'368'709'120, url, 32'767, 32'767};
}

auto entry_with(const std::string& text) -> chat::entry {
  chat::entry one;
  one.conversation.value = one.id.value = one.reply_to.value = one.target.value = chat::uuid{{0x01}};
  one.seq = one.target_seq = std::uint64_t{1} << 62;
  one.actor = {std::string(64, '"')};
  one.content = text;
  one.created_at = one.edited_at = noon;
  one.client_message_id = std::string(64, '"');
  one.quoted = std::make_shared<const chat::quote>(
      chat::quote{one.id, one.seq, one.actor, text.substr(0, 400), false});
  return one;
}

template <class T>
auto rendered(const T& value) -> std::size_t {
  return net::codec::json_text([&](net::codec::writer& to) { net::codec::write(to, value); }).size();
}

}  // namespace

TEST_CASE("a text is counted as JSON writes it", "[net][answer_size]") {
  for (const auto& text : texts) {
    const auto written =
        net::codec::json_text([&](net::codec::writer& to) { to.text(text); }).size();
    CHECK(chat::shown_size(text) >= written);
    CHECK(chat::shown_size(text) <= written + 4 * 5);
  }
}

TEST_CASE("a message counts for no less than it is rendered as", "[net][answer_size]") {
  for (const auto& text : texts)
    for (const std::size_t files : {0U, 1U, 100U}) {
      chat::message_view seen{entry_with(text), chat::message_status::read, noon, noon};
      seen.message.attachments.assign(files, file_with(text.substr(0, 255)));
      CHECK(chat::shown_size(seen) >= rendered(seen));
      seen.message.deleted_at = noon;
      CHECK(chat::shown_size(seen) >= rendered(seen));
    }
}

TEST_CASE("a conversation of CatchUp counts for no less than it is rendered as",
          "[net][answer_size]") {
  using enum chat::entry_kind;
  for (const auto& text : texts) {
    chat::caught_up one;
    one.recovered = true;
    one.info.title = one.info.case_id = one.info.name = text.substr(0, 200);
    one.info.participant1 = one.info.participant2 = one.info.created_by = {std::string(64, '\\')};
    one.last_seq = std::uint64_t{1} << 62;
    for (const auto kind : {message, edited, deleted, created, added, removed, role, title}) {
      one.entries.push_back(entry_with(kind == role ? "owner" : text));
      one.entries.back().kind = kind;
      one.entries.back().subjects.assign(kind == added || kind == created ? 5'000 : 1,
                                         {std::string(64, 's')});
    }
    for (int i = 0; i < 200; ++i)
      one.cursors.push_back({{std::string(64, '"')}, {one.last_seq, noon, one.last_seq, noon}});
    CHECK(chat::shown_size(one) >= rendered(one));
  }
}

TEST_CASE("a row of the chat list counts for no less than it is rendered as",
          "[net][answer_size]") {
  for (const auto& text : texts) {
    chat::chat_list_row row;
    row.info.title = text.substr(0, 200);
    row.info.case_id = text.substr(0, 128);
    const chat::profile who{{std::string(64, '"')}, text.substr(0, 100), text.substr(0, 100),
                            text.substr(0, 100), "https://a.example/" + text.substr(0, 900)};
    row.other = who;
    row.last_message = entry_with(text);
    row.last_message->attachments.assign(10, file_with(text.substr(0, 255)));
    row.participants.assign(50, {who, chat::member_role::owner});
    row.slowest = {std::uint64_t{1} << 63, noon, std::uint64_t{1} << 63, noon};
    CHECK(chat::shown_size(row) >= rendered(row));
  }
}

TEST_CASE("what fits is counted from either end, one at least", "[chat][answer_size]") {
  std::vector<chat::entry> all(5);
  for (auto& one : all) one.content = std::string(1'000, 'x');
  all.back().content = std::string(5'000, 'x');
  CHECK(chat::count_that_fit(all) == 5);
  CHECK(chat::count_that_fit(all, false, 4'000) == 2);
  CHECK(chat::count_that_fit(all, true, 4'000) == 1);
  CHECK(chat::count_that_fit(all, false, 1) == 1);
  CHECK(chat::count_that_fit(std::vector<chat::entry>{}) == 0);
}
