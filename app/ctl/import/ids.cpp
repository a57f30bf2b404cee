#include "app/ctl/import/ids.hpp"

#include <algorithm>
#include <cstdint>
#include <string>

#include "storage/blobs/hmac.hpp"

namespace parley::app::ctl {
namespace {

auto marked(chat::uuid id, std::uint8_t version) -> chat::uuid {
  id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0f) | (version << 4));
  id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3f) | 0x80);
  return id;
}

auto digest_of(std::initializer_list<std::string_view> parts) -> chat::uuid {
  std::string all;
  for (const auto part : parts) all += std::to_string(part.size()) + ':' + std::string{part};
  const auto bytes = storage::blobs::sha256(all);
  chat::uuid id;
  std::copy_n(bytes.begin(), id.bytes.size(), id.bytes.begin());
  return id;
}

}  // namespace

auto id_of(std::initializer_list<std::string_view> parts) -> chat::uuid {
  constexpr std::uint8_t own = 8;
  return marked(digest_of(parts), own);
}

auto id_at(chat::timestamp when, std::initializer_list<std::string_view> parts) -> chat::uuid {
  constexpr std::uint8_t by_time = 7;
  constexpr std::size_t time_bytes = 6;
  auto id = digest_of(parts);
  for (std::size_t i = 0; i < time_bytes; ++i)
    id.bytes[i] = static_cast<std::uint8_t>(when.ms >> (8 * (time_bytes - 1 - i)));
  return marked(id, by_time);
}

}  // namespace parley::app::ctl
