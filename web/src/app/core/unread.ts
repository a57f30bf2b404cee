import type { Row } from '@parley/client';
import type { Conversation } from './conversation';

/**
 * What others said behind `readSeq`: counted where the whole stretch is known, else as the server told.
 * @param told the server's number, when it has just said one
 * @returns is it exact now?
 */
export function recount(one: Conversation, me: string, told?: number): boolean {
  const read = one.readSeq();
  const last = one.lastSeq();
  const { rows, segments } = one.timeline();
  const isWhole = segments.some(({ from, to }) => from <= read + 1 && to >= last);
  if (read >= last) one.unread.set(0);
  else if (isWhole) one.unread.set(rows.filter((row) => isUnread(row, read, me)).length);
  else if (told !== undefined) one.unread.set(told);
  return read >= last || isWhole || told !== undefined;
}

const isUnread = ({ seq = 0, senderId, isDeleted }: Row, read: number, me: string) =>
  seq > read && senderId !== me && !isDeleted;
