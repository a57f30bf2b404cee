#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "chat/expected.hpp"

/// Copies of files that prove what they are, in the form that `sha256sum -c` reads.
namespace parley::app::ctl {

struct checksum {
  std::string hex;   ///< SHA-256, lower case
  std::string path;  ///< below the folder that is written down, with '/'
};

/// SHA-256 of a file's bytes. @errors errc::unavailable, naming the file and the reason
auto checksum_of(const std::filesystem::path& file) -> chat::expected<std::string>;

/// Copies the bytes of `from` into a new file `to`, for its owner alone, and brings them to disk.
/// @returns their SHA-256
/// @errors errc::not_found: `from` is gone; errc::unavailable; both name the file
auto copy_and_sum(const std::filesystem::path& from, const std::filesystem::path& to)
    -> chat::expected<std::string>;

/// Brings a file that others wrote, or a folder's names, to disk. @errors errc::unavailable
auto sync_path(const std::filesystem::path& path) -> chat::expected<void>;

/// Writes `text` to a new file and brings it to disk. @errors errc::unavailable
auto write_file(const std::filesystem::path& file, const std::string& text) -> chat::expected<void>;

/// "HEX  PATH" lines.
auto format_checksums(const std::vector<checksum>& all) -> std::string;
/// @errors errc::conflict for a line that is none, or a path that leads out of the folder
auto parse_checksums(const std::string& text) -> chat::expected<std::vector<checksum>>;

}  // namespace parley::app::ctl
