#include "app/ctl/workplace.hpp"

#include <filesystem>

#include "config/value.hpp"
#include "storage/open.hpp"
#include "storage/url.hpp"

namespace parley::app::ctl {

using chat::errc;
using chat::unexpected;

auto workplace::wrong(std::string why) -> unexpected {
  is_called_wrongly_ = true;
  return {errc::bad_request, std::move(why)};
}

auto workplace::number(std::string_view option, std::size_t otherwise, std::size_t most)
    -> chat::expected<std::size_t> {
  auto found = args.number(option, otherwise, most);
  if (!found) return wrong(found.error().detail);
  return found;
}

auto workplace::day(std::string_view option) -> chat::expected<std::optional<chat::timestamp>> {
  auto found = args.day(option);
  if (!found) return wrong(found.error().detail);
  return found;
}

auto workplace::check_written() -> chat::expected<void> {
  io.out.flush();
  if (io.out) return {};
  return unexpected{errc::unavailable, "the output could not be written"};
}

auto workplace::settings() -> chat::expected<const config::loaded*> {
  if (!settings_) {
    auto loaded = config::load(config::from_process(args.settings));
    if (!loaded) return unexpected{loaded.error()};
    settings_ = std::move(*loaded);
  }
  return &*settings_;
}

auto workplace::options() -> chat::expected<const config::options*> {
  const auto loaded = settings();
  if (!loaded) return unexpected{loaded.error()};
  return &(*loaded)->values;
}

auto workplace::texts() -> chat::expected<storage::vault_ptr> {
  if (!texts_) {
    const auto set = options();
    if (!set) return unexpected{set.error()};
    auto made = storage::make_vault((*set)->encryption);
    if (!made) return unexpected{made.error()};
    texts_ = std::move(*made);
  }
  return texts_;
}

/// Opening an embedded database makes it when it is missing: not what a tool should do.
auto workplace::check_present() -> chat::expected<void> {
  const auto set = options();
  if (!set) return unexpected{set.error()};
  const auto where = storage::parse_url((*set)->storage.url);
  if (!where) return unexpected{where.error()};
  const auto* file = std::get_if<storage::sqlite_address>(&*where);
  std::error_code ignored;
  if (file == nullptr || std::filesystem::exists(file->path, ignored)) return {};
  return unexpected{errc::not_found, "storage.url names a database file that does not exist: " +
                                         std::filesystem::absolute(file->path, ignored).string() +
                                         "; give the server's --config, or run where it runs"};
}

auto workplace::store() -> chat::expected<storage::store*> {
  if (!store_) {
    if (auto present = check_present(); !present) return unexpected{present.error()};
    auto sealed = texts();
    if (!sealed) return unexpected{sealed.error()};
    auto opened = storage::open_store((*options())->storage, *sealed);
    if (!opened) return unexpected{opened.error()};
    store_ = std::move(*opened);
  }
  return store_.get();
}

auto workplace::census() -> chat::expected<storage::census*> {
  if (!census_) {
    if (auto present = check_present(); !present) return unexpected{present.error()};
    auto sealed = texts();
    if (!sealed) return unexpected{sealed.error()};
    auto opened = storage::open_census((*options())->storage, *sealed);
    if (!opened) return unexpected{opened.error()};
    census_ = std::move(*opened);
  }
  return census_.get();
}

auto shown_url(const config::storage_options& options) -> std::string {
  return config::mask_password(options.url);
}

}  // namespace parley::app::ctl
