#include "app/ctl/import/export_files.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <string_view>
#include <utility>
#include <vector>

namespace parley::app::ctl {
namespace {

using chat::errc;
using chat::unexpected;
using storage::blobs::file_error;
namespace fs = std::filesystem;

constexpr std::size_t piece_bytes = 64 * 1024;

/// What chats carry most; anything else is shown as a file to save.
constexpr std::array<std::pair<std::string_view, std::string_view>, 22> types{{
    {"png", "image/png"},
    {"jpg", "image/jpeg"},
    {"jpeg", "image/jpeg"},
    {"gif", "image/gif"},
    {"webp", "image/webp"},
    {"svg", "image/svg+xml"},
    {"pdf", "application/pdf"},
    {"txt", "text/plain"},
    {"log", "text/plain"},
    {"md", "text/markdown"},
    {"csv", "text/csv"},
    {"json", "application/json"},
    {"zip", "application/zip"},
    {"gz", "application/gzip"},
    {"mp3", "audio/mpeg"},
    {"ogg", "audio/ogg"},
    {"wav", "audio/wav"},
    {"mp4", "video/mp4"},
    {"mov", "video/quicktime"},
    {"webm", "video/webm"},
    {"doc", "application/msword"},
    {"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
}};

auto is_below(const fs::path& path, const fs::path& folder) -> bool {
  const auto [end, rest] = std::ranges::mismatch(folder, path);
  return end == folder.end() && rest != path.end();
}

}  // namespace

auto content_type_of(const std::string& file_name) -> std::string {
  const auto dot = file_name.rfind('.');
  std::string ending = dot == std::string::npos ? "" : file_name.substr(dot + 1);
  std::ranges::transform(ending, ending.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  for (const auto& [known, type] : types)
    if (known == ending) return std::string{type};
  return "application/octet-stream";
}

auto export_files::open(const std::string& folder, const config::attachment_options& options,
                        storage::vault_ptr keys) -> chat::expected<export_files> {
  export_files made{options, std::move(keys)};
  if (folder.empty()) return made;
  if (options.store != "local")
    return unexpected{errc::bad_request,
                      "files go into a local folder alone, and attachments.store is " +
                          options.store + ": import without --files"};
  std::error_code failed;
  made.folder_ = fs::canonical(folder, failed);
  if (failed || !fs::is_directory(made.folder_))
    return unexpected{errc::bad_request,
                      folder + " is no folder: --files takes that of the export's data"};
  return made;
}

/// Empty: there is no such file in the folder.
auto export_files::find(const std::string& path) const -> fs::path {
  std::error_code failed;
  const auto found = fs::canonical(folder_ / path, failed);
  const bool is_file = !failed && is_below(found, folder_) && fs::is_regular_file(found, failed);
  return is_file ? found : fs::path{};
}

auto export_files::look(const std::string& path) const -> chat::expected<chat::attachment> {
  const auto found = path.empty() ? fs::path{} : find(path);
  if (found.empty())
    return unexpected{errc::not_found, "the file " + path + " is not in the folder"};
  chat::attachment what;
  what.file_name = fs::path{path}.filename().string();
  what.content_type = content_type_of(what.file_name);
  std::error_code failed;
  what.size = fs::file_size(found, failed);
  if (failed) return unexpected{errc::not_found, "the file " + path + " cannot be read"};
  if (what.size == 0) return unexpected{errc::bad_request, "the file " + path + " is empty"};
  if (what.size > options_.max_bytes)
    return unexpected{errc::limit, "the file " + path + " has " + std::to_string(what.size) +
                                       " bytes, more than " + std::to_string(options_.max_bytes) +
                                       " (attachments.max_bytes)"};
  if (auto fine = chat::check_file_name(what.file_name); !fine)
    return unexpected{errc::bad_request, "the file " + path + ": " + fine.error().detail};
  return what;
}

auto export_files::copy(const std::string& path, const chat::uuid& id) -> chat::expected<void> {
  const auto failed = [&](const char* why) {
    return unexpected{errc::unavailable, "the file " + path + why +
                                             "; run the same command again, it goes on where it "
                                             "stopped"};
  };
  if (!to_) {
    auto opened = storage::blobs::local_store::open(options_, keys_);
    if (!opened) return unexpected{opened.error()};
    to_ = std::move(*opened);
  }
  std::ifstream from{find(path), std::ios::binary};
  auto [to, begun] = to_->begin(id);
  if (begun == file_error::exists) return {};
  if (!from || !to) return failed(" could not be copied into attachments.directory");
  std::vector<char> piece(piece_bytes);
  while (from.read(piece.data(), static_cast<std::streamsize>(piece.size())) || from.gcount() > 0)
    if (to->write({piece.data(), static_cast<std::size_t>(from.gcount())}) != file_error::none)
      return failed(": the disk of attachments.directory is full, or fails");
  const auto ended = from.bad() ? file_error::failed : to->finish();
  if (ended == file_error::none || ended == file_error::exists) return {};
  return failed(" could not be copied to its end");
}

}  // namespace parley::app::ctl
