#include "app/ctl/archive.hpp"

#include <ostream>

namespace parley::app::ctl {
namespace {

constexpr std::size_t rows_per_step = 500;

}  // namespace

auto run_archive(const arguments& args, storage::store& store, chat::timestamp now,
                 std::ostream& out) -> chat::expected<void> {
  if (args.idle_since > now)
    return chat::unexpected{chat::errc::bad_request, "--before names a day to come"};
  std::size_t rows = 0;
  for (storage::archive_mark mark;;) {
    const auto moved = store.archive(args.idle_since, rows_per_step, mark);
    if (!moved) return chat::unexpected{moved.error()};
    if (*moved == 0) break;
    rows += *moved;
  }
  if (args.json)
    out << "{\"archivedRows\": " << rows << "}\n";
  else
    out << "archived " << rows << " rows\n";
  return {};
}

}  // namespace parley::app::ctl
