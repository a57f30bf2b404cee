#include "storage/migrations/wider_group_names.hpp"

namespace parley::storage::migrations {

const std::string_view wider_group_names_mysql = R"sql(
ALTER TABLE conversations MODIFY COLUMN name VARBINARY(300) NULL;
)sql";

// A CHECK cannot be changed: the table is made anew.
const std::string_view wider_group_names_sqlite = R"sql(
CREATE TABLE conversations_wider (
  id              BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  type            INTEGER NOT NULL,
  participant1_id TEXT    NULL CHECK (length(participant1_id) <= 64),
  participant2_id TEXT    NULL CHECK (length(participant2_id) <= 64),
  direct_key      TEXT    NULL UNIQUE,
  title           TEXT    NULL CHECK (length(CAST(title AS BLOB)) <= 65535),
  case_id         TEXT    NULL UNIQUE CHECK (length(CAST(case_id AS BLOB)) <= 255),
  name            TEXT    NULL UNIQUE CHECK (length(CAST(name AS BLOB)) <= 300),
  created_by      TEXT    NOT NULL CHECK (length(created_by) <= 64),
  created_at      INTEGER NOT NULL,
  updated_at      INTEGER NOT NULL,
  last_message_at INTEGER NULL,
  archived_up_to_seq INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
INSERT INTO conversations_wider (id, type, participant1_id, participant2_id, direct_key, title,
  case_id, name, created_by, created_at, updated_at, last_message_at, archived_up_to_seq)
  SELECT id, type, participant1_id, participant2_id, direct_key, title, case_id, name, created_by,
    created_at, updated_at, last_message_at, archived_up_to_seq FROM conversations;
DROP TABLE conversations;
ALTER TABLE conversations_wider RENAME TO conversations;
CREATE INDEX conversations_participants
  ON conversations (participant1_id, participant2_id);
CREATE INDEX conversations_participants_reversed
  ON conversations (participant2_id, participant1_id);
)sql";

}  // namespace parley::storage::migrations
