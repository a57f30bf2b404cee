#include "storage/sql/text.hpp"

#include <catch2/catch.hpp>

#include <numeric>
#include <vector>

using namespace parley::storage::sql;

namespace {

auto insert_runs(std::size_t count) -> std::vector<std::size_t> {
  const std::vector<int> items(count);
  std::vector<std::size_t> runs;
  in_insert_shapes(std::span<const int>{items}, [&](auto run) { runs.push_back(run.size()); });
  return runs;
}

}  // namespace

TEST_CASE("inserts are cut into the largest shapes that fit", "[storage][text]") {
  using runs = std::vector<std::size_t>;
  CHECK(insert_runs(0).empty());
  CHECK(insert_runs(1) == runs{1});
  CHECK(insert_runs(5) == runs{4, 1});
  CHECK(insert_runs(256) == runs{256});
  CHECK(insert_runs(300) == runs{256, 16, 16, 4, 4, 4});
}

TEST_CASE("lists keep their order and are at most 64 wide", "[storage][text]") {
  std::vector<int> items(130);
  std::iota(items.begin(), items.end(), 0);
  std::vector<std::size_t> widths;
  std::vector<int> seen;
  in_list_shapes(std::span<const int>{items}, [&](auto run, std::size_t width) {
    CHECK(run.size() <= width);
    widths.push_back(width);
    seen.insert(seen.end(), run.begin(), run.end());
  });
  CHECK(widths == std::vector<std::size_t>{64, 64, 4});
  CHECK(seen == items);
}

TEST_CASE("an upsert is spelled for each dialect", "[storage][text]") {
  CHECK(on_duplicate(dialect::mysql, "id", "a = COALESCE(new(a), t.a)") ==
        " ON DUPLICATE KEY UPDATE a = COALESCE(VALUES(a), t.a)");
  CHECK(on_duplicate(dialect::sqlite, "id", "a = COALESCE(new(a), t.a)") ==
        " ON CONFLICT(id) DO UPDATE SET a = COALESCE((excluded.a), t.a)");
}

TEST_CASE("repeat glues parts together", "[storage][text]") {
  CHECK(repeat("(", "?", 3, ",", ")") == "(?,?,?)");
  CHECK(repeat("(", "?", 1, ",", ")") == "(?)");
}
