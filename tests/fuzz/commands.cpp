#include "tests/fuzz/commands.hpp"

#include <algorithm>

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

auto some_message(unsigned turn) -> chat::message_view {
  chat::message_view seen;
  seen.message.seq = turn + 1;
  seen.message.actor = test::bob;
  seen.message.content = turn % 4 == 0 ? std::string(3'000, 'x') : "h\xc3\xa9 \"\\\x01";
  seen.message.created_at = test::noon;
  return seen;
}

/// The result of a command that answers `Result`.
template <class Result>
auto result_of(unsigned turn) -> Result {
  Result made{};
  if constexpr (std::is_same_v<Result, chat::stretch>) {
    made.messages.assign(turn % 7, some_message(turn));
    made.has_more = turn % 4 == 2;
  } else if constexpr (std::is_same_v<Result, chat::page>) {
    made.messages.assign(turn % 7, some_message(turn));
  } else if constexpr (std::is_same_v<Result, std::vector<chat::entry>>) {
    made.assign(turn % 5, some_message(turn).message);
  } else if constexpr (std::is_same_v<Result, chat::profile>) {
    made.user = test::alice;
  }
  return made;
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

auto answer_to(const chat::request& what, unsigned turn) -> chat::outcome {
  using chat::errc;
  constexpr std::array refusals{errc::not_found, errc::rate_limited, errc::unavailable,
                                errc::busy,      errc::unknown};
  if (turn % 2 == 1)
    return chat::unexpected{refusals[turn / 2 % refusals.size()], "no \"such\" thing"};
  return std::visit(
      [turn]<class Command>(const Command&) -> chat::outcome {
        return chat::result{result_of<typename Command::result_type>(turn)};
      },
      what);
}

}  // namespace parley::fuzz
