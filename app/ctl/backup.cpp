#include "app/ctl/backup.hpp"

#include <filesystem>
#include <ostream>
#include <set>
#include <vector>

#include "app/ctl/checksums.hpp"
#include "app/ctl/database_tool.hpp"
#include "app/ctl/output.hpp"
#include "app/ctl/workplace.hpp"
#include "storage/blobs/local_store.hpp"
#include "storage/open.hpp"
#include "storage/schema.hpp"
#include "storage/sqlite/copy.hpp"
#include "storage/url.hpp"

namespace parley::app::ctl {
namespace {

using chat::errc;
using chat::unexpected;
namespace fs = std::filesystem;

constexpr std::size_t ids_at_once = 1'000;
/// How often the folder is gone through for files that `rekey` renamed meanwhile.
constexpr int rounds = 3;

auto failure_of(const fs::path& path, const std::error_code& why) -> unexpected {
  return {errc::unavailable, path.string() + ": " + why.message()};
}

/// The folder while it is made, under another name; gone with this object unless it was finished.
class folder_in_the_making {
 public:
  explicit folder_in_the_making(fs::path target)
      : target_(std::move(target)), path_(target_.string() + ".partial") {}
  ~folder_in_the_making() {
    std::error_code ignored;
    if (is_mine_) fs::remove_all(path_, ignored);
  }
  folder_in_the_making(const folder_in_the_making&) = delete;
  auto operator=(const folder_in_the_making&) -> folder_in_the_making& = delete;

  auto path() const -> const fs::path& { return path_; }

  auto make() -> chat::expected<void> {
    std::error_code why;
    if (fs::exists(target_, why))
      return unexpected{errc::conflict, target_.string() + " is there already: name a new folder"};
    is_mine_ = fs::create_directory(path_, why);
    if (why) return failure_of(path_, why);
    if (!is_mine_)
      return unexpected{errc::conflict,
                        path_.string() +
                            " is there already: another backup is under way, or was "
                            "cut short; then remove it"};
    fs::permissions(path_, fs::perms::owner_all, why);
    return {};
  }

  auto finish() -> chat::expected<void> {
    std::error_code why;
    fs::rename(path_, target_, why);
    if (why) return failure_of(target_, why);
    is_mine_ = false;
    return sync_path(fs::absolute(target_, why).parent_path());
  }

 private:
  fs::path target_;
  fs::path path_;
  bool is_mine_ = false;
};

/// What was copied, for the manifest.
struct file_tally {
  std::size_t files = 0;
  std::uintmax_t bytes = 0;
  std::vector<std::string> missing;  ///< named by a message, and not there
};

/// One backup under way.
class backup {
 public:
  backup(workplace& at, const config::options& options, fs::path into)
      : at_(at), options_(options), into_(std::move(into)) {}

  auto run() -> chat::expected<void> {
    if (auto copied = copy_database(); !copied) return copied;
    if (has_files())
      if (auto copied = copy_files(); !copied) return copied;
    return write_manifest();
  }

  auto tally() const -> const file_tally& { return tally_; }

 private:
  auto has_files() const -> bool { return options_.attachments.store == "local"; }

  auto copy_database() -> chat::expected<void> {
    const auto where = storage::parse_url(options_.storage.url);
    if (!where) return unexpected{where.error()};
    const auto* file = std::get_if<storage::sqlite_address>(&*where);
    database_ = file != nullptr ? sqlite_copy_name : mysql_dump_name;
    const auto target = into_ / database_;
    auto copied = file != nullptr ? storage::sqlite::copy_database(file->path, target.string())
                                  : dump_database(std::get<storage::mysql_address>(*where), target);
    if (copied && file != nullptr) copied = storage::sqlite::check_database(target.string());
    if (copied) copied = sync_path(target);
    if (!copied) return copied;
    auto sum = checksum_of(target);
    if (!sum) return unexpected{sum.error()};
    sums_.push_back({std::move(*sum), database_});
    return {};
  }

  /// Files never change under their name; rekey gives them another.
  auto copy_files() -> chat::expected<void> {
    const fs::path from{options_.attachments.directory};
    std::error_code why;
    fs::create_directory(into_ / files_name, why);
    if (why) return failure_of(into_ / files_name, why);
    for (int round = 0; round < rounds; ++round) {
      if (auto copied = copy_folders(from); !copied) return copied;
      tally_.missing.clear();
      if (auto looked = look_for_missing(); !looked) return looked;
      if (tally_.missing.empty()) break;
    }
    return {};
  }

  auto copy_folders(const fs::path& from) -> chat::expected<void> {
    std::error_code why;
    if (!fs::exists(from, why)) return {};
    for (fs::directory_iterator each{from, why}, end; !why && each != end; each.increment(why)) {
      const auto name = each->path().filename().string();
      if (name.size() != 2 || !each->is_directory(why)) continue;  // incoming, url.key
      if (auto copied = copy_folder(each->path(), name); !copied) return copied;
    }
    if (why) return failure_of(from, why);
    return {};
  }

  auto copy_folder(const fs::path& from, const std::string& name) -> chat::expected<void> {
    const auto target = into_ / files_name / name;
    std::error_code why;
    fs::create_directory(target, why);
    if (why) return failure_of(target, why);
    for (fs::directory_iterator each{from, why}, end; !why && each != end; each.increment(why))
      if (auto copied = copy_one(each->path(), target); !copied) return copied;
    if (why) return failure_of(from, why);
    return sync_path(target);
  }

  auto copy_one(const fs::path& from, const fs::path& folder) -> chat::expected<void> {
    const auto target = folder / from.filename();
    if (!copied_.insert(fs::relative(target, into_).string()).second) return {};
    auto sum = copy_and_sum(from, target);
    if (!sum && sum.error().code == errc::not_found)
      return {};  // removed or renamed since it was listed
    if (!sum) return unexpected{sum.error()};
    std::error_code ignored;
    ++tally_.files;
    tally_.bytes += fs::file_size(target, ignored);
    sums_.push_back({std::move(*sum), fs::relative(target, into_).string()});
    return {};
  }

  /// Each file that a message names. The database is asked behind its copy: it names those, too.
  auto look_for_missing() -> chat::expected<void> {
    auto& census = **at_.census();
    for (chat::uuid after;;) {
      const auto some = census.files_in_messages(after, ids_at_once);
      if (!some) return unexpected{some.error()};
      for (const auto& id : *some) {
        const auto name = to_string(id);
        const auto path = into_ / files_name / name.substr(name.size() - 2) / name;
        std::error_code ignored;
        if (!fs::exists(path, ignored) && !fs::exists(path.string() + ".sealed", ignored))
          tally_.missing.push_back(name);
      }
      if (some->size() < ids_at_once) return {};
      after = some->back();
    }
  }

  auto write_manifest() -> chat::expected<void> {
    const auto steps = storage::migration_status(options_.storage);
    if (!steps) return unexpected{steps.error()};
    int schema = 0;
    for (const auto& step : *steps)
      if (step.applied) schema = std::max(schema, step.version);
    const json manifest{{"format", backup_format},  {"madeAt", to_iso8601(at_.now())},
                        {"parley", PARLEY_VERSION}, {"schema", schema},
                        {"database", database_},    {"files", tally_.files},
                        {"bytes", tally_.bytes},    {"missing", tally_.missing}};
    const auto text = manifest.dump(2) + '\n';
    if (auto written = write_file(into_ / manifest_name, text); !written) return written;
    auto sum = checksum_of(into_ / manifest_name);
    if (!sum) return unexpected{sum.error()};
    sums_.push_back({std::move(*sum), std::string{manifest_name}});
    return write_file(into_ / checksums_name, format_checksums(sums_));
  }

  workplace& at_;
  const config::options& options_;
  fs::path into_;
  std::string database_;
  std::vector<checksum> sums_;
  std::set<std::string> copied_;
  file_tally tally_;
};

}  // namespace

auto make_backup(workplace& at) -> chat::expected<void> {
  const auto options = at.options();
  if (!options) return unexpected{options.error()};
  if (const auto census = at.census(); !census) return unexpected{census.error()};
  const fs::path target{at.operand(0)};
  folder_in_the_making folder{target};
  if (auto made = folder.make(); !made) return made;
  backup work{at, **options, folder.path()};
  if (auto worked = work.run(); !worked) return worked;
  if (auto finished = folder.finish(); !finished) return finished;
  const auto& [files, bytes, missing] = work.tally();
  for (const auto& id : missing)
    at.io.complaints << "note: a message names the file " << id << ", which is not there\n";
  if ((*options)->attachments.store == "s3")
    at.io.complaints << "note: the files are in S3 and not in this backup\n";
  if (at.args.json)
    print_json(
        at.out(),
        {{"folder", target.string()}, {"files", files}, {"bytes", bytes}, {"missing", missing}});
  else
    at.out() << "backed up to " << target.string() << ": the database and " << files << " files\n";
  return {};
}

}  // namespace parley::app::ctl
