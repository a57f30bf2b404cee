#pragma once

#include "chat/ids.hpp"
#include "chat/time.hpp"

/// Users and moments that the cases speak of.
namespace parley::test {

inline const chat::user_id alice{"alice"};
inline const chat::user_id bob{"bob"};
inline const chat::user_id carol{"carol"};
inline const chat::user_id dave{"dave"};

/// 2024-01-01T12:00:00Z, and moments after it.
inline constexpr chat::timestamp noon{1'704'110'400'000};
constexpr auto after_noon(std::int64_t ms) -> chat::timestamp { return {noon.ms + ms}; }

}  // namespace parley::test
