#include "tests/contract/script.hpp"

#include <stdexcept>

namespace parley::test {

using chat::entry;
using chat::entry_kind;

auto new_id() -> chat::uuid {
  return chat::system_ids().next(noon);
}

auto plan(chat::conversation_type type, std::vector<chat::user_id> members)
    -> storage::new_conversation {
  storage::new_conversation what;
  what.info.id = {new_id()};
  what.info.type = type;
  what.info.created_by = members.front();
  what.info.created_at = noon;
  if (is_two_person(type)) {
    what.info.participant1 = members.at(0);
    what.info.participant2 = members.at(1);
  }
  for (std::size_t i = 0; i < members.size(); ++i) {
    const auto role = i == 0 ? chat::member_role::owner : chat::member_role::member;
    what.members.push_back({members[i], role, 0, 0, after_noon(static_cast<int>(i)), {}});
  }
  what.created.conversation = what.info.id;
  what.created.seq = 1;
  what.created.kind = entry_kind::created;
  what.created.id = {new_id()};
  what.created.actor = members.front();
  what.created.created_at = noon;
  return what;
}

script::script(storage::store& store, chat::conversation_type type,
               std::initializer_list<chat::user_id> members)
    : what(plan(type, members)) {
  const auto made = store.create(what);
  if (!made || *made != id()) throw std::runtime_error{"the conversation was not made"};
}

script::script(storage::store& store, const chat::user_id& one, const chat::user_id& other)
    : script(store, chat::conversation_type::direct, {one, other}) {}

auto script::change(entry_kind kind, const chat::user_id& by, std::string content) -> entry {
  entry e;
  e.conversation = id();
  e.seq = ++last_seq;
  e.kind = kind;
  e.id = {new_id()};
  e.actor = by;
  e.content = std::move(content);
  e.created_at = after_noon(static_cast<std::int64_t>(1'000 + e.seq));
  return e;
}

auto script::message(const chat::user_id& sender, std::string text) -> entry {
  auto e = change(entry_kind::message, sender, std::move(text));
  e.ordinal = ++last_ordinal;
  return e;
}

auto script::message_with_key(const chat::user_id& sender, std::string text, std::string key)
    -> entry {
  auto e = message(sender, std::move(text));
  e.client_message_id = std::move(key);
  e.fingerprint = 0xfedc'ba98'7654'3210ull;
  return e;
}

auto script::edit(const entry& target, std::string text) -> entry {
  auto e = change(entry_kind::edited, target.actor, std::move(text));
  e.target = target.id;
  e.target_seq = target.seq;
  return e;
}

auto script::erase(const entry& target) -> entry {
  auto e = change(entry_kind::deleted, target.actor, {});
  e.target = target.id;
  e.target_seq = target.seq;
  return e;
}

auto script::add(std::vector<chat::user_id> who, std::string history) -> entry {
  auto e = change(entry_kind::added, alice, std::move(history));
  e.subjects = std::move(who);
  return e;
}

auto script::remove(std::vector<chat::user_id> who) -> entry {
  auto e = change(entry_kind::removed, alice, {});
  e.subjects = std::move(who);
  return e;
}

auto script::messages(const chat::user_id& sender, std::size_t count) -> std::vector<entry> {
  std::vector<entry> batch;
  for (std::size_t i = 0; i < count; ++i)
    batch.push_back(message(sender, "text " + std::to_string(last_ordinal + 1)));
  return batch;
}

auto append(storage::store& store, std::vector<entry> batch) -> chat::expected<void> {
  return store.append(batch);
}

auto texts(const std::vector<entry>& entries) -> std::vector<std::string> {
  std::vector<std::string> found;
  for (const auto& e : entries) found.push_back(e.content);
  return found;
}

auto seqs(const std::vector<entry>& entries) -> std::vector<std::uint64_t> {
  std::vector<std::uint64_t> found;
  for (const auto& e : entries) found.push_back(e.seq);
  return found;
}

auto range(std::uint64_t first, std::uint64_t last) -> std::vector<std::uint64_t> {
  std::vector<std::uint64_t> found;
  for (auto n = first; n <= last; ++n) found.push_back(n);
  return found;
}

auto announced(storage::store& store, const entry& message, std::size_t count)
    -> std::vector<chat::attachment> {
  std::vector<chat::attachment> files;
  for (std::size_t i = 0; i < count; ++i) {
    storage::attachment_row row;
    row.what = {new_id(), "caf\xc3\xa9 \"" + std::to_string(i) + "\".png", "image/png", 10 + i, {}};
    row.conversation = message.conversation;
    row.uploader = message.actor;
    row.created_at = noon;
    if (!store.add_attachment(row, {})) throw std::runtime_error{"a file was not kept"};
    files.push_back(row.what);
  }
  return files;
}

}  // namespace parley::test
