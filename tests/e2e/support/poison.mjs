// SQL that makes the store refuse every message that begins with "poison", and takes that back.
import { onMysql } from './store.mjs';

export const [POISON, CURE] = onMysql
  ? [
      "ALTER TABLE messages ADD CONSTRAINT no_poison CHECK (content NOT LIKE 'poison%')",
      'ALTER TABLE messages DROP CONSTRAINT no_poison',
    ]
  : [
      "CREATE TRIGGER no_poison BEFORE INSERT ON messages WHEN NEW.content LIKE 'poison%' " +
        "BEGIN SELECT RAISE(ABORT, 'poison'); END",
      'DROP TRIGGER no_poison',
    ];
