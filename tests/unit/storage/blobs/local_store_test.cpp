#include "storage/blobs/local_store.hpp"

#include <sys/resource.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <fstream>

#include "tests/support/temporary_folder.hpp"

using namespace parley;
using namespace parley::storage::blobs;
namespace fs = std::filesystem;

namespace {

struct place {
  place() { options.directory = (folder.path() / "files").string(); }

  auto open() const -> std::unique_ptr<local_store> {
    auto made = local_store::open(options, std::make_shared<const storage::vault>());
    REQUIRE(made);
    return std::move(*made);
  }
  auto incoming() const -> std::size_t {
    const fs::directory_iterator all{fs::path{options.directory} / "incoming"};
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
  }

  test::temporary_folder folder;
  config::attachment_options options;
};

auto new_id() -> chat::uuid { return chat::system_ids().next({1}); }

void write(const local_store& store, const chat::uuid& id, std::string_view bytes) {
  auto [file, failed] = store.begin(id);
  REQUIRE(file);
  REQUIRE(file->write({bytes.data(), bytes.size()}) == file_error::none);
  REQUIRE(file->finish() == file_error::none);
}

/// No file of this process may grow beyond so many bytes, as long as this lives.
class size_limit {
 public:
  explicit size_limit(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit tight{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &tight);
  }
  ~size_limit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_{};
  void (*handler_)(int) = std::signal(SIGXFSZ, SIG_IGN);
};

auto content(const local_store& store, const chat::uuid& id) -> std::string {
  const auto [file, failed] = store.read(id);
  REQUIRE(file);
  std::string bytes(file->size(), '\0');
  REQUIRE(file->read(0, {bytes.data(), bytes.size()}) == bytes.size());
  return bytes;
}

}  // namespace

TEST_CASE("a finished file is there, under its id", "[blobs][local]") {
  const place at;
  const auto store = at.open();
  const auto id = new_id();
  CHECK_FALSE(store->has(id));
  write(*store, id, "hello");
  CHECK(store->has(id));
  CHECK(content(*store, id) == "hello");
  CHECK(at.incoming() == 0);
  const auto name = to_string(id);
  CHECK(fs::exists(fs::path{at.options.directory} / name.substr(34) / name));
}

TEST_CASE("a file that is not finished leaves nothing behind", "[blobs][local]") {
  const place at;
  const auto store = at.open();
  const auto id = new_id();
  {
    auto [file, failed] = store->begin(id);
    REQUIRE(file->write({"half", 4}) == file_error::none);
    CHECK_FALSE(store->has(id));
    CHECK(at.incoming() == 1);
  }
  CHECK(at.incoming() == 0);
  CHECK_FALSE(store->has(id));
}

TEST_CASE("what a crash left half-written is gone after the next start", "[blobs][local]") {
  const place at;
  at.open();
  std::ofstream{fs::path{at.options.directory} / "incoming" / "x.part"} << "half";
  CHECK(at.incoming() == 1);
  at.open();
  CHECK(at.incoming() == 0);
}

TEST_CASE("the uploads of another server on the same folder are left alone", "[blobs][local]") {
  const place at;
  const std::string bytes = "half and half";
  {
    const auto other = at.open();
    auto [file, failed] = other->begin(new_id());
    REQUIRE(file->write({bytes.data(), 4}) == file_error::none);
    const auto store = at.open();
    CHECK(at.incoming() == 1);
    CHECK(file->write({bytes.data() + 4, bytes.size() - 4}) == file_error::none);
    CHECK(file->finish() == file_error::none);
  }
  std::ofstream{fs::path{at.options.directory} / "incoming" / "x.part"} << "half";
  at.open();
  CHECK(at.incoming() == 0);
}

TEST_CASE("a file that finds no room says so and leaves nothing behind", "[blobs][local]") {
  const place at;
  const auto store = at.open();
  const std::string bytes(10'000, 'x');
  {
    auto [file, failed] = store->begin(new_id());
    const size_limit tight{4'096};
    CHECK(file->write({bytes.data(), bytes.size()}) == file_error::full);
  }
  CHECK(at.incoming() == 0);
}

TEST_CASE("a complete file is never replaced", "[blobs][local]") {
  const place at;
  const auto store = at.open();
  const auto id = new_id();
  auto [slow, ignored] = store->begin(id);  // both begin before one is complete
  write(*store, id, "first");
  REQUIRE(slow->write({"second", 6}) == file_error::none);
  CHECK(slow->finish() == file_error::exists);
  CHECK(store->begin(id).second == file_error::exists);
  CHECK(content(*store, id) == "first");
}

TEST_CASE("a file is removed once and for all", "[blobs][local]") {
  const place at;
  const auto store = at.open();
  const auto id = new_id();
  write(*store, id, "hello");
  CHECK(store->remove(id));
  CHECK_FALSE(store->has(id));
  CHECK(store->remove(id));  // nothing to do is as good
  CHECK(store->read(id).second == file_error::missing);
}

TEST_CASE("links outlive a restart", "[blobs][local]") {
  const place at;
  const chat::attachment file{new_id(), "a", "text/plain", 1, {}};
  const auto before = at.open()->upload_url(file, {"alice"}, {1'000});
  CHECK(at.open()->upload_url(file, {"alice"}, {1'000}) == before);
  const auto key = fs::path{at.options.directory} / "url.key";
  CHECK((fs::status(key).permissions() & fs::perms::all) ==
        (fs::perms::owner_read | fs::perms::owner_write));
  std::ofstream{key} << "";  // a broken key is replaced
  CHECK(at.open()->upload_url(file, {"alice"}, {1'000}) != before);
}

TEST_CASE("links stand behind the public origin", "[blobs][local]") {
  place at;
  at.options.public_url = "https://chat.example.com";
  const chat::attachment file{new_id(), "a", "text/plain", 1, {}};
  CHECK(at.open()->download_url(file, {1'000})
            .starts_with("https://chat.example.com/messaging/attachments/" + to_string(file.id) +
                         "?expires=601&"));
}

TEST_CASE("a folder that cannot be made is said to be so", "[blobs][local]") {
  place at;
  std::ofstream{at.options.directory} << "a file stands here";
  const auto made = local_store::open(at.options, std::make_shared<const storage::vault>());
  REQUIRE_FALSE(made);
  CHECK(made.error().code == chat::errc::unavailable);
}
