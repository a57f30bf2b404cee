// Posts with their replies, in channels and between people.

#include <algorithm>

#include "app/ctl/import/ids.hpp"
#include "app/ctl/import/mattermost.hpp"
#include "chat/text.hpp"

namespace parley::app::ctl {
namespace {

using storage::foreign::foreign_conversation;
using storage::foreign::foreign_entry;
using storage::foreign::foreign_member;

constexpr std::int64_t micros_per_ms = 1'000;
/// Mattermost's own bound for conversations without a channel is 8; any file is read.
constexpr std::size_t most_people = 100;

auto names_of(const std::vector<foreign_member>& all) -> std::vector<std::string> {
  std::vector<std::string> names;
  for (const auto& each : all) names.push_back(each.user.value);
  return names;
}

/// Sorted, without doubles: one who talks to itself is listed twice.
void unify(std::vector<foreign_member>& all) {
  std::ranges::sort(all, {}, &foreign_member::user);
  const auto rest = std::ranges::unique(all, {}, &foreign_member::user);
  all.erase(rest.begin(), rest.end());
}

auto count_text(std::size_t count, const char* what) -> std::string {
  return std::to_string(count) + ' ' + what + (count == 1 ? "" : "s");
}

}  // namespace

void mattermost_reader::take_post(const foreign_json& post) {
  const auto team = needed_text(post, "team");
  const auto channel = needed_text(post, "channel");
  const auto found = into_.find(channel_id(team, channel));
  if (!found) throw unfit{"its channel " + team + '/' + channel + " is on no line before"};
  take_thread(found->info.id, post, "post");
}

void mattermost_reader::take_direct_channel(const foreign_json& channel) {
  members who;
  for (const auto& each : list_in(channel, "participants"))
    who.push_back(seen_up_to(number_in(each, "last_viewed_at"), {needed_text(each, "username")}));
  if (who.empty())
    for (const auto& name : texts_in(channel, "members")) who.push_back(seen_up_to({}, {name}));
  add_direct(who);
  if (!text_in(channel, "header").empty()) leave_out("direct_channel", "Parley has no header");
}

void mattermost_reader::take_direct_post(const foreign_json& post) {
  members who;
  for (const auto& name : texts_in(post, "channel_members")) who.push_back(seen_up_to({}, {name}));
  take_thread(add_direct(who), post, "direct_post");
}

/// Once more is no error: posts name their conversation by its people, lines for it may be missing,
/// and Mattermost writes some twice.
auto mattermost_reader::add_direct(const members& who) -> chat::conversation_id {
  auto all = who;
  unify(all);
  if (all.empty() || all.size() > most_people)
    throw unfit{"it has " + std::to_string(all.size()) + " members: 1 to " +
                std::to_string(most_people) + " can be"};
  const auto id = direct_id(names_of(all));
  if (into_.find(id)) return id;
  for (const auto& each : all) need_user(each.user.value);
  foreign_conversation made;
  made.info.id = id;
  made.info.type =
      all.size() == 2 ? chat::conversation_type::direct : chat::conversation_type::group;
  made.info.created_by = all.front().user;
  if (all.size() == 2) {
    made.info.participant1 = all.front().user;
    made.info.participant2 = all.back().user;
  }
  made.place = place_;
  into_.add(made);
  for (const auto& each : all) into_.add(id, each);
  return id;
}

/// Replies to what is not taken are taken, as messages of their own.
void mattermost_reader::take_thread(chat::conversation_id in, const foreign_json& post,
                                    const char* what) {
  const auto first = take_or_refuse(in, post, {}, what, "");
  std::size_t number = 0;
  for (const auto& reply : list_in(post, "replies"))
    take_or_refuse(in, reply, first, "reply", ", reply " + std::to_string(++number));
}

auto mattermost_reader::take_or_refuse(chat::conversation_id in, const foreign_json& post,
                                       chat::message_id reply_to, const char* what,
                                       const std::string& part) -> chat::message_id {
  try {
    return take_message(in, post, reply_to, part);
  } catch (const unfit& why) {
    refuse(what, why, part);
    return {};
  }
}

auto mattermost_reader::take_message(chat::conversation_id in, const foreign_json& post,
                                     chat::message_id reply_to, const std::string& part)
    -> chat::message_id {
  const auto type = text_in(post, "type");
  if (type.starts_with("system_"))
    throw unfit{"it is a note of Mattermost's own (" + type + ')', false};
  const auto sender = needed_text(post, "user");
  need_user(sender);
  foreign_entry found;
  auto& e = found.what;
  e.conversation = in;
  e.actor = {sender};
  e.created_at = needed_time(post, "create_at");
  found.files = files_of(post, part);
  e.content = needed_content(post, !found.files.empty());
  e.reply_to = reply_to;
  const auto first_file = e.content.empty() ? found.files.front() : std::string{};
  e.id = {id_at(e.created_at, {"mattermost message", to_string(in), sender, e.content,
                               to_string(reply_to), first_file})};
  found.at = e.created_at.ms * micros_per_ms;
  found.place = place_ + part;
  if (!into_.add(found)) throw unfit{"the same message is on a line before", false};
  try {
    tell_what_is_left(post, part);
    add_edit(found, post, part);
  } catch (const unfit& why) {
    refuse("details", why, part);
  }
  return e.id;
}

/// The paths of those that are taken; the others are refused, each by itself.
auto mattermost_reader::files_of(const foreign_json& post, const std::string& part)
    -> std::vector<std::string> {
  std::vector<std::string> taken;
  const auto& all = list_in(post, "attachments");
  if (all.empty()) return taken;
  if (how_.files == nullptr || !how_.files->are_taken()) {
    refuse("file", {count_text(all.size(), "file") + " not taken", false}, part);
    return taken;
  }
  for (const auto& each : all) {
    const auto path = text_in(each, "path");
    const auto found = how_.files->look(path);
    if (!found)
      refuse("file", {found.error().detail}, part);
    else if (taken.size() == how_.files->per_message())
      refuse("file", {"the file " + path + " is one too many (attachments.per_message)"}, part);
    else
      taken.push_back(path);
  }
  return taken;
}

auto mattermost_reader::needed_content(const foreign_json& post, bool has_files) const
    -> std::string {
  auto text = text_in(post, "message");
  if (text.empty() && has_files) return text;
  if (text.empty() && !list_in(post, "attachments").empty())
    throw unfit{"it is nothing but files, and none of them is taken", false};
  if (text.empty()) throw unfit{"it has no message"};
  if (auto fine = chat::check_text(text, how_.max_text_units); !fine)
    throw unfit{fine.error().code == chat::errc::too_long
                    ? "its message has " + std::to_string(chat::utf16_length(text)) +
                          " characters, more than " + std::to_string(how_.max_text_units) +
                          " (chat.max_text_units)"
                    : fine.error().detail};
  return text;
}

auto mattermost_reader::needed_time(const foreign_json& post, const char* key) const
    -> chat::timestamp {
  const auto ms = number_in(post, key);
  if (!ms) throw unfit{std::string{"it has no "} + key};
  if (*ms <= 0) throw unfit{std::string{key} + " is no time since 1970: " + std::to_string(*ms)};
  if (chat::timestamp{*ms} > how_.now)
    throw unfit{std::string{key} + " is in the future: " + std::to_string(*ms)};
  return {*ms};
}

/// What stood there before is in no export: the mark is taken, with the text as it is.
void mattermost_reader::add_edit(const foreign_entry& of, const foreign_json& post,
                                 const std::string& part) {
  if (number_in(post, "edit_at").value_or(0) <= 0) return;
  foreign_entry change;
  auto& e = change.what;
  try {
    e.created_at = std::max(needed_time(post, "edit_at"), of.what.created_at);
  } catch (const unfit& why) {
    return refuse("edit", why, part);
  }
  e.conversation = of.what.conversation;
  e.kind = chat::entry_kind::edited;
  e.id = {id_at(e.created_at, {"mattermost edit", to_string(of.what.id)})};
  e.actor = of.what.actor;
  e.content = of.what.content;
  e.target = of.what.id;
  change.at = e.created_at.ms * micros_per_ms;
  change.place = of.place;
  into_.add(change);
}

void mattermost_reader::tell_what_is_left(const foreign_json& post, const std::string& part) {
  const auto left = [&](std::size_t count, const char* what) {
    if (count > 0) refuse(what, {count_text(count, what) + " not taken", false}, part);
  };
  left(list_in(post, "reactions").size(), "reaction");
  left(texts_in(post, "flagged_by").size(), "bookmark");
  if (is_set(post, "is_pinned")) refuse("pin", {"Parley has no pins", false}, part);
  const auto props = post.find("props");
  if (props != post.end() && props->is_object() && props->contains("attachments"))
    refuse("card", {"what an integration showed below the text is not taken", false}, part);
}

void mattermost_reader::need_user(const std::string& name) const {
  if (!into_.knows({name})) throw unfit{"the user " + name + " is on no line before"};
}

}  // namespace parley::app::ctl
