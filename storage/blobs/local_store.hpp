#pragma once

#include <filesystem>
#include <memory>
#include <span>

#include "storage/blobs/blob_store.hpp"
#include "storage/blobs/signed_link.hpp"

namespace parley::storage::blobs {

/// Why a file could not be written or read.
enum class file_error : std::uint8_t {
  none,
  exists,   ///< complete already; it stays as it is
  missing,  ///< no such file
  full,     ///< no room on the disk, or over its quota
  failed,   ///< anything else; the log says what
};

/// A file on its way in. Nobody sees it before `finish`; gone with this object unless finished.
/// @thread one at a time; calls block
class incoming_file {
 public:
  incoming_file(std::filesystem::path part, std::filesystem::path final_path);
  ~incoming_file();
  incoming_file(const incoming_file&) = delete;
  auto operator=(const incoming_file&) -> incoming_file& = delete;

  auto open() -> file_error;
  auto write(std::span<const char> bytes) -> file_error;
  /// On return `none` the file and its name are on disk.
  auto finish() -> file_error;

 private:
  std::filesystem::path part_;
  std::filesystem::path final_path_;
  int fd_ = -1;
};

/// A complete file. @thread any; calls block
class stored_file {
 public:
  stored_file(int fd, std::uint64_t size) : fd_(fd), size_(size) {}
  ~stored_file();
  stored_file(const stored_file&) = delete;
  auto operator=(const stored_file&) -> stored_file& = delete;

  auto size() const -> std::uint64_t { return size_; }
  /// @returns how many bytes were read from `offset` on; 0 when that failed
  auto read(std::uint64_t offset, std::span<char> into) const -> std::size_t;

 private:
  int fd_;
  std::uint64_t size_;
};

/// Files in a folder, served by parleyd itself: `<folder>/<last two digits of the id>/<id>`, and
/// `incoming/` for those that are not complete. The id names the file and nothing else does. The
/// key that signs the URLs lies beside them, in `url.key`.
class local_store final : public blob_store {
 public:
  /// Makes the folder and the key when they are missing, and removes what a crash left in
  /// `incoming`. @errors errc::unavailable
  static auto open(const config::attachment_options& options)
      -> chat::expected<std::unique_ptr<local_store>>;

  local_store(const config::attachment_options& options, std::string key);

  auto upload_url(const chat::attachment& what, const chat::user_id& owner,
                  chat::timestamp now) const -> std::string override;
  auto download_url(const chat::attachment& what, chat::timestamp now) const
      -> std::string override;
  auto has(const chat::uuid& id) const -> bool override;
  auto remove(const chat::uuid& id) -> bool override;

  auto signer() const -> const link_signer& { return signer_; }
  auto options() const -> const config::attachment_options& { return options_; }

  /// @returns null and why
  auto begin(const chat::uuid& id) const -> std::pair<std::unique_ptr<incoming_file>, file_error>;
  auto read(const chat::uuid& id) const -> std::pair<std::unique_ptr<stored_file>, file_error>;

 private:
  auto path_of(const chat::uuid& id) const -> std::filesystem::path;
  auto expiry(chat::timestamp now) const -> std::int64_t;

  config::attachment_options options_;
  std::filesystem::path folder_;
  link_signer signer_;
};

}  // namespace parley::storage::blobs
