#include "actors/messages.hpp"

namespace parley::actors {
namespace {

constexpr auto category = caf::atom("parley");

}  // namespace

auto to_caf(const chat::error& why) -> caf::error {
  return {static_cast<std::uint8_t>(why.code), category, caf::make_message(why.detail)};
}

auto from_caf(const caf::error& why) -> chat::error {
  if (why.category() != category) return {chat::errc::unknown, "the answer was lost"};
  const auto& context = why.context();
  auto detail = context.match_elements<std::string>() ? context.get_as<std::string>(0) : "";
  return {static_cast<chat::errc>(why.code()), std::move(detail)};
}

auto is_receiver_down(const caf::error& why) -> bool {
  return why == caf::sec::request_receiver_down;
}

}  // namespace parley::actors
