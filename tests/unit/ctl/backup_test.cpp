#include "app/ctl/backup.hpp"

#include <sys/stat.h>

#include <fstream>

#include "app/ctl/checksums.hpp"
#include "tests/unit/ctl/desk.hpp"

using namespace parley;
using namespace parley::test;
namespace fs = std::filesystem;

namespace {

auto text_of(const fs::path& file) -> std::string {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

/// A file of a message, and one that no message names; folders that are not for a backup.
struct desk_with_files : operator_desk {
  desk_with_files() {
    fs::create_directories(files() / "incoming");
    std::ofstream{files() / "incoming" / "half"} << "half";
    std::ofstream{files() / "url.key"} << "key";
    chat::attachment file{id, "a.txt", "text/plain", 5, ""};
    REQUIRE(store->add_attachment({file, room, alice, noon, {}}, {}));
    put(id, "bytes");
    put(new_id(), "unused");
    chat::entry e;
    e.conversation = room;
    e.seq = 2;
    e.ordinal = 1;
    e.id = {new_id()};
    e.actor = alice;
    e.content = "see";
    e.created_at = noon;
    e.attachments = {file};
    REQUIRE(store->append({&e, 1}));
  }

  void put(const chat::uuid& which, const std::string& bytes) {
    const auto at = place_of(files(), which);
    fs::create_directories(at.parent_path());
    std::ofstream{at} << bytes;
  }
  static auto place_of(const fs::path& below, const chat::uuid& which) -> fs::path {
    const auto name = to_string(which);
    return below / name.substr(name.size() - 2) / name;
  }
  auto copy() const -> fs::path { return folder.path() / "copy"; }

  chat::uuid id = new_id();
};

/// Where a backup is brought back to: nothing is there.
auto elsewhere(const operator_desk& from, const std::string& name)
    -> std::unique_ptr<operator_desk> {
  auto desk = std::make_unique<operator_desk>();
  desk->options.url = "sqlite:" + (from.folder.path() / name / "parley.db").string();
  desk->settings = {"--attachments.directory=" + (from.folder.path() / name / "files").string()};
  return desk;
}

}  // namespace

TEST_CASE("a backup has the database, the files of messages, and what proves them",
          "[ctl][backup]") {
  desk_with_files desk;
  CHECK(desk.run({"backup", desk.copy().string(), "--json"}) == ctl::done);
  CHECK(desk.json()["files"] == 2);
  CHECK(text_of(desk_with_files::place_of(desk.copy() / "attachments", desk.id)) == "bytes");
  CHECK_FALSE(fs::exists(desk.copy() / "attachments" / "incoming"));
  CHECK_FALSE(fs::exists(desk.copy() / "attachments" / "url.key"));
  CHECK_FALSE(fs::exists(desk.copy().string() + ".partial"));
  const auto sums = ctl::parse_checksums(text_of(desk.copy() / "SHA256SUMS"));
  REQUIRE(sums);
  CHECK(sums->size() == 4);
  for (const auto& [hex, path] : *sums) CHECK(*ctl::checksum_of(desk.copy() / path) == hex);
  struct stat found {};
  REQUIRE(::stat(desk.copy().c_str(), &found) == 0);
  CHECK((found.st_mode & 077) == 0);
}

TEST_CASE("it comes back as it was, where nothing is", "[ctl][backup]") {
  desk_with_files desk;
  REQUIRE(desk.run({"backup", desk.copy().string()}) == ctl::done);
  const auto other = elsewhere(desk, "other");
  CHECK(other->run({"restore", desk.copy().string(), "--json"}) == ctl::done);
  CHECK(other->json()["files"] == 2);
  CHECK(text_of(desk_with_files::place_of(desk.folder.path() / "other" / "files", desk.id)) ==
        "bytes");
  const auto restored = std::move(*storage::open_store(other->options));
  const auto messages = restored->messages(desk.room, storage::ordinal_range{1, 9});
  REQUIRE(messages);
  REQUIRE(messages->size() == 1);
  CHECK(messages->front().content == "see");
}

TEST_CASE("nothing is overwritten, by a backup or by a restore", "[ctl][backup]") {
  desk_with_files desk;
  REQUIRE(desk.run({"backup", desk.copy().string()}) == ctl::done);
  CHECK(desk.run({"backup", desk.copy().string()}) == ctl::failed);
  CHECK(desk.complained("is there already"));
  CHECK(desk.run({"restore", desk.copy().string()}) == ctl::failed);
  CHECK(desk.complained("nothing was done"));
  const auto other = elsewhere(desk, "other");
  fs::create_directories(desk.folder.path() / "other");
  std::ofstream{desk.folder.path() / "other" / "parley.db"} << "somebody's";
  CHECK(other->run({"restore", desk.copy().string()}) == ctl::failed);
  CHECK(other->complained("parley.db (storage.url) is not empty"));
  CHECK(text_of(desk.folder.path() / "other" / "parley.db") == "somebody's");
  CHECK_FALSE(fs::exists(desk.folder.path() / "other" / "files"));
}

TEST_CASE("a backup that was changed is not brought back", "[ctl][backup]") {
  desk_with_files desk;
  REQUIRE(desk.run({"backup", desk.copy().string()}) == ctl::done);
  const auto other = elsewhere(desk, "other");
  const auto refused = [&](const fs::path& file, const std::string& text, const std::string& why) {
    const auto before = text_of(file);
    std::ofstream{file, std::ios::binary | std::ios::trunc} << text;
    CHECK(other->run({"restore", desk.copy().string()}) == ctl::failed);
    CHECK(other->complained(why));
    CHECK_FALSE(fs::exists(desk.folder.path() / "other"));
    std::ofstream{file, std::ios::binary | std::ios::trunc} << before;
  };
  const auto sums = text_of(desk.copy() / "SHA256SUMS");
  refused(desk_with_files::place_of(desk.copy() / "attachments", desk.id), "other",
          "is not what was backed up");
  refused(desk.copy() / "parley.db", "", "is not what was backed up");
  refused(desk.copy() / "manifest.json", R"({"format": 2})", "no manifest");
  refused(desk.copy() / "manifest.json", R"({"format": 1, "database": "parley.sql"})",
          "of one kind");
  refused(desk.copy() / "manifest.json",
          R"({"format": 1, "database": "parley.db", "schema": 9999})", "too old");
  refused(desk.copy() / "SHA256SUMS", std::string(64, '0') + "  ../../etc/passwd\n", "no checksum");
  refused(desk.copy() / "SHA256SUMS", "", "is not what was backed up");
  CHECK(other->run({"restore", (desk.folder.path() / "nowhere").string()}) == ctl::failed);
  CHECK(other->complained("is this a backup?"));
}

TEST_CASE("a file that a message names and that is gone is said, and the rest is saved",
          "[ctl][backup]") {
  desk_with_files desk;
  fs::remove(desk_with_files::place_of(desk.files(), desk.id));
  CHECK(desk.run({"backup", desk.copy().string(), "--json"}) == ctl::done);
  CHECK(desk.json()["missing"] == nlohmann::json::array({to_string(desk.id)}));
  CHECK(desk.complained(to_string(desk.id)));
}

TEST_CASE("a backup that fails leaves nothing", "[ctl][backup]") {
  desk_with_files desk;
  CHECK(desk.run({"backup", (desk.folder.path() / "no" / "folder").string()}) == ctl::failed);
  CHECK_FALSE(fs::exists(desk.folder.path() / "no"));
  desk.store.reset();
  std::ofstream{desk.folder.path() / "broken.db"} << std::string(8'192, 'x');
  desk.options.url = "sqlite:" + (desk.folder.path() / "broken.db").string();
  CHECK(desk.run({"backup", desk.copy().string()}) == ctl::failed);
  CHECK_FALSE(fs::exists(desk.copy()));
  CHECK_FALSE(fs::exists(desk.copy().string() + ".partial"));
}
