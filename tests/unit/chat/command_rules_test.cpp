#include <catch2/catch.hpp>
#include <type_traits>

#include "chat/request.hpp"

using namespace parley::chat;

namespace {

struct tells_nothing {
  using result_type = done;
};

template <class... Commands>
constexpr bool have_rules =
    detail::all_have_rules(static_cast<const std::variant<Commands...>*>(nullptr));

/// The indices of the commands for which `wanted(rules)` holds.
template <class Wanted, std::size_t... I>
auto commands_where(Wanted wanted, std::index_sequence<I...>) -> std::vector<std::size_t> {
  std::vector<std::size_t> found;
  (void(wanted(std::variant_alternative_t<I, request>::rules) ? found.push_back(I) : void()), ...);
  return found;
}

template <class Wanted>
auto commands_where(Wanted wanted) -> std::vector<std::size_t> {
  return commands_where(wanted, std::make_index_sequence<std::variant_size_v<request>>{});
}

}  // namespace

TEST_CASE("a command that does not say who may use it is none", "[chat][rules]") {
  STATIC_REQUIRE(have_rules<post, sign_in>);
  STATIC_REQUIRE_FALSE(have_rules<post, tells_nothing>);
}

TEST_CASE("what is open without signing in stands here", "[chat][rules]") {
  const auto open = commands_where([](const command_rules& r) { return r.who == may_use::anybody; });
  CHECK(open == std::vector{request{register_account{}}.index(), request{sign_in{}}.index(),
                            request{look_at_invite{}}.index()});
}

TEST_CASE("what stores a message has the rate of sends", "[chat][rules]") {
  const auto sends = commands_where([](const command_rules& r) { return r.costs == rate::send; });
  CHECK(sends == std::vector{request{post{}}.index(), request{post_to_lobby{}}.index(),
                             request{post_to_user{}}.index(), request{post_to_group{}}.index()});
}
