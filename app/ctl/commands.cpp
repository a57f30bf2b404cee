#include "app/ctl/archive.hpp"
#include "app/ctl/backup.hpp"
#include "app/ctl/check.hpp"
#include "app/ctl/command.hpp"
#include "app/ctl/conversations.hpp"
#include "app/ctl/import/commands.hpp"
#include "app/ctl/letters.hpp"
#include "app/ctl/rekey.hpp"
#include "app/ctl/restore.hpp"
#include "app/ctl/status.hpp"
#include "app/ctl/tokens.hpp"
#include "app/ctl/users.hpp"

namespace parley::app::ctl {
namespace {

const option limit{"--limit", "N", "at most so many rows"};
const option random_word{"--random", "", "make a password, and print it"};

auto about_the_server() -> std::vector<command> {
  return {
      {"status",
       "",
       "whether the server runs, what it carries, what is stored",
       "Asks the listener of metrics.address and metrics.port, and the database. Fails when the "
       "server\n"
       "is not ready.",
       {},
       show_status},
      {"check",
       "",
       "whether parleyd would start, and what it would warn of",
       "Looks at settings, keys, certificate, database, schema and folders, and changes nothing. "
       "Run it\n"
       "as the server's user, with its settings.",
       {},
       check_all},
      {"backup",
       "FOLDER",
       "copy database and files, while the server runs",
       "FOLDER must not be there. SQLite is copied as of one moment and every page of the copy "
       "checked;\n"
       "MySQL and MariaDB are dumped by their own tool. Then the files are copied. `sha256sum -c\n"
       "SHA256SUMS` in FOLDER checks a backup at any time. Not in it: settings, secrets, "
       "encryption\n"
       "keys, and files in S3.",
       {},
       make_backup},
      {"restore",
       "FOLDER",
       "bring a backup back, where nothing is",
       "Stop the server first. The database that the settings name must not be there (MySQL: have "
       "no\n"
       "tables), and attachments.directory be empty. Every checksum is looked at before anything "
       "is\n"
       "written.",
       {},
       restore_backup},
      {"token make",
       "USER",
       "a token signed with auth.hs256_secret, for tests",
       "As an identity provider that knows the secret would make it. Whoever has it is USER.",
       {{"--lifetime", "SECONDS", "how long it is good; 3600 unless told"},
        {"--name", "NAME", "the claim `name`"}},
       make_token},
  };
}

auto about_people() -> std::vector<command> {
  return {
      {"user list",
       "",
       "accounts, by name",
       "A line each: user name, user id, and `disabled` or `admin`.",
       {limit, {"--after", "NAME", "those behind this one"}},
       list_users},
      {"user show", "WHO", "one person, by user name or user id", "", {}, show_user},
      {"user create",
       "NAME",
       "make an account",
       "The password is the first line of the standard input; on a terminal it is asked for.",
       {random_word, {"--first-name", "NAME", ""}, {"--last-name", "NAME", ""}},
       create_user},
      {"user password",
       "NAME",
       "give an account another password",
       "The password is the first line of the standard input; on a terminal it is asked for.\n"
       "The account is signed out of all browsers; tokens that were given out stay good until they\n"
       "end (auth.token_lifetime_s).",
       {random_word},
       set_password},
      {"user disable",
       "NAME",
       "no more sign-ins",
       "The account is signed out of all browsers; tokens that were given out stay good until they\n"
       "end (auth.token_lifetime_s).",
       {},
       disable_user},
      {"user enable", "NAME", "sign-ins again, with the password as it was", "", {}, enable_user},
      {"user delete",
       "WHO",
       "forget account and person, and leave groups",
       "Takes the account, names, picture and blocks, and the person out of every group; an "
       "owner's\n"
       "role goes to a successor. Conversations of two stay for the other. With --messages, all "
       "that the\n"
       "person wrote is deleted there and taken out of the database, and its files within minutes. "
       "A\n"
       "running server shows it to those who are connected with the next message of each "
       "conversation;\n"
       "tokens stay good until they end.",
       {{"--messages", "", "delete messages and files, too"},
        {"--yes", "", "do it; without, say what would be done"}},
       delete_user},
  };
}

auto about_talk() -> std::vector<command> {
  return {
      {"conversation list",
       "",
       "conversations, newest first",
       "A line each: id, type, members, entries, time of the last message, title.",
       {{"--user", "ID", "those of this user"},
        limit,
        {"--before", "ID", "those older than this one"}},
       list_conversations},
      {"conversation show", "ID", "one of them, in numbers", "", {}, show_conversation},
      {"conversation members",
       "ID",
       "who is in it, and how far each has come",
       "",
       {},
       list_members},
      {"conversation export",
       "ID",
       "all of it, as JSON lines",
       "The first line is the conversation, then one for each member, then one for each entry, in "
       "the\n"
       "order of seq. Texts are shown as members see them: those of deleted messages are not "
       "there.",
       {},
       export_conversation},
      {"dlq list",
       "",
       "messages the database refused for good",
       "Newest first, without their texts.",
       {limit, {"--before", "ID", "those older than this one"}},
       list_letters},
      {"dlq show", "ID", "one of them, with its text", "", {}, show_letter},
      {"dlq retry", "ID", "post it as the last message of its conversation", "", {}, retry_letter},
      {"dlq drop", "ID", "forget it", "", {}, drop_letter},
      {"archive",
       "",
       "move messages of quiet conversations away",
       "Moves the messages of conversations without activity since that day to the archive table. "
       "They\n"
       "stay readable. May be stopped and repeated.",
       {{"--before", "YYYY-MM-DD", "the day, UTC; needed"}},
       archive_idle},
      {"rekey",
       "",
       "store texts and files with the key that writes now",
       "Without encryption.enabled, makes them plain. May be stopped and repeated.",
       {},
       rekey_all},
  };
}

const option dry_run{"--dry-run", "", "read everything, say what would be taken, write nothing"};
const option refused_file{"--refused", "FILE", "write all that is not taken there, as JSON lines"};

auto about_imports() -> std::vector<command> {
  return {
      {"import dotnet",
       "SOURCE",
       "take the .NET system's tables over, from MySQL",
       "SOURCE is a file whose first line is the URL of its database, as of storage.url, or such a\n"
       "URL without a password. Its conversations and messages are taken with their ids, times and\n"
       "order, and how far people have read; users are the ids that stand there. Nothing is changed\n"
       "in it. May be stopped and repeated, beside running servers: what is here is passed over.\n"
       "Fails when something was refused; all others are taken then.",
       {dry_run,
        refused_file,
        {"--guids", "ORDER", "of ids in 16 bytes: big-endian, little-endian, time-swapped"},
        {"--conversations", "TABLE", "its name, when it is not conversations"},
        {"--messages", "TABLE", "its name, when it is not messages"}},
       import_dotnet},
      {"import mattermost",
       "FILE",
       "take a bulk export of Mattermost over",
       "FILE is the .jsonl of a bulk export. Users become accounts without a password: `user\n"
       "password` gives them one. Channels become groups of their members. Files come with --files;\n"
       "reactions, pins and such are not taken, and listed. May be stopped and repeated, beside\n"
       "running servers: what is here is passed over. Fails when something was refused; all others\n"
       "are taken then.",
       {dry_run,
        refused_file,
        {"--files", "FOLDER", "the data folder of the export: takes the files of posts"},
        {"--same-people", "", "accounts here of the same names are the same people"}},
       import_mattermost},
  };
}

auto all_commands() -> std::vector<command> {
  auto all = about_the_server();
  for (auto&& some : {about_people(), about_talk(), about_imports()})
    all.insert(all.end(), some.begin(), some.end());
  return all;
}

}  // namespace

auto commands() -> std::span<const command> {
  static const auto all = all_commands();
  return all;
}

}  // namespace parley::app::ctl
