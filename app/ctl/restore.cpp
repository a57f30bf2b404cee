#include "app/ctl/restore.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <ostream>
#include <sstream>

#include "app/ctl/backup.hpp"
#include "app/ctl/checksums.hpp"
#include "app/ctl/database_tool.hpp"
#include "app/ctl/output.hpp"
#include "app/ctl/workplace.hpp"
#include "storage/migrations.hpp"
#include "storage/url.hpp"

namespace parley::app::ctl {
namespace {

using chat::errc;
using chat::unexpected;
namespace fs = std::filesystem;

auto failure_of(const fs::path& path, const std::error_code& why) -> unexpected {
  return {errc::unavailable, path.string() + ": " + why.message()};
}

auto read_text(const fs::path& file) -> chat::expected<std::string> {
  std::ifstream in{file, std::ios::binary};
  std::ostringstream text;
  text << in.rdbuf();
  if (!in)
    return unexpected{errc::not_found, file.string() + ": it cannot be read; is this a backup?"};
  return text.str();
}

/// Whom new files are to belong to: the owner of the folder they lie in, which only root can
/// arrange.
void give_to_owner(const fs::path& path, const fs::path& like) {
  struct stat owner {};
  if (::geteuid() != 0 || ::stat(like.c_str(), &owner) != 0) return;
  if (::lchown(path.c_str(), owner.st_uid, owner.st_gid) != 0)
    return;  // what root may not, nobody may
}

auto newest_schema(bool is_sqlite) -> int {
  const auto known = storage::known_migrations(is_sqlite ? storage::sql::dialect::sqlite
                                                         : storage::sql::dialect::mysql);
  return known.empty() ? 0 : known.back().version;
}

/// One restore under way.
class restoration {
 public:
  restoration(workplace& at, const config::options& options, fs::path from)
      : at_(at), options_(options), from_(std::move(from)) {}

  auto run() -> chat::expected<void> {
    using step = chat::expected<void> (restoration::*)();
    for (const step each :
         {&restoration::read_manifest, &restoration::check_target, &restoration::check_sums,
          &restoration::bring_files, &restoration::bring_database})
      if (auto fine = (this->*each)(); !fine) return fine;
    return {};
  }

  auto files() const -> std::size_t { return files_; }

 private:
  auto read_manifest() -> chat::expected<void> {
    const auto text = read_text(from_ / manifest_name);
    if (!text) return unexpected{text.error()};
    const auto manifest = json::parse(*text, nullptr, false);
    if (!manifest.is_object() || manifest.value("format", 0) != backup_format)
      return unexpected{errc::conflict, (from_ / manifest_name).string() +
                                            ": no manifest of a backup that this program knows"};
    const auto where = storage::parse_url(options_.storage.url);
    if (!where) return unexpected{where.error()};
    where_ = *where;
    database_ = manifest.value("database", std::string{});
    if (database_ != (is_sqlite() ? sqlite_copy_name : mysql_dump_name))
      return unexpected{errc::conflict, "the backup holds " + database_ + ", and storage.url is " +
                                            shown_url(options_.storage) +
                                            ": they must be of one kind"};
    const auto schema = manifest.value("schema", 0);
    if (schema > newest_schema(is_sqlite()))
      return unexpected{errc::conflict, "the backup has schema " + std::to_string(schema) +
                                            ", and this program knows " +
                                            std::to_string(newest_schema(is_sqlite())) +
                                            ": it is too old"};
    return {};
  }

  auto is_sqlite() const -> bool { return std::holds_alternative<storage::sqlite_address>(where_); }
  auto database_file() const -> fs::path { return std::get<storage::sqlite_address>(where_).path; }

  auto check_target() -> chat::expected<void> {
    const fs::path files{options_.attachments.directory};
    std::error_code ignored;
    if (brings_files() && fs::exists(files, ignored) && !fs::is_empty(files, ignored))
      return occupied(files.string() + " (attachments.directory)");
    if (!is_sqlite()) return check_no_tables();
    for (const auto* ending : {"", "-wal", "-journal"})
      if (const auto file = database_file().string() + ending; fs::exists(file, ignored))
        return occupied(file + " (storage.url)");
    return {};
  }

  auto check_no_tables() -> chat::expected<void> {
    const auto census = at_.census();
    if (!census) return unexpected{census.error()};
    const auto is_empty = (*census)->is_empty();
    if (!is_empty)
      return unexpected{is_empty.error().code,
                        shown_url(options_.storage) + ": " + is_empty.error().detail};
    if (!*is_empty) return occupied(shown_url(options_.storage) + " (storage.url)");
    return {};
  }

  static auto occupied(const std::string& what) -> unexpected {
    return {errc::conflict,
            "nothing was done: " + what + " is not empty, and nothing is overwritten"};
  }

  auto brings_files() const -> bool {
    std::error_code ignored;
    return options_.attachments.store == "local" && fs::exists(from_ / files_name, ignored);
  }

  auto check_sums() -> chat::expected<void> {
    const auto text = read_text(from_ / checksums_name);
    if (!text) return unexpected{text.error()};
    const auto listed = parse_checksums(*text);
    if (!listed) return unexpected{listed.error()};
    bool has_database = false;
    for (const auto& [hex, path] : *listed) {
      const auto found = checksum_of(from_ / path);
      if (!found) return unexpected{found.error()};
      if (*found != hex) return damaged(path);
      has_database = has_database || path == database_;
    }
    if (!has_database) return damaged(database_);
    sums_ = *listed;
    return {};
  }

  auto damaged(const std::string& path) const -> unexpected {
    return {errc::conflict, "nothing was done: " + (from_ / path).string() +
                                " is not what was backed up (SHA256SUMS)"};
  }

  /// Those that SHA256SUMS names, beside their place, then all at once.
  auto bring_files() -> chat::expected<void> {
    if (!brings_files()) return {};
    const fs::path target{options_.attachments.directory};
    const fs::path making = target.string() + ".restoring";
    std::error_code why;
    fs::remove_all(making, why);
    fs::create_directories(making, why);
    if (why) return failure_of(making, why);
    fs::permissions(making, fs::perms::owner_all, why);
    give_to_owner(making, fs::absolute(target, why).parent_path());
    for (const auto& [hex, path] : sums_)
      if (path.starts_with(std::string{files_name} + '/'))
        if (auto brought = bring(path, making / path.substr(files_name.size() + 1)); !brought)
          return brought;
    fs::remove(target, why);  // an empty folder
    fs::rename(making, target, why);
    if (why) return failure_of(target, why);
    return {};
  }

  auto bring(const std::string& path, const fs::path& to) -> chat::expected<void> {
    std::error_code why;
    if (fs::create_directories(to.parent_path(), why)) {
      fs::permissions(to.parent_path(), fs::perms::owner_all, why);
      give_to_owner(to.parent_path(), to.parent_path().parent_path());
    }
    if (why) return failure_of(to.parent_path(), why);
    if (const auto copied = copy_and_sum(from_ / path, to); !copied)
      return unexpected{copied.error()};
    give_to_owner(to, to.parent_path());
    ++files_;
    return {};
  }

  auto bring_database() -> chat::expected<void> {
    auto brought = is_sqlite()
                       ? bring_sqlite()
                       : load_database(from_ / database_, std::get<storage::mysql_address>(where_));
    std::error_code ignored;
    if (!brought && brings_files()) fs::remove_all(options_.attachments.directory, ignored);
    if (!brought && !is_sqlite())
      return unexpected{brought.error().code,
                        brought.error().detail + "; make the database anew before you try again"};
    return brought;
  }

  auto bring_sqlite() -> chat::expected<void> {
    const auto target = database_file();
    const fs::path making = target.string() + ".restoring";
    std::error_code why;
    const auto folder = fs::absolute(target, why).parent_path();
    fs::create_directories(folder, why);
    if (why) return failure_of(folder, why);
    fs::remove(making, why);
    if (const auto copied = copy_and_sum(from_ / database_, making); !copied)
      return unexpected{copied.error()};
    give_to_owner(making, folder);
    fs::rename(making, target, why);
    if (why) return failure_of(target, why);
    return sync_path(folder);
  }

  workplace& at_;
  const config::options& options_;
  fs::path from_;
  storage::address where_;
  std::string database_;
  std::vector<checksum> sums_;
  std::size_t files_ = 0;
};

}  // namespace

auto restore_backup(workplace& at) -> chat::expected<void> {
  const auto options = at.options();
  if (!options) return unexpected{options.error()};
  restoration work{at, **options, at.operand(0)};
  if (auto worked = work.run(); !worked) return worked;
  if (at.args.json)
    print_json(at.out(), {{"store", shown_url((*options)->storage)}, {"files", work.files()}});
  else
    at.out() << "restored " << shown_url((*options)->storage) << " and " << work.files()
             << " files\n";
  return {};
}

}  // namespace parley::app::ctl
