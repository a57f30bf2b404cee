#pragma once

#include <caf/error.hpp>
#include <functional>

#include "actors/environment.hpp"

namespace parley::app {

/// Calls `ended(name, why)` when one of the actors ends that live as long as the server: nobody can
/// take its place, and without it the server must not look as if it worked.
/// @thread `ended` is called on any
void watch_all(const actors::environment& env,
               const std::function<void(const char*, const caf::error&)>& ended);

}  // namespace parley::app
