#include "storage/migrations/invites.hpp"

namespace parley::storage::migrations {

const std::string_view invites_mysql = R"sql(
CREATE TABLE IF NOT EXISTS invites (
  code            VARCHAR(32) NOT NULL,
  conversation_id BINARY(16)  NOT NULL,
  created_by      VARCHAR(64) NOT NULL,
  created_at      BIGINT      NOT NULL,
  expires_at      BIGINT      NULL,
  uses_left       BIGINT      NULL,
  PRIMARY KEY (code),
  KEY invites_conversation (conversation_id, created_at)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
)sql";

const std::string_view invites_sqlite = R"sql(
CREATE TABLE invites (
  code            TEXT    NOT NULL PRIMARY KEY CHECK (length(code) <= 32),
  conversation_id BLOB    NOT NULL CHECK (length(conversation_id) = 16),
  created_by      TEXT    NOT NULL CHECK (length(created_by) <= 64),
  created_at      INTEGER NOT NULL,
  expires_at      INTEGER NULL,
  uses_left       INTEGER NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX invites_conversation ON invites (conversation_id, created_at);
)sql";

}  // namespace parley::storage::migrations
