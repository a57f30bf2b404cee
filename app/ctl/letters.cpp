#include "app/ctl/letters.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>

namespace parley::app::ctl {
namespace {

using json = nlohmann::ordered_json;
using chat::errc;
using chat::unexpected;
using verb = arguments::verb;

/// Control characters could command the operator's terminal. C1 ones begin with C2 in UTF-8.
auto harmless(std::string_view text) -> std::string {
  std::string shown;
  bool after_c2 = false;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_control = byte < 0x20 || byte == 0x7f || (after_c2 && byte < 0xa0);
    if (is_control && after_c2) shown.pop_back();
    shown += is_control && byte != '\n' ? '?' : c;
    after_c2 = byte == 0xc2;
  }
  return shown;
}

auto on_one_line(std::string text) -> std::string {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

auto summary(const storage::dead_letter& letter) -> json {
  const auto& e = letter.entry;
  return {{"id", to_string(e.id)},
          {"kind", to_string(e.kind)},
          {"conversationId", to_string(e.conversation)},
          {"senderId", e.actor.value},
          {"clientMessageId", e.client_message_id},
          {"createdAt", to_iso8601(e.created_at)},
          {"failedAt", to_iso8601(letter.failed_at)},
          {"reason", letter.reason}};
}

auto whole(const storage::dead_letter& letter) -> json {
  const auto& e = letter.entry;
  auto shown = summary(letter);
  shown["size"] = e.content.size();
  if (!e.reply_to.is_nil()) shown["replyTo"] = to_string(e.reply_to);
  if (!e.target.is_nil()) shown["messageId"] = to_string(e.target);
  if (!e.subjects.empty()) {
    shown["userIds"] = json::array();
    for (const auto& user : e.subjects) shown["userIds"].push_back(user.value);
  }
  shown["attachments"] = e.attachments.size();
  shown["content"] = e.content;
  return shown;
}

void print_json(std::ostream& out, const json& what) {
  out << what.dump(2, ' ', false, json::error_handler_t::replace) << '\n';
}

/// "key: value" lines, the text last.
void print_lines(std::ostream& out, const json& what) {
  for (const auto& [key, value] : what.items()) {
    const auto text = value.is_string()
                          ? value.get<std::string>()
                          : value.dump(-1, ' ', false, json::error_handler_t::replace);
    out << key << ": " << harmless(text) << '\n';
  }
}

auto list(const arguments& args, storage::store& store, std::ostream& out) -> chat::expected<void> {
  const auto found = store.dead_letters(args.before, args.limit);
  if (!found) return unexpected{found.error()};
  auto rows = json::array();
  for (const auto& letter : *found) rows.push_back(summary(letter));
  if (args.json) return print_json(out, rows), chat::expected<void>{};
  for (const auto& r : rows) {
    std::string line;
    for (const auto* key : {"id", "failedAt", "kind", "conversationId", "senderId", "reason"})
      line += (line.empty() ? "" : "  ") + r[key].get<std::string>();
    out << on_one_line(harmless(line)) << '\n';
  }
  if (rows.empty()) out << "no dead letters\n";
  return {};
}

auto show(const arguments& args, storage::store& store, std::ostream& out) -> chat::expected<void> {
  const auto found = store.find_dead_letter(args.letter);
  if (!found) return unexpected{found.error()};
  if (!*found) return unexpected{errc::not_found, "there is no such dead letter"};
  args.json ? print_json(out, whole(**found)) : print_lines(out, whole(**found));
  return {};
}

auto retry(const arguments& args, storage::store& store, chat::timestamp now, std::ostream& out)
    -> chat::expected<void> {
  const auto place = store.retry_dead_letter(args.letter, now);
  if (!place) return unexpected{place.error()};
  const auto where = to_string(place->conversation);
  if (args.json)
    print_json(out,
               {{"id", to_string(args.letter)}, {"conversationId", where}, {"seq", place->seq}});
  else
    out << "stored in conversation " << where << " under seq " << place->seq
        << "\na running server that has it in memory shows it when somebody writes there next\n";
  return {};
}

auto drop(const arguments& args, storage::store& store, std::ostream& out) -> chat::expected<void> {
  const auto dropped = store.drop_dead_letter(args.letter);
  if (!dropped) return unexpected{dropped.error()};
  if (!*dropped) return unexpected{errc::not_found, "there is no such dead letter"};
  if (args.json) print_json(out, {{"id", to_string(args.letter)}, {"dropped", true}});
  if (!args.json) out << "dropped\n";
  return {};
}

}  // namespace

auto run_letters(const arguments& args, storage::store& store, chat::timestamp now,
                 std::ostream& out) -> chat::expected<void> {
  switch (args.what) {
    case verb::list: return list(args, store, out);
    case verb::show: return show(args, store, out);
    case verb::retry: return retry(args, store, now, out);
    case verb::drop: return drop(args, store, out);
    case verb::help:
    case verb::version:
    case verb::archive:
    case verb::rekey: break;
  }
  return {};
}

}  // namespace parley::app::ctl
