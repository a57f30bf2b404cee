#include "app/ctl/import/export_files.hpp"

#include <catch2/catch.hpp>

#include <fstream>

#include "tests/support/temporary_folder.hpp"

using namespace parley;
using namespace parley::test;
using namespace parley::app::ctl;
namespace fs = std::filesystem;

namespace {

struct two_folders {
  two_folders() {
    fs::create_directories(home.path() / "data/20240115/teams");
    options.directory = (home.path() / "attachments").string();
    options.max_bytes = 100'000;
    write("data/20240115/teams/a.PNG", std::string(70'000, 'p'));
    write("secret", "of the operator");
  }
  void write(const std::string& name, const std::string& bytes) const {
    std::ofstream{home.path() / name, std::ios::binary} << bytes;
  }
  auto open() const { return export_files::open((home.path() / "data").string(), options, keys); }

  temporary_folder home;
  config::attachment_options options;
  storage::vault_ptr keys = std::make_shared<const storage::vault>();
};

}  // namespace

TEST_CASE("a file of an export is found with its name, type and size, and copied once",
          "[ctl][import]") {
  two_folders at;
  auto files = at.open();
  REQUIRE(files);
  const auto found = files->look("20240115/teams/a.PNG");
  REQUIRE(found);
  CHECK(found->file_name == "a.PNG");
  CHECK(found->content_type == "image/png");
  CHECK(found->size == 70'000);
  CHECK_FALSE(fs::exists(at.options.directory));  // looking makes nothing
  chat::uuid id;
  id.bytes[15] = 0xab;
  REQUIRE(files->copy("20240115/teams/a.PNG", id));
  const auto copied = fs::path{at.options.directory} / "ab" / to_string(id);
  CHECK(fs::file_size(copied) == 70'000);
  CHECK(files->copy("20240115/teams/a.PNG", id));
}

TEST_CASE("a path that leads out of the folder names nothing", "[ctl][import]") {
  two_folders at;
  fs::create_symlink(at.home.path() / "secret", at.home.path() / "data/link");
  fs::create_directory_symlink(at.home.path(), at.home.path() / "data/up");
  const auto files = at.open();
  REQUIRE(files);
  for (const auto* path : {"../secret", "/etc/passwd", "link", "up/secret", "", ".", "20240115",
                           "20240115/../../secret", "gone"}) {
    CAPTURE(path);
    const auto found = files->look(path);
    REQUIRE_FALSE(found);
    CHECK(found.error().detail == "the file " + std::string{path} + " is not in the folder");
  }
}

TEST_CASE("files that are empty or too large are refused by name", "[ctl][import]") {
  two_folders at;
  at.write("data/empty", "");
  at.write("data/large", std::string(100'001, 'x'));
  const auto files = at.open();
  REQUIRE(files);
  CHECK(files->look("empty").error().detail == "the file empty is empty");
  CHECK(files->look("large").error().detail ==
        "the file large has 100001 bytes, more than 100000 (attachments.max_bytes)");
}

TEST_CASE("without a folder no files are taken, and another store than a folder takes none",
          "[ctl][import]") {
  two_folders at;
  CHECK_FALSE(export_files::open("", at.options, at.keys)->are_taken());
  CHECK_FALSE(export_files::open((at.home.path() / "nowhere").string(), at.options, at.keys));
  at.options.store = "s3";
  CHECK_FALSE(at.open());
  CHECK(export_files::open("", at.options, at.keys));
}

TEST_CASE("types are told by the endings of names", "[ctl][import]") {
  CHECK(content_type_of("a.tar.gz") == "application/gzip");
  CHECK(content_type_of("photo.JPEG") == "image/jpeg");
  for (const auto* name : {"", "a", "a.", "a.exe", ".png x"})
    CHECK(content_type_of(name) == "application/octet-stream");
}
