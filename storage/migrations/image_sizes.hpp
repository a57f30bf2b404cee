#pragma once

#include <string_view>

/// Step 5, `ImageSizes`: width and height of announced images.
namespace parley::storage::migrations {

extern const std::string_view image_sizes_mysql;
extern const std::string_view image_sizes_sqlite;

}  // namespace parley::storage::migrations
