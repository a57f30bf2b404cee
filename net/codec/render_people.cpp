#include "net/codec/render_people.hpp"

namespace parley::net::codec {
namespace {

auto text_or_null(const std::string& text) -> json { return text.empty() ? json() : json(text); }

auto time_or_null(chat::timestamp at) -> json { return at ? json(chat::to_iso8601(at)) : json(); }

/// A dead letter holds whatever bytes were refused.
auto readable(const std::string& bytes) -> json {
  const auto text = json(bytes).dump(-1, ' ', false, json::error_handler_t::replace);
  return json::parse(text);
}

auto summary(const chat::dead_letter& letter) -> json {
  const auto& e = letter.entry;
  return {{"id", to_string(e.id)},
          {"kind", to_string(e.kind)},
          {"conversationId", to_string(e.conversation)},
          {"senderId", readable(e.actor.value)},
          {"clientMessageId", readable(e.client_message_id)},
          {"createdAt", chat::to_iso8601(e.created_at)},
          {"failedAt", chat::to_iso8601(letter.failed_at)},
          {"reason", readable(letter.reason)}};
}

auto render_job(const chat::job_status& job) -> json {
  const auto* result = !job.last_run_at ? "never" : job.last_error.empty() ? "succeeded" : "failed";
  return {{"name", job.name},
          {"everyMs", job.every_ms},
          {"isRunning", job.is_running},
          {"lastRunAt", time_or_null(job.last_run_at)},
          {"lastDurationMs", job.last_run_at ? json(job.last_duration_ms) : json()},
          {"lastResult", result},
          {"lastError", text_or_null(job.last_error)},
          {"runs", job.runs},
          {"failures", job.failures},
          {"found", job.found}};
}

}  // namespace

auto render(const chat::profile& who) -> json {
  return {{"userId", who.user.value},
          {"displayName", chat::display_name(who)},
          {"firstName", text_or_null(who.first_name)},
          {"lastName", text_or_null(who.last_name)},
          {"profilePictureUrl", text_or_null(who.picture_url)}};
}

auto render(const std::vector<chat::profile>& found) -> json {
  auto list = json::array();
  for (const auto& who : found) list.push_back(render(who));
  return list;
}

auto render(const std::vector<chat::blocked_user>& blocked) -> json {
  auto list = json::array();
  for (const auto& one : blocked)
    list.push_back({{"userId", one.user.value}, {"blockedAt", chat::to_iso8601(one.since)}});
  return list;
}

auto render(const chat::dead_letters& letters) -> json {
  auto list = json::array();
  for (const auto& one : letters) list.push_back(summary(one));
  return list;
}

auto render(const chat::dead_letter& letter) -> json {
  const auto& e = letter.entry;
  auto shown = summary(letter);
  shown["size"] = e.content.size();
  if (!e.reply_to.is_nil()) shown["replyTo"] = to_string(e.reply_to);
  if (!e.target.is_nil()) shown["messageId"] = to_string(e.target);
  if (!e.subjects.empty()) {
    shown["userIds"] = json::array();
    for (const auto& user : e.subjects) shown["userIds"].push_back(readable(user.value));
  }
  shown["attachments"] = e.attachments.size();
  shown["content"] = readable(e.content);
  return shown;
}

auto render(const chat::posted_again& place) -> json {
  return {{"id", to_string(place.id)},
          {"conversationId", to_string(place.conversation)},
          {"seq", place.seq}};
}

auto render(const chat::job_list& jobs) -> json {
  auto list = json::array();
  for (const auto& job : jobs) list.push_back(render_job(job));
  return list;
}

}  // namespace parley::net::codec
