#include "app/ctl/import/mattermost.hpp"

#include <algorithm>
#include <array>

#include "app/ctl/import/ids.hpp"
#include "chat/limits.hpp"
#include "chat/text.hpp"

namespace parley::app::ctl {
namespace {

using chat::errc;
using chat::unexpected;
using storage::foreign::foreign_member;

/// Objects that Parley has nothing like.
constexpr std::array unheld{"scheme", "role", "emoji"};

auto not_an_export(std::string why) -> unexpected {
  return {errc::bad_request, why + ": this is no bulk export of Mattermost"};
}

}  // namespace

auto channel_id(const std::string& team, const std::string& channel) -> chat::conversation_id {
  return {id_of({"mattermost channel", team, channel})};
}

auto direct_id(const std::vector<std::string>& names) -> chat::conversation_id {
  std::string all;
  for (const auto& name : names) all += name + '\n';
  return {id_of({"mattermost direct", all})};
}

auto seen_up_to(std::optional<std::int64_t> viewed, chat::user_id who) -> foreign_member {
  using storage::foreign::all_of_it;
  constexpr std::int64_t micros_per_ms = 1'000;
  constexpr std::int64_t most = all_of_it / micros_per_ms - 1;
  foreign_member found{std::move(who)};
  found.delivered_up_to = all_of_it;
  found.read_up_to = all_of_it;
  if (!viewed) return found;
  const auto at = std::clamp<std::int64_t>(*viewed, 0, most);
  found.read_up_to = (at + 1) * micros_per_ms - 1;
  found.read_at = {at};
  return found;
}

auto mattermost_reader::take(std::string_view line, std::uint64_t number) -> chat::expected<void> {
  place_ = "line " + std::to_string(number);
  if (line.find_first_not_of(" \t\r") == line.npos) return {};
  foreign_json parsed;
  try {
    parsed = foreign_json::parse(line);
  } catch (const foreign_json::exception& why) {
    const auto* where = dynamic_cast<const foreign_json::parse_error*>(&why);
    const auto reason =
        "it is not JSON" +
        (where == nullptr ? std::string{} : ", from byte " + std::to_string(where->byte));
    if (!has_version_) return not_an_export(place_ + ": " + reason);
    refuse("line", {reason});
    return {};
  }
  if (!has_version_) return take_version(parsed);
  try {
    take_object(parsed);
  } catch (const unfit& why) {
    const bool is_named =
        parsed.is_object() && parsed.contains("type") && parsed["type"].is_string();
    refuse(is_named ? parsed["type"].get<std::string>() : "line", why);
  }
  return {};
}

auto mattermost_reader::finish() const -> chat::expected<void> {
  if (has_version_) return {};
  return not_an_export("it has no line");
}

auto mattermost_reader::take_version(const foreign_json& line) -> chat::expected<void> {
  const bool is_version = line.is_object() && line.contains("type") && line["type"] == "version";
  if (!is_version) return not_an_export(place_ + " is not its version");
  if (!line.contains("version") || line["version"] != 1)
    return unexpected{
        errc::bad_request,
        place_ + ": this version of the format is not known; 1 is what Mattermost writes"};
  has_version_ = true;
  return {};
}

void mattermost_reader::take_object(const foreign_json& line) {
  const auto type = needed_text(line, "type");
  const auto& object = line.contains(type) ? line.at(type) : line;
  if (type == "team") return take_team(object);
  if (type == "channel") return take_channel(object);
  if (type == "user") return take_user(object);
  if (type == "bot") return take_bot(object);
  if (type == "post") return take_post(object);
  if (type == "direct_channel") return take_direct_channel(object);
  if (type == "direct_post") return take_direct_post(object);
  if (std::ranges::find(unheld, type) != unheld.end())
    return leave_out(type, "Parley has no " + type + "s");
  throw unfit{"its type '" + type + "' is not known"};
}

void mattermost_reader::take_team(const foreign_json& team) {
  const auto name = needed_text(team, "name");
  const auto shown = text_in(team, "display_name");
  teams_[name] = shown.empty() ? name : shown;
}

void mattermost_reader::take_channel(const foreign_json& channel) {
  const auto team = needed_text(channel, "team");
  const auto name = needed_text(channel, "name");
  const auto type = text_in(channel, "type");
  if (type != "O" && type != "P") throw unfit{"its type '" + type + "' is neither O nor P"};
  if (!teams_.contains(team)) throw unfit{"its team " + team + " is on no line before"};
  storage::foreign::foreign_conversation found;
  found.info.id = channel_id(team, name);
  found.info.type = chat::conversation_type::group;
  const auto shown = text_in(channel, "display_name");
  found.info.title = shown.empty() ? name : shown;
  if (teams_.size() > 1) found.info.title += " (" + teams_[team] + ')';
  if (!chat::check_name(found.info.title, chat::max_title_units)) {
    leave_out("channel", "its display_name is no title: its name stands for it");
    found.info.title = name;
  }
  if (auto fine = chat::check_name(found.info.title, chat::max_title_units); !fine)
    throw unfit{"its name is no title: " + fine.error().detail};
  found.place = place_;
  if (into_.find(found.info.id)) throw unfit{"the channel is on a line before"};
  into_.add(found);
  for (const auto* key : {"header", "purpose"})
    if (!text_in(channel, key).empty()) leave_out("channel", std::string{"Parley has no "} + key);
  if (number_in(channel, "deleted_at").value_or(0) > 0)
    leave_out("channel", "it was archived, which groups are not: its members can write in it");
}

void mattermost_reader::leave_out(const std::string& what, std::string reason) {
  refuse_({place_, what, std::move(reason), false});
}

void mattermost_reader::refuse(const std::string& what, const unfit& why, const std::string& part) {
  refuse_({place_ + part, what, why.reason, why.is_wrong});
}

}  // namespace parley::app::ctl
