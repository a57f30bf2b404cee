// What local_store asks of the file system.

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

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

auto is_there(const std::filesystem::path& path) -> bool {
  return ::access(path.c_str(), F_OK) == 0;
}

auto is_gone(const std::filesystem::path& path) -> bool {
  return ::unlink(path.c_str()) == 0 || failure_of("unlink") == file_error::missing;
}

/// @returns 0 at the end, and when that failed
auto read_some(int fd, std::uint64_t offset, std::span<char> into) -> std::size_t {
  for (;;) {
    const auto got = ::pread(fd, into.data(), into.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) failure_of("read");
    return got < 0 ? 0 : static_cast<std::size_t>(got);
  }
}

auto source_of(int fd) -> file_opener::source {
  return [fd](std::uint64_t offset, std::span<char> into) {
    while (!into.empty()) {
      const auto got = read_some(fd, offset, into);
      if (got == 0) return false;
      offset += got;
      into = into.subspan(got);
    }
    return true;
  };
}

/// A descriptor that is closed unless it is taken.
class reading {
 public:
  explicit reading(const std::filesystem::path& path)
      : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)) {
    struct stat about {};
    if (fd_ < 0) {
      failed_ = failure_of("open");
    } else if (::fstat(fd_, &about) != 0) {
      failed_ = failure_of("stat");
    }
    bytes_ = static_cast<std::uint64_t>(about.st_size);
  }
  ~reading() {
    if (fd_ >= 0) ::close(fd_);
  }
  reading(const reading&) = delete;
  auto operator=(const reading&) -> reading& = delete;

  auto failed() const -> file_error { return failed_; }
  auto bytes() const -> std::uint64_t { return bytes_; }
  auto fd() const -> int { return fd_; }
  auto take() -> int { return std::exchange(fd_, -1); }

 private:
  int fd_;
  file_error failed_ = file_error::none;
  std::uint64_t bytes_ = 0;
};

}  // namespace

incoming_file::incoming_file(std::filesystem::path part, std::filesystem::path final_path,
                             std::unique_ptr<file_sealer> sealer)
    : part_(std::move(part)), final_path_(std::move(final_path)), sealer_(std::move(sealer)) {}

incoming_file::~incoming_file() {
  if (fd_ < 0) return;
  ::close(fd_);
  ::unlink(part_.c_str());
}

auto incoming_file::open() -> file_error {
  fd_ = ::open(part_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  return fd_ < 0 ? failure_of("open") : file_error::none;
}

auto incoming_file::write(std::span<const char> bytes) -> file_error {
  if (!sealer_) return append({bytes.data(), bytes.size()});
  return sealer_->add(bytes, [this](std::string_view sealed) { return append(sealed); });
}

auto incoming_file::append(std::string_view bytes) -> file_error {
  while (!bytes.empty()) {
    const auto written = ::write(fd_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return failure_of("write");
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return file_error::none;
}

auto incoming_file::flush() -> file_error {
  const auto last = [this](std::string_view sealed) { return append(sealed); };
  if (const auto failed = sealer_ ? sealer_->end(last) : file_error::none;
      failed != file_error::none)
    return failed;
  return ::fsync(fd_) == 0 ? file_error::none : failure_of("fsync");
}

/// A link and not a rename: of two that finish at once the second must not replace the first.
auto incoming_file::finish() -> file_error {
  if (const auto failed = flush(); failed != file_error::none) return failed;
  const auto shard = final_path_.parent_path();
  if (::mkdir(shard.c_str(), 0700) == 0) {
    if (!sync_folder(shard.parent_path())) return failure_of("fsync");
  } else if (errno != EEXIST) {
    return failure_of("mkdir");
  }
  if (::link(part_.c_str(), final_path_.c_str()) != 0) return failure_of("link");
  return sync_folder(shard) ? file_error::none : failure_of("fsync");
}

auto incoming_file::replace(int old_file) -> file_error {
  if (const auto failed = flush(); failed != file_error::none) return failed;
  struct stat old {}, own {};
  if (::fstat(old_file, &old) != 0 || ::fstat(fd_, &own) != 0) return failure_of("stat");
  const bool same_owner = old.st_uid == own.st_uid && old.st_gid == own.st_gid;
  if (!same_owner && ::fchown(fd_, old.st_uid, old.st_gid) != 0) return failure_of("chown");
  if (::rename(part_.c_str(), final_path_.c_str()) != 0) return failure_of("rename");
  return sync_folder(final_path_.parent_path()) ? file_error::none : failure_of("fsync");
}

stored_file::~stored_file() { ::close(fd_); }

auto stored_file::read(std::uint64_t offset, std::span<char> into) const -> std::size_t {
  return opener_ ? opener_->read(offset, into, source_of(fd_)) : read_some(fd_, offset, into);
}

auto local_store::begin(const chat::uuid& id) const
    -> std::pair<std::unique_ptr<incoming_file>, file_error> {
  if (has(id)) return {nullptr, file_error::exists};
  auto file = part_of(id, keys_->seals());
  const auto failed = file->open();
  if (failed != file_error::none) return {nullptr, failed};
  return {std::move(file), file_error::none};
}

auto local_store::part_of(const chat::uuid& id, bool seals) const
    -> std::unique_ptr<incoming_file> {
  const auto part = to_string(id) + "." + to_string(chat::system_ids().next({})) + ".part";
  return std::make_unique<incoming_file>(folder_ / "incoming" / part,
                                         seals ? sealed_path_of(id) : path_of(id),
                                         seals ? std::make_unique<file_sealer>(keys_, id) : nullptr);
}

/// The kind that is written now is the likelier one.
auto local_store::read(const chat::uuid& id) const -> opened_file {
  auto file = keys_->seals() ? read_sealed(id) : read_plain(id);
  if (file.second != file_error::missing) return file;
  return keys_->seals() ? read_plain(id) : read_sealed(id);
}

auto local_store::read_plain(const chat::uuid& id) const -> opened_file {
  reading file{path_of(id)};
  if (file.failed() != file_error::none) return {nullptr, file.failed()};
  return {std::make_unique<stored_file>(file.take(), file.bytes()), file_error::none};
}

auto local_store::read_sealed(const chat::uuid& id) const -> opened_file {
  reading file{sealed_path_of(id)};
  if (file.failed() != file_error::none) return {nullptr, file.failed()};
  auto opener = std::make_unique<file_opener>(keys_, id, file.bytes());
  const auto failed = opener->check(source_of(file.fd()));
  if (failed != file_error::none) return {nullptr, failed};
  return {std::make_unique<stored_file>(file.take(), std::move(opener)), file_error::none};
}

auto local_store::has(const chat::uuid& id) const -> bool {
  return is_there(path_of(id)) || is_there(sealed_path_of(id));
}

auto local_store::remove(const chat::uuid& id) -> bool {
  const bool plain_is_gone = is_gone(path_of(id));
  return is_gone(sealed_path_of(id)) && plain_is_gone;
}

}  // namespace parley::storage::blobs
