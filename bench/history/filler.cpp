#include "bench/history/filler.hpp"

#include <cstdio>
#include <string>

#include "bench/wire/failure.hpp"

namespace parley::bench {
namespace {

constexpr std::size_t batch_rows = 1'024;
constexpr std::uint64_t edit_every = 50;
constexpr std::uint64_t delete_every = 200;
constexpr std::uint64_t report_every = 100 * batch_rows;
constexpr int short_conversations = 50;
constexpr std::uint64_t short_length = 20;
/// 2024-01-01T00:00:00Z; an entry a second from there on.
constexpr chat::timestamp beginning{1'704'067'200'000};

auto moment(std::uint64_t seq) -> chat::timestamp {
  return {beginning.ms + static_cast<std::int64_t>(seq) * 1'000};
}

template <class T>
void must(const chat::expected<T>& done) {
  if (!done) cannot_run(done.error().detail);
}

auto new_entry(chat::conversation_id room, std::uint64_t seq, chat::entry_kind kind)
    -> chat::entry {
  chat::entry e;
  e.conversation = room;
  e.seq = seq;
  e.kind = kind;
  e.created_at = moment(seq);
  e.id = chat::message_id{chat::system_ids().next(e.created_at)};
  e.actor = filler::writer();
  return e;
}

auto new_message(chat::conversation_id room, std::uint64_t seq, std::uint64_t ordinal)
    -> chat::entry {
  auto e = new_entry(room, seq, chat::entry_kind::message);
  e.ordinal = ordinal;
  e.content = "Message " + std::to_string(ordinal) + ' ' + std::string(80, 'x');
  e.client_message_id = std::to_string(ordinal);
  e.fingerprint = ordinal;
  return e;
}

}  // namespace

filler::filler(storage::store& store) : store_(store) {
  for (int i = 0; i < short_conversations; ++i) {
    const auto id = make_conversation({writer(), reader(), sleeper()});
    std::vector<chat::entry> batch;
    for (std::uint64_t n = 1; n <= short_length; ++n) batch.push_back(new_message(id, n + 1, n));
    must(store_.append(batch));
  }
  room_ = make_conversation({writer(), reader(), sleeper()});
}

auto filler::make_conversation(std::vector<chat::user_id> members) -> chat::conversation_id {
  storage::new_conversation what;
  what.info.id = chat::conversation_id{chat::system_ids().next(beginning)};
  what.info.type = chat::conversation_type::group;
  what.info.created_by = members.front();
  what.info.created_at = beginning;
  for (const auto& user : members)
    what.members.push_back({user, chat::member_role::member, 0, 0, beginning, {}});
  what.members.front().role = chat::member_role::owner;
  what.created = new_entry(what.info.id, 1, chat::entry_kind::created);
  must(store_.create(what));
  return what.info.id;
}

auto filler::next_entry() -> chat::entry {
  const auto seq = ++last_seq_;
  const bool edits = seq % edit_every == 0;
  if (recent_.empty() || !edits) {
    auto e = new_message(room_, seq, ++last_ordinal_);
    recent_.push_back(e);
    return e;
  }
  const bool deletes = seq % delete_every == 0;
  const auto kind = deletes ? chat::entry_kind::deleted : chat::entry_kind::edited;
  auto e = new_entry(room_, seq, kind);
  const auto& target = recent_[recent_.size() / 2];
  e.target = target.id;
  e.target_seq = target.seq;
  if (!deletes) e.content = target.content + ", edited";
  recent_.clear();
  return e;
}

void filler::fill_up_to(std::uint64_t messages) {
  while (last_ordinal_ < messages) {
    std::vector<chat::entry> batch;
    while (last_ordinal_ < messages && batch.size() < batch_rows) batch.push_back(next_entry());
    must(store_.append(batch));
    if (last_ordinal_ % report_every == 0)
      std::fprintf(stderr, "%llu messages stored\n",
                   static_cast<unsigned long long>(last_ordinal_));
  }
  mark_read();
}

void filler::mark_read() {
  const auto at = moment(last_seq_);
  const chat::cursor_row row{room_, reader(), {last_seq_, at, last_seq_, at}};
  must(store_.save_cursors({&row, 1}));
}

}  // namespace parley::bench
