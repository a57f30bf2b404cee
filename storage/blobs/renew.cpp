// The part of local_store that stores files anew when the encryption settings have changed.

#include <algorithm>
#include <vector>

#include "storage/blobs/local_store.hpp"

namespace parley::storage::blobs {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t shard_digits = 2;

/// Copies all of it. @returns false when it ends before its size
auto copy(const stored_file& from, incoming_file& to) -> file_error {
  std::vector<char> room(sealed_piece_bytes);
  for (std::uint64_t at = 0; at < from.size();) {
    const auto got = from.read(at, room);
    if (got == 0) return file_error::unreadable;
    if (const auto failed = to.write({room.data(), got}); failed != file_error::none)
      return failed;
    at += got;
  }
  return file_error::none;
}

auto outcome_of(file_error failed) -> renewal {
  return failed == file_error::unreadable ? renewal::unreadable : renewal::failed;
}

}  // namespace

void local_store::each(const std::function<void(const chat::uuid&)>& take) const {
  std::error_code ignored;
  for (const auto& shard : fs::directory_iterator{folder_, ignored}) {
    if (shard.path().filename().string().size() != shard_digits) continue;
    // What is stored anew meanwhile must not be met again.
    std::vector<chat::uuid> found;
    for (const auto& file : fs::directory_iterator{shard.path(), ignored})
      if (const auto id = chat::parse_uuid(file.path().stem().string())) found.push_back(*id);
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    for (const auto& id : found) take(id);
  }
}

auto local_store::renew(const chat::uuid& id) -> renewal {
  const bool seals = keys_->seals();
  const auto [old, unread] = read(id);
  if (unread == file_error::missing) return renewal::current;  // removed meanwhile
  if (!old) return outcome_of(unread);
  if (old->key() == (seals ? keys_->keys().write_key() : 0)) return renewal::current;
  const auto fresh = part_of(id, seals);
  auto failed = fresh->open();
  if (failed == file_error::none) failed = copy(*old, *fresh);
  if (failed == file_error::none) failed = fresh->replace(old->descriptor());
  if (failed != file_error::none) return outcome_of(failed);
  if (old->is_sealed() == seals) return renewal::renewed;
  std::error_code error;
  const bool was_there = fs::remove(seals ? path_of(id) : sealed_path_of(id), error);
  // Whoever removed it meant this one, too.
  if (!was_there && !error) remove(id);
  return error ? renewal::failed : renewal::renewed;
}

}  // namespace parley::storage::blobs
