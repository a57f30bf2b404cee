#include "tests/support/mariadb.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pwd.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>
#include <utility>

#include "storage/migrations.hpp"

namespace parley::test {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr auto start_limit = 30s;

/// Folders where distributions keep servers and tools.
auto find_program(const std::string& name) -> std::string {
  for (const char* folder : {"/usr/sbin/", "/usr/bin/", "/usr/local/sbin/", "/usr/local/bin/"})
    if (access((folder + name).c_str(), X_OK) == 0) return folder + name;
  throw std::runtime_error{name + " is not installed"};
}

auto as_argv(std::vector<std::string>& args) -> std::vector<char*> {
  std::vector<char*> argv;
  for (auto& arg : args) argv.push_back(arg.data());
  argv.push_back(nullptr);
  return argv;
}

/// Starts a program that dies with us, its output going to `log`.
auto start_program(std::vector<std::string> args, const fs::path& log) -> pid_t {
  const auto argv = as_argv(args);
  const auto parent = getpid();
  const auto pid = fork();
  if (pid != 0) return pid;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);
  const int out = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  dup2(out, STDOUT_FILENO);
  dup2(out, STDERR_FILENO);
  execv(argv[0], argv.data());
  _exit(127);
}

auto make_folder(const std::string& prefix) -> fs::path {
  auto name = (fs::temp_directory_path() / (prefix + "XXXXXX")).string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error{"no temporary folder"};
  return name;
}

/// An empty, initialised data folder: made once per user and machine, then copied.
auto data_template() -> fs::path {
  const auto ready = fs::temp_directory_path() / ("parley-mariadb-" + std::to_string(geteuid()));
  const int lock = open((ready.string() + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  flock(lock, LOCK_EX);
  if (!fs::exists(ready)) {
    const auto made = make_folder("parley-mariadb-new-");
    std::vector<std::string> args{find_program("mariadb-install-db"),
                                  "--no-defaults",
                                  "--datadir=" + (made / "data").string(),
                                  "--auth-root-authentication-method=normal",
                                  "--skip-test-db",
                                  "--innodb-log-file-size=32M"};
    if (geteuid() == 0) args.push_back("--user=root");
    int status = 0;
    waitpid(start_program(args, made / "log"), &status, 0);
    if (status != 0) throw std::runtime_error{"mariadb-install-db failed: " + made.string()};
    fs::rename(made, ready);
  }
  close(lock);
  return ready / "data";
}

/// As root, servers run as the user that their package made: a state transfer of Galera needs one.
constexpr auto package_user = "mysql";

void give_to_package_user(const fs::path& folder) {
  const auto* user = getpwnam(package_user);
  if (user == nullptr) throw std::runtime_error{"there is no user mysql"};
  const auto give = [user](const fs::path& what) {
    if (lchown(what.c_str(), user->pw_uid, user->pw_gid) != 0)
      throw std::runtime_error{"cannot give away " + what.string()};
  };
  give(folder);
  for (const auto& one : fs::recursive_directory_iterator{folder}) give(one.path());
}

void write_logins(const fs::path& file) {
  std::ofstream out{file};
  for (const char* host : {"127.0.0.1", "localhost"}) {
    const auto who = std::string{"'parley'@'"} + host + "'";
    out << "CREATE USER IF NOT EXISTS " << who << " IDENTIFIED BY 'p@ss';\n"
        << "GRANT ALL ON *.* TO " << who << " WITH GRANT OPTION;\n";
  }
}

}  // namespace

auto free_port() -> std::uint16_t {
  const int probe = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof at;
  bind(probe, reinterpret_cast<sockaddr*>(&at), size);
  getsockname(probe, reinterpret_cast<sockaddr*>(&at), &size);
  close(probe);
  return ntohs(at.sin_port);
}

mariadb::mariadb() : mariadb(std::vector<std::string>{}) {}

mariadb::mariadb(std::vector<std::string> arguments)
    : folder_(make_folder("parley-db-")), arguments_(std::move(arguments)), port_(free_port()) {
  fs::copy(data_template(), folder_ / "data", fs::copy_options::recursive);
  write_logins(folder_ / "logins.sql");
  if (geteuid() == 0) give_to_package_user(folder_);
  start();
}

mariadb::~mariadb() {
  if (pid_ > 0) kill9();
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

auto mariadb::shared() -> mariadb& {
  static mariadb instance;
  return instance;
}

auto mariadb::url(const std::string& database) const -> std::string {
  return "mysql://parley:p%40ss@127.0.0.1:" + std::to_string(port_) + "/" + database;
}

auto mariadb::socket_url(const std::string& database) const -> std::string {
  return "mysql://parley:p%40ss@/" + database + "?socket=" + (folder_ / "socket").string();
}

auto mariadb::new_database() -> std::string {
  const auto name = "messaging_" + std::to_string(++databases_);
  config::storage_options options;
  options.url = url("mysql");
  const auto db = storage::open_connection(options);
  (*db)->ensure_open();
  (*db)->execute("CREATE DATABASE " + name + " CHARACTER SET utf8mb4");
  return url(name);
}

void mariadb::kill9() {
  kill(pid_, SIGKILL);
  wait_for_exit();
}

void mariadb::stop() {
  kill(pid_, SIGTERM);
  wait_for_exit();
}

void mariadb::freeze() {
  kill(pid_, SIGSTOP);
  waitpid(pid_, nullptr, WUNTRACED);  // until the last of its threads stands still
}

void mariadb::thaw() {
  kill(pid_, SIGCONT);
}

void mariadb::wait_for_exit() {
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

void mariadb::start() {
  spawn();
  wait_until([](storage::sql::connection&) { return true; }, start_limit);
}

void mariadb::spawn() {
  std::vector<std::string> args{find_program("mariadbd"),
                                "--no-defaults",
                                "--datadir=" + (folder_ / "data").string(),
                                "--socket=" + (folder_ / "socket").string(),
                                "--pid-file=" + (folder_ / "pid").string(),
                                "--init-file=" + (folder_ / "logins.sql").string(),
                                "--port=" + std::to_string(port_),
                                "--bind-address=127.0.0.1",
                                "--skip-name-resolve",
                                "--skip-log-bin",
                                "--innodb-flush-log-at-trx-commit=1",
                                "--innodb-log-file-size=32M",
                                "--innodb-buffer-pool-size=128M",
                                "--innodb-fast-shutdown=2",
                                "--performance-schema=OFF"};
  if (geteuid() == 0) args.push_back("--user=" + std::string{package_user});
  args.insert(args.end(), arguments_.begin(), arguments_.end());
  pid_ = start_program(std::move(args), folder_ / "log");
}

void mariadb::wait_until(const std::function<bool(storage::sql::connection&)>& is_ready,
                         std::chrono::seconds limit) {
  config::storage_options options;
  options.url = url("mysql");
  const auto db = storage::open_connection(options);
  for (const auto end = std::chrono::steady_clock::now() + limit;;) {
    try {
      (*db)->ensure_open();
      if (is_ready(**db)) return;
    } catch (const storage::sql::failure& why) {
      (*db)->abandon(why);
    }
    const bool is_gone = waitpid(pid_, nullptr, WNOHANG) != 0;
    if (is_gone || std::chrono::steady_clock::now() > end)
      throw std::runtime_error{"mariadbd does not start:\n" + log_tail()};
    std::this_thread::sleep_for(10ms);
  }
}

auto mariadb::log_tail() const -> std::string {
  std::ifstream file{folder_ / "log"};
  const std::string all{std::istreambuf_iterator<char>{file}, {}};
  return all.size() > 2'000 ? all.substr(all.size() - 2'000) : all;
}

}  // namespace parley::test
