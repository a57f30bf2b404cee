#include "storage/migrations/initial_messaging.hpp"

namespace parley::storage::migrations {

// Schema changes commit by themselves in MySQL: every statement can be repeated after a crash.
// Outside keys (case_id, name) are bytes, as utf8mb4_bin would ignore trailing spaces.
// Names people are found by are bytes, compared as such, so that every prefix is a range.
// Dead letters are bytes without limits: they must take what the other tables refuse.
const std::string_view initial_messaging_mysql = R"sql(
CREATE TABLE IF NOT EXISTS conversations (
  id              BINARY(16)     NOT NULL,
  type            TINYINT        NOT NULL,
  participant1_id VARCHAR(64)    NULL,
  participant2_id VARCHAR(64)    NULL,
  direct_key      VARCHAR(129)   NULL,
  title           TEXT           NULL,
  case_id         VARBINARY(255) NULL,
  name            VARBINARY(255) NULL,
  created_by      VARCHAR(64)    NOT NULL,
  created_at      BIGINT         NOT NULL,
  updated_at      BIGINT         NOT NULL,
  last_message_at BIGINT         NULL,
  archived_up_to_seq BIGINT      NOT NULL DEFAULT 0,
  PRIMARY KEY (id),
  UNIQUE KEY conversations_direct_key (direct_key),
  UNIQUE KEY conversations_case_id (case_id),
  UNIQUE KEY conversations_name (name),
  KEY conversations_participants (participant1_id, participant2_id),
  KEY conversations_participants_reversed (participant2_id, participant1_id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE TABLE IF NOT EXISTS messages (
  conversation_id   BINARY(16)     NOT NULL,
  seq               BIGINT         NOT NULL,
  ordinal           BIGINT         NULL,
  kind              TINYINT        NOT NULL,
  id                BINARY(16)     NOT NULL,
  sender_id         VARCHAR(64)    NOT NULL,
  content           MEDIUMTEXT     NOT NULL,
  previous_content  MEDIUMTEXT     NULL,
  client_message_id VARCHAR(64)    NULL,
  fingerprint       BIGINT         NOT NULL,
  created_at        BIGINT         NOT NULL,
  reply_to          BINARY(16)     NULL,
  attachments       MEDIUMTEXT     NULL,
  target_id         BINARY(16)     NULL,
  target_seq        BIGINT         NULL,
  subjects          MEDIUMTEXT     NULL,
  edited_at         BIGINT         NULL,
  deleted_at        BIGINT         NULL,
  PRIMARY KEY (conversation_id, seq),
  UNIQUE KEY messages_id (id),
  UNIQUE KEY messages_client_message_id (conversation_id, sender_id, client_message_id),
  UNIQUE KEY messages_ordinal (conversation_id, ordinal),
  KEY messages_sender (sender_id),
  KEY messages_created_at (created_at),
  KEY messages_conversation_created_at (conversation_id, created_at)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE TABLE IF NOT EXISTS messages_archive (
  conversation_id   BINARY(16)     NOT NULL,
  seq               BIGINT         NOT NULL,
  ordinal           BIGINT         NULL,
  kind              TINYINT        NOT NULL,
  id                BINARY(16)     NOT NULL,
  sender_id         VARCHAR(64)    NOT NULL,
  content           MEDIUMTEXT     NOT NULL,
  previous_content  MEDIUMTEXT     NULL,
  client_message_id VARCHAR(64)    NULL,
  fingerprint       BIGINT         NOT NULL,
  created_at        BIGINT         NOT NULL,
  reply_to          BINARY(16)     NULL,
  attachments       MEDIUMTEXT     NULL,
  target_id         BINARY(16)     NULL,
  target_seq        BIGINT         NULL,
  subjects          MEDIUMTEXT     NULL,
  edited_at         BIGINT         NULL,
  deleted_at        BIGINT         NULL,
  PRIMARY KEY (conversation_id, seq),
  UNIQUE KEY messages_archive_id (id),
  UNIQUE KEY messages_archive_client_message_id (conversation_id, sender_id, client_message_id),
  UNIQUE KEY messages_archive_ordinal (conversation_id, ordinal)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE TABLE IF NOT EXISTS members (
  conversation_id BINARY(16)  NOT NULL,
  user_id         VARCHAR(64) NOT NULL,
  role            TINYINT     NOT NULL,
  after_seq       BIGINT      NOT NULL,
  after_ordinal   BIGINT      NOT NULL,
  joined_at       BIGINT      NOT NULL,
  delivered_seq   BIGINT      NOT NULL,
  delivered_at    BIGINT      NOT NULL,
  read_seq        BIGINT      NOT NULL,
  read_at         BIGINT      NOT NULL,
  PRIMARY KEY (conversation_id, user_id),
  KEY members_user (user_id, conversation_id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE TABLE IF NOT EXISTS users (
  id           VARCHAR(64) NOT NULL,
  first_name   TEXT        NULL,
  last_name    TEXT        NULL,
  display_name TEXT        NULL,
  picture_url  TEXT        NULL,
  last_seen_at BIGINT      NULL,
  own_first_name   TEXT    NULL,
  own_last_name    TEXT    NULL,
  own_display_name TEXT    NULL,
  own_picture_url  TEXT    NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE TABLE IF NOT EXISTS user_names (
  name    VARBINARY(256) NOT NULL,
  user_id VARCHAR(64)    NOT NULL,
  PRIMARY KEY (name, user_id),
  KEY user_names_user (user_id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE TABLE IF NOT EXISTS blocks (
  blocker_id VARCHAR(64) NOT NULL,
  blocked_id VARCHAR(64) NOT NULL,
  created_at BIGINT      NOT NULL,
  delivered_seq BIGINT  NOT NULL DEFAULT 0,
  delivered_at BIGINT  NOT NULL DEFAULT 0,
  read_seq BIGINT  NOT NULL DEFAULT 0,
  read_at BIGINT  NOT NULL DEFAULT 0,
  PRIMARY KEY (blocker_id, blocked_id),
  KEY blocks_blocked (blocked_id, blocker_id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE TABLE IF NOT EXISTS accounts (
  user_name     VARCHAR(64)  NOT NULL,
  user_id       VARCHAR(64)  NOT NULL,
  password_hash VARCHAR(255) NOT NULL,
  PRIMARY KEY (user_name),
  UNIQUE KEY accounts_user (user_id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE TABLE IF NOT EXISTS dead_letters (
  id                BINARY(16) NOT NULL,
  conversation_id   BINARY(16) NOT NULL,
  seq               BIGINT     NOT NULL,
  ordinal           BIGINT     NULL,
  kind              TINYINT    NOT NULL,
  sender_id         BLOB       NOT NULL,
  content           LONGBLOB   NOT NULL,
  client_message_id BLOB       NULL,
  fingerprint       BIGINT     NOT NULL,
  created_at        BIGINT     NOT NULL,
  reply_to          BINARY(16) NULL,
  attachments       LONGBLOB   NULL,
  target_id         BINARY(16) NULL,
  target_seq        BIGINT     NULL,
  subjects          LONGBLOB   NULL,
  failed_at         BIGINT     NOT NULL,
  reason            BLOB       NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE TABLE IF NOT EXISTS attachments (
  id              BINARY(16)   NOT NULL,
  conversation_id BINARY(16)   NOT NULL,
  uploader_id     VARCHAR(64)  NOT NULL,
  file_name       VARCHAR(255) NOT NULL,
  content_type    VARCHAR(127) NOT NULL,
  size            BIGINT       NOT NULL,
  created_at      BIGINT       NOT NULL,
  message_id      BINARY(16)   NULL,
  removed         TINYINT      NOT NULL DEFAULT 0,
  PRIMARY KEY (id),
  KEY attachments_message (message_id, created_at),
  KEY attachments_uploader (uploader_id, created_at)
) ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE OR REPLACE VIEW message_status AS
SELECT s.id, s.conversation_id, s.sender_id, s.created_at,
  CASE WHEN s.read_to >= s.seq THEN 'Read' WHEN s.delivered_to >= s.seq THEN 'Delivered'
    ELSE 'Sent' END AS status,
  CASE WHEN s.delivered_to >= s.seq THEN s.delivered_time END AS delivered_at,
  CASE WHEN s.read_to >= s.seq THEN s.read_time END AS read_at,
  s.deleted_at
FROM (
  SELECT m.id, m.conversation_id, m.seq, m.sender_id, m.created_at, m.deleted_at,
    (SELECT MIN(CASE WHEN r.delivered_seq < r.read_seq THEN r.read_seq ELSE r.delivered_seq END)
      FROM members r WHERE r.conversation_id = m.conversation_id AND r.user_id <> m.sender_id
      AND r.after_seq < m.seq) AS delivered_to,
    (SELECT MAX(CASE WHEN r.delivered_seq < r.read_seq THEN r.read_at ELSE r.delivered_at END)
      FROM members r WHERE r.conversation_id = m.conversation_id AND r.user_id <> m.sender_id
      AND r.after_seq < m.seq) AS delivered_time,
    (SELECT MIN(r.read_seq)
      FROM members r WHERE r.conversation_id = m.conversation_id AND r.user_id <> m.sender_id
      AND r.after_seq < m.seq) AS read_to,
    (SELECT MAX(r.read_at)
      FROM members r WHERE r.conversation_id = m.conversation_id AND r.user_id <> m.sender_id
      AND r.after_seq < m.seq) AS read_time
  FROM messages m WHERE m.kind = 0) s;
)sql";

}  // namespace parley::storage::migrations
