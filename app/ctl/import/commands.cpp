#include "app/ctl/import/commands.hpp"

#include <filesystem>
#include <fstream>
#include <memory>
#include <ostream>

#include "app/ctl/import/mattermost.hpp"
#include "app/ctl/import/refusals.hpp"
#include "app/ctl/import/taker.hpp"
#include "app/ctl/output.hpp"
#include "app/ctl/workplace.hpp"
#include "config/value.hpp"
#include "storage/foreign/ef_tables.hpp"
#include "storage/open.hpp"
#include "storage/schema.hpp"
#include "storage/url.hpp"

namespace parley::app::ctl {
namespace {

using chat::errc;
using chat::unexpected;
using storage::foreign::intake;
namespace fs = std::filesystem;

/// A thread with thousands of replies is one line.
constexpr std::size_t max_line_bytes = 64 * 1024 * 1024;

auto wrong_file(const std::string& file, const std::string& why) -> unexpected {
  return {errc::unavailable, file + ": " + why};
}

auto open_file(const std::string& name, std::ifstream& into) -> chat::expected<void> {
  std::error_code ignored;
  if (fs::is_directory(name, ignored)) return wrong_file(name, "is a folder; name the file in it");
  into.open(name, std::ios::binary);
  if (!into) return wrong_file(name, "cannot be read: is it there, and may this user read it?");
  return {};
}

/// A line of at most `max_line_bytes`; what is longer is cut there. @returns false at the end
auto next_line(std::istream& from, std::string& line, bool& is_long) -> bool {
  line.clear();
  is_long = false;
  auto& buffer = *from.rdbuf();
  for (auto c = buffer.sbumpc(); c != std::char_traits<char>::eof(); c = buffer.sbumpc()) {
    if (c == '\n') return true;
    is_long = line.size() == max_line_bytes;
    if (!is_long) line += static_cast<char>(c);
  }
  return !line.empty();
}

/// The URL itself has no password: everybody on the machine could read it there.
auto read_source(workplace& at) -> chat::expected<storage::mysql_address> {
  auto text = at.operand(0);
  if (text.find("://") != text.npos) {
    if (config::mask_password(text) != text)
      return at.wrong(
          "that URL has a password, which everybody on this machine can read here: write "
          "it to a file, chmod 600, and name the file");
  } else {
    std::ifstream file;
    const auto name = text;
    if (auto opened = open_file(name, file); !opened) return unexpected{opened.error()};
    std::getline(file, text);
    while (!text.empty() && (text.back() == '\r' || text.back() == ' ')) text.pop_back();
    if (!text.starts_with("mysql://")) return wrong_file(name, "its first line is no mysql:// URL");
  }
  const auto where = storage::parse_url(text);
  if (!where) return at.wrong(where.error().detail);
  const auto* found = std::get_if<storage::mysql_address>(&*where);
  if (found == nullptr) return at.wrong("the .NET system's tables are read from mysql:// alone");
  return *found;
}

/// What every import has: where to, what was refused, and the end.
class journey {
 public:
  explicit journey(workplace& at) : at_(at) {}

  /// @errors as workplace's; the list of what is refused cannot be written
  auto begin() -> chat::expected<void> {
    if (const auto there = at_.store(); !there) return unexpected{there.error()};
    const auto with = std::make_shared<storage::shared>();
    with->max_conversations_per_user = limits().max_conversations_per_user;
    auto store = storage::open_store((*at_.options())->storage, *at_.texts(), with);
    if (!store) return unexpected{store.error()};
    store_ = std::move(*store);
    const auto census = at_.census();
    if (!census) return unexpected{census.error()};
    const auto steps = storage::migration_status((*at_.options())->storage);
    if (!steps) return unexpected{steps.error()};
    if (const auto fits = storage::check_steps(*steps); !fits) return unexpected{fits.error()};
    const auto list = at_.args.text("--refused");
    std::error_code ignored;
    if (!list.empty() && fs::equivalent(list, at_.operand(0), ignored))
      return at_.wrong("--refused names the file that is to be imported");
    return refused_.write_to(list);
  }

  auto box() -> intake& { return box_; }
  auto sink() const -> const storage::foreign::refusal_sink& { return sink_; }
  auto limits() const -> const config::chat_options& { return (*at_.options())->chat; }

  /// @param source  what was read, for the summary
  /// @param files   where those that it names lie
  auto end(json source, export_files* files = nullptr) -> chat::expected<void> {
    box_.sort();
    taker_rules how;
    how.is_dry = at_.args.has("--dry-run");
    how.same_people = at_.args.has("--same-people");
    how.max_members = limits().max_members;
    how.now = at_.now();
    how.files = files;
    const auto taken = taker{*store_, **at_.census(), box_, refused_, how}.take();
    if (auto written = refused_.finish(); !written) return written;
    if (!taken) return unexpected{taken.error()};
    print(std::move(source), *taken);
    if (auto written = at_.check_written(); !written) return written;
    if (refused_.wrong() == 0) return {};
    return unexpected{errc::conflict,
                      std::to_string(refused_.wrong()) + " things were refused, and all others " +
                          (how.is_dry ? "would be taken" : "are taken") + ": see the list"};
  }

 private:
  void print(json shown, const taken_counts& taken) {
    const auto read = box_.counts();
    shown["dryRun"] = at_.args.has("--dry-run");
    shown["users"] = read.users;
    shown["newAccounts"] = taken.new_accounts;
    shown["conversations"] = read.conversations;
    shown["newConversations"] = taken.new_conversations;
    shown["messages"] = read.messages;
    shown["newMessages"] = taken.new_messages;
    shown["presentMessages"] = taken.present_messages;
    shown["editsAndDeletions"] = read.changes;
    shown["newFiles"] = taken.new_files;
    shown["refused"] = refused_.wrong();
    shown["leftOut"] = refused_.left_out();
    if (at_.args.json) {
      shown["notTaken"] = refused_.first();
      return print_json(at_.out(), shown);
    }
    print_lines(at_.out(), shown);
    refused_.print(at_.out());
  }

  workplace& at_;
  std::unique_ptr<storage::store> store_;  ///< that knows how many conversations a user may have
  intake box_;
  refusals refused_;
  storage::foreign::refusal_sink sink_ = [this](const auto& what) { refused_.add(what); };
};

auto read_lines(std::istream& from, mattermost_reader& reader, journey& way, std::uint64_t& number)
    -> chat::expected<void> {
  std::string line;
  for (bool is_long = false; next_line(from, line, is_long);) {
    ++number;
    if (is_long) {
      way.sink()({"line " + std::to_string(number), "line", "it has more than 64 MiB"});
      continue;
    }
    if (number == 1 && line.starts_with("PK\x03\x04"))
      return unexpected{errc::bad_request,
                        "it is a zip archive: unpack it, and name the .jsonl in it"};
    if (auto fine = reader.take(line, number); !fine) return fine;
  }
  return reader.finish();
}

template <class Body>
auto with_scratch(Body body) -> chat::expected<void> {
  try {
    return body();
  } catch (const storage::foreign::scratch_failure& why) {
    return unexpected{why.code(), why.detail()};
  }
}

auto import_lines(workplace& at) -> chat::expected<void> {
  std::ifstream file;
  const auto name = at.operand(0);
  if (auto opened = open_file(name, file); !opened) return opened;
  journey way{at};
  if (auto begun = way.begin(); !begun) return begun;
  auto files =
      export_files::open(at.args.text("--files"), (*at.options())->attachments, *at.texts());
  if (!files) return unexpected{files.error()};
  mattermost_reader reader{way.box(), {way.limits().max_text_units, at.now(), &*files}, way.sink()};
  std::uint64_t lines = 0;
  if (auto read = read_lines(file, reader, way, lines); !read)
    return wrong_file(name, read.error().detail);
  if (file.bad()) return wrong_file(name, "could not be read to its end");
  return way.end({{"source", name}, {"lines", lines}}, &*files);
}

auto import_tables(workplace& at) -> chat::expected<void> {
  storage::foreign::ef_options how;
  how.conversations = at.args.text("--conversations");
  how.messages = at.args.text("--messages");
  if (at.args.has("--guids")) {
    how.order = storage::foreign::parse_guid_order(at.args.text("--guids"));
    if (!how.order) return at.wrong("--guids takes big-endian, little-endian or time-swapped");
  }
  const auto from = read_source(at);
  if (!from) return unexpected{from.error()};
  journey way{at};
  if (auto begun = way.begin(); !begun) return begun;
  how.max_text_units = way.limits().max_text_units;
  how.now = at.now();
  const auto read = storage::foreign::read_ef_tables(*from, how, way.box(), way.sink());
  if (!read) return unexpected{read.error()};
  return way.end(
      {{"source", from->database + " at " + (from->host.empty() ? from->socket : from->host)},
       {"guids", read->guids},
       {"conversationRows", read->conversation_rows},
       {"messageRows", read->message_rows}});
}

}  // namespace

auto import_dotnet(workplace& at) -> chat::expected<void> {
  return with_scratch([&] { return import_tables(at); });
}

auto import_mattermost(workplace& at) -> chat::expected<void> {
  return with_scratch([&] { return import_lines(at); });
}

}  // namespace parley::app::ctl
