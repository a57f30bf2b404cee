#include "app/ctl/database_tool.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <initializer_list>
#include <sstream>
#include <string>
#include <vector>

extern char** environ;

namespace parley::app::ctl {
namespace {

using chat::errc;
using chat::unexpected;
namespace fs = std::filesystem;

constexpr std::size_t max_complaint = 500;

/// The first of `names` in PATH.
auto find_program(std::initializer_list<const char*> names) -> chat::expected<std::string> {
  const auto* path = std::getenv("PATH");
  for (const std::string name : names) {
    std::istringstream folders{path != nullptr ? path : "/usr/bin:/bin"};
    for (std::string folder; std::getline(folders, folder, ':');)
      if (::access((folder + '/' + name).c_str(), X_OK) == 0) return folder + '/' + name;
  }
  return unexpected{errc::not_found, std::string{*names.begin()} +
                                         " is not installed: it comes with the database's client "
                                         "(Debian: mariadb-client)"};
}

/// A file of this process's user alone, gone with this object.
class scratch_file {
 public:
  explicit scratch_file(const std::string& text) {
    std::string pattern = (fs::temp_directory_path() / "parleyctl-XXXXXX").string();
    const int fd = ::mkstemp(pattern.data());
    if (fd < 0) return;
    path_ = pattern;
    is_whole_ = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    ::close(fd);
  }
  ~scratch_file() {
    if (!path_.empty()) ::unlink(path_.c_str());
  }
  scratch_file(const scratch_file&) = delete;
  auto operator=(const scratch_file&) -> scratch_file& = delete;

  auto path() const -> const std::string& { return path_; }
  explicit operator bool() const { return is_whole_; }

 private:
  std::string path_;
  bool is_whole_ = false;
};

/// A value of an option file: quoted, so that '#' and spaces are its own.
auto quoted(const std::string& text) -> std::string {
  std::string made = "\"";
  for (const char c : text) made += c == '\\' ? "\\\\" : c == '\n' ? "\\n" : std::string(1, c);
  return made + '"';
}

auto option_file(const storage::mysql_address& at) -> std::string {
  auto text = "[client]\nuser=" + quoted(at.user) + "\npassword=" + quoted(at.password) + '\n';
  if (!at.socket.empty())
    text += "socket=" + quoted(at.socket) + '\n';
  else
    text += "protocol=tcp\nhost=" + quoted(at.host) + "\nport=" + std::to_string(at.port) + '\n';
  if (at.tls.is_required) text += "ssl\n";
  if (at.tls.is_verified) text += "ssl-verify-server-cert\nssl-ca=" + quoted(at.tls.ca) + '\n';
  return text;
}

/// A tool with files for its input and output, and its complaints kept.
struct tool_run {
  std::string program;
  std::vector<std::string> words;
  std::string input = "/dev/null";
  std::string output = "/dev/null";
};

auto first_line(const std::string& file) -> std::string {
  std::ifstream in{file};
  std::string line;
  std::getline(in, line);
  return line.substr(0, max_complaint);
}

auto run(const tool_run& what) -> chat::expected<void> {
  const scratch_file complaints{""};
  std::vector<char*> argv;
  auto words = what.words;
  words.insert(words.begin(), what.program);
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, 0, what.input.c_str(), O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, 1, what.output.c_str(), O_WRONLY | O_CREAT, 0600);
  posix_spawn_file_actions_addopen(&files, 2, complaints.path().c_str(), O_WRONLY, 0600);
  pid_t child = 0;
  const int failed =
      posix_spawn(&child, what.program.c_str(), &files, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  if (failed != 0)
    return unexpected{errc::unavailable, what.program + ": " + std::strerror(failed)};
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  const auto said = first_line(complaints.path());
  return unexpected{errc::unavailable, said.empty() ? what.program + " failed" : said};
}

/// A view is its reader's own: whoever restores need not be who made it.
constexpr std::string_view definer_line = "/*!50013 DEFINER=";
/// The last line of a dump that is whole.
constexpr std::string_view end_mark = "-- Dump completed";

/// Copies the dump without definers. @returns whether it is whole
auto strip(const std::string& from, const fs::path& to) -> bool {
  std::ifstream in{from, std::ios::binary};
  std::ofstream out{to, std::ios::binary};
  bool is_whole = false;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with(definer_line)) continue;
    if (line.starts_with(end_mark)) is_whole = true;
    out << line << '\n';
  }
  return is_whole && static_cast<bool>(out.flush());
}

}  // namespace

auto dump_database(const storage::mysql_address& from, const fs::path& to) -> chat::expected<void> {
  auto program = find_program({"mariadb-dump", "mysqldump"});
  if (!program) return unexpected{program.error()};
  const scratch_file options{option_file(from)};
  if (!options)
    return unexpected{errc::unavailable,
                      "no file can be made in " + fs::temp_directory_path().string()};
  const auto raw = to.string() + ".raw";
  auto dumped = run({*program,
                     {"--defaults-file=" + options.path(), "--single-transaction", "--quick",
                      "--skip-lock-tables", "--hex-blob", "--no-tablespaces",
                      "--default-character-set=utf8mb4", from.database},
                     "/dev/null",
                     raw});
  const bool is_whole = dumped && strip(raw, to);
  std::error_code ignored;
  fs::remove(raw, ignored);
  if (!dumped) return dumped;
  if (!is_whole)
    return unexpected{errc::unavailable,
                      to.string() + ": the dump is cut short; is the disk full?"};
  return {};
}

auto load_database(const fs::path& from, const storage::mysql_address& to) -> chat::expected<void> {
  auto program = find_program({"mariadb", "mysql"});
  if (!program) return unexpected{program.error()};
  const scratch_file options{option_file(to)};
  if (!options)
    return unexpected{errc::unavailable,
                      "no file can be made in " + fs::temp_directory_path().string()};
  return run({*program,
              {"--defaults-file=" + options.path(), "--default-character-set=utf8mb4", "--batch",
               to.database},
              from.string(),
              "/dev/null"});
}

}  // namespace parley::app::ctl
