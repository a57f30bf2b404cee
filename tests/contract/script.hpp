#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "storage/store.hpp"

/// Users, moments and entries that the cases speak of.
namespace parley::test {

inline const chat::user_id alice{"alice"};
inline const chat::user_id bob{"bob"};
inline const chat::user_id carol{"carol"};
inline const chat::user_id dave{"dave"};

/// 2024-01-01T12:00:00Z, and moments after it.
inline constexpr chat::timestamp noon{1'704'110'400'000};
constexpr auto after_noon(std::int64_t ms) -> chat::timestamp {
  return {noon.ms + ms};
}

auto new_id() -> chat::uuid;

/// A conversation as its owner sees it: hands out seqs and ordinals, one millisecond per entry.
class script {
 public:
  /// Makes the conversation in `store`, `members` joining at noon in the order given.
  script(storage::store& store, chat::conversation_type type,
         std::initializer_list<chat::user_id> members);
  /// A two-person conversation.
  script(storage::store& store, const chat::user_id& one, const chat::user_id& other);
  /// Goes on where somebody else's script stands now: a second owner.
  script(const script&) = default;
  auto operator=(const script&) -> script& = default;

  auto id() const -> chat::conversation_id { return what.info.id; }
  auto message(const chat::user_id& sender, std::string text) -> chat::entry;
  auto message_with_key(const chat::user_id& sender, std::string text, std::string key)
      -> chat::entry;
  auto edit(const chat::entry& target, std::string text) -> chat::entry;
  auto erase(const chat::entry& target) -> chat::entry;
  auto add(std::vector<chat::user_id> who, std::string history = {}) -> chat::entry;
  auto remove(std::vector<chat::user_id> who) -> chat::entry;
  auto change(chat::entry_kind kind, const chat::user_id& by, std::string content) -> chat::entry;
  /// `count` messages of `sender`.
  auto messages(const chat::user_id& sender, std::size_t count) -> std::vector<chat::entry>;

  storage::new_conversation what;
  std::uint64_t last_seq = 1;
  std::uint64_t last_ordinal = 0;
};

/// What `script` makes before it asks a store.
auto plan(chat::conversation_type type, std::vector<chat::user_id> members)
    -> storage::new_conversation;

/// Appends entries given one by one.
auto append(storage::store& store, std::vector<chat::entry> batch) -> chat::expected<void>;

/// Makes `count` files known that the sender of `message` may name in it.
auto announced(storage::store& store, const chat::entry& message, std::size_t count)
    -> std::vector<chat::attachment>;

/// The texts of entries, for comparison.
auto texts(const std::vector<chat::entry>& entries) -> std::vector<std::string>;
/// The seqs of entries.
auto seqs(const std::vector<chat::entry>& entries) -> std::vector<std::uint64_t>;
/// first, first + 1, .. last
auto range(std::uint64_t first, std::uint64_t last) -> std::vector<std::uint64_t>;

}  // namespace parley::test
