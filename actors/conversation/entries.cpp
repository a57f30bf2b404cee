#include "actors/conversation/entries.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_set>

namespace parley::actors {
namespace {

auto is_among(const std::vector<chat::user_id>& users, const chat::user_id& user) -> bool {
  return std::find(users.begin(), users.end(), user) != users.end();
}

}  // namespace

void entries::begin(std::uint64_t seq, std::uint64_t ordinal, const chat::people& people) {
  stored_seq_ = shown_seq_ = seq;
  stored_ordinal_ = ordinal;
  stored_participants_ = people;
}

void entries::note_missed(const chat::entry& what, chat::people after) {
  stored_participants_ = std::move(after);
  deletions_ += what.kind == chat::entry_kind::deleted;
  shown_seq_ = what.seq;
}

auto entries::take_stored(std::uint64_t up_to) -> std::optional<pending_entry> {
  if (pending_.empty() || pending_.front().entry.seq > up_to) return std::nullopt;
  std::optional one{std::move(pending_.front())};
  pending_.pop_front();
  stored_seq_ = one->entry.seq;
  stored_participants_ = one->participants;
  if (one->entry.kind == chat::entry_kind::deleted) ++deletions_;
  if (one->entry.kind == chat::entry_kind::message) stored_ordinal_ = one->entry.ordinal;
  return one;
}

auto entries::step_down(std::uint64_t first_seq) -> std::list<pending_entry> {
  ++attempt_;
  for (auto& one : pending_) one.is_shown |= one.entry.seq <= shown_seq_;
  shown_seq_ = std::min(shown_seq_, first_seq - 1);
  return std::exchange(pending_, {});
}

auto entries::shown_early() const -> std::vector<chat::entry> {
  std::vector<chat::entry> shown;
  for (const auto& one : pending_)
    if (one.entry.seq <= shown_seq_) shown.push_back(one.entry);
  return shown;
}

auto entries::find_send(const chat::user_id& sender, const std::string& client_message_id)
    -> pending_entry* {
  const auto at = std::find_if(pending_.begin(), pending_.end(), [&](const pending_entry& p) {
    return p.entry.client_message_id == client_message_id && p.entry.actor == sender;
  });
  return at == pending_.end() ? nullptr : &*at;
}

auto entries::shares_file(const chat::post& what) const -> bool {
  return std::any_of(pending_.begin(), pending_.end(),
                     [&](const pending_entry& p) { return actors::shares_file(p, what); });
}

auto entries::unshown_membership(const chat::user_id& user) -> pending_entry* {
  const auto at = std::find_if(pending_.rbegin(), pending_.rend(), [&](const pending_entry& p) {
    return p.entry.kind == chat::entry_kind::added && p.entry.seq > shown_seq_ &&
           is_among(p.entry.subjects, user);
  });
  return at == pending_.rend() ? nullptr : &*at;
}

auto entries::is_being_removed(const chat::user_id& user) const -> bool {
  return std::any_of(pending_.begin(), pending_.end(), [&](const pending_entry& p) {
    return p.entry.kind == chat::entry_kind::removed && p.entry.actor != user &&
           is_among(p.entry.subjects, user);
  });
}

void entries::apply_deletions(chat::entry& message) const {
  for (const auto& one : pending_)
    if (one.entry.kind == chat::entry_kind::deleted && one.entry.target == message.id)
      message.deleted_at = one.entry.created_at;
}

auto shares_file(const pending_entry& one, const chat::post& what) -> bool {
  const auto& named = what.attachments;
  const auto& files = one.entry.attachments;
  return std::any_of(files.begin(), files.end(), [&](const chat::attachment& file) {
    return std::find(named.begin(), named.end(), file.id) != named.end();
  });
}

auto participants_after(const chat::people& before, const chat::entry& change) -> chat::people {
  using enum chat::entry_kind;
  if (!before || (change.kind != added && change.kind != removed)) return before;
  auto users = *before;
  std::unordered_set<std::string_view> changed;
  for (const auto& user : change.subjects) changed.insert(user.value);
  std::erase_if(users, [&](const chat::user_id& user) { return changed.contains(user.value); });
  if (change.kind == added)
    users.insert(users.end(), change.subjects.begin(), change.subjects.end());
  return std::make_shared<const std::vector<chat::user_id>>(std::move(users));
}

}  // namespace parley::actors
