#pragma once

#include <deque>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "storage/sql/connection.hpp"
#include "storage/sql/retry.hpp"
#include "storage/store.hpp"

namespace parley::storage::sql {

/// The store contract in SQL, over either driver. Calls are described at `storage::store`.
///
/// This is the edge of the folder: `failure` is caught here and nowhere else.
class sql_store final : public store {
 public:
  /// @param max_conversations of one user; 0: no limit
  explicit sql_store(std::unique_ptr<connection> db, std::size_t max_conversations = 0)
      : db_(std::move(db)), max_conversations_(max_conversations) {}

  // append.cpp
  auto append(std::span<const chat::entry> batch) -> chat::expected<void> override;

  // creation.cpp
  auto create(const new_conversation& what) -> chat::expected<chat::conversation_id> override;
  auto create_some(const new_conversation& what, creation_mark& from)
      -> chat::expected<std::optional<chat::conversation_id>> override;
  auto drop_unfinished(chat::conversation_id id, std::size_t max_rows)
      -> chat::expected<std::size_t> override;
  auto find_unfinished(chat::timestamp before, std::size_t limit, unfinished_mark& from)
      -> chat::expected<std::vector<chat::conversation_id>> override;
  auto find_full(std::span<const chat::user_id> users)
      -> chat::expected<std::optional<chat::user_id>> override;

  // conversations.cpp
  auto save_cursors(std::span<const chat::cursor_row> rows) -> chat::expected<void> override;
  auto touch(std::span<const activity> rows) -> chat::expected<void> override;
  auto load(chat::conversation_id id, std::size_t max_recent_sends)
      -> chat::expected<std::optional<chat::conversation_state>> override;
  auto find_pair(const chat::user_id& one, const chat::user_id& other)
      -> chat::expected<std::optional<chat::conversation_id>> override;
  auto find_case(std::string_view case_id)
      -> chat::expected<std::optional<chat::conversation_id>> override;
  auto find_name(std::string_view name)
      -> chat::expected<std::optional<chat::conversation_id>> override;

  // history.cpp
  auto entries(chat::conversation_id id, std::uint64_t first, std::uint64_t last)
      -> chat::expected<std::vector<chat::entry>> override;
  auto entries_after(chat::conversation_id id, std::uint64_t after_seq, std::size_t limit)
      -> chat::expected<std::vector<chat::entry>> override;
  auto messages(chat::conversation_id id, ordinal_range range)
      -> chat::expected<std::vector<chat::entry>> override;
  auto messages(chat::conversation_id id, const seq_window& window)
      -> chat::expected<std::vector<chat::entry>> override;
  auto changes(chat::conversation_id id, const seq_window& window)
      -> chat::expected<std::vector<chat::entry>> override;
  auto messages(chat::conversation_id id, std::span<const chat::message_id> wanted)
      -> chat::expected<std::vector<chat::entry>> override;
  auto find_send(chat::conversation_id id, const chat::user_id& sender,
                 std::string_view client_message_id)
      -> chat::expected<std::optional<chat::entry>> override;
  auto locate(chat::message_id id) -> chat::expected<std::optional<message_place>> override;

  // chat_list.cpp
  auto chat_list(const chat::user_id& user, const std::optional<chat_list_mark>& before,
                 std::size_t limit) -> chat::expected<std::vector<chat_list_row>> override;

  // undelivered.cpp
  auto undelivered(const chat::user_id& user, std::size_t limit)
      -> chat::expected<std::vector<chat::entry>> override;
  auto undelivered_in(std::span<const chat::user_id> users)
      -> chat::expected<std::vector<std::pair<chat::user_id, chat::conversation_id>>> override;

  // dead_letters.cpp
  auto add_dead_letter(const dead_letter& what) -> chat::expected<void> override;
  auto dead_letters(chat::message_id before, std::size_t limit)
      -> chat::expected<std::vector<dead_letter>> override;
  auto find_dead_letter(chat::message_id id) -> chat::expected<std::optional<dead_letter>> override;
  auto drop_dead_letter(chat::message_id id) -> chat::expected<bool> override;
  auto count_dead_letters() -> chat::expected<std::uint64_t> override;
  auto retry_dead_letter(chat::message_id id, chat::timestamp now)
      -> chat::expected<message_place> override;

  // attachments.cpp
  auto add_attachment(const attachment_row& what, const attachment_quota& quota)
      -> chat::expected<void> override;
  auto attachments(std::span<const chat::uuid> ids)
      -> chat::expected<std::vector<attachment_row>> override;
  auto take_unused_attachments(chat::timestamp before, std::size_t limit)
      -> chat::expected<std::vector<chat::uuid>> override;
  auto forget_attachments(std::span<const chat::uuid> ids) -> chat::expected<void> override;

  // archive.cpp
  auto has_archive(chat::conversation_id id) -> chat::expected<bool> override;
  auto archive(chat::timestamp before, std::size_t max_rows, archive_mark& from)
      -> chat::expected<std::size_t> override;

  // rekey.cpp
  auto rekey(std::size_t max_rows, rekey_mark& from) -> chat::expected<rekey_step> override;
  auto check_texts() -> chat::expected<void> override;

  // people.cpp
  auto save_profiles(std::span<const chat::profile> profiles) -> chat::expected<void> override;
  auto save_last_seen(const chat::user_id& user, chat::timestamp at)
      -> chat::expected<void> override;
  auto add_account(const account& who) -> chat::expected<void> override;
  auto find_account(std::string_view user_name) -> chat::expected<std::optional<account>> override;
  auto find_account_of(const chat::user_id& user)
      -> chat::expected<std::optional<account>> override;

  // members.cpp
  auto people_known_to(const chat::user_id& user, std::span<const chat::user_id> users, bool all)
      -> chat::expected<std::vector<chat::profile>> override;
  auto members_page(const chat::list_members& what) -> chat::expected<chat::member_page> override;

  // invites.cpp
  auto add_invite(const chat::invite& what, std::size_t max_invites)
      -> chat::expected<void> override;
  auto find_invite(std::string_view code, chat::timestamp now)
      -> chat::expected<std::optional<chat::invite>> override;
  auto invites_of(chat::conversation_id conversation, chat::timestamp now)
      -> chat::expected<std::vector<chat::invite>> override;
  auto preview_invite(std::string_view code, chat::timestamp now)
      -> chat::expected<std::optional<chat::invite_preview>> override;
  auto drop_invite(std::string_view code) -> chat::expected<bool> override;
  auto use_invite(std::string_view code, chat::timestamp now) -> chat::expected<bool> override;
  auto return_invite(std::string_view code) -> chat::expected<void> override;

  // devices.cpp
  auto add_device(const device_row& what, std::size_t max_devices) -> chat::expected<void> override;
  auto renew_device(const device_use& use)
      -> chat::expected<std::optional<std::uint64_t>> override;
  auto devices_of(const chat::user_id& user, chat::timestamp alive_since)
      -> chat::expected<std::vector<device_row>> override;
  auto drop_device(const chat::user_id& user, const chat::uuid& id)
      -> chat::expected<bool> override;
  auto change_password(const password_change& what) -> chat::expected<bool> override;
  auto profiles(std::span<const chat::user_id> users)
      -> chat::expected<std::vector<chat::profile>> override;
  auto last_seen(std::span<const chat::user_id> users)
      -> chat::expected<std::vector<chat::timestamp>> override;

  // contacts.cpp
  auto contacts(const chat::user_id& user, std::size_t max_members)
      -> chat::expected<std::vector<chat::user_id>> override;
  auto edit_profile(const chat::user_id& user, const chat::profile_edit& what)
      -> chat::expected<void> override;
  auto search_users(const user_search& what) -> chat::expected<std::vector<chat::profile>> override;
  auto add_block(const chat::block& what, chat::timestamp at, std::size_t max_blocks)
      -> chat::expected<bool> override;
  auto drop_block(const chat::block& what) -> chat::expected<bool> override;
  auto blocks_of(const chat::user_id& user)
      -> chat::expected<std::vector<chat::blocked_user>> override;
  auto blocks_between(const chat::user_id& user, std::span<const chat::user_id> others)
      -> chat::expected<std::vector<chat::block>> override;

  // people.cpp
  auto ping() -> chat::expected<void> override;
  auto durability_warning() -> std::string override;

 private:
  /// Runs `body` on an open connection, again where that may help. `body` must bear repetition.
  template <class Body>
  auto attempt(Body body) -> chat::expected<std::invoke_result_t<Body>>;
  /// The same as one transaction.
  template <class Body>
  auto transact(Body body) -> chat::expected<void>;
  /// The same with all that `body` reads as of one moment.
  template <class Body>
  auto read_at_once(Body body) -> chat::expected<std::invoke_result_t<Body>>;
  /// After what must not happen: the connection goes, and with it whatever was begun.
  auto abandon(chat::errc code, const char* what) -> chat::unexpected;

  // append.cpp
  void append_plain(std::span<const chat::entry> batch);
  void append_in_order(std::span<const chat::entry> batch);
  void insert_messages(std::span<const chat::entry> batch);
  auto by_conversation(std::span<const chat::entry> batch) -> std::span<const chat::entry* const>;
  auto bind_messages(std::span<const chat::entry> shape) -> std::span<const value>;
  void insert_entry(const chat::entry& e);
  void apply(const chat::entry& e);
  auto present_content(const chat::entry& edit) -> std::string;
  auto as_now(const chat::entry& edit, std::string stored) -> std::string;
  void change_target(std::string_view sets, std::vector<value> values);
  void add_subjects(const chat::entry& e);
  void remove_members(chat::conversation_id id, std::span<const chat::user_id> users);
  void drop_invites(const chat::entry& removal);

  // creation.cpp
  void insert_conversation(const new_conversation& what);
  void insert_head(const new_conversation& what);
  /// @throws failure errc::limit when one of them has as many conversations as may be
  void insert_members(chat::conversation_id id, std::span<const chat::member> members);
  auto create_rest(const new_conversation& what) -> chat::expected<chat::conversation_id>;
  auto present_holder(const new_conversation& what, const chat::error& why)
      -> chat::expected<chat::conversation_id>;
  auto full_among(std::span<const chat::user_id> users, chat::conversation_id but)
      -> std::optional<chat::user_id>;

  // conversations.cpp
  auto find_holder(const chat::conversation_info& info) -> std::optional<chat::conversation_id>;
  auto cursors_between(const chat::block& what) -> chat::cursors;
  auto find_one(std::string_view column, std::string_view key)
      -> std::optional<chat::conversation_id>;
  auto exists(chat::conversation_id id) -> bool;
  void load_tail(chat::conversation_state& record, std::size_t max_recent_sends);
  void load_sends(chat::conversation_state& record, std::size_t max_recent_sends);
  auto last_seq(chat::conversation_id id) -> std::uint64_t;
  auto last_ordinal(chat::conversation_id id) -> std::uint64_t;

  // history.cpp
  auto read_entries(std::string_view text, std::initializer_list<value> values)
      -> std::vector<chat::entry>;

  auto read_caught_up(std::string_view text, std::initializer_list<value> values)
      -> std::vector<chat::entry>;

  // attachments.cpp
  auto is_over(const attachment_row& what, const attachment_quota& quota) -> bool;
  void claim_attachments(const chat::entry& message);
  void keep_attachments(const chat::entry& letter);
  void release_attachments(chat::message_id letter);

  // archive.cpp
  auto find_idle(chat::conversation_id after, chat::timestamp before)
      -> std::vector<chat::conversation_id>;
  auto archive_some(chat::conversation_id id, std::size_t max_rows) -> std::size_t;
  auto archived_up_to(chat::conversation_id id) -> std::uint64_t;
  auto archivable_up_to(chat::conversation_id id) -> std::uint64_t;

  // rekey.cpp
  void rekey_some(std::size_t max_rows, rekey_mark& from, rekey_step& step);
  auto find_next(const rekey_mark& after) -> std::optional<rekey_mark>;
  void rekey_entries(std::string_view table, std::size_t max_rows, rekey_mark& from,
                     rekey_step& step);
  void rekey_letter(const rekey_mark& at, rekey_step& step);
  void rekey_title(const rekey_mark& at, rekey_step& step);
  auto as_now(const seal_place& place, std::string_view stored, rekey_step& step)
      -> std::optional<std::string>;

  // dead_letters.cpp
  auto check_readable(const chat::entry& letter) -> chat::expected<void>;
  void post_again(chat::entry& what, chat::timestamp now);
  auto stored_already(const chat::entry& what) -> chat::expected<std::optional<message_place>>;

  std::unique_ptr<connection> db_;
  std::size_t max_conversations_;
  std::vector<const chat::entry*> sorted_;  ///< the rows of the insert under way
  std::vector<value> values_;  ///< of the insert under way; kept to spare its allocation
  std::deque<std::string> texts_;    ///< what values_ point at and nobody else owns
  std::vector<std::string> sealed_;  ///< the texts they point at, where they are sealed
};

template <class Body>
auto sql_store::attempt(Body body) -> chat::expected<std::invoke_result_t<Body>> {
  using result = chat::expected<std::invoke_result_t<Body>>;
  for (retry tries;;) {
    try {
      db_->ensure_open();
      if constexpr (std::is_void_v<std::invoke_result_t<Body>>) {
        body();
        return result{};
      } else {
        return result{body()};
      }
    } catch (const failure& why) {
      db_->abandon(why);
      if (!tries.allows(why)) return chat::unexpected{why.code(), why.detail()};
    } catch (const std::bad_alloc&) {
      return abandon(chat::errc::unavailable, "out of memory");
    } catch (const std::exception& bug) {
      return abandon(chat::errc::refused, bug.what());
    }
  }
}

template <class Body>
auto sql_store::transact(Body body) -> chat::expected<void> {
  return attempt([&] {
    db_->begin();
    body();
    db_->commit();
  });
}

template <class Body>
auto sql_store::read_at_once(Body body) -> chat::expected<std::invoke_result_t<Body>> {
  return attempt([&] {
    db_->begin_reading();
    auto found = body();
    db_->end_reading();
    return found;
  });
}

}  // namespace parley::storage::sql
