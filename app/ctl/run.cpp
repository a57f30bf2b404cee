#include "app/ctl/run.hpp"

#include <filesystem>
#include <ostream>

#include "app/ctl/archive.hpp"
#include "app/ctl/letters.hpp"
#include "app/ctl/rekey.hpp"
#include "config/load.hpp"
#include "storage/open.hpp"
#include "storage/url.hpp"

namespace parley::app::ctl {
namespace {

using chat::errc;
using chat::unexpected;

/// Opening an embedded database makes it when it is missing: not what a tool should do.
auto check_present(const config::storage_options& options) -> chat::expected<void> {
  const auto where = storage::parse_url(options.url);
  if (!where) return unexpected{where.error()};
  const auto* file = std::get_if<storage::sqlite_address>(&*where);
  std::error_code ignored;
  if (file != nullptr && !std::filesystem::exists(file->path, ignored))
    return unexpected{errc::not_found, "storage.url names a database file that does not exist"};
  return {};
}

auto work(const arguments& args, std::ostream& out) -> chat::expected<void> {
  const auto loaded = config::load(config::from_process(args.settings));
  if (!loaded) return unexpected{loaded.error()};
  const auto& options = loaded->values.storage;
  if (auto present = check_present(options); !present) return present;
  auto texts = storage::make_vault(loaded->values.encryption);
  if (!texts) return unexpected{texts.error()};
  const auto& attachments = loaded->values.attachments;
  storage::blobs::local_store files{attachments, {}, *texts};
  auto store = storage::open_store(options, std::move(*texts));
  if (!store) return unexpected{store.error()};
  const auto now = chat::system_clock().now();
  if (args.what == arguments::verb::archive) return run_archive(args, **store, now, out);
  if (args.what == arguments::verb::rekey) return run_rekey(args, **store, attachments.store == "local" ? &files : nullptr, out);
  return run_letters(args, **store, now, out);
}

}  // namespace

auto run(const std::vector<std::string>& words, std::ostream& out, std::ostream& complaints)
    -> exit_code {
  const auto args = parse(words);
  if (!args) {
    complaints << "parleyctl: " << args.error().detail << '\n' << usage();
    return wrong_usage;
  }
  if (args->what == arguments::verb::help) return out << usage(), done;
  if (args->what == arguments::verb::version) return out << "parleyctl " PARLEY_VERSION "\n", done;
  const auto worked = work(*args, out);
  if (worked) return done;
  complaints << "parleyctl: " << worked.error().detail << '\n';
  return failed;
}

}  // namespace parley::app::ctl
