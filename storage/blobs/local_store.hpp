#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <span>

#include "storage/blobs/blob_store.hpp"
#include "storage/blobs/sealed_file.hpp"
#include "storage/blobs/signed_link.hpp"

namespace parley::storage::blobs {

/// A file on its way in. Nobody sees it before `finish`; gone with this object unless finished.
/// @thread one at a time; calls block
class incoming_file {
 public:
  /// @param sealer  null: the bytes are stored as they come
  incoming_file(std::filesystem::path part, std::filesystem::path final_path,
                std::unique_ptr<file_sealer> sealer);
  ~incoming_file();
  incoming_file(const incoming_file&) = delete;
  auto operator=(const incoming_file&) -> incoming_file& = delete;

  auto open() -> file_error;
  auto write(std::span<const char> bytes) -> file_error;
  /// On return `none` the file and its name are on disk.
  auto finish() -> file_error;
  /// The same, in place of the file that is there, whose owner it gets.
  auto replace(int old_file) -> file_error;

 private:
  auto append(std::string_view bytes) -> file_error;
  auto flush() -> file_error;

  std::filesystem::path part_;
  std::filesystem::path final_path_;
  std::unique_ptr<file_sealer> sealer_;
  int fd_ = -1;
};

/// A complete file. @thread any; calls block
class stored_file {
 public:
  stored_file(int fd, std::uint64_t size) : fd_(fd), size_(size) {}
  /// A sealed one. @param opener  checked
  stored_file(int fd, std::unique_ptr<const file_opener> opener)
      : fd_(fd), size_(opener->size()), opener_(std::move(opener)) {}
  ~stored_file();
  stored_file(const stored_file&) = delete;
  auto operator=(const stored_file&) -> stored_file& = delete;

  auto is_sealed() const -> bool { return opener_ != nullptr; }
  /// The id of the key it is sealed with; 0: plain.
  auto key() const -> std::uint16_t { return opener_ ? opener_->key() : std::uint16_t{0}; }
  auto descriptor() const -> int { return fd_; }
  /// Bytes that were uploaded, sealed or not.
  auto size() const -> std::uint64_t { return size_; }
  /// @returns how many bytes were read from `offset` on, perhaps fewer than there are; 0 at the end
  ///          and when that failed
  auto read(std::uint64_t offset, std::span<char> into) const -> std::size_t;

 private:
  int fd_;
  std::uint64_t size_;
  std::unique_ptr<const file_opener> opener_;  ///< null: plain
};

/// What `local_store::renew` found of one file.
enum class renewal { current, renewed, unreadable, failed };

/// Files in a folder, served by parleyd itself: `<folder>/<last two digits of the id>/<id>`, and
/// `incoming/` for those that are not complete. The id names the file and nothing else does. A
/// sealed file is called `<id>.sealed`: its name tells, not its bytes, which a client chooses. The
/// key that signs the URLs lies beside them, in `url.key`.
class local_store final : public blob_store {
 public:
  /// Makes the folder and the key when they are missing, and removes what a crash left in
  /// `incoming`. @param keys  seal new files when they seal texts, and open sealed ones
  /// @errors errc::unavailable
  static auto open(const config::attachment_options& options, vault_ptr keys)
      -> chat::expected<std::unique_ptr<local_store>>;

  /// @param key  signs URLs; "" for a tool that makes none and works beside the server
  local_store(const config::attachment_options& options, std::string key, vault_ptr keys);

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

  /// The ids of the files that are complete, shard by shard. @param take  called with each
  void each(const std::function<void(const chat::uuid&)>& take) const;
  /// Stores a file as new ones are stored now: sealed with the key that writes, or plain. The old one
  /// stays until the new one is on disk, so that who reads meanwhile has one of the two.
  auto renew(const chat::uuid& id) -> renewal;

 private:
  using opened_file = std::pair<std::unique_ptr<stored_file>, file_error>;

  auto path_of(const chat::uuid& id) const -> std::filesystem::path;
  auto sealed_path_of(const chat::uuid& id) const -> std::filesystem::path;
  auto read_plain(const chat::uuid& id) const -> opened_file;
  auto read_sealed(const chat::uuid& id) const -> opened_file;
  auto part_of(const chat::uuid& id, bool seals) const -> std::unique_ptr<incoming_file>;
  auto expiry(chat::timestamp now) const -> std::int64_t;

  config::attachment_options options_;
  std::filesystem::path folder_;
  link_signer signer_;
  vault_ptr keys_;
};

}  // namespace parley::storage::blobs
