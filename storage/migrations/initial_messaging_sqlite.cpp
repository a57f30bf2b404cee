#include "storage/migrations/initial_messaging.hpp"

namespace parley::storage::migrations {

// All steps run in one transaction. The CHECKs are the lengths that MySQL's types have; dead letters have none, as
// they must take what the other tables refuse.
const std::string_view initial_messaging_sqlite = R"sql(
CREATE TABLE conversations (
  id              BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  type            INTEGER NOT NULL,
  participant1_id TEXT    NULL CHECK (length(participant1_id) <= 64),
  participant2_id TEXT    NULL CHECK (length(participant2_id) <= 64),
  direct_key      TEXT    NULL UNIQUE,
  title           TEXT    NULL CHECK (length(CAST(title AS BLOB)) <= 65535),
  case_id         TEXT    NULL UNIQUE CHECK (length(CAST(case_id AS BLOB)) <= 255),
  name            TEXT    NULL UNIQUE CHECK (length(CAST(name AS BLOB)) <= 255),
  created_by      TEXT    NOT NULL CHECK (length(created_by) <= 64),
  created_at      INTEGER NOT NULL,
  updated_at      INTEGER NOT NULL,
  last_message_at INTEGER NULL,
  archived_up_to_seq INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX conversations_participants
  ON conversations (participant1_id, participant2_id);
CREATE INDEX conversations_participants_reversed
  ON conversations (participant2_id, participant1_id);
CREATE TABLE messages (
  conversation_id   BLOB    NOT NULL CHECK (length(conversation_id) = 16),
  seq               INTEGER NOT NULL,
  ordinal           INTEGER NULL,
  kind              INTEGER NOT NULL,
  id                BLOB    NOT NULL CHECK (length(id) = 16),
  sender_id         TEXT    NOT NULL CHECK (length(sender_id) <= 64),
  content           TEXT    NOT NULL,
  previous_content  TEXT    NULL,
  client_message_id TEXT    NULL CHECK (length(client_message_id) <= 64),
  fingerprint       INTEGER NOT NULL,
  created_at        INTEGER NOT NULL,
  reply_to          BLOB    NULL,
  attachments       TEXT    NULL,
  target_id         BLOB    NULL,
  target_seq        INTEGER NULL,
  subjects          TEXT    NULL,
  edited_at         INTEGER NULL,
  deleted_at        INTEGER NULL,
  PRIMARY KEY (conversation_id, seq)
) STRICT;
CREATE UNIQUE INDEX messages_id ON messages (id);
CREATE UNIQUE INDEX messages_client_message_id
  ON messages (conversation_id, sender_id, client_message_id)
  WHERE client_message_id IS NOT NULL;
CREATE UNIQUE INDEX messages_ordinal
  ON messages (conversation_id, ordinal) WHERE ordinal IS NOT NULL;
CREATE INDEX messages_sender ON messages (sender_id);
CREATE INDEX messages_created_at ON messages (created_at);
CREATE INDEX messages_conversation_created_at ON messages (conversation_id, created_at);
CREATE TABLE messages_archive (
  conversation_id   BLOB    NOT NULL CHECK (length(conversation_id) = 16),
  seq               INTEGER NOT NULL,
  ordinal           INTEGER NULL,
  kind              INTEGER NOT NULL,
  id                BLOB    NOT NULL CHECK (length(id) = 16),
  sender_id         TEXT    NOT NULL CHECK (length(sender_id) <= 64),
  content           TEXT    NOT NULL,
  previous_content  TEXT    NULL,
  client_message_id TEXT    NULL CHECK (length(client_message_id) <= 64),
  fingerprint       INTEGER NOT NULL,
  created_at        INTEGER NOT NULL,
  reply_to          BLOB    NULL,
  attachments       TEXT    NULL,
  target_id         BLOB    NULL,
  target_seq        INTEGER NULL,
  subjects          TEXT    NULL,
  edited_at         INTEGER NULL,
  deleted_at        INTEGER NULL,
  PRIMARY KEY (conversation_id, seq)
) STRICT;
CREATE UNIQUE INDEX messages_archive_id ON messages_archive (id);
CREATE UNIQUE INDEX messages_archive_client_message_id
  ON messages_archive (conversation_id, sender_id, client_message_id)
  WHERE client_message_id IS NOT NULL;
CREATE UNIQUE INDEX messages_archive_ordinal
  ON messages_archive (conversation_id, ordinal) WHERE ordinal IS NOT NULL;
CREATE TABLE members (
  conversation_id BLOB    NOT NULL CHECK (length(conversation_id) = 16),
  user_id         TEXT    NOT NULL CHECK (length(user_id) <= 64),
  role            INTEGER NOT NULL,
  after_seq       INTEGER NOT NULL,
  after_ordinal   INTEGER NOT NULL,
  joined_at       INTEGER NOT NULL,
  delivered_seq   INTEGER NOT NULL,
  delivered_at    INTEGER NOT NULL,
  read_seq        INTEGER NOT NULL,
  read_at         INTEGER NOT NULL,
  PRIMARY KEY (conversation_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX members_user ON members (user_id, conversation_id);
CREATE TABLE users (
  id           TEXT    NOT NULL PRIMARY KEY CHECK (length(id) <= 64),
  first_name   TEXT    NULL CHECK (length(CAST(first_name AS BLOB)) <= 65535),
  last_name    TEXT    NULL CHECK (length(CAST(last_name AS BLOB)) <= 65535),
  display_name TEXT    NULL CHECK (length(CAST(display_name AS BLOB)) <= 65535),
  picture_url  TEXT    NULL CHECK (length(CAST(picture_url AS BLOB)) <= 65535),
  last_seen_at INTEGER NULL,
  own_first_name   TEXT NULL CHECK (length(CAST(own_first_name AS BLOB)) <= 65535),
  own_last_name    TEXT NULL CHECK (length(CAST(own_last_name AS BLOB)) <= 65535),
  own_display_name TEXT NULL CHECK (length(CAST(own_display_name AS BLOB)) <= 65535),
  own_picture_url  TEXT NULL CHECK (length(CAST(own_picture_url AS BLOB)) <= 65535)
) STRICT, WITHOUT ROWID;
CREATE TABLE user_names (
  name    BLOB NOT NULL CHECK (length(name) <= 256),
  user_id TEXT NOT NULL CHECK (length(user_id) <= 64),
  PRIMARY KEY (name, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX user_names_user ON user_names (user_id);
CREATE TABLE blocks (
  blocker_id TEXT    NOT NULL CHECK (length(blocker_id) <= 64),
  blocked_id TEXT    NOT NULL CHECK (length(blocked_id) <= 64),
  created_at INTEGER NOT NULL,
  delivered_seq INTEGER NOT NULL DEFAULT 0,
  delivered_at INTEGER NOT NULL DEFAULT 0,
  read_seq INTEGER NOT NULL DEFAULT 0,
  read_at INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (blocker_id, blocked_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX blocks_blocked ON blocks (blocked_id, blocker_id);
CREATE TABLE accounts (
  user_name     TEXT NOT NULL PRIMARY KEY CHECK (length(user_name) <= 64),
  user_id       TEXT NOT NULL UNIQUE CHECK (length(user_id) <= 64),
  password_hash TEXT NOT NULL CHECK (length(password_hash) <= 255)
) STRICT, WITHOUT ROWID;
CREATE TABLE dead_letters (
  id                BLOB    NOT NULL PRIMARY KEY,
  conversation_id   BLOB    NOT NULL,
  seq               INTEGER NOT NULL,
  ordinal           INTEGER NULL,
  kind              INTEGER NOT NULL,
  sender_id         BLOB    NOT NULL,
  content           BLOB    NOT NULL,
  client_message_id BLOB    NULL,
  fingerprint       INTEGER NOT NULL,
  created_at        INTEGER NOT NULL,
  reply_to          BLOB    NULL,
  attachments       BLOB    NULL,
  target_id         BLOB    NULL,
  target_seq        INTEGER NULL,
  subjects          BLOB    NULL,
  failed_at         INTEGER NOT NULL,
  reason            BLOB    NOT NULL
) STRICT;
CREATE TABLE attachments (
  id              BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  conversation_id BLOB    NOT NULL CHECK (length(conversation_id) = 16),
  uploader_id     TEXT    NOT NULL CHECK (length(uploader_id) <= 64),
  file_name       TEXT    NOT NULL CHECK (length(CAST(file_name AS BLOB)) <= 255),
  content_type    TEXT    NOT NULL CHECK (length(content_type) <= 127),
  size            INTEGER NOT NULL,
  created_at      INTEGER NOT NULL,
  message_id      BLOB    NULL CHECK (length(message_id) = 16),
  removed         INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX attachments_message ON attachments (message_id, created_at);
CREATE INDEX attachments_uploader ON attachments (uploader_id, created_at);
CREATE VIEW message_status AS
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
