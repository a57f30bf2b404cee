#include "app/ctl/rekey.hpp"

#include <ostream>

namespace parley::app::ctl {
namespace {

constexpr std::size_t rows_per_step = 500;

}  // namespace

auto run_rekey(const arguments& args, storage::store& store, std::ostream& out)
    -> chat::expected<void> {
  storage::rekey_step sum;
  for (storage::rekey_mark mark; mark.in != storage::rekey_mark::table::done;) {
    const auto step = store.rekey(rows_per_step, mark);
    if (!step) return chat::unexpected{step.error()};
    sum.seen += step->seen;
    sum.changed += step->changed;
    sum.unreadable += step->unreadable;
  }
  if (args.json)
    out << "{\"rows\": " << sum.seen << ", \"rekeyedRows\": " << sum.changed
        << ", \"unreadableTexts\": " << sum.unreadable << "}\n";
  else
    out << "rekeyed " << sum.changed << " of " << sum.seen << " rows\n";
  if (sum.unreadable == 0) return {};
  return chat::unexpected{chat::errc::conflict,
                          std::to_string(sum.unreadable) +
                              " texts cannot be read with the encryption keys and were left as "
                              "they are: keep their keys"};
}

}  // namespace parley::app::ctl
