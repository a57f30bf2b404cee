#include "storage/migrations/image_sizes.hpp"

namespace parley::storage::migrations {

const std::string_view image_sizes_mysql = R"sql(
ALTER TABLE attachments ADD COLUMN width INT NOT NULL DEFAULT 0,
  ADD COLUMN height INT NOT NULL DEFAULT 0;
)sql";

const std::string_view image_sizes_sqlite = R"sql(
ALTER TABLE attachments ADD COLUMN width INTEGER NOT NULL DEFAULT 0;
ALTER TABLE attachments ADD COLUMN height INTEGER NOT NULL DEFAULT 0;
)sql";

}  // namespace parley::storage::migrations
