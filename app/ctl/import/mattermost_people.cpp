// Users and bots, and the channels they are in.

#include "app/ctl/import/mattermost.hpp"
#include "chat/accounts.hpp"
#include "chat/limits.hpp"
#include "chat/text.hpp"

namespace parley::app::ctl {

using storage::foreign::foreign_user;

void mattermost_reader::take_user(const foreign_json& user) {
  const auto name = needed_text(user, "username");
  foreign_user found;
  found.profile = {{name},
                   shown_name(user, "first_name"),
                   shown_name(user, "last_name"),
                   shown_name(user, "nickname"),
                   ""};
  found.is_disabled = number_in(user, "delete_at").value_or(0) > 0;
  add_person(std::move(found), false);
  if (!text_in(user, "profile_image").empty())
    leave_out("user", "the picture of " + name + " is not taken");
  take_memberships(user, name);
}

void mattermost_reader::take_bot(const foreign_json& bot) {
  foreign_user found;
  found.profile.user = {needed_text(bot, "username")};
  found.profile.display_name = shown_name(bot, "display_name");
  add_person(std::move(found), true);
}

/// A bot speaks, and nobody signs in as one.
void mattermost_reader::add_person(foreign_user who, bool is_bot) {
  const auto& user = who.profile.user;
  if (!chat::is_visible_ascii_id(user.value) || chat::is_guest(user))
    throw unfit{"its username is no id of a user: 1 to 64 visible ASCII characters"};
  const auto fits = chat::check_user_name(user.value);
  if (fits && !is_bot) who.user_name = user.value;
  if (!fits && !is_bot)
    leave_out("user",
              user.value + " gets no account, only tokens let it in: " + fits.error().detail);
  who.place = place_;
  if (!into_.add(who)) throw unfit{"the user " + user.value + " is on a line before"};
}

/// "" for a name that nobody may have.
auto mattermost_reader::shown_name(const foreign_json& user, const char* key) -> std::string {
  auto name = text_in(user, key);
  if (name.empty()) return name;
  const auto fine = chat::check_name(name, chat::max_name_units);
  if (fine) return name;
  leave_out("user", std::string{key} + " is left empty: " + fine.error().detail);
  return {};
}

void mattermost_reader::take_memberships(const foreign_json& user, const std::string& name) {
  for (const auto& team : list_in(user, "teams")) {
    try {
      const auto in = needed_text(team, "name");
      for (const auto& channel : list_in(team, "channels")) take_membership(in, channel, name);
    } catch (const unfit& why) {
      refuse("user", {"teams of " + name + ": " + why.reason});
    }
  }
}

void mattermost_reader::take_membership(const std::string& team, const foreign_json& channel,
                                        const std::string& name) {
  const auto in = needed_text(channel, "name");
  const auto found = into_.find(channel_id(team, in));
  if (!found)
    return refuse(
        "user", {name + " is in the channel " + team + '/' + in + ", which is on no line before"});
  auto member = seen_up_to(number_in(channel, "last_viewed_at"), {name});
  if (text_in(channel, "roles").find("channel_admin") != std::string::npos)
    member.role = chat::member_role::admin;
  into_.add(found->info.id, member);
}

}  // namespace parley::app::ctl
