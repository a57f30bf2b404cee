#include "bench/load/protocol.hpp"

#include "bench/wire/failure.hpp"

namespace parley::bench {

auto make_protocol(std::string_view name) -> std::unique_ptr<const protocol> {
  if (name == "hub") return make_hub_protocol(true);
  if (name == "unnumbered-hub") return make_hub_protocol(false);
  if (name == "nchan") return make_nchan_protocol();
  if (name == "nats") return make_nats_protocol();
  if (name == "socketio") return make_socketio_protocol();
  if (name == "xmpp") return make_xmpp_protocol();
  cannot_run("no such protocol: " + std::string(name));
}

}  // namespace parley::bench
