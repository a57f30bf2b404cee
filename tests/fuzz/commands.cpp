#include "tests/fuzz/commands.hpp"

#include <algorithm>

#include "net/codec/json.hpp"
#include "net/codec/json_writer.hpp"
#include "net/codec/messagepack.hpp"
#include "net/codec/messagepack_writer.hpp"
#include "net/codec/render.hpp"
#include "tests/fuzz/check.hpp"
#include "tests/support/people.hpp"

namespace parley::fuzz {
namespace {

template <class... F>
struct overloaded : F... {
  using F::operator()...;
};
template <class... F>
overloaded(F...) -> overloaded<F...>;

auto are_users(const std::vector<chat::user_id>& users, std::size_t max) -> bool {
  return users.size() <= max && std::ranges::all_of(users, [](const auto& user) {
           return chat::is_visible_ascii_id(user.value);
         });
}

void check_post(const chat::post& what) {
  must(what.client_message_id.empty() || chat::is_visible_ascii_id(what.client_message_id),
       "a client message id is 1 to 64 visible ASCII characters");
  must(what.attachments.size() <= 100, "a message names 100 files at most");
  auto files = what.attachments;
  std::ranges::sort(files);
  must(std::ranges::adjacent_find(files) == files.end(), "a message names no file twice");
  must(chat::is_valid_utf8(what.content), "content is UTF-8");
}

void check_stretch(const chat::read_stretch& what) {
  must(what.limit >= 1 && what.limit <= 200, "a stretch has 1 to 200 messages");
  must((what.before > 0) + what.after_given + (what.around > 0) <= 1,
       "one of before, after and around is given");
}

/// What values are made of, so that each answer differs.
struct source {
  unsigned turn = 0;
  std::string text;

  auto message() const -> chat::message_view {
    chat::message_view seen;
    seen.message.seq = turn + 1;
    seen.message.actor = test::bob;
    seen.message.content = turn % 4 == 1 ? std::string(3'000, 'x') : text;
    seen.message.created_at = test::noon;
    if (turn % 3 == 0) seen.message.edited_at = seen.message.deleted_at = test::noon;
    if (turn % 3 == 1) seen.message.attachments = {{{}, text, "text/plain", turn, {}}};
    return seen;
  }
  auto info() const -> chat::conversation_info {
    return {{}, chat::conversation_type::group, {}, {}, text, "case", {}, test::bob, test::noon};
  }
  auto row() const -> chat::chat_list_row {
    chat::chat_list_row made{info(), {test::bob, text, {}, text, {}}, {}, {}, turn, test::noon, {}, 1};
    if (turn % 3 != 0) made.last_message = message().message;
    made.participants.push_back({made.other, chat::member_role::owner});
    return made;
  }
};

template <class Value>
auto value_of(const source& from) -> Value {
  if constexpr (std::is_same_v<Value, chat::message_view>) return from.message();
  else if constexpr (std::is_same_v<Value, chat::entry>) return from.message().message;
  else if constexpr (std::is_same_v<Value, chat::chat_list_row>) return from.row();
  else if constexpr (std::is_same_v<Value, chat::profile>)
    return {test::alice, from.text, {}, from.text, {}};
  else if constexpr (std::is_same_v<Value, chat::signed_in>) return {{test::alice, {}, {}, {}, {}}};
  else if constexpr (std::is_same_v<Value, chat::caught_up>)
    return {{}, true, from.info(), {from.message().message}, {{test::bob, {}}}, from.turn};
  else return Value{};
}

template <class Result>
constexpr bool is_list = false;
template <class Value>
constexpr bool is_list<std::vector<Value>> = true;

/// The result of a command that answers `Result`.
template <class Result>
auto result_of(const source& from) -> Result {
  const auto count = (from.turn + 3) % 7;
  if constexpr (is_list<Result>) {
    return Result(count, value_of<typename Result::value_type>(from));
  } else if constexpr (std::is_same_v<Result, chat::stretch>) {
    return {std::vector(count, from.message()), from.turn % 3 != 2};
  } else if constexpr (std::is_same_v<Result, chat::page>) {
    return {std::vector(count, from.message()), 1, 50, count};
  } else {
    return value_of<Result>(from);
  }
}

auto taken(std::string_view text) -> std::string {
  const auto part = text.substr(0, 200);
  return chat::is_valid_utf8(part) ? std::string{part} : "h\xc3\xa9 \"\\\x01";
}

/// Both writers say what the value says, byte for byte as the value is written.
template <class Write>
void check_writers(Write write) {
  namespace codec = net::codec;
  const auto text = codec::json_text([&](codec::writer& to) { write(to); });
  const auto value = codec::json::parse(text, nullptr, false);
  must(!value.is_discarded() && codec::dump(value) == text, "what is written is JSON");
  std::string bytes;
  codec::messagepack_writer to{bytes};
  write(to);
  std::string expected;
  codec::append_messagepack(expected, value);
  must(bytes == expected, "both hub protocols say the same");
}

}  // namespace

void check_command(const chat::request& what) {
  const auto limit_is = [](std::size_t given, std::size_t max) {
    must(given >= 1 && given <= max, "a limit is kept");
  };
  std::visit(
      overloaded{
          [](const chat::post& c) { check_post(c); },
          [](const chat::read_stretch& c) { check_stretch(c); },
          [&](const chat::read_page& c) {
            must(c.number >= 1, "pages count from 1");
            limit_is(c.size, 200);
          },
          [](const chat::list_conversations& c) {
            must(c.limit <= 200, "a limit is kept");  // 0: all
          },
          [](const chat::catch_up_all& c) {
            must(c.conversations.size() <= 100, "100 positions at most");
          },
          [](const chat::create_conversation& c) {
            must(c.participants.size() <= 5'000, "5,000 participants at most");
          },
          [](const chat::add_participants& c) {
            must(are_users(c.users, 5'000), "those added are users");
          },
          [](const chat::get_presence& c) {
            must(are_users(c.users, 200), "those asked about are users");
          },
          [](const chat::remove_participant& c) {
            must(c.user.value.empty() || chat::is_visible_ascii_id(c.user.value),
                 "who is removed is a user, or the caller");
          },
          [](const chat::set_block& c) {
            must(chat::is_visible_ascii_id(c.whom.value), "who is blocked is a user");
          },
          [&](const chat::search_users& c) {
            limit_is(c.limit, 50);
            limit_is(c.query.size(), 4 * 64);
            must(chat::is_valid_utf8(c.query), "what is searched is text");
          },
          [&](const chat::list_dead_letters& c) { limit_is(c.limit, 200); },
          [](const auto&) {}},
      what);
}

auto answer_to(const chat::request& what, unsigned turn, std::string_view text) -> chat::outcome {
  using chat::errc;
  constexpr std::array refusals{errc::not_found, errc::rate_limited, errc::unavailable,
                                errc::busy,      errc::unknown,      errc::forbidden,
                                errc::conflict,  errc::limit,        errc::unauthenticated};
  if (turn % 2 == 1)
    return chat::unexpected{refusals[turn / 2 % refusals.size()], "no \"such\" thing"};
  const source from{turn / 2, taken(text)};
  const auto made = std::visit(
      [&from]<class Command>(const Command&) -> chat::result {
        return result_of<typename Command::result_type>(from);
      },
      what);
  check_writers([&made](net::codec::writer& to) { net::codec::write_result(to, made); });
  return made;
}

auto some_event(unsigned kind, std::string_view text) -> chat::event {
  const source from{kind, taken(text)};
  const std::array<chat::event, 11> all{
      chat::message_posted{chat::conversation_type::group, from.text, from.message().message},
      chat::message_edited{{}, {}, from.text, test::noon, kind},
      chat::message_deleted{{}, {}, kind},
      chat::receipt{{}, chat::message_status::read, test::bob, kind, test::noon},
      chat::typing_changed{{}, test::bob, true},
      chat::presence_changed{test::bob, true},
      chat::conversation_created{from.info(), {test::alice, test::bob}, 1},
      chat::participants_added{{}, {test::bob}, test::alice, kind},
      chat::participant_removed{{}, test::bob, test::alice, kind},
      chat::title_changed{{}, from.text, test::bob, kind},
      chat::role_changed{{}, test::bob, "owner", kind}};
  const auto& made = all[kind % all.size()];
  check_writers([&made](net::codec::writer& to) { net::codec::write_arguments(to, made); });
  return made;
}

}  // namespace parley::fuzz
