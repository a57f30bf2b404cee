// parley-history: how long does it take to read near and far in a long conversation?

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>

#include "bench/history/probes.hpp"
#include "bench/wire/failure.hpp"
#include "storage/open.hpp"
#include "tests/support/mariadb.hpp"

namespace parley::bench {
namespace {

struct history_options {
  std::string store = "sqlite";
  std::vector<std::uint64_t> sizes{10'000, 100'000, 1'000'000};
  std::size_t samples = 200;
  double most_ratio = 0;
  std::string json_file;
};

/// A new database of its own, removed with its owner.
class private_database {
 public:
  explicit private_database(const std::string& store) {
    if (store == "mysql") {
      server_.emplace();
      url_ = server_->new_database();
      return;
    }
    auto name = (std::filesystem::temp_directory_path() / "parley-history-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr)
      cannot_run("no temporary folder");
    folder_ = name;
    url_ = "sqlite:" + (folder_ / "parley.db").string();
  }
  ~private_database() {
    std::error_code ignored;
    if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
  }
  private_database(const private_database&) = delete;
  auto operator=(const private_database&) -> private_database& = delete;

  auto url() const -> const std::string& { return url_; }

 private:
  std::filesystem::path folder_;
  std::optional<test::mariadb> server_;
  std::string url_;
};

auto open(const std::string& url) -> std::unique_ptr<storage::store> {
  config::storage_options options;
  options.url = url;
  const auto migrated = storage::migrate_up(options);
  if (!migrated) cannot_run(migrated.error().detail);
  auto store = storage::open_store(options);
  if (!store) cannot_run(store.error().detail);
  return std::move(*store);
}

/// @returns the largest ratio
auto print(const std::vector<probe_result>& results) -> double {
  double most = 0;
  for (const auto& one : results) {
    std::printf("| %-40s | %9.0f | %9.0f |", one.name.c_str(), one.p50_us, one.p99_us);
    one.ratio > 0 ? std::printf(" %5.2f |\n", one.ratio) : std::printf("       |\n");
    most = std::max(most, one.ratio);
  }
  return most;
}

/// {"SIZE": {"read": {"p50_us", "p99_us", "ratio"}}}
void append_json(std::string& out, std::uint64_t size, const std::vector<probe_result>& results) {
  out += (out.empty() ? "\"" : ",\n\"") + std::to_string(size) + "\": {";
  for (const auto& one : results) {
    if (!out.ends_with('{')) out += ",\n ";
    out += "\"" + one.name + "\": {\"p50_us\": " + std::to_string(one.p50_us) +
           ", \"p99_us\": " + std::to_string(one.p99_us) +
           ", \"ratio\": " + std::to_string(one.ratio) + "}";
  }
  out += "}";
}

void run_sizes(const history_options& opts) {
  const private_database database{opts.store};
  const auto store = open(database.url());
  filler room{*store};
  double most = 0;
  std::string figures;
  for (const auto size : opts.sizes) {
    room.fill_up_to(size);
    std::printf("\n%s, %llu messages, %zu samples\n\n", opts.store.c_str(),
                static_cast<unsigned long long>(size), opts.samples);
    std::printf("| read | p50 µs | p99 µs | over the near one |\n|---|---|---|---|\n");
    const auto results = measure(probes_of(*store, room, size), opts.samples);
    most = std::max(most, print(results));
    append_json(figures, size, results);
    std::fflush(stdout);
  }
  if (!opts.json_file.empty()) std::ofstream(opts.json_file) << "{" << figures << "}\n";
  if (opts.most_ratio > 0 && most > opts.most_ratio)
    check_failed("a far read costs more than it may");
}

auto run(int argc, char** argv) -> int {
  history_options opts;
  CLI::App app("Fills a store with one long conversation and measures reading near and far.",
               "parley-history");
  app.add_option("--store", opts.store, "sqlite, or mysql: a private mariadbd")
      ->check(CLI::IsMember({"sqlite", "mysql"}))
      ->capture_default_str();
  app.add_option("--sizes", opts.sizes, "Messages, ascending; at least 1000")
      ->delimiter(',')
      ->check(CLI::Range(1'000, 100'000'000));
  app.add_option("--samples", opts.samples, "Reads per figure")->check(CLI::Range(1, 100'000));
  app.add_option("--most-ratio", opts.most_ratio, "Fail when a far read costs more than this");
  app.add_option("--json", opts.json_file, "Write the figures to this file");
  CLI11_PARSE(app, argc, argv);
  try {
    run_sizes(opts);
  } catch (const run_failure& failure) {
    std::fprintf(stderr, "parley-history: %s\n", failure.what());
    return static_cast<int>(failure.code);
  } catch (const std::exception& why) {
    std::fprintf(stderr, "parley-history: %s\n", why.what());
    return static_cast<int>(exit_code::cannot_run);
  }
  return 0;
}

}  // namespace
}  // namespace parley::bench

auto main(int argc, char** argv) -> int {
  return parley::bench::run(argc, argv);
}
