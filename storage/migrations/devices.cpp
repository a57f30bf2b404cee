#include "storage/migrations/devices.hpp"

namespace parley::storage::migrations {

const std::string_view devices_mysql = R"sql(
CREATE TABLE IF NOT EXISTS devices (
  id         BINARY(16)   NOT NULL,
  user_id    VARCHAR(64)  NOT NULL,
  generation BIGINT       NOT NULL,
  created_at BIGINT       NOT NULL,
  renewed_at BIGINT       NOT NULL,
  agent      VARCHAR(200) NOT NULL,
  PRIMARY KEY (id),
  KEY devices_user (user_id, renewed_at)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
)sql";

const std::string_view devices_sqlite = R"sql(
CREATE TABLE devices (
  id         BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  user_id    TEXT    NOT NULL CHECK (length(user_id) <= 64),
  generation INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  renewed_at INTEGER NOT NULL,
  agent      TEXT    NOT NULL CHECK (length(agent) <= 200)
) STRICT, WITHOUT ROWID;
CREATE INDEX devices_user ON devices (user_id, renewed_at);
)sql";

}  // namespace parley::storage::migrations
