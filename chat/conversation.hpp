#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "chat/command.hpp"
#include "chat/conversation_state.hpp"
#include "chat/event.hpp"
#include "chat/expected.hpp"
#include "chat/member_index.hpp"
#include "chat/people.hpp"

namespace parley::chat {

/// The rules' numbers, from config::chat_options.
struct conversation_rules {
  std::size_t max_text_units = 5'000;
  std::size_t max_members = 5'000;
  bool new_members_see_all = false;
  std::size_t large_conversation = 200;
};

/// Stored sends remembered by key: these, less up to 32. A repeat older than those is still found by
/// the store's unique key. Sends that are not stored yet are remembered beside them.
inline constexpr std::size_t max_recent_sends = 128;

/// What a conversation remembers of one member, beside who it is; the fields of member.
struct standing {
  std::uint64_t after_seq = 0;
  std::uint64_t after_ordinal : 56 = 0;
  member_role role : 8 = member_role::member;  ///< in one word with its neighbour
  chat::cursors cursors = {};
};
static_assert(sizeof(standing) <= 48);  // the largest part of a large group

/// What somebody wants to do in a conversation; the one authorization function asks about these.
enum class action : std::uint8_t {
  read, post, join, mark, type, add_members, remove_other, rename, leave, set_role,
};

/// Members, rules and numbering of one conversation. No thread, no I/O: an actor gives it a
/// mailbox, a test calls it.
///
/// A deciding function that succeeds returns the entry to be stored, with the next seq taken and
/// its effect on the members applied. When the store does not take it, the whole object is thrown
/// away and made again from what is stored.
///
/// Times never go back, whatever the clock does: an entry's is `now` or that of the entry before it,
/// whichever is later, and whoever comes in does so later than all others (decision 45).
class conversation {
 public:
  conversation(conversation_state from, conversation_rules rules);

  auto info() const -> const conversation_info& { return info_; }
  auto last_seq() const -> std::uint64_t { return last_seq_; }
  auto last_ordinal() const -> std::uint64_t { return last_ordinal_; }
  /// `now`, but never before the last entry.
  auto time_at(timestamp now) const -> timestamp { return std::max(now, last_at_); }
  /// Longest-standing first. Never null, and a new object whenever somebody comes or goes: others
  /// may keep it.
  auto participants() const -> const people& { return participants_; }
  /// Those of them whose window has this entry; the same object when all have.
  auto participants_seeing(std::uint64_t seq) const -> people;
  /// In the order of participants().
  auto standings() const -> std::span<const standing> { return standings_; }
  auto is_large() const -> bool { return standings_.size() > rules_.large_conversation; }

  /// Null: no member.
  auto find(const user_id& user) const -> const standing*;

  /// Those of `users` who are no members, each once, in the order given.
  auto strangers_among(const std::vector<user_id>& users) const -> std::vector<user_id>;

  /// Where the window of somebody who may read begins: entries and messages after these.
  struct window {
    std::uint64_t after_seq = 0;
    std::uint64_t after_ordinal = 0;
  };
  auto window_of(const user_id& user) const -> window;
  auto is_lobby() const -> bool { return info_.type == conversation_type::lobby; }

  /// May `user` do this here? A stranger is told not_found, as for an id that does not exist; a
  /// member who may not, forbidden. Whoever the other of a two-person conversation has
  /// blocked may read and leave marks, but posts, edits and types like a stranger.
  auto authorize(const user_id& user, action what) const -> expected<void>;

  /// The blocks between the two have changed.
  void set_blocks(std::vector<block> blocks) { blocks_ = std::move(blocks); }
  /// Has `user` blocked the other? Then what it does is no business of the other's.
  auto has_blocked_other(const user_id& user) const -> bool;

  /// Is it like one of the newest sends, or of those not stored yet? A false yes, by two equal
  /// hashes, costs a look at the store.
  auto may_be_repeat(const user_id& sender, const std::string& client_message_id) const -> bool;
  /// The messages up to this ordinal are stored: their sends may be forgotten.
  void note_stored(std::uint64_t ordinal) { stored_ordinal_ = ordinal; }

  auto post_message(const user_id& sender, const post& what, message_id id, timestamp now)
      -> expected<entry>;
  /// @param original the message as stored
  auto edit(const user_id& by, const entry& original, std::string content, message_id id,
            timestamp now) -> expected<entry>;
  /// Nothing when it is deleted already.
  auto erase(const user_id& by, const entry& original, message_id id, timestamp now)
      -> expected<std::optional<entry>>;
  /// May `by` add all of these, who are no members, at once?
  /// @param blocks those between the two
  auto may_add(const user_id& by, const std::vector<user_id>& fresh,
               std::span<const block> blocks) const -> expected<void>;
  /// Nothing when all are members already.
  /// @param blocks those between `by` and `users`
  auto add(const user_id& by, const std::vector<user_id>& users, message_id id, timestamp now,
           std::span<const block> blocks = {}) -> expected<std::optional<entry>>;
  /// JoinGroup: a user comes in by itself. Only groups that have a name are open.
  auto enter(const user_id& user, message_id id, timestamp now) -> expected<std::optional<entry>>;
  /// By an invite of `inviter`'s: a user comes into a group by itself. Nothing when it is a member.
  /// @errors errc::not_found: `inviter` is no member any more, or this is no group; errc::limit
  auto enter_invited(const user_id& user, const user_id& inviter, message_id id, timestamp now)
      -> expected<std::optional<entry>>;
  auto remove(const user_id& by, const user_id& user, message_id id, timestamp now)
      -> expected<std::optional<entry>>;
  auto set_title(const user_id& by, const std::string& title, message_id id, timestamp now)
      -> expected<std::optional<entry>>;

  /// Admin or member. The owner gives both; an admin lays its own down; nobody else changes any. The
  /// owner stays what it is until it leaves. Nothing when `user` has the role already.
  /// @errors errc::forbidden; errc::not_found: `user` is no member
  auto set_role(const user_id& by, const user_id& user, member_role role, message_id id,
                timestamp now) -> expected<std::optional<entry>>;

  /// The role entry that makes `user` the owner; after an owner left.
  auto succession(message_id id, timestamp now) -> std::optional<entry>;

  /// Moves a member's cursor forward. up_to_seq 0 or beyond the end: the last seq.
  /// @returns the seq it stands at now, or nothing when it did not move
  auto move_cursor(const user_id& user, message_status status, std::uint64_t up_to_seq,
                   timestamp now) -> std::optional<std::uint64_t>;

  /// Takes over cursors that are further than those held: they are stored a moment later.
  void carry_cursors(const conversation& previous);

  /// How far each member has come, as `viewer` is shown it: whoever is blocked sees where the other
  /// stood when the block began.
  auto cursors_as_seen_by(const user_id& viewer) const -> std::vector<member_cursors>;

  /// Status of a message over the members other than its sender who can see it (C-17).
  auto view(entry message) const -> message_view;

 private:
  auto authorize_in_lobby(action what) const -> expected<void>;
  auto authorize_contact(const user_id& user) const -> expected<void>;
  auto authorize_change(const user_id& by, const entry& original, action as) const
      -> expected<void>;
  auto place_of(const user_id& user) const -> std::optional<std::size_t>;
  auto cursors_as_seen(std::size_t place, const user_id& viewer) const -> const cursors&;
  auto admit(const user_id& by, std::vector<user_id> fresh, message_id id, timestamp now)
      -> expected<std::optional<entry>>;
  auto next_entry(entry_kind kind, const user_id& by, message_id id, timestamp now) -> entry;
  void remember_send(const entry& sent);

  conversation_info info_;
  people participants_;
  member_index index_;  ///< of participants_
  std::vector<standing> standings_;
  std::uint64_t last_seq_ = 0;
  std::uint64_t last_ordinal_ = 0;
  std::uint64_t stored_ordinal_ = 0;
  timestamp last_at_;
  std::vector<std::uint64_t> recent_sends_;  ///< their keys, old first
  std::vector<block> blocks_;
  conversation_rules rules_;
};

/// What Q-14 compares of two sends: content, reply_to, attachments.
auto fingerprint_of(const post& what) -> std::uint64_t;

/// Status of a message from the slowest cursors of those who should have it.
auto view_with(entry message, const cursors& slowest) -> message_view;

}  // namespace parley::chat
