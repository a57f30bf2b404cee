import type { Notice, Row } from '@parley/client';
import { daysBetween } from '../ui/relative-time';

/** One row of the list, with what stands above it. */
export interface ListItem {
  readonly row: Row;
  /** The day that begins with it. */
  readonly day?: Date;
  /** The line "New" stands above it. */
  readonly isNew: boolean;
  /** It shows who says it: another person than above, or five minutes later. */
  readonly isHead: boolean;
  /** What happened after it, before the next message. */
  readonly notices?: readonly Notice[];
}

const TOGETHER_MS = 5 * 60_000;

/**
 * The same with what happened between the messages.
 * @param next the seq of the message behind the last of `items`; Infinity: there is none
 */
export function withNotices(
  items: readonly ListItem[],
  notices: readonly Notice[],
  next: number,
): readonly ListItem[] {
  if (notices.length === 0) return items;
  const stored = items.filter(({ row }) => row.seq !== undefined);
  const ends = new Map(stored.map((item, at) => [item, stored[at + 1]?.row.seq ?? next]));
  let isAfterNotices = false;
  return items.map((item) => {
    const end = ends.get(item);
    const mine = end === undefined ? [] : notices.filter((one) => isIn(one, item.row.seq!, end));
    const isHead = item.isHead || isAfterNotices;
    isAfterNotices = mine.length > 0;
    return { ...item, isHead, ...(mine.length > 0 && { notices: mine }) };
  });
}

const isIn = ({ seq }: Notice, after: number, before: number) => after < seq && seq < before;

/**
 * @param newAfter the seq behind which the line "New" stands, above the first message of somebody else
 */
export function itemsOf(
  rows: readonly Row[],
  newAfter: number | undefined,
  me: string,
): readonly ListItem[] {
  let isNewDue = newAfter !== undefined;
  return rows.map((row, index) => {
    const before = rows[index - 1];
    const isOther = row.senderId !== me;
    const isNew = isNewDue && isOther && row.seq !== undefined && row.seq > newAfter!;
    if (isNew) isNewDue = false;
    const at = new Date(row.createdAt);
    const isDay = !before || daysBetween(new Date(before.createdAt), at) !== 0;
    const isHead = isDay || isNew || !isTogether(before, row);
    return { row, isNew, isHead, ...(isDay && { day: at }) };
  });
}

function isTogether(one: Row, next: Row): boolean {
  const apart = Date.parse(next.createdAt) - Date.parse(one.createdAt);
  return one.senderId === next.senderId && apart < TOGETHER_MS && !next.replyTo;
}
