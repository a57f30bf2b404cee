#include "net/files/file_service.hpp"

namespace parley::net::files {
namespace {

/// 0 is no limit.
auto is_below(std::size_t count, std::size_t limit) -> bool { return limit == 0 || count < limit; }

auto count_of(const std::unordered_map<std::string, std::size_t>& counts, const std::string& key)
    -> std::size_t {
  const auto at = counts.find(key);
  return at == counts.end() ? 0 : at->second;
}

void decrement(std::unordered_map<std::string, std::size_t>& counts, const std::string& key) {
  const auto at = counts.find(key);
  if (at != counts.end() && --at->second == 0) counts.erase(at);
}

}  // namespace

auto transfer_slots::take(const std::string& owner, const std::string& file, slot& into)
    -> verdict {
  const std::lock_guard lock{mutex_};
  if (!is_below(count_of(by_owner_, owner), bounds_.per_owner)) return verdict::owner_full;
  if (!is_below(all_, bounds_.in_all) || !is_below(count_of(by_file_, file), bounds_.per_file))
    return verdict::full;
  ++by_owner_[owner];
  ++by_file_[file];
  ++all_;
  into = {this, [self = shared_from_this(), owner, file](void*) { self->give_back(owner, file); }};
  return verdict::taken;
}

void transfer_slots::give_back(const std::string& owner, const std::string& file) {
  const std::lock_guard lock{mutex_};
  --all_;
  decrement(by_owner_, owner);
  decrement(by_file_, file);
}

}  // namespace parley::net::files
