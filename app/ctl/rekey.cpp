#include "app/ctl/rekey.hpp"

#include <ostream>

#include "app/ctl/workplace.hpp"
#include "storage/blobs/local_store.hpp"

namespace parley::app::ctl {
namespace {

constexpr std::size_t rows_per_step = 500;

struct file_counts {
  std::size_t seen = 0;
  std::size_t changed = 0;
  std::size_t left = 0;
};

auto rekey_texts(storage::store& store) -> chat::expected<storage::rekey_step> {
  storage::rekey_step sum;
  for (storage::rekey_mark mark; mark.in != storage::rekey_mark::table::done;) {
    const auto step = store.rekey(rows_per_step, mark);
    if (!step) return chat::unexpected{step.error()};
    sum.seen += step->seen;
    sum.changed += step->changed;
    sum.unreadable += step->unreadable;
  }
  return sum;
}

auto rekey_files(storage::blobs::local_store& files) -> file_counts {
  file_counts sum;
  files.each([&](const chat::uuid& id) {
    using enum storage::blobs::renewal;
    const auto what = files.renew(id);
    ++sum.seen;
    if (what == renewed) ++sum.changed;
    if (what == unreadable || what == failed) ++sum.left;
  });
  return sum;
}

auto left_message(std::size_t texts, std::size_t files) -> std::string {
  return std::to_string(texts) + " texts and " + std::to_string(files) +
         " files could not be read with the encryption keys or written, and were left as they "
         "are: keep their keys";
}

}  // namespace

auto rekey_all(workplace& at) -> chat::expected<void> {
  const auto options = at.options();
  if (!options) return chat::unexpected{options.error()};
  const auto store = at.store();
  if (!store) return chat::unexpected{store.error()};
  const auto texts = rekey_texts(**store);
  if (!texts) return chat::unexpected{texts.error()};
  const auto& attachments = (*options)->attachments;
  storage::blobs::local_store files{attachments, {}, *at.texts()};
  const bool has_files = attachments.store == "local";
  const auto blobs = has_files ? rekey_files(files) : file_counts{};
  auto& out = at.out();
  if (at.args.json)
    out << "{\"rows\": " << texts->seen << ", \"rekeyedRows\": " << texts->changed
        << ", \"unreadableTexts\": " << texts->unreadable << ", \"files\": " << blobs.seen
        << ", \"rekeyedFiles\": " << blobs.changed << ", \"leftFiles\": " << blobs.left << "}\n";
  else
    out << "rekeyed " << texts->changed << " of " << texts->seen << " rows\n";
  if (!at.args.json && has_files)
    out << "rekeyed " << blobs.changed << " of " << blobs.seen << " files in "
        << attachments.directory << "\n";
  if (texts->unreadable + blobs.left == 0) return {};
  return chat::unexpected{chat::errc::conflict, left_message(texts->unreadable, blobs.left)};
}

}  // namespace parley::app::ctl
