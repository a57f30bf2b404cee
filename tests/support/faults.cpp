#include "tests/support/faults.hpp"

#include <algorithm>

namespace parley::test {

using chat::errc;
using chat::expected;
using chat::unexpected;

void faults::plan(std::deque<fault> next) {
  state_.change([&](state& s) { s.planned = std::move(next); });
}

void faults::poison(const std::string& content) {
  state_.change([&](state& s) { s.poisoned.push_back(content); });
}

void faults::cut_appends(bool cut) {
  state_.change([&](state& s) { s.appends_cut = cut; });
}

void faults::cut_reads(bool cut) {
  state_.change([&](state& s) { s.reads_cut = cut; });
}

void faults::hold(const std::string& name) {
  state_.change([&](state& s) { s.held[name] = 0; });
}

void faults::let_go(const std::string& name) {
  state_.change([&](state& s) { s.held.erase(name); });
}

auto faults::is_held(const std::string& name) const -> bool {
  return state_.until([&](const state& s) {
    const auto at = s.held.find(name);
    return at != s.held.end() && at->second > 0;
  });
}

auto faults::batches() const -> std::vector<std::vector<std::string>> {
  return state_.copy().batches;
}

auto faults::calls(const std::string& name) const -> std::size_t {
  const auto all = state_.copy().calls;
  const auto at = all.find(name);
  return at == all.end() ? 0 : at->second;
}

auto faults::saw_calls(const std::string& name, std::size_t count) const -> bool {
  return state_.until([&](const state& s) {
    const auto at = s.calls.find(name);
    return at != s.calls.end() && at->second >= count;
  });
}

void faults::pass(const std::string& name) {
  state_.change([&](state& s) {
    ++s.calls[name];
    if (const auto at = s.held.find(name); at != s.held.end()) ++at->second;
  });
  state_.until([&](const state& s) { return !s.held.contains(name); });
}

auto faults::next_fault(std::span<const chat::entry> batch) -> fault {
  auto result = fault::none;
  state_.change([&](state& s) {
    auto& texts = s.batches.emplace_back();
    for (const auto& one : batch) texts.push_back(one.content);
    if (s.appends_cut) {
      result = fault::unavailable;
    } else if (!s.planned.empty()) {
      result = s.planned.front();
      s.planned.pop_front();
    }
    const auto poisons = [&](const std::string& text) {
      return std::find(s.poisoned.begin(), s.poisoned.end(), text) != s.poisoned.end();
    };
    if (result == fault::none && std::any_of(texts.begin(), texts.end(), poisons))
      result = fault::refused;
  });
  return result;
}

auto faults::are_reads_cut() const -> bool { return state_.copy().reads_cut; }

/// Passes every call on, after asking `faults`.
class faulty_store final : public storage::store {
 public:
  faulty_store(std::unique_ptr<storage::store> real, faults& what)
      : real_(std::move(real)), faults_(what) {}

  auto append(std::span<const chat::entry> batch) -> expected<void> override {
    faults_.pass("append");
    switch (faults_.next_fault(batch)) {
      case fault::none: return real_->append(batch);
      case fault::unavailable: return unexpected{errc::unavailable, "planned"};
      case fault::unknown_lost: return unexpected{errc::unknown, "planned"};
      case fault::refused: return unexpected{errc::refused, "planned"};
      case fault::duplicate: return unexpected{errc::duplicate, "planned"};
      case fault::unknown_stored: break;
    }
    if (auto written = real_->append(batch); !written) return written;
    return unexpected{errc::unknown, "planned"};
  }

  auto save_cursors(std::span<const chat::cursor_row> rows) -> expected<void> override {
    return written("save_cursors", [&] { return real_->save_cursors(rows); });
  }
  auto create(const storage::new_conversation& what) -> expected<chat::conversation_id> override {
    return written("create", [&] { return real_->create(what); });
  }
  auto create_some(const storage::new_conversation& what, storage::creation_mark& from)
      -> expected<std::optional<chat::conversation_id>> override {
    return written("create_some", [&] { return real_->create_some(what, from); });
  }
  auto drop_unfinished(chat::conversation_id id, std::size_t max) -> expected<std::size_t> override {
    return written("drop_unfinished", [&] { return real_->drop_unfinished(id, max); });
  }
  auto find_unfinished(chat::timestamp before, std::size_t limit, storage::unfinished_mark& from)
      -> expected<std::vector<chat::conversation_id>> override {
    return read("find_unfinished", [&] { return real_->find_unfinished(before, limit, from); });
  }
  auto has_archive(chat::conversation_id id) -> expected<bool> override {
    return read("has_archive", [&] { return real_->has_archive(id); });
  }
  auto find_full(std::span<const chat::user_id> users)
      -> expected<std::optional<chat::user_id>> override {
    return read("find_full", [&] { return real_->find_full(users); });
  }
  auto save_profiles(std::span<const chat::profile> profiles) -> expected<void> override {
    return written("save_profiles", [&] { return real_->save_profiles(profiles); });
  }
  auto edit_profile(const chat::user_id& user, const chat::profile_edit& what)
      -> expected<void> override {
    return written("edit_profile", [&] { return real_->edit_profile(user, what); });
  }
  auto search_users(const storage::user_search& what)
      -> expected<std::vector<chat::profile>> override {
    return read("search_users", [&] { return real_->search_users(what); });
  }
  auto add_block(const chat::block& what, chat::timestamp at, std::size_t max)
      -> expected<bool> override {
    return written("add_block", [&] { return real_->add_block(what, at, max); });
  }
  auto drop_block(const chat::block& what) -> expected<bool> override {
    return written("drop_block", [&] { return real_->drop_block(what); });
  }
  auto blocks_of(const chat::user_id& user)
      -> expected<std::vector<chat::blocked_user>> override {
    return read("blocks_of", [&] { return real_->blocks_of(user); });
  }
  auto blocks_between(const chat::user_id& user, std::span<const chat::user_id> others)
      -> expected<std::vector<chat::block>> override {
    return read("blocks_between", [&] { return real_->blocks_between(user, others); });
  }
  auto save_last_seen(const chat::user_id& user, chat::timestamp at) -> expected<void> override {
    return written("save_last_seen", [&] { return real_->save_last_seen(user, at); });
  }
  auto touch(std::span<const storage::activity> rows) -> expected<void> override {
    return written("touch", [&] { return real_->touch(rows); });
  }
  auto add_account(const storage::account& who) -> expected<void> override {
    return written("add_account", [&] { return real_->add_account(who); });
  }
  auto find_account(std::string_view name) -> expected<std::optional<storage::account>> override {
    return read("find_account", [&] { return real_->find_account(name); });
  }
  auto find_account_of(const chat::user_id& user)
      -> expected<std::optional<storage::account>> override {
    return read("find_account_of", [&] { return real_->find_account_of(user); });
  }
  auto people_known_to(const chat::user_id& user, std::span<const chat::user_id> users, bool all)
      -> expected<std::vector<chat::profile>> override {
    return read("people_known_to", [&] { return real_->people_known_to(user, users, all); });
  }
  auto members_page(const chat::list_members& what) -> expected<chat::member_page> override {
    return read("members_page", [&] { return real_->members_page(what); });
  }
  auto add_invite(const chat::invite& what, std::size_t max) -> expected<void> override {
    return written("add_invite", [&] { return real_->add_invite(what, max); });
  }
  auto find_invite(std::string_view code, chat::timestamp now)
      -> expected<std::optional<chat::invite>> override {
    return read("find_invite", [&] { return real_->find_invite(code, now); });
  }
  auto invites_of(chat::conversation_id id, chat::timestamp now)
      -> expected<std::vector<chat::invite>> override {
    return read("invites_of", [&] { return real_->invites_of(id, now); });
  }
  auto preview_invite(std::string_view code, chat::timestamp now)
      -> expected<std::optional<chat::invite_preview>> override {
    return read("preview_invite", [&] { return real_->preview_invite(code, now); });
  }
  auto drop_invite(std::string_view code) -> expected<bool> override {
    return written("drop_invite", [&] { return real_->drop_invite(code); });
  }
  auto use_invite(std::string_view code, chat::timestamp now) -> expected<bool> override {
    return written("use_invite", [&] { return real_->use_invite(code, now); });
  }
  auto return_invite(std::string_view code) -> expected<void> override {
    return written("return_invite", [&] { return real_->return_invite(code); });
  }
  auto add_device(const storage::device_row& what, std::size_t max) -> expected<void> override {
    return written("add_device", [&] { return real_->add_device(what, max); });
  }
  auto renew_device(const storage::device_use& use)
      -> expected<std::optional<std::uint64_t>> override {
    return written("renew_device", [&] { return real_->renew_device(use); });
  }
  auto devices_of(const chat::user_id& user, chat::timestamp since)
      -> expected<std::vector<storage::device_row>> override {
    return read("devices_of", [&] { return real_->devices_of(user, since); });
  }
  auto drop_device(const chat::user_id& user, const chat::uuid& id) -> expected<bool> override {
    return written("drop_device", [&] { return real_->drop_device(user, id); });
  }
  auto change_password(const storage::password_change& what) -> expected<bool> override {
    return written("change_password", [&] { return real_->change_password(what); });
  }
  auto load(chat::conversation_id id, std::size_t max_recent_sends)
      -> expected<std::optional<chat::conversation_state>> override {
    return read("load", [&] { return real_->load(id, max_recent_sends); });
  }
  auto find_pair(const chat::user_id& one, const chat::user_id& other)
      -> expected<std::optional<chat::conversation_id>> override {
    return read("find_pair", [&] { return real_->find_pair(one, other); });
  }
  auto find_case(std::string_view id) -> expected<std::optional<chat::conversation_id>> override {
    return read("find_case", [&] { return real_->find_case(id); });
  }
  auto find_name(std::string_view name)
      -> expected<std::optional<chat::conversation_id>> override {
    return read("find_name", [&] { return real_->find_name(name); });
  }
  auto entries(chat::conversation_id id, std::uint64_t first, std::uint64_t last)
      -> expected<std::vector<chat::entry>> override {
    return read("entries", [&] { return real_->entries(id, first, last); });
  }
  auto entries_after(chat::conversation_id id, std::uint64_t after, std::size_t limit)
      -> expected<std::vector<chat::entry>> override {
    return read("entries_after", [&] { return real_->entries_after(id, after, limit); });
  }
  auto messages(chat::conversation_id id, storage::ordinal_range range)
      -> expected<std::vector<chat::entry>> override {
    return read("messages", [&] { return real_->messages(id, range); });
  }
  auto messages(chat::conversation_id id, const storage::seq_window& window)
      -> expected<std::vector<chat::entry>> override {
    return read("messages", [&] { return real_->messages(id, window); });
  }
  auto changes(chat::conversation_id id, const storage::seq_window& window)
      -> expected<std::vector<chat::entry>> override {
    return read("changes", [&] { return real_->changes(id, window); });
  }
  auto messages(chat::conversation_id id, std::span<const chat::message_id> wanted)
      -> expected<std::vector<chat::entry>> override {
    return read("messages", [&] { return real_->messages(id, wanted); });
  }
  auto find_send(chat::conversation_id id, const chat::user_id& sender, std::string_view key)
      -> expected<std::optional<chat::entry>> override {
    return read("find_send", [&] { return real_->find_send(id, sender, key); });
  }
  auto locate(chat::message_id id) -> expected<std::optional<storage::message_place>> override {
    return read("locate", [&] { return real_->locate(id); });
  }
  auto chat_list(const chat::user_id& user, const std::optional<chat::chat_list_mark>& before,
                 std::size_t limit) -> expected<std::vector<chat::chat_list_row>> override {
    return read("chat_list", [&] { return real_->chat_list(user, before, limit); });
  }
  auto contacts(const chat::user_id& user, std::size_t max_members)
      -> expected<std::vector<chat::user_id>> override {
    return read("contacts", [&] { return real_->contacts(user, max_members); });
  }
  auto profiles(std::span<const chat::user_id> users)
      -> expected<std::vector<chat::profile>> override {
    return read("profiles", [&] { return real_->profiles(users); });
  }
  auto last_seen(std::span<const chat::user_id> users)
      -> expected<std::vector<chat::timestamp>> override {
    return read("last_seen", [&] { return real_->last_seen(users); });
  }
  auto undelivered(const chat::user_id& user, std::size_t limit)
      -> expected<std::vector<chat::entry>> override {
    return read("undelivered", [&] { return real_->undelivered(user, limit); });
  }
  auto undelivered_in(std::span<const chat::user_id> users)
      -> expected<std::vector<std::pair<chat::user_id, chat::conversation_id>>> override {
    return read("undelivered_in", [&] { return real_->undelivered_in(users); });
  }
  auto add_dead_letter(const storage::dead_letter& what) -> expected<void> override {
    return written("add_dead_letter", [&] { return real_->add_dead_letter(what); });
  }
  auto dead_letters(chat::message_id before, std::size_t limit)
      -> expected<std::vector<storage::dead_letter>> override {
    return read("dead_letters", [&] { return real_->dead_letters(before, limit); });
  }
  auto find_dead_letter(chat::message_id id)
      -> expected<std::optional<storage::dead_letter>> override {
    return read("find_dead_letter", [&] { return real_->find_dead_letter(id); });
  }
  auto drop_dead_letter(chat::message_id id) -> expected<bool> override {
    return written("drop_dead_letter", [&] { return real_->drop_dead_letter(id); });
  }
  auto count_dead_letters() -> expected<std::uint64_t> override {
    return read("count_dead_letters", [&] { return real_->count_dead_letters(); });
  }
  auto add_attachment(const storage::attachment_row& what, const storage::attachment_quota& quota)
      -> expected<void> override {
    return written("add_attachment", [&] { return real_->add_attachment(what, quota); });
  }
  auto attachments(std::span<const chat::uuid> ids)
      -> expected<std::vector<storage::attachment_row>> override {
    return read("attachments", [&] { return real_->attachments(ids); });
  }
  auto take_unused_attachments(chat::timestamp before, std::size_t limit)
      -> expected<std::vector<chat::uuid>> override {
    return written("take_unused_attachments",
                   [&] { return real_->take_unused_attachments(before, limit); });
  }
  auto forget_attachments(std::span<const chat::uuid> ids) -> expected<void> override {
    return written("forget_attachments", [&] { return real_->forget_attachments(ids); });
  }
  auto retry_dead_letter(chat::message_id id, chat::timestamp now)
      -> expected<storage::message_place> override {
    return written("retry_dead_letter", [&] { return real_->retry_dead_letter(id, now); });
  }
  auto archive(chat::timestamp before, std::size_t max_rows, storage::archive_mark& from)
      -> expected<std::size_t> override {
    return written("archive", [&] { return real_->archive(before, max_rows, from); });
  }
  auto rekey(std::size_t max_rows, storage::rekey_mark& from)
      -> expected<storage::rekey_step> override {
    return written("rekey", [&] { return real_->rekey(max_rows, from); });
  }
  auto check_texts() -> expected<void> override {
    return read("check_texts", [&] { return real_->check_texts(); });
  }
  auto ping() -> expected<void> override { return read("ping", [&] { return real_->ping(); }); }

 private:
  template <class Call>
  auto written(const char* name, Call call) -> decltype(call()) {
    faults_.pass(name);
    return call();
  }
  template <class Call>
  auto read(const char* name, Call call) -> decltype(call()) {
    faults_.pass(name);
    if (faults_.are_reads_cut()) return unexpected{errc::unavailable, "planned"};
    return call();
  }

  std::unique_ptr<storage::store> real_;
  faults& faults_;
};

auto with_faults(std::unique_ptr<storage::store> real, faults& what)
    -> std::unique_ptr<storage::store> {
  return std::make_unique<faulty_store>(std::move(real), what);
}

}  // namespace parley::test
