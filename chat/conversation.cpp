#include "chat/conversation.hpp"

#include <algorithm>
#include <array>
#include <unordered_set>

#include "chat/invites.hpp"
#include "chat/limits.hpp"
#include "chat/text.hpp"

namespace parley::chat {
namespace {

constexpr std::ptrdiff_t forgotten_at_once = 32;

auto refuse(errc code, const char* detail) { return unexpected{code, detail}; }

auto bytes_of(const uuid& id) -> std::string_view {
  return {reinterpret_cast<const char*>(id.bytes.data()), id.bytes.size()};
}

auto outranks(member_role one, member_role other) -> bool {
  return static_cast<int>(one) > static_cast<int>(other);
}

/// Leaves the upper 16 bits to the store, which seals it.
auto folded_to_48_bits(std::uint64_t hash) -> std::uint64_t {
  constexpr int bits = 48;
  return (hash ^ (hash >> bits)) & ((std::uint64_t{1} << bits) - 1);
}

/// That standing::after_ordinal holds.
constexpr std::uint64_t max_ordinal = (std::uint64_t{1} << 56) - 1;

}  // namespace

auto fingerprint_of(const post& what) -> std::uint64_t {
  auto hash = stable_hash(what.content);
  hash = stable_hash(bytes_of(what.reply_to.value), hash);
  for (const auto& id : what.attachments) hash = stable_hash(bytes_of(id), hash);
  return folded_to_48_bits(hash);
}

conversation::conversation(conversation_state from, conversation_rules rules)
    : info_(std::move(from.info)),
      last_seq_(from.last_seq),
      last_ordinal_(from.last_ordinal),
      stored_ordinal_(from.last_ordinal),
      last_at_(from.last_at),
      recent_sends_(std::move(from.recent_sends)),
      blocks_(std::move(from.blocks)),
      rules_(rules) {
  std::vector<user_id> users;
  users.reserve(from.members.size());
  standings_.reserve(from.members.size());
  for (auto& m : from.members) {
    users.push_back(std::move(m.user));
    standings_.push_back({m.after_seq, m.after_ordinal & max_ordinal, m.role, m.cursors});
  }
  participants_ = std::make_shared<const std::vector<user_id>>(std::move(users));
}

auto conversation::place_of(const user_id& user) const -> std::optional<std::size_t> {
  const auto at = std::find(participants_->begin(), participants_->end(), user);
  if (at == participants_->end()) return std::nullopt;
  return static_cast<std::size_t>(at - participants_->begin());
}

auto conversation::find(const user_id& user) const -> const standing* {
  const auto place = place_of(user);
  return place ? &standings_[*place] : nullptr;
}

auto conversation::participants_seeing(std::uint64_t seq) const -> people {
  const auto sees = [seq](const standing& one) { return one.after_seq < seq; };
  if (std::all_of(standings_.begin(), standings_.end(), sees)) return participants_;
  std::vector<user_id> users;
  for (std::size_t i = 0; i < standings_.size(); ++i)
    if (sees(standings_[i])) users.push_back((*participants_)[i]);
  return std::make_shared<const std::vector<user_id>>(std::move(users));
}

auto conversation::window_of(const user_id& user) const -> window {
  const auto* who = find(user);
  return who == nullptr ? window{} : window{who->after_seq, who->after_ordinal};
}

auto conversation::authorize(const user_id& user, action what) const -> expected<void> {
  if (is_lobby()) return authorize_in_lobby(what);
  const auto* who = find(user);
  if (who == nullptr) return refuse(errc::not_found, "no such conversation");
  const bool two_person = is_two_person(info_.type);
  switch (what) {
    case action::post:
    case action::type: return authorize_contact(user);
    case action::read:
    case action::join:
    case action::mark:
    case action::add_members: return {};
    case action::leave:
      if (two_person) return refuse(errc::forbidden, "a direct conversation cannot be left");
      return {};
    case action::remove_other:
    case action::rename:
    case action::set_role:
      if (two_person) return refuse(errc::forbidden, "a direct conversation stays as it is");
      if (who->role == member_role::member)
        return refuse(errc::forbidden, "only the owner and admins may do this");
      return {};
  }
  return refuse(errc::forbidden, "unknown action");
}

/// Blocks hold between two; in a group everybody hears everybody.
auto conversation::authorize_contact(const user_id& user) const -> expected<void> {
  if (blocks_.empty()) return {};
  const std::array pair{info_.participant1, info_.participant2};
  return may_reach(user, pair, blocks_, "no such conversation");
}

auto conversation::has_blocked_other(const user_id& user) const -> bool {
  return std::any_of(blocks_.begin(), blocks_.end(),
                     [&](const block& b) { return b.by == user; });
}

/// Everybody is in it, nobody rules it.
auto conversation::authorize_in_lobby(action what) const -> expected<void> {
  using enum action;
  if (what == read || what == post || what == join || what == type || what == mark) return {};
  return refuse(errc::forbidden, "the lobby stays as it is");
}

auto conversation::may_be_repeat(const user_id& sender,
                                 const std::string& client_message_id) const -> bool {
  if (client_message_id.empty()) return false;
  const auto key = send_key(sender, client_message_id);
  return std::find(recent_sends_.begin(), recent_sends_.end(), key) != recent_sends_.end();
}

/// What is not stored must not be forgotten: nobody else could tell a repeat of it.
void conversation::remember_send(const entry& sent) {
  if (sent.client_message_id.empty()) return;
  auto& sends = recent_sends_;
  const auto most = max_recent_sends + static_cast<std::size_t>(last_ordinal_ - stored_ordinal_ - 1);
  if (sends.size() >= most) {
    const auto many = static_cast<std::ptrdiff_t>(sends.size() - most) + forgotten_at_once;
    sends.erase(sends.begin(), sends.begin() + many);
    if (many > forgotten_at_once) sends.shrink_to_fit();  // a backlog has been stored
  }
  sends.push_back(send_key(sent.actor, sent.client_message_id));
}

auto conversation::next_entry(entry_kind kind, const user_id& by, message_id id, timestamp now)
    -> entry {
  entry next;
  next.conversation = info_.id;
  next.seq = ++last_seq_;
  next.kind = kind;
  next.id = id;
  next.actor = by;
  next.created_at = last_at_ = time_at(now);
  return next;
}

auto conversation::post_message(const user_id& sender, const post& what, message_id id,
                                timestamp now) -> expected<entry> {
  if (auto allowed = authorize(sender, action::post); !allowed)
    return unexpected{allowed.error()};
  if (what.content.empty() && what.attachments.empty())
    return refuse(errc::bad_request, "content must not be empty");
  if (auto fine = check_text(what.content, rules_.max_text_units); !fine)
    return unexpected{fine.error()};
  auto message = next_entry(entry_kind::message, sender, id, now);
  message.ordinal = ++last_ordinal_;
  message.content = what.content;
  message.client_message_id = what.client_message_id;
  message.fingerprint = fingerprint_of(what);
  message.reply_to = what.reply_to;
  for (const auto& file : what.attachments) message.attachments.push_back({file, {}, {}, 0, {}});
  remember_send(message);
  return message;
}

/// May `by` change this message of its own? Who may not see it cannot tell it from a missing one.
auto conversation::authorize_change(const user_id& by, const entry& original, action as) const
    -> expected<void> {
  const auto allowed = authorize(by, as);
  if (!allowed && allowed.error().code != errc::not_found) return allowed;
  if (!allowed || window_of(by).after_seq >= original.seq)
    return refuse(errc::not_found, "no such message");
  if (original.actor != by) return refuse(errc::forbidden, "only its sender may change a message");
  return {};
}

auto conversation::edit(const user_id& by, const entry& original, std::string content,
                        message_id id, timestamp now) -> expected<entry> {
  if (auto allowed = authorize_change(by, original, action::post); !allowed)
    return unexpected{allowed.error()};
  if (original.deleted_at) return refuse(errc::conflict, "the message is deleted");
  if (content.empty() && original.attachments.empty())
    return refuse(errc::bad_request, "content must not be empty");
  if (auto fine = check_text(content, rules_.max_text_units); !fine)
    return unexpected{fine.error()};
  auto change = next_entry(entry_kind::edited, by, id, now);
  change.content = std::move(content);
  change.target = original.id;
  change.target_seq = original.seq;
  return change;
}

auto conversation::erase(const user_id& by, const entry& original, message_id id, timestamp now)
    -> expected<std::optional<entry>> {
  if (auto allowed = authorize_change(by, original, action::read); !allowed)
    return unexpected{allowed.error()};
  if (original.deleted_at) return std::optional<entry>{};
  auto change = next_entry(entry_kind::deleted, by, id, now);
  change.target = original.id;
  change.target_seq = original.seq;
  return std::optional{std::move(change)};
}

auto conversation::add(const user_id& by, const std::vector<user_id>& users, message_id id,
                       timestamp now, std::span<const block> blocks)
    -> expected<std::optional<entry>> {
  if (auto allowed = authorize(by, action::add_members); !allowed)
    return unexpected{allowed.error()};
  std::vector<user_id> fresh;
  std::unordered_set<std::string_view> listed;
  for (const auto& member : *participants_) listed.insert(member.value);
  for (const auto& user : users)
    if (listed.insert(user.value).second) fresh.push_back(user);
  if (std::any_of(fresh.begin(), fresh.end(),
                  [](const user_id& u) { return u.value.starts_with(guest_prefix); }))
    return refuse(errc::not_found, no_such_user);
  if (auto fine = may_reach(by, fresh, blocks, no_such_user); !fine)
    return unexpected{fine.error()};
  return admit(by, std::move(fresh), id, now);
}

auto conversation::enter(const user_id& user, message_id id, timestamp now)
    -> expected<std::optional<entry>> {
  if (info_.name.empty()) return refuse(errc::not_found, "no such group");
  if (find(user) != nullptr) return std::optional<entry>{};
  return admit(user, {user}, id, now);
}

auto conversation::enter_invited(const user_id& user, const user_id& inviter, message_id id,
                                 timestamp now) -> expected<std::optional<entry>> {
  if (is_lobby() || is_two_person(info_.type) || find(inviter) == nullptr)
    return refuse(errc::not_found, no_such_invite);
  if (find(user) != nullptr) return std::optional<entry>{};
  return admit(user, {user}, id, now);
}

auto conversation::admit(const user_id& by, std::vector<user_id> fresh, message_id id,
                         timestamp now) -> expected<std::optional<entry>> {
  if (fresh.empty()) return std::optional<entry>{};
  if (standings_.size() + fresh.size() > rules_.max_members)
    return refuse(errc::limit, "the conversation has too many members");
  // Who came when is told by times: two who come one after the other must not share one.
  auto change = next_entry(entry_kind::added, by, id, std::max(now, timestamp{last_at_.ms + 1}));
  change.subjects = std::move(fresh);
  if (rules_.new_members_see_all) change.content = "all";
  standing added;
  if (!rules_.new_members_see_all) {
    added.after_seq = change.seq;
    added.after_ordinal = last_ordinal_ & max_ordinal;
  }
  added.cursors.delivered_seq = added.cursors.read_seq = change.seq;
  standings_.insert(standings_.end(), change.subjects.size(), added);
  auto users = *participants_;
  const auto first = users.insert(users.end(), change.subjects.begin(), change.subjects.end());
  std::sort(first, users.end());  // as they are when loaded again
  participants_ = std::make_shared<const std::vector<user_id>>(std::move(users));
  return std::optional{std::move(change)};
}

auto conversation::remove(const user_id& by, const user_id& user, message_id id, timestamp now)
    -> expected<std::optional<entry>> {
  const bool leaves = by == user;
  if (auto allowed = authorize(by, leaves ? action::leave : action::remove_other); !allowed)
    return unexpected{allowed.error()};
  const auto place = place_of(user);
  if (!place) return std::optional<entry>{};
  if (!leaves && !outranks(find(by)->role, standings_[*place].role))
    return refuse(errc::forbidden, "only someone of higher rank may remove this member");
  auto change = next_entry(entry_kind::removed, by, id, now);
  change.subjects = {user};
  standings_.erase(standings_.begin() + static_cast<std::ptrdiff_t>(*place));
  auto users = *participants_;
  users.erase(users.begin() + static_cast<std::ptrdiff_t>(*place));
  participants_ = std::make_shared<const std::vector<user_id>>(std::move(users));
  return std::optional{std::move(change)};
}

auto conversation::set_title(const user_id& by, const std::string& title, message_id id,
                             timestamp now) -> expected<std::optional<entry>> {
  if (auto allowed = authorize(by, action::rename); !allowed) return unexpected{allowed.error()};
  if (auto fine = check_name(title, max_title_units); !fine) return unexpected{fine.error()};
  if (title == info_.title) return std::optional<entry>{};
  auto change = next_entry(entry_kind::title, by, id, now);
  change.content = title;
  info_.title = title;
  return std::optional{std::move(change)};
}

auto conversation::set_role(const user_id& by, const user_id& user, member_role role,
                            message_id id, timestamp now) -> expected<std::optional<entry>> {
  if (auto allowed = authorize(by, action::set_role); !allowed)
    return unexpected{allowed.error()};
  const auto place = place_of(user);
  if (!place) return refuse(errc::not_found, "no such member");
  auto& target = standings_[*place];
  if (role == member_role::owner || target.role == member_role::owner)
    return refuse(errc::forbidden, "the owner stays the owner until it leaves");
  if (target.role == role) return std::optional<entry>{};
  const bool lays_down = by == user && role == member_role::member;
  if (!lays_down && find(by)->role != member_role::owner)
    return refuse(errc::forbidden, "only the owner makes admins, and takes the role back");
  auto change = next_entry(entry_kind::role, by, id, now);
  change.subjects = {user};
  change.content = to_string(role);
  target.role = role;
  return std::optional{std::move(change)};
}

auto conversation::succession(message_id id, timestamp now) -> std::optional<entry> {
  auto& all = standings_;
  const auto has_role = [](member_role role) {
    return [role](const standing& one) { return one.role == role; };
  };
  if (is_two_person(info_.type) || is_lobby() || all.empty() ||
      std::any_of(all.begin(), all.end(), has_role(member_role::owner)))
    return std::nullopt;
  const auto admin = std::find_if(all.begin(), all.end(), has_role(member_role::admin));
  const auto heir = admin == all.end() ? all.begin() : admin;
  heir->role = member_role::owner;
  const auto& user = (*participants_)[static_cast<std::size_t>(heir - all.begin())];
  auto change = next_entry(entry_kind::role, user, id, now);
  change.subjects = {user};
  change.content = to_string(member_role::owner);
  return change;
}

}  // namespace parley::chat
