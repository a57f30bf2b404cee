#include "app/ctl/checksums.hpp"

#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <sstream>
#include <utility>

#include "storage/blobs/hmac.hpp"

namespace parley::app::ctl {
namespace {

using chat::errc;
using chat::unexpected;
namespace fs = std::filesystem;

constexpr std::size_t piece_bytes = 256 * 1024;

auto failure_of(const fs::path& file) -> unexpected {
  const auto code = errno == ENOENT ? errc::not_found : errc::unavailable;
  return {code, file.string() + ": " + std::strerror(errno)};
}

class descriptor {
 public:
  descriptor(const fs::path& file, int flags)
      : fd_(::open(file.c_str(), flags | O_CLOEXEC, 0600)) {}
  ~descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  descriptor(const descriptor&) = delete;
  auto operator=(const descriptor&) -> descriptor& = delete;
  auto get() const -> int { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_;
};

class hasher {
 public:
  hasher() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
    EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr);
  }
  void take(const char* bytes, std::size_t size) { EVP_DigestUpdate(context_.get(), bytes, size); }
  auto finish() -> std::string {
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    EVP_DigestFinal_ex(context_.get(), bytes, &size);
    return storage::blobs::hex({reinterpret_cast<const char*>(bytes), size});
  }

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

auto write_all(int fd, const char* bytes, std::size_t size) -> bool {
  while (size > 0) {
    const auto done = ::write(fd, bytes, size);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return false;
    bytes += done;
    size -= static_cast<std::size_t>(done);
  }
  return true;
}

/// @param to  -1: nowhere. @returns whether reading and writing went well to the end
auto pour(int from, int to, hasher& sum) -> std::pair<bool, bool> {
  const auto buffer = std::make_unique<char[]>(piece_bytes);
  for (;;) {
    const auto got = ::read(from, buffer.get(), piece_bytes);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return {got == 0, true};
    sum.take(buffer.get(), static_cast<std::size_t>(got));
    if (to >= 0 && !write_all(to, buffer.get(), static_cast<std::size_t>(got)))
      return {true, false};
  }
}

auto leads_out(const fs::path& path) -> bool {
  if (path.empty() || path.is_absolute()) return true;
  for (const auto& part : path)
    if (part == "..") return true;
  return false;
}

}  // namespace

auto checksum_of(const fs::path& file) -> chat::expected<std::string> {
  const descriptor in{file, O_RDONLY};
  if (!in) return failure_of(file);
  hasher sum;
  if (!pour(in.get(), -1, sum).first) return failure_of(file);
  return sum.finish();
}

auto copy_and_sum(const fs::path& from, const fs::path& to) -> chat::expected<std::string> {
  const descriptor in{from, O_RDONLY};
  if (!in) return failure_of(from);
  const descriptor out{to, O_WRONLY | O_CREAT | O_EXCL};
  if (!out) return failure_of(to);
  hasher sum;
  const auto [is_read, is_written] = pour(in.get(), out.get(), sum);
  if (!is_read) return failure_of(from);
  if (!is_written || ::fsync(out.get()) != 0) return failure_of(to);
  return sum.finish();
}

auto sync_path(const fs::path& path) -> chat::expected<void> {
  const descriptor opened{path, O_RDONLY};
  if (!opened || ::fsync(opened.get()) != 0) return failure_of(path);
  return {};
}

auto write_file(const fs::path& file, const std::string& text) -> chat::expected<void> {
  const descriptor out{file, O_WRONLY | O_CREAT | O_EXCL};
  if (!out || !write_all(out.get(), text.data(), text.size()) || ::fsync(out.get()) != 0)
    return failure_of(file);
  return {};
}

auto format_checksums(const std::vector<checksum>& all) -> std::string {
  std::string text;
  for (const auto& [hex, path] : all) text += hex + "  " + path + '\n';
  return text;
}

auto parse_checksums(const std::string& text) -> chat::expected<std::vector<checksum>> {
  std::vector<checksum> all;
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line);) {
    const bool has_shape = line.size() > 66 && line.compare(64, 2, "  ") == 0;
    if (!has_shape || leads_out(line.substr(66)))
      return unexpected{errc::conflict, "SHA256SUMS: line " + std::to_string(all.size() + 1) +
                                            " is no checksum of a file in here"};
    all.push_back({line.substr(0, 64), line.substr(66)});
  }
  return all;
}

}  // namespace parley::app::ctl
