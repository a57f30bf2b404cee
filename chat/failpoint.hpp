#pragma once

namespace parley::chat {

/// A named place where a test can end the process: PARLEY_FAIL="name:kill[:N]" kills it (signal 9)
/// at the N-th passing, the first by default; "name:throw[:N]" throws what nobody there expects.
/// Compiled in with PARLEY_FAILPOINTS only.
#ifdef PARLEY_FAILPOINTS
void failpoint(const char* name);
#else
inline void failpoint(const char*) {}
#endif

}  // namespace parley::chat
