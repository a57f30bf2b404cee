#include "app/ctl/archive.hpp"

#include <ostream>

#include "app/ctl/workplace.hpp"

namespace parley::app::ctl {
namespace {

using chat::errc;
using chat::unexpected;

constexpr std::size_t rows_per_step = 500;

}  // namespace

auto archive_idle(workplace& at) -> chat::expected<void> {
  const auto before = at.day("--before");
  if (!before) return unexpected{before.error()};
  if (!*before) return at.wrong("archive needs --before YYYY-MM-DD");
  if (**before > at.now()) return unexpected{errc::conflict, "--before names a day to come"};
  const auto store = at.store();
  if (!store) return unexpected{store.error()};
  std::size_t rows = 0;
  for (storage::archive_mark mark;;) {
    const auto moved = (*store)->archive(**before, rows_per_step, mark);
    if (!moved) return unexpected{moved.error()};
    if (*moved == 0) break;
    rows += *moved;
  }
  if (at.args.json)
    at.out() << "{\"archivedRows\": " << rows << "}\n";
  else
    at.out() << "archived " << rows << " rows\n";
  return {};
}

}  // namespace parley::app::ctl
