#include "actors/conversation/history_rows.hpp"

#include <algorithm>
#include <iterator>
#include <memory>
#include <unordered_map>

#include "chat/answer_size.hpp"

namespace parley::actors {
namespace {

auto is_backwards(const chat::read_stretch& what) -> bool {
  return !what.after_given && what.around == 0;
}

/// The rows of a stretch, one more than asked on the side where there may be more.
auto read_rows(storage::store& store, chat::conversation_id id, const chat::read_stretch& what,
               open_range visible) -> rows {
  const auto [floor, end] = visible;
  const auto limit = static_cast<std::size_t>(what.limit);
  if (what.around != 0) {
    const auto middle = std::min(what.around, end);
    auto older = store.messages(id, storage::seq_window{floor, middle, limit / 2 + 1, true});
    if (!older) return older;
    const auto after = std::max(floor, what.around - 1);
    auto newer = store.messages(id, storage::seq_window{after, end, limit - limit / 2, false});
    if (!newer) return newer;
    older->insert(older->end(), newer->begin(), newer->end());
    return older;
  }
  if (what.after_given)
    return store.messages(id,
                          storage::seq_window{std::max(floor, what.after), end, limit + 1, false});
  const auto before = what.before == 0 ? end : std::min(what.before, end);
  return store.messages(id, storage::seq_window{floor, before, limit + 1, true});
}

/// Where the changes lie that belong to these rows.
auto window_of_changes(const chat::read_stretch& what, const std::vector<chat::entry>& rows,
                       open_range visible) -> storage::seq_window {
  const bool is_cut = rows.size() > what.limit;
  storage::seq_window window{visible.floor, visible.end, max_changes + 1, is_backwards(what)};
  if (what.around != 0) {
    window.after = rows.empty() ? visible.end : rows.front().seq - 1;
    window.before = rows.empty() ? visible.end : rows.back().seq + 1;
  } else if (what.after_given) {
    window.after = std::max(visible.floor, what.after);
    if (is_cut) window.before = rows.back().seq;
  } else {
    if (what.before != 0) window.before = std::min(what.before, visible.end);
    if (is_cut) window.after = rows.front().seq;
  }
  return window;
}

}  // namespace

auto with_quotes(storage::store& store, chat::conversation_id id, std::uint64_t floor, rows found)
    -> rows {
  if (!found) return found;
  std::vector<chat::message_id> wanted;
  for (const auto& one : *found)
    if (!one.reply_to.is_nil()) wanted.push_back(one.reply_to);
  if (wanted.empty()) return found;
  std::sort(wanted.begin(), wanted.end());
  wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
  const auto answered = store.messages(id, wanted);
  if (!answered) return chat::unexpected{answered.error()};
  std::unordered_map<chat::message_id, std::shared_ptr<const chat::quote>> quotes;
  for (const auto& one : *answered)
    if (one.seq > floor)
      quotes.emplace(one.id, std::make_shared<const chat::quote>(chat::quote_of(one)));
  for (auto& one : *found)
    if (const auto at = quotes.find(one.reply_to); at != quotes.end()) one.quoted = at->second;
  return found;
}

auto around_seq(chat::read_stretch what, const std::vector<chat::entry>& unstored)
    -> chat::read_stretch {
  for (const auto& one : unstored)
    if (!what.around_id.is_nil() && one.id == what.around_id) what.around = one.seq;
  return what;
}

auto find_stretch(storage::store& store, chat::conversation_id id, chat::read_stretch what,
                  open_range visible) -> chat::expected<found_stretch> {
  if (!what.around_id.is_nil() && what.around == 0) {
    const auto place = store.locate(what.around_id);
    if (!place) return chat::unexpected{place.error()};
    const bool is_visible = *place && (*place)->conversation == id &&
                            (*place)->seq > visible.floor && (*place)->seq < visible.end;
    if (!is_visible) return chat::unexpected{chat::errc::not_found, "no such message"};
    what.around = (*place)->seq;
  }
  auto found = with_quotes(store, id, visible.floor, read_rows(store, id, what, visible));
  if (!found) return chat::unexpected{found.error()};
  found_stretch made{std::move(*found), what, {}};
  if (!what.with_changes) return made;
  auto changes = store.changes(id, window_of_changes(what, made.rows, visible));
  if (!changes) return chat::unexpected{changes.error()};
  made.changes = std::move(*changes);
  return made;
}

void append_missing(std::vector<chat::entry>& found, const std::vector<chat::entry>& unstored) {
  for (const auto& one : unstored)
    if (one.kind == chat::entry_kind::message && (found.empty() || one.seq > found.back().seq))
      found.push_back(one);
}

auto cut_stretch(const chat::read_stretch& what, std::vector<chat::entry> found,
                 const std::vector<chat::entry>& unstored) -> cut_rows {
  const auto limit = static_cast<std::size_t>(what.limit);
  const auto older = static_cast<std::size_t>(std::count_if(
      found.begin(), found.end(), [&](const auto& e) { return e.seq < what.around; }));
  const bool around = what.around != 0;
  // Full on the newer side: what is not stored yet lies further on.
  const auto newer_room = around ? older + limit - limit / 2 : limit + 1;
  const bool is_full = (around || what.after_given) && found.size() >= newer_room;
  if (!is_full) append_missing(found, unstored);
  cut_rows cut{std::move(found), false};
  auto& kept = cut.rows;
  if (what.after_given || around) {
    if (around && kept.size() > newer_room) kept.resize(newer_room);
    cut.has_more = around ? older > limit / 2 : kept.size() > limit;
    if (cut.has_more && around) kept.erase(kept.begin());
    if (!around && kept.size() > limit) kept.resize(limit);
    return cut;
  }
  cut.has_more = kept.size() > limit;
  if (cut.has_more) kept.erase(kept.begin(), kept.end() - static_cast<std::ptrdiff_t>(limit));
  return cut;
}

void keep_to_size(const chat::read_stretch& what, cut_rows& cut) {
  auto& rows = cut.rows;
  const bool backwards = is_backwards(what);
  if (what.around == 0) {
    const auto count = chat::count_that_fit(rows, backwards);
    cut.has_more |= count < rows.size();
    const auto surplus = static_cast<std::ptrdiff_t>(rows.size() - count);
    backwards ? rows.erase(rows.begin(), rows.begin() + surplus)
              : rows.erase(rows.end() - surplus, rows.end());
    return;
  }
  const auto middle = std::partition_point(rows.begin(), rows.end(),
                                           [&](const auto& e) { return e.seq < what.around; });
  std::vector<chat::entry> older{std::make_move_iterator(rows.begin()),
                                 std::make_move_iterator(middle)};
  rows.erase(rows.begin(), middle);
  constexpr auto half = chat::max_answer_bytes / 2;
  rows.resize(chat::count_that_fit(rows, false, half));
  const auto count = chat::count_that_fit(older, true, half);
  cut.has_more |= count < older.size();
  rows.insert(rows.begin(), std::make_move_iterator(older.end() - static_cast<std::ptrdiff_t>(count)),
              std::make_move_iterator(older.end()));
}

void add_changes(chat::stretch& answer, const chat::read_stretch& what, const cut_rows& cut,
                 std::vector<chat::entry> found) {
  const auto& rows = cut.rows;
  const bool backwards = is_backwards(what);
  if (!rows.empty() && (cut.has_more || what.around != 0))
    std::erase_if(found, [&](const chat::entry& e) {
      const bool is_before = e.seq < rows.front().seq;
      const bool is_behind = e.seq > rows.back().seq;
      return what.around != 0 ? is_before || is_behind : backwards ? is_before : is_behind;
    });
  std::size_t bytes = 0;
  for (const auto& one : rows) bytes += chat::shown_size(one);
  for (const auto& one : found) bytes += chat::shown_size(one);
  while (found.size() > max_changes || (!found.empty() && bytes > chat::max_answer_bytes)) {
    const auto far = backwards ? found.begin() : std::prev(found.end());
    bytes -= chat::shown_size(*far);
    found.erase(far);
    answer.are_changes_complete = false;
  }
  answer.changes = std::move(found);
}

}  // namespace parley::actors
