#include "bench/load/protocol.hpp"

#include <array>
#include <cinttypes>
#include <cstdio>

#include "bench/wire/failure.hpp"

namespace parley::bench {

auto client_message_id(std::uint64_t number) -> std::string {
  std::array<char, 48> id{};
  const int size =
      std::snprintf(id.data(), id.size(), "7c1e2a90-0000-4000-8000-%012" PRIx64, number);
  return {id.data(), static_cast<std::size_t>(size)};
}

auto make_protocol(std::string_view name) -> std::unique_ptr<const protocol> {
  if (name == "hub") return make_hub_protocol(true);
  if (name == "unnumbered-hub") return make_hub_protocol(false);
  if (name == "binary-hub") return make_binary_hub_protocol();
  if (name == "nchan") return make_nchan_protocol();
  if (name == "nats") return make_nats_protocol();
  if (name == "socketio") return make_socketio_protocol();
  if (name == "xmpp") return make_xmpp_protocol();
  cannot_run("no such protocol: " + std::string(name));
}

}  // namespace parley::bench
