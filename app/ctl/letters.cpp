#include "app/ctl/letters.hpp"

#include <ostream>

#include "app/ctl/output.hpp"
#include "app/ctl/workplace.hpp"

namespace parley::app::ctl {
namespace {

using chat::errc;
using chat::unexpected;

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

auto letter_of(workplace& at) -> chat::expected<chat::message_id> {
  const auto id = chat::message_id::parse(at.operand(0));
  if (!id) return at.wrong("'" + at.operand(0) + "' is not the id of a dead letter");
  return *id;
}

auto missing() -> unexpected {
  return {errc::not_found, "there is no such dead letter"};
}

}  // namespace

auto list_letters(workplace& at) -> chat::expected<void> {
  const auto limit = at.number("--limit", 50, 1'000);
  if (!limit) return unexpected{limit.error()};
  const auto before = chat::message_id::parse(at.args.text("--before"));
  if (at.args.has("--before") && !before) return at.wrong("--before takes the id of a dead letter");
  const auto store = at.store();
  if (!store) return unexpected{store.error()};
  const auto found = (*store)->dead_letters(before.value_or(chat::message_id{}), *limit);
  if (!found) return unexpected{found.error()};
  auto rows = json::array();
  for (const auto& letter : *found) rows.push_back(summary(letter));
  print_rows(at.out(), rows, at.args.json,
             {"id", "failedAt", "kind", "conversationId", "senderId", "reason"}, "no dead letters");
  return {};
}

auto show_letter(workplace& at) -> chat::expected<void> {
  const auto id = letter_of(at);
  if (!id) return unexpected{id.error()};
  const auto store = at.store();
  if (!store) return unexpected{store.error()};
  const auto found = (*store)->find_dead_letter(*id);
  if (!found) return unexpected{found.error()};
  if (!*found) return missing();
  print_object(at.out(), whole(**found), at.args.json);
  return {};
}

auto retry_letter(workplace& at) -> chat::expected<void> {
  const auto id = letter_of(at);
  if (!id) return unexpected{id.error()};
  const auto store = at.store();
  if (!store) return unexpected{store.error()};
  const auto place = (*store)->retry_dead_letter(*id, at.now());
  if (!place) return unexpected{place.error()};
  const auto where = to_string(place->conversation);
  if (at.args.json)
    print_json(at.out(), {{"id", to_string(*id)}, {"conversationId", where}, {"seq", place->seq}});
  else
    at.out() << "stored in conversation " << where << " under seq " << place->seq
             << "\na running server that has it in memory shows it when somebody writes there next\n";
  return {};
}

auto drop_letter(workplace& at) -> chat::expected<void> {
  const auto id = letter_of(at);
  if (!id) return unexpected{id.error()};
  const auto store = at.store();
  if (!store) return unexpected{store.error()};
  const auto dropped = (*store)->drop_dead_letter(*id);
  if (!dropped) return unexpected{dropped.error()};
  if (!*dropped) return missing();
  if (at.args.json)
    print_json(at.out(), {{"id", to_string(*id)}, {"dropped", true}});
  else
    at.out() << "dropped\n";
  return {};
}

}  // namespace parley::app::ctl
