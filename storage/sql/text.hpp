#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "storage/sql/connection.hpp"

namespace parley::storage::sql {

/// Rows of one multi-row statement. Few shapes, so that each is prepared once and kept.
inline constexpr std::array<std::size_t, 5> insert_shapes{256, 64, 16, 4, 1};

/// Members of one list in a query; shorter lists are padded with values that match nothing.
inline constexpr std::array<std::size_t, 4> list_shapes{1, 4, 16, 64};

/// `head` followed by `rows` times `part`, with `glue` between, and `tail`.
auto repeat(std::string_view head, std::string_view part, std::size_t rows, std::string_view glue,
            std::string_view tail) -> std::string;

/// The tail of an INSERT that changes the row already there.
///
/// @param key   columns of the unique key, e.g. "id"
/// @param sets  assignments; `new(x)` means the value that was to be inserted into x
auto on_duplicate(dialect to, std::string_view key, std::string_view sets) -> std::string;

/// Lets a map of prepared statements be asked with a view of the text.
struct text_hash {
  using is_transparent = void;
  auto operator()(std::string_view text) const -> std::size_t {
    return std::hash<std::string_view>{}(text);
  }
};

/// Cuts `items` into runs as long as an insert shape and calls `use(run)` for each, in order.
template <class T, class Use>
void in_insert_shapes(std::span<const T> items, Use use) {
  while (!items.empty()) {
    const auto fits = [&](std::size_t shape) { return shape <= items.size(); };
    const auto rows = *std::find_if(insert_shapes.begin(), insert_shapes.end(), fits);
    use(items.first(rows));
    items = items.subspan(rows);
  }
}

/// Cuts `items` into runs of at most 64 and calls `use(run, width)`: the list has `width` places.
template <class T, class Use>
void in_list_shapes(std::span<T> items, Use use) {
  while (!items.empty()) {
    const auto run = items.first(std::min(items.size(), list_shapes.back()));
    const auto holds = [&](std::size_t shape) { return shape >= run.size(); };
    use(run, *std::find_if(list_shapes.begin(), list_shapes.end(), holds));
    items = items.subspan(run.size());
  }
}

}  // namespace parley::storage::sql
