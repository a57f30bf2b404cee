#include "storage/blobs/local_store.hpp"

#include <fcntl.h>
#include <openssl/rand.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <fstream>

#include "storage/blobs/hmac.hpp"

namespace parley::storage::blobs {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t key_bytes = 32;

auto refuse(const std::string& what) {
  return chat::unexpected{chat::errc::unavailable, "attachments.directory: " + what};
}

auto read_key(const fs::path& at) -> std::string {
  std::ifstream file{at};
  std::string key;
  file >> key;
  return key.size() == 2 * key_bytes ? key : std::string{};
}

/// Replaces a broken one, too: all that is lost are URLs that live for minutes.
void make_key(const fs::path& at) {
  std::array<unsigned char, key_bytes> fresh{};
  if (RAND_bytes(fresh.data(), static_cast<int>(fresh.size())) != 1) return;
  const auto part = at.string() + ".part";
  std::error_code failed;
  {
    std::ofstream file{part};
    fs::permissions(part, fs::perms::owner_read | fs::perms::owner_write, failed);
    file << hex({reinterpret_cast<const char*>(fresh.data()), fresh.size()}) << '\n';
  }
  fs::rename(part, at, failed);
}

auto load_key(const fs::path& at) -> std::string {
  auto key = read_key(at);
  if (!key.empty()) return key;
  make_key(at);
  return read_key(at);
}

/// Holds a folder that several processes may use, from its opening to the end of the store.
class folder_hold {
 public:
  explicit folder_hold(const fs::path& at)
      : file_(::open(at.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {}
  ~folder_hold() {
    if (file_ >= 0) ::close(file_);
  }
  folder_hold(const folder_hold&) = delete;
  auto operator=(const folder_hold&) -> folder_hold& = delete;

  auto is_alone() const -> bool { return flock(file_, LOCK_EX | LOCK_NB) == 0; }
  /// From now on nobody else is alone.
  auto share() const -> bool { return flock(file_, LOCK_SH) == 0; }

 private:
  int file_;
};

/// What a store keeps as long as it lives: the keys, and its hold on the folder.
struct kept {
  vault_ptr keys;
  folder_hold hold;
};

void clear(const fs::path& folder) {
  std::error_code ignored;
  for (const auto& one : fs::directory_iterator{folder, ignored}) fs::remove(one.path(), ignored);
}

}  // namespace

auto local_store::open(const config::attachment_options& options, vault_ptr keys)
    -> chat::expected<std::unique_ptr<local_store>> {
  const fs::path folder{options.directory};
  std::error_code failed;
  fs::create_directories(folder / "incoming", failed);
  if (failed) return refuse(failed.message());
  fs::permissions(folder, fs::perms::owner_all, failed);
  const auto* vault = keys.get();
  const std::shared_ptr<kept> all{new kept{std::move(keys), folder_hold{folder / "lock"}}};
  // What is in there is somebody's upload unless nobody else is here.
  if (all->hold.is_alone()) clear(folder / "incoming");
  if (!all->hold.share()) return refuse("lock cannot be made or held");
  auto key = load_key(folder / "url.key");
  if (key.empty()) return refuse("url.key cannot be made or read");
  return std::make_unique<local_store>(options, std::move(key), vault_ptr{all, vault});
}

local_store::local_store(const config::attachment_options& options, std::string key,
                         vault_ptr keys)
    : options_(options),
      folder_(options.directory),
      signer_(std::move(key)),
      keys_(std::move(keys)) {}

auto local_store::upload_url(const chat::attachment& what, const chat::user_id& owner,
                             chat::timestamp now) const -> std::string {
  return options_.public_url +
         signer_.path_of({true, what, signer_.owner_of(owner), expiry(now)});
}

auto local_store::download_url(const chat::attachment& what, chat::timestamp now) const
    -> std::string {
  return options_.public_url + signer_.path_of({false, what, {}, expiry(now)});
}

auto local_store::expiry(chat::timestamp now) const -> std::int64_t {
  return now.ms / 1000 + options_.url_lifetime_s;
}

auto local_store::path_of(const chat::uuid& id) const -> fs::path {
  const auto name = to_string(id);
  return folder_ / name.substr(name.size() - 2) / name;
}

auto local_store::sealed_path_of(const chat::uuid& id) const -> fs::path {
  return path_of(id) += ".sealed";
}

}  // namespace parley::storage::blobs
