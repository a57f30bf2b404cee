#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/ctl/import/export_files.hpp"
#include "app/ctl/import/fields.hpp"
#include "chat/expected.hpp"
#include "storage/foreign/intake.hpp"

namespace parley::app::ctl {

/// Reads the lines of a Mattermost bulk export: JSON, an object each, in the order that Mattermost
/// prescribes (people behind channels, posts behind people).
///
/// User names become user ids. Channels and conversations of more than two become groups. Replies
/// are messages that reply to their thread's first one.
/// @source https://docs.mattermost.com/onboard/bulk-loading-data.html, and the server's
///         channels/app/imports/import_types.go
class mattermost_reader {
 public:
  struct rules {
    std::size_t max_text_units = 5'000;
    chat::timestamp now;                  ///< nothing was written later
    const export_files* files = nullptr;  ///< null: they are not taken
  };

  mattermost_reader(storage::foreign::intake& into, rules how,
                    const storage::foreign::refusal_sink& refuse)
      : into_(into), how_(how), refuse_(refuse) {}

  /// Takes one line, or refuses it or parts of it.
  /// @errors errc::bad_request: this is no such file; to be told once, by its first line
  auto take(std::string_view line, std::uint64_t number) -> chat::expected<void>;

  /// Why a file that ended without any line is none. @errors errc::bad_request
  auto finish() const -> chat::expected<void>;

 private:
  using members = std::vector<storage::foreign::foreign_member>;

  // mattermost.cpp
  auto take_version(const foreign_json& line) -> chat::expected<void>;
  void take_object(const foreign_json& line);
  void take_team(const foreign_json& team);
  void take_channel(const foreign_json& channel);
  void leave_out(const std::string& what, std::string reason);
  void refuse(const std::string& what, const unfit& why, const std::string& part = "");

  // mattermost_people.cpp
  void take_user(const foreign_json& user);
  void take_bot(const foreign_json& bot);
  void add_person(storage::foreign::foreign_user who, bool is_bot);
  void take_memberships(const foreign_json& user, const std::string& name);
  void take_membership(const std::string& team, const foreign_json& channel,
                       const std::string& name);
  auto shown_name(const foreign_json& user, const char* key) -> std::string;

  // mattermost_posts.cpp
  void take_post(const foreign_json& post);
  void take_direct_channel(const foreign_json& channel);
  void take_direct_post(const foreign_json& post);
  auto add_direct(const members& who) -> chat::conversation_id;
  void take_thread(chat::conversation_id in, const foreign_json& post, const char* what);
  /// @returns nil when it was refused
  auto take_or_refuse(chat::conversation_id in, const foreign_json& post, chat::message_id reply_to,
                      const char* what, const std::string& part) -> chat::message_id;
  auto take_message(chat::conversation_id in, const foreign_json& post, chat::message_id reply_to,
                    const std::string& part) -> chat::message_id;
  auto files_of(const foreign_json& post, const std::string& part) -> std::vector<std::string>;
  auto needed_content(const foreign_json& post, bool has_files) const -> std::string;
  auto needed_time(const foreign_json& post, const char* key) const -> chat::timestamp;
  void add_edit(const storage::foreign::foreign_entry& of, const foreign_json& post,
                const std::string& part);
  void tell_what_is_left(const foreign_json& post, const std::string& part);
  void need_user(const std::string& name) const;

  storage::foreign::intake& into_;
  rules how_;
  const storage::foreign::refusal_sink& refuse_;
  std::map<std::string, std::string> teams_;  ///< their names for people
  std::string place_;                         ///< "line 12"
  bool has_version_ = false;
};

/// The ids that channels get, and conversations of `names`, sorted, without doubles.
auto channel_id(const std::string& team, const std::string& channel) -> chat::conversation_id;
auto direct_id(const std::vector<std::string>& names) -> chat::conversation_id;

/// How far somebody has come who looked last at `viewed`; nothing: it is not known, and nothing is
/// new.
auto seen_up_to(std::optional<std::int64_t> viewed, chat::user_id who)
    -> storage::foreign::foreign_member;

}  // namespace parley::app::ctl
