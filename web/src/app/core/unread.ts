import type { Conversation } from './conversation';

/**
 * What others said behind `readSeq`: counted where the whole stretch is known, else as the server told.
 * @param told the server's number, when it has just said one
 */
export function recount(one: Conversation, me: string, told?: number): void {
  const read = one.readSeq();
  const last = one.lastSeq();
  if (read >= last) return one.unread.set(0);
  const { rows, segments } = one.timeline();
  const isWhole = segments.some(({ from, to }) => from <= read + 1 && to >= last);
  if (isWhole)
    one.unread.set(
      rows.filter(
        ({ seq, senderId, isDeleted }) =>
          seq !== undefined && seq > read && senderId !== me && !isDeleted,
      ).length,
    );
  else if (told !== undefined) one.unread.set(told);
}
