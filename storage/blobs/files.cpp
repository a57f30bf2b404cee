// What local_store asks of the file system.

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "storage/blobs/local_store.hpp"

namespace parley::storage::blobs {
namespace {

auto failure_of(const char* what) -> file_error {
  const int why = errno;
  if (why == EEXIST) return file_error::exists;
  if (why == ENOENT) return file_error::missing;
  spdlog::error("attachment: {} failed: {}", what, std::strerror(why));
  return why == ENOSPC || why == EDQUOT || why == EFBIG ? file_error::full : file_error::failed;
}

auto sync_folder(const std::filesystem::path& folder) -> bool {
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool synced = ::fsync(fd) == 0;
  ::close(fd);
  return synced;
}

}  // namespace

incoming_file::incoming_file(std::filesystem::path part, std::filesystem::path final_path)
    : part_(std::move(part)), final_path_(std::move(final_path)) {}

incoming_file::~incoming_file() {
  if (fd_ < 0) return;
  ::close(fd_);
  ::unlink(part_.c_str());
}

auto incoming_file::open() -> file_error {
  if (::access(final_path_.c_str(), F_OK) == 0) return file_error::exists;
  fd_ = ::open(part_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  return fd_ < 0 ? failure_of("open") : file_error::none;
}

auto incoming_file::write(std::span<const char> bytes) -> file_error {
  while (!bytes.empty()) {
    const auto written = ::write(fd_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failure_of("write");
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return file_error::none;
}

/// A link and not a rename: of two that finish at once the second must not replace the first.
auto incoming_file::finish() -> file_error {
  if (::fsync(fd_) != 0) return failure_of("fsync");
  const auto shard = final_path_.parent_path();
  if (::mkdir(shard.c_str(), 0700) == 0) {
    if (!sync_folder(shard.parent_path())) return failure_of("fsync");
  } else if (errno != EEXIST) {
    return failure_of("mkdir");
  }
  if (::link(part_.c_str(), final_path_.c_str()) != 0) return failure_of("link");
  return sync_folder(shard) ? file_error::none : failure_of("fsync");
}

stored_file::~stored_file() { ::close(fd_); }

auto stored_file::read(std::uint64_t offset, std::span<char> into) const -> std::size_t {
  for (;;) {
    const auto got = ::pread(fd_, into.data(), into.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) failure_of("read");
    return got < 0 ? 0 : static_cast<std::size_t>(got);
  }
}

auto local_store::begin(const chat::uuid& id) const
    -> std::pair<std::unique_ptr<incoming_file>, file_error> {
  const auto part = to_string(id) + "." + to_string(chat::system_ids().next({})) + ".part";
  auto file = std::make_unique<incoming_file>(folder_ / "incoming" / part, path_of(id));
  const auto failed = file->open();
  if (failed != file_error::none) return {nullptr, failed};
  return {std::move(file), file_error::none};
}

auto local_store::read(const chat::uuid& id) const
    -> std::pair<std::unique_ptr<stored_file>, file_error> {
  const int fd = ::open(path_of(id).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0) return {nullptr, failure_of("open")};
  struct stat about {};
  if (::fstat(fd, &about) != 0) {
    ::close(fd);
    return {nullptr, failure_of("stat")};
  }
  return {std::make_unique<stored_file>(fd, static_cast<std::uint64_t>(about.st_size)),
          file_error::none};
}

auto local_store::has(const chat::uuid& id) const -> bool {
  return ::access(path_of(id).c_str(), F_OK) == 0;
}

auto local_store::remove(const chat::uuid& id) -> bool {
  return ::unlink(path_of(id).c_str()) == 0 || failure_of("unlink") == file_error::missing;
}

}  // namespace parley::storage::blobs
