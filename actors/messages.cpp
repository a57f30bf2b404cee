#include "actors/messages.hpp"

namespace parley::actors {
namespace {

constexpr auto category = caf::atom("parley");

}  // namespace

auto to_caf(const chat::error& why) -> caf::error {
  return {static_cast<std::uint8_t>(why.code), category, caf::make_message(why.detail, why.retry_after_ms)};
}

auto from_caf(const caf::error& why) -> chat::error {
  if (why.category() != category) return {chat::errc::unknown, "the answer was lost"};
  const auto& context = why.context();
  const auto code = static_cast<chat::errc>(why.code());
  if (!context.match_elements<std::string, std::uint32_t>()) return {code, {}};
  return {code, context.get_as<std::string>(0), context.get_as<std::uint32_t>(1)};
}

auto is_receiver_down(const caf::error& why) -> bool {
  return why == caf::sec::request_receiver_down;
}

}  // namespace parley::actors
