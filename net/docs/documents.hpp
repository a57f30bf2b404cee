#pragma once

#include "net/codec/json.hpp"

/// The interface, described for tools. The parts are files in docs/api: rest.json (OpenAPI 3.1),
/// hub.json (AsyncAPI 3.0) and schemas.json, the shapes that both use. A test holds them to the
/// code, both ways.
namespace parley::net::docs {

using codec::json;

/// rest.json, hub.json: with this server's version and the schemas they refer to, directly or
/// through one another. Made on first use. @thread any
auto openapi() -> const json&;
auto asyncapi() -> const json&;

}  // namespace parley::net::docs
