#pragma once

#include <cstdint>

namespace parley::storage::blobs {

/// Why a file could not be written or read.
enum class file_error : std::uint8_t {
  none,
  exists,      ///< complete already; it stays as it is
  missing,     ///< no such file
  full,        ///< no room on the disk, or over its quota
  unreadable,  ///< sealed, and no key opens it, or it was changed; the log says which
  failed,      ///< anything else; the log says what
};

}  // namespace parley::storage::blobs
