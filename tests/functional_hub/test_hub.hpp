#pragma once

#include <string>
#include <unordered_map>

#include "net/signalr/hub.hpp"

/// The hubs that the functional tests of the official TypeScript client expect from a server, on
/// the same hub layer as chat. Not part of parleyd.
/// @source github.com/dotnet/aspnetcore src/SignalR/clients/ts/FunctionalTests (TestHub.cs)
namespace parley::functional {

/// Open connections of the test hub by their public ids. One io thread, no lock.
using connections = std::unordered_map<std::string, net::signalr::caller*>;

/// @param open lists the hub's connections; outlives it
auto make_test_hub(connections& open) -> net::signalr::hub;
/// Every connection is refused as by a hub that cannot be created.
auto make_uncreatable_hub() -> net::signalr::hub;
/// `Echo`, for those who are signed in.
auto make_authorized_hub() -> net::signalr::hub;
/// No hub protocol: bytes come back as they are.
auto make_echo_hub() -> net::signalr::hub;

}  // namespace parley::functional
