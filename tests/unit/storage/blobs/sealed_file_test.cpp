#include "storage/blobs/sealed_file.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>

#include "storage/blobs/local_store.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace parley;
using namespace parley::storage::blobs;
using storage::key_ring;
namespace fs = std::filesystem;

namespace {

// 32 bytes of 'a' and of 'b'.
constexpr auto one = "1:YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE=";
constexpr auto two = "2:YmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmI=";
constexpr auto other_one = "1:YmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmI=";

constexpr auto piece = sealed_piece_bytes;
constexpr auto stored_piece = piece + key_ring::overhead;

/// A folder of files, opened with one set of keys after another.
struct place {
  place() { options.directory = (folder.path() / "files").string(); }

  auto open(const std::string& keys, bool seals = true) -> std::unique_ptr<local_store> {
    const auto complain = [this](const std::string& what) { complaints.push_back(what); };
    auto vault = storage::make_vault({seals, {}, keys, 0}, complain);
    REQUIRE(vault);
    auto made = local_store::open(options, *vault);
    REQUIRE(made);
    return std::move(*made);
  }
  auto path_of(const chat::uuid& id, const std::string& suffix = ".sealed") const -> fs::path {
    const auto name = to_string(id);
    return fs::path{options.directory} / name.substr(34) / (name + suffix);
  }
  auto last_complaint() const -> std::string {
    return complaints.empty() ? "none" : complaints.back();
  }

  test::temporary_folder folder;
  config::attachment_options options;
  std::vector<std::string> complaints;
};

auto new_id() -> chat::uuid { return chat::system_ids().next({1}); }

/// No two stretches of it are alike.
auto bytes_of(std::size_t size) -> std::string {
  std::string bytes;
  bytes.reserve(size + 8);
  for (std::uint32_t i = 0; bytes.size() < size; ++i) bytes += std::to_string(i * 2'654'435'761U);
  bytes.resize(size);
  return bytes;
}

/// Stores a file whose bytes come `step` at a time.
auto stored(const local_store& store, std::string_view bytes, std::size_t step = 10'000) {
  const auto id = new_id();
  auto [file, failed] = store.begin(id);
  REQUIRE(file);
  for (; !bytes.empty(); bytes.remove_prefix(std::min(step, bytes.size())))
    REQUIRE(file->write({bytes.data(), std::min(step, bytes.size())}) == file_error::none);
  REQUIRE(file->finish() == file_error::none);
  return id;
}

/// What comes of reading `length` bytes from `first` on, as a download does; shorter when it fails.
auto range(const local_store& store, const chat::uuid& id, std::uint64_t first, std::size_t length)
    -> std::string {
  const auto [file, failed] = store.read(id);
  REQUIRE(file);
  std::string bytes(length, '\0');
  std::size_t have = 0;
  while (have < length) {
    const auto got = file->read(first + have, {bytes.data() + have, length - have});
    if (got == 0) break;
    have += got;
  }
  bytes.resize(have);
  return bytes;
}

auto on_disk(const fs::path& path) -> std::string {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

void put_on_disk(const fs::path& path, const std::string& bytes) {
  fs::create_directories(path.parent_path());
  std::ofstream{path, std::ios::binary} << bytes;
}

}  // namespace

TEST_CASE("a sealed file comes back whole, whatever its size", "[blobs][sealed]") {
  place at;
  const auto store = at.open(one);
  const auto size = GENERATE(as<std::size_t>{}, 0, 1, piece - 1, piece, piece + 1, 2 * piece,
                             2 * piece + 1, 3 * piece + 777);
  const auto step = GENERATE(as<std::size_t>{}, 1'000, piece, 10 * piece);
  const auto bytes = bytes_of(size);
  const auto id = stored(*store, bytes, step);
  const auto [file, failed] = store->read(id);
  REQUIRE(file);
  CHECK(file->size() == size);
  CHECK(range(*store, id, 0, size) == bytes);
  CHECK(store->has(id));
  const auto pieces = size == 0 ? 1 : (size + piece - 1) / piece;
  CHECK(fs::file_size(at.path_of(id)) ==
        sealed_header_bytes + size + pieces * key_ring::overhead);
  CHECK(at.complaints.empty());
}

TEST_CASE("any range of a sealed file can be read", "[blobs][sealed]") {
  place at;
  const auto store = at.open(one);
  const auto bytes = bytes_of(3 * piece + 500);
  const auto id = stored(*store, bytes);
  for (const std::size_t first :
       {std::size_t{0}, piece - 1, piece, piece + 1, 3 * piece, 3 * piece + 499})
    for (const std::size_t length : {std::size_t{1}, std::size_t{2}, piece, 2 * piece + 3})
      CHECK(range(*store, id, first, std::min(length, bytes.size() - first)) ==
            bytes.substr(first, length));
  const auto [file, failed] = store->read(id);
  std::array<char, 10> room{};
  CHECK(file->read(bytes.size(), room) == 0);
  CHECK(at.complaints.empty());
}

TEST_CASE("nothing of a sealed file can be read on the disk but its key's id", "[blobs][sealed]") {
  place at;
  const auto canary = std::string{"a canary that sings"};
  const auto id = stored(*at.open(one), canary + bytes_of(2 * piece) + canary);
  const auto sealed = on_disk(at.path_of(id));
  CHECK(sealed.find(canary) == std::string::npos);
  CHECK(sealed.starts_with("parley-sealed 1 key 00001\n"));
  CHECK_FALSE(fs::exists(at.path_of(id, "")));
}

TEST_CASE("a sealed file that was changed anywhere is not given out", "[blobs][sealed]") {
  place at;
  const auto store = at.open(one);
  const auto id = stored(*store, bytes_of(2 * piece + 100));
  const auto whole = on_disk(at.path_of(id));
  const auto with_flip = [&](std::size_t where) {
    auto bytes = whole;
    bytes[where] = static_cast<char>(bytes[where] ^ 1);
    put_on_disk(at.path_of(id), bytes);
  };
  const auto last_piece = sealed_header_bytes + 2 * stored_piece;
  for (const std::size_t where :
       {std::size_t{0}, std::size_t{24}, last_piece, last_piece + 1, last_piece + 60,
        whole.size() - 1}) {
    with_flip(where);
    CHECK(store->read(id).second == file_error::unreadable);
  }
  with_flip(sealed_header_bytes + stored_piece + 500);  // the second piece
  CHECK(range(*store, id, 0, 2 * piece + 100) == bytes_of(piece));
  CHECK(at.last_complaint().find("the file of attachment " + to_string(id) +
                                 " cannot be read: piece 1 of 3: ") == 0);
}

TEST_CASE("a sealed file that was cut short or made longer is not given out", "[blobs][sealed]") {
  place at;
  const auto store = at.open(one);
  const auto id = stored(*store, bytes_of(2 * piece + 100));
  const auto whole = on_disk(at.path_of(id));
  for (const std::size_t left :
       {std::size_t{0}, std::size_t{10}, sealed_header_bytes, sealed_header_bytes + stored_piece,
        sealed_header_bytes + 2 * stored_piece, sealed_header_bytes + 2 * stored_piece + 20,
        whole.size() - 1}) {
    fs::resize_file(at.path_of(id), left);
    CHECK(store->read(id).second == file_error::unreadable);
    put_on_disk(at.path_of(id), whole);
  }
  put_on_disk(at.path_of(id), whole + "x");
  CHECK(store->read(id).second == file_error::unreadable);
  put_on_disk(at.path_of(id), whole + whole.substr(sealed_header_bytes));
  CHECK(store->read(id).second == file_error::unreadable);
}

TEST_CASE("pieces of a sealed file cannot change places or files", "[blobs][sealed]") {
  place at;
  const auto store = at.open(one);
  const auto bytes = bytes_of(3 * piece);
  const auto id = stored(*store, bytes);
  const auto other = stored(*store, bytes);
  const auto whole = on_disk(at.path_of(id));
  const auto piece_of = [](const std::string& file, std::size_t number) {
    return file.substr(sealed_header_bytes + number * stored_piece, stored_piece);
  };
  const auto header = whole.substr(0, sealed_header_bytes);

  const auto rest = whole.substr(sealed_header_bytes + 2 * stored_piece);
  put_on_disk(at.path_of(id), header + piece_of(whole, 1) + piece_of(whole, 0) + rest);
  CHECK(range(*store, id, 0, 10).empty());
  const auto strange = piece_of(on_disk(at.path_of(other)), 0);
  put_on_disk(at.path_of(id), header + strange + piece_of(whole, 1) + rest);
  CHECK(range(*store, id, 0, 10).empty());
  CHECK(range(*store, id, piece, piece) == bytes.substr(piece, piece));
  put_on_disk(at.path_of(id), on_disk(at.path_of(other)));
  CHECK(store->read(id).second == file_error::unreadable);
}

TEST_CASE("a sealed file needs its key, and new ones take the new key", "[blobs][sealed]") {
  place at;
  const auto before = stored(*at.open(one), "hello");
  {
    const auto both = at.open(std::string{one} + " " + two);
    const auto after = stored(*both, "world");
    CHECK(on_disk(at.path_of(after)).starts_with("parley-sealed 1 key 00002\n"));
    CHECK(range(*both, before, 0, 5) == "hello");
    CHECK(range(*both, after, 0, 5) == "world");
  }
  const auto lost = at.open(two);
  CHECK(lost->read(before).second == file_error::unreadable);
  CHECK(at.last_complaint().find("sealed with key 1, which is not among") != std::string::npos);
  CHECK(at.open(other_one)->read(before).second == file_error::unreadable);
  CHECK(lost->has(before));
  CHECK(lost->remove(before));
  CHECK_FALSE(lost->has(before));
}

TEST_CASE("plain and sealed files stand side by side", "[blobs][sealed]") {
  place at;
  // A client chooses the bytes, not the name.
  const auto fake = "parley-sealed 1 key 00001\n" + bytes_of(200);
  const auto plain = stored(*at.open(one, false), fake);
  CHECK(on_disk(at.path_of(plain, "")) == fake);
  const auto on = at.open(one);
  CHECK(range(*on, plain, 0, fake.size()) == fake);
  CHECK(on->begin(plain).second == file_error::exists);
  const auto sealed = stored(*on, "hello");
  const auto off = at.open(one, false);
  CHECK(range(*off, sealed, 0, 5) == "hello");
  CHECK(off->begin(sealed).second == file_error::exists);
  CHECK(off->remove(sealed));
  CHECK(off->remove(plain));
  CHECK(off->read(sealed).second == file_error::missing);
  CHECK(at.complaints.empty());
}

TEST_CASE("of two sealed uploads at once the first to finish stays", "[blobs][sealed]") {
  place at;
  const auto store = at.open(one);
  const auto id = new_id();
  auto [first, ignored] = store->begin(id);
  auto [second, neither] = store->begin(id);
  REQUIRE(first->write({"first", 5}) == file_error::none);
  REQUIRE(second->write({"second", 6}) == file_error::none);
  CHECK(second->finish() == file_error::none);
  CHECK(first->finish() == file_error::exists);
  CHECK(range(*store, id, 0, 6) == "second");
}
