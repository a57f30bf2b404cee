/** Which of the loaded rows stand in the page: `start` to before `end`. A value. */
export interface MessageWindow {
  readonly start: number;
  readonly end: number;
}
interface Keyed {
  readonly key: string;
}

/** Rows in the page at once: W-26, and section 7's budget of elements. */
export const MAX_ROWS = 250;
/** Rows that are asked for, and moved by, at once. */
export const PAGE_ROWS = 50;

const clamped = (at: number, least: number, most: number) => Math.max(least, Math.min(at, most));

/** The latest of `count` rows. */
export function atEnd(count: number): MessageWindow {
  return { start: Math.max(0, count - MAX_ROWS), end: count };
}

/** With the row at `index` in the middle, or as near to it as `count` rows allow. */
export function around(index: number, count: number): MessageWindow {
  const start = clamped(index - Math.floor(MAX_ROWS / 2), 0, Math.max(0, count - MAX_ROWS));
  return { start, end: Math.min(start + MAX_ROWS, count) };
}

/** A page towards the past; what falls out at the bottom comes back with `newer`. */
export function older({ start, end }: MessageWindow, rows = PAGE_ROWS): MessageWindow {
  const first = Math.max(0, start - rows);
  return { start: first, end: Math.min(end, first + MAX_ROWS) };
}

/** A page towards the present. */
export function newer(
  { start, end }: MessageWindow,
  count: number,
  rows = PAGE_ROWS,
): MessageWindow {
  const last = Math.min(count, end + rows);
  return { start: Math.max(start, last - MAX_ROWS), end: last };
}

/**
 * The same rows after the list has changed: pages came in front, messages behind or between, some went.
 * @param follows the reader stands at the bottom: the latest are shown. Else what is shown stays, and what
 *   comes before and behind all of it joins only as far as there is room
 */
export function carried(
  { start, end }: MessageWindow,
  before: readonly Keyed[],
  after: readonly Keyed[],
  follows: boolean,
): MessageWindow {
  if (follows || start >= end) return atEnd(after.length);
  const places = new Map(after.map(({ key }, index) => [key, index]));
  const shown = before.slice(start, end).flatMap(({ key }) => places.get(key) ?? []);
  if (shown.length === 0) return atEnd(after.length); // another history
  const first = Math.min(...shown);
  const reached = end === before.length ? after.length : Math.max(...shown) + 1;
  const last = Math.min(reached, first + MAX_ROWS);
  return { start: start === 0 ? Math.max(0, last - MAX_ROWS) : first, end: last };
}

/** True when nothing newer is loaded than what is shown. */
export const isAtEnd = ({ end }: MessageWindow, count: number) => end >= count;
