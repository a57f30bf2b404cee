#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace parley::config {

/// A file of its own that goes away with the test.
class temporary_file {
 public:
  explicit temporary_file(std::string_view text) {
    std::string name = (std::filesystem::temp_directory_path() / "parley-XXXXXX").string();
    ::close(::mkstemp(name.data()));
    path_ = name;
    std::ofstream{path_, std::ios::binary} << text;
  }
  ~temporary_file() { std::filesystem::remove(path_); }
  temporary_file(const temporary_file&) = delete;
  auto operator=(const temporary_file&) -> temporary_file& = delete;

  auto path() const -> std::string { return path_.string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace parley::config
