#include "net/codec/render_people.hpp"

namespace parley::net::codec {
namespace {

/// A dead letter holds whatever bytes were refused.
auto readable(const std::string& bytes) -> json { return json::parse(dump(json(bytes))); }

auto readable_ids(const std::vector<chat::user_id>& users) -> json {
  auto list = json::array();
  for (const auto& user : users) list.push_back(readable(user.value));
  return list;
}

void add_summary(object_writer& to, const chat::dead_letter& letter) {
  const auto& e = letter.entry;
  to.add("id", e.id)
      .add("kind", to_string(e.kind))
      .add("conversationId", e.conversation)
      .add("senderId", readable(e.actor.value))
      .add("clientMessageId", readable(e.client_message_id))
      .add("createdAt", e.created_at)
      .add("failedAt", letter.failed_at)
      .add("reason", readable(letter.reason));
}

}  // namespace

void write(writer& to, const chat::profile& who) {
  object_writer{to}
      .add("userId", who.user)
      .add("displayName", chat::display_name(who))
      .add("firstName", or_null{who.first_name})
      .add("lastName", or_null{who.last_name})
      .add("profilePictureUrl", or_null{who.picture_url});
}

void write(writer& to, const chat::blocked_user& blocked) {
  object_writer{to}.add("userId", blocked.user).add("blockedAt", blocked.since);
}

void write(writer& to, const chat::dead_letters& letters) {
  to.begin_array();
  for (const auto& one : letters) {
    object_writer summary{to};
    add_summary(summary, one);
  }
  to.end_array();
}

void write(writer& to, const chat::dead_letter& letter) {
  const auto& e = letter.entry;
  object_writer out{to};
  add_summary(out, letter);
  out.add("size", e.content.size());
  if (!e.reply_to.is_nil()) out.add("replyTo", e.reply_to);
  if (!e.target.is_nil()) out.add("messageId", e.target);
  if (!e.subjects.empty()) out.add("userIds", readable_ids(e.subjects));
  out.add("attachments", e.attachments.size()).add("content", readable(e.content));
}

void write(writer& to, const chat::posted_again& place) {
  object_writer{to}
      .add("id", place.id)
      .add("conversationId", place.conversation)
      .add("seq", place.seq);
}

namespace {

void write_device(writer& to, const chat::device_view& one) {
  object_writer{to}
      .add("id", one.id)
      .add("createdAt", one.created_at)
      .add("lastUsedAt", one.last_used_at)
      .add("agent", one.agent)
      .add("current", one.is_current);
}

}  // namespace

void write(writer& to, const std::vector<chat::device_view>& devices) {
  const auto list = [&devices](writer& there) {
    there.begin_array();
    for (const auto& one : devices) write_device(there, one);
    there.end_array();
  };
  object_writer{to}.add("sessions", value_source{list});
}

void write(writer& to, const chat::people_found& people) {
  const auto list = [&people](writer& there) {
    there.begin_array();
    for (const auto& one : people.users) write(there, one);
    there.end_array();
  };
  object_writer{to}.add("users", value_source{list});
}

void write(writer& to, const chat::invite& one) {
  const auto uses = [&one](writer& there) {
    one.is_counted ? there.number(one.uses_left) : there.null();
  };
  object_writer{to}
      .add("code", one.code)
      .add("conversationId", one.conversation)
      .add("createdBy", one.created_by)
      .add("createdAt", one.created_at)
      .add("expiresAt", or_null{one.expires_at})
      .add("usesLeft", value_source{uses});
}

void write(writer& to, const std::vector<chat::invite>& all) {
  const auto list = [&all](writer& there) {
    there.begin_array();
    for (const auto& one : all) write(there, one);
    there.end_array();
  };
  object_writer{to}.add("invites", value_source{list});
}

void write(writer& to, const chat::invite_preview& what) {
  object_writer{to}
      .add("title", or_null{what.title})
      .add("memberCount", what.member_count)
      .add("invitedBy", or_null{what.invited_by});
}

void write(writer& to, const chat::job_status& job) {
  const bool ran{job.last_run_at};
  object_writer{to}
      .add("name", job.name)
      .add("everyMs", job.every_ms)
      .add("isRunning", job.is_running)
      .add("lastRunAt", or_null{job.last_run_at})
      .add("lastDurationMs", ran ? json(job.last_duration_ms) : json())
      .add("lastResult", !ran ? "never" : job.last_error.empty() ? "succeeded" : "failed")
      .add("lastError", or_null{job.last_error})
      .add("runs", job.runs)
      .add("failures", job.failures)
      .add("found", job.found);
}

}  // namespace parley::net::codec
