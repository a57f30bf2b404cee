// One conversation: what is there of it, its entries in their order, and at the end itself.

#include <algorithm>
#include <functional>

#include "app/ctl/import/ids.hpp"
#include "app/ctl/import/taker.hpp"
#include "chat/failpoint.hpp"

namespace parley::app::ctl {
namespace {

using chat::errc;
using chat::unexpected;
using storage::foreign::micros;

constexpr std::size_t entries_at_once = 512;
/// The entry that made the conversation; it is stored last.
constexpr std::uint64_t created_seq = 1;

auto busy() -> unexpected {
  return {
      errc::busy,
      "somebody else wrote the same meanwhile, another import perhaps; when it has ended, run the "
      "same command again"};
}

/// A failure that says that nothing is lost by it.
auto stopped(const chat::error& why) -> unexpected {
  if (why.code == errc::duplicate) return busy();
  return {why.code, why.detail + "; run the same command again, it goes on where it stopped"};
}

}  // namespace

/// A conversation at work.
struct taker::room {
  /// A member on the way: which entry it has come to shows while they pass by.
  struct marker {
    micros up_to = 0;
    std::uint64_t* seq = nullptr;
  };

  chat::conversation_info info;
  std::vector<chat::member> members;
  std::vector<marker> markers;  ///< of those who have not been passed yet, the furthest first
  bool is_there = false;        ///< with members: everybody sees it
  bool goes_on = true;          ///< what is stored is the beginning of what is to be
  std::uint64_t stored = 0;     ///< entries are stored up to this seq
  std::uint64_t seq = created_seq;
  std::uint64_t ordinal = 0;
  chat::timestamp first_at;
  chat::timestamp last_at;
  chat::timestamp last_message_at;
  std::vector<chat::entry> batch;

  void mark(micros up_to, std::uint64_t& seq_of) { markers.push_back({up_to, &seq_of}); }
  /// The entry at this moment comes next.
  void pass(micros at) {
    for (; !markers.empty() && markers.back().up_to < at; markers.pop_back())
      *markers.back().seq = seq;
  }
  void pass_all() {
    for (const auto& left : markers) *left.seq = seq;
    markers.clear();
  }
};

auto taker::take_conversation(const foreign_conversation& what) -> chat::expected<void> {
  room at;
  at.info = what.info;
  if (!members_for(what, at)) return {};
  const auto elsewhere = is_elsewhere({at.info, what.place});
  if (!elsewhere) return unexpected{elsewhere.error()};
  if (*elsewhere) return {};
  if (auto done = look(at); !done) return done;
  if (!at.is_there) {
    const auto full = who_is_full(at);
    if (!full) return unexpected{full.error()};
    if (*full)
      return refuse_conversation(what, (*full)->value +
                                           " has as many conversations here as may be "
                                           "(chat.max_conversations_per_user)"),
             chat::expected<void>{};
    ++counts_.new_conversations;
  }
  if (!at.goes_on) return compare_entries(at);
  if (auto done = take_entries(at); !done) return done;
  return finish(at);
}

/// @returns false: it cannot be, and is refused
auto taker::members_for(const foreign_conversation& what, room& into) -> bool {
  const auto all = from_.members_of(what.info.id);
  if (all.empty()) return refuse_conversation(what, "nobody is in it"), false;
  if (all.size() > how_.max_members)
    return refuse_conversation(what, "it has " + std::to_string(all.size()) +
                                         " members, more than " + std::to_string(how_.max_members) +
                                         " (chat.max_members)"),
           false;
  auto& info = into.info;
  info.participant1 = person_of(info.participant1);
  info.participant2 = person_of(info.participant2);
  const auto admin = std::ranges::find(all, chat::member_role::admin, &foreign_member::role);
  const auto& first = admin == all.end() ? all.front() : *admin;
  info.created_by = person_of(info.created_by.value.empty() ? first.user : info.created_by);
  into.members.reserve(all.size());
  for (const auto& each : all) {
    auto& made = into.members.emplace_back();
    made.user = person_of(each.user);
    made.role = each.role;
    if (!is_two_person(info.type) && made.user == info.created_by)
      made.role = chat::member_role::owner;
    made.cursors = {created_seq, each.delivered_at, created_seq, each.read_at};
    into.mark(each.delivered_up_to, made.cursors.delivered_seq);
    into.mark(each.read_up_to, made.cursors.read_seq);
  }
  std::ranges::sort(into.markers, std::ranges::greater{}, &room::marker::up_to);
  return true;
}

auto taker::who_is_full(const room& at) -> chat::expected<std::optional<chat::user_id>> {
  std::vector<chat::user_id> users;
  for (const auto& each : at.members) users.push_back(each.user);
  return store_.find_full(users);
}

/// Two people have one conversation: when they have begun another here, old messages would stand
/// behind new ones.
auto taker::is_elsewhere(const foreign_conversation& what) -> chat::expected<bool> {
  const auto& info = what.info;
  if (!is_two_person(info.type)) return false;
  const auto found = store_.find_pair(info.participant1, info.participant2);
  if (!found) return unexpected{found.error()};
  if (!*found || **found == info.id) return false;
  refuse_conversation(what, "the two have the conversation " + to_string(**found) +
                                " here already: older messages cannot come behind newer ones");
  return true;
}

void taker::refuse_conversation(const foreign_conversation& what, std::string reason) {
  const auto messages = from_.messages_in(what.info.id);
  refused_.add({what.place, "conversation",
                reason + "; its " + std::to_string(messages) + " messages are not taken"});
}

/// How much of it is here, and whether that is its beginning.
auto taker::look(room& at) -> chat::expected<void> {
  const auto present = store_.load(at.info.id, 0);
  if (!present) return unexpected{present.error()};
  at.is_there = present->has_value();
  const auto last = census_.last_entry(at.info.id);
  if (!last) return unexpected{last.error()};
  if (!*last) return {};
  at.stored = (*last)->seq;
  if (at.stored == created_seq) return {};
  const auto wanted = from_.entry_id_at(at.info.id, at.stored - created_seq - 1);
  at.goes_on = wanted == (*last)->id;
  if (at.is_there || at.goes_on) return {};
  at.goes_on = true;
  at.stored = 0;
  return how_.is_dry ? chat::expected<void>{} : drop_remains(at.info.id);
}

/// What an import left that came from other data, or was stopped by somebody else's conversation.
auto taker::drop_remains(chat::conversation_id id) -> chat::expected<void> {
  for (;;) {
    const auto dropped = census_.drop_headless(id, entries_at_once);
    if (!dropped) return unexpected{dropped.error()};
    if (*dropped == 0) return {};
  }
}

auto taker::take_entries(room& into) -> chat::expected<void> {
  for (storage::foreign::entry_mark mark;;) {
    auto some = from_.entries_of(into.info.id, mark, entries_at_once);
    for (auto& each : some) {
      auto& e = each.what;
      into.pass(each.at);
      e.seq = ++into.seq;
      e.created_at = into.last_at = std::max(e.created_at, into.last_at);
      if (!into.first_at) into.first_at = e.created_at;
      const bool is_message = e.kind == chat::entry_kind::message;
      const bool is_stored = e.seq <= into.stored;
      if (is_message) {
        e.ordinal = ++into.ordinal;
        into.last_message_at = e.created_at;
        ++(is_stored ? counts_.present_messages : counts_.new_messages);
      }
      e.actor = person_of(e.actor);
      if (is_stored) continue;
      if (auto copied = copy_files(each); !copied) return copied;
      into.batch.push_back(std::move(e));
    }
    if (auto done = store_some(into); !done) return done;
    if (some.size() < entries_at_once) break;
  }
  into.pass_all();
  return {};
}

/// Their bytes come before they are announced.
auto taker::copy_files(foreign_entry& of) -> chat::expected<void> {
  for (const auto& path : of.files) {
    auto file = how_.files->look(path);
    if (!file) return stopped(file.error());
    file->id = id_of({"file of a message", to_string(of.what.id), path});
    ++counts_.new_files;
    if (!how_.is_dry)
      if (auto copied = how_.files->copy(path, file->id); !copied) return copied;
    of.what.attachments.push_back(std::move(*file));
  }
  return {};
}

/// At the time of their message: they take nothing of what their sender may upload today.
auto taker::announce_files(const chat::entry& of) -> chat::expected<void> {
  for (const auto& file : of.attachments) {
    const auto present = store_.attachments({&file.id, 1});
    if (!present) return stopped(present.error());
    if (!present->empty()) continue;
    const storage::attachment_row row{file, of.conversation, of.actor, of.created_at, {}};
    if (auto added = store_.add_attachment(row, {}); !added) return stopped(added.error());
  }
  return {};
}

auto taker::store_some(room& into) -> chat::expected<void> {
  if (into.batch.empty() || how_.is_dry) return into.batch.clear(), chat::expected<void>{};
  if (auto found = find_targets(into); !found) return found;
  for (const auto& each : into.batch)
    if (auto announced = announce_files(each); !announced) return announced;
  chat::failpoint("import_files");
  const auto stored = store_.append(into.batch);
  if (!stored) return stopped(stored.error());
  into.batch.clear();
  chat::failpoint("import_batch");
  return {};
}

/// The seqs of what is edited or deleted: in the batch, or stored already.
auto taker::find_targets(room& into) -> chat::expected<void> {
  for (auto& change : into.batch) {
    if (change.target.is_nil()) continue;
    const auto near = std::ranges::find(into.batch, change.target, &chat::entry::id);
    if (near != into.batch.end()) {
      change.target_seq = near->seq;
      continue;
    }
    const auto place = store_.locate(change.target);
    if (!place) return stopped(place.error());
    if (!*place || (*place)->conversation != into.info.id) return busy();
    change.target_seq = (*place)->seq;
  }
  return {};
}

/// Here people have written since: what is missing stays so.
auto taker::compare_entries(const room& with) -> chat::expected<void> {
  for (storage::foreign::entry_mark mark;;) {
    const auto some = from_.entries_of(with.info.id, mark, entries_at_once);
    std::vector<chat::message_id> ids;
    for (const auto& each : some)
      if (each.what.kind == chat::entry_kind::message) ids.push_back(each.what.id);
    const auto present = store_.messages(with.info.id, ids);
    if (!present) return stopped(present.error());
    counts_.present_messages += present->size();
    for (const auto& each : some) {
      if (each.what.kind != chat::entry_kind::message) continue;
      if (std::ranges::find(*present, each.what.id, &chat::entry::id) == present->end())
        refused_.add({each.place, "message",
                      "people have written in the conversation " + to_string(with.info.id) +
                          " here since it was imported: it would stand behind newer ones"});
    }
    if (some.size() < entries_at_once) return {};
  }
}

/// The two began another one in the same moment: the next run refuses this one.
auto taker::give_way(chat::conversation_id id) -> chat::expected<void> {
  if (auto dropped = drop_remains(id); !dropped) return dropped;
  return busy();
}

/// With this everybody sees it.
auto taker::finish(room& made) -> chat::expected<void> {
  if (how_.is_dry) return {};
  auto& info = made.info;
  const auto began = made.first_at ? made.first_at : how_.now;
  info.created_at = info.created_at ? std::min(info.created_at, began) : began;
  for (auto& each : made.members) {
    each.joined_at = info.created_at;
    auto& at = each.cursors;
    at.advance({at.read_seq, at.read_at, 0, {}});  // who has read a message has it
  }
  if (auto shown = made.is_there ? move_cursors(made) : show(made); !shown) return shown;
  if (!made.last_message_at) return {};
  const storage::activity latest{info.id, made.last_message_at};
  const auto touched = store_.touch({&latest, 1});
  return touched ? touched : stopped(touched.error());
}

auto taker::move_cursors(const room& made) -> chat::expected<void> {
  std::vector<chat::cursor_row> rows;
  for (const auto& each : made.members) rows.push_back({made.info.id, each.user, each.cursors});
  const auto saved = store_.save_cursors(rows);
  return saved ? saved : stopped(saved.error());
}

auto taker::show(const room& made) -> chat::expected<void> {
  const auto& info = made.info;
  storage::new_conversation what{info, made.members, {}};
  auto& e = what.created;
  e.conversation = info.id;
  e.seq = created_seq;
  e.kind = chat::entry_kind::created;
  e.id = {id_of({"created", to_string(info.id)})};
  e.actor = info.created_by;
  for (const auto& each : made.members) e.subjects.push_back(each.user);
  e.created_at = info.created_at;
  const auto id = store_.create(what);
  if (!id) return stopped(id.error());
  return *id == info.id ? chat::expected<void>{} : give_way(info.id);
}

}  // namespace parley::app::ctl
