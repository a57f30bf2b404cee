#include "net/files/file_service.hpp"

namespace parley::net::files {
namespace {

/// 0 is no limit.
auto is_below(std::size_t count, std::size_t limit) -> bool { return limit == 0 || count < limit; }

}  // namespace

auto transfer_slots::take(const std::string& owner, slot& into) -> verdict {
  const std::lock_guard lock{mutex_};
  if (!is_below(all_, in_all_)) return verdict::all_full;
  const auto at = by_owner_.find(owner);
  const auto own = at == by_owner_.end() ? 0 : at->second;
  if (!owner.empty() && !is_below(own, per_owner_)) return verdict::owner_full;
  if (!owner.empty()) ++by_owner_[owner];
  ++all_;
  into = {this, [self = shared_from_this(), owner](void*) { self->give_back(owner); }};
  return verdict::taken;
}

void transfer_slots::give_back(const std::string& owner) {
  const std::lock_guard lock{mutex_};
  --all_;
  const auto at = by_owner_.find(owner);
  if (at != by_owner_.end() && --at->second == 0) by_owner_.erase(at);
}

}  // namespace parley::net::files
