#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "chat/attachment.hpp"
#include "chat/expected.hpp"
#include "config/options.hpp"
#include "storage/blobs/local_store.hpp"

namespace parley::app::ctl {

/// The files that lie beside an export, and the folder they go to.
///
/// What is asked for stands in the export: a path that leads out of its folder, by dots or by
/// links, names nothing.
class export_files {
 public:
  /// @param folder  that of the export's paths; empty: files are not taken
  /// Makes nothing before the first copy.
  /// @errors errc::bad_request: there is no such folder, or attachments.store is not "local"
  static auto open(const std::string& folder, const config::attachment_options& options,
                   storage::vault_ptr keys) -> chat::expected<export_files>;

  auto are_taken() const -> bool { return !folder_.empty(); }
  auto per_message() const -> std::size_t { return options_.per_message; }

  /// What a message would say of this file; it has no id yet.
  /// @errors errc::not_found, errc::limit, errc::bad_request; half a sentence about `path`
  auto look(const std::string& path) const -> chat::expected<chat::attachment>;

  /// Copies the bytes; those that are there stay. @errors errc::unavailable
  auto copy(const std::string& path, const chat::uuid& id) -> chat::expected<void>;

 private:
  export_files(const config::attachment_options& options, storage::vault_ptr keys)
      : options_(options), keys_(std::move(keys)) {}
  auto find(const std::string& path) const -> std::filesystem::path;

  config::attachment_options options_;
  storage::vault_ptr keys_;
  std::unique_ptr<storage::blobs::local_store> to_;  ///< null: nothing has been copied yet
  std::filesystem::path folder_;
};

/// By the ending of its name; "application/octet-stream" when that says nothing.
auto content_type_of(const std::string& file_name) -> std::string;

}  // namespace parley::app::ctl
