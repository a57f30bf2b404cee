/** A row of fixed height: a conversation, or the head of a part. */
export interface Item<T> {
  readonly key: string;
  readonly top: number;
  readonly height: number;
  readonly head?: string;
  readonly one?: T;
  /** Among the conversations, from 1. */
  readonly place?: number;
}

export interface Part<T> {
  readonly head: string;
  readonly all: readonly T[];
}

/** Parts below each other; one that is empty has no head. */
export function layOut<T extends { readonly id: string }>(
  parts: readonly Part<T>[],
  heights: { readonly head: number; readonly row: number },
): readonly Item<T>[] {
  const items: Item<T>[] = [];
  let top = 0;
  let place = 0;
  for (const { head, all } of parts) {
    if (all.length === 0) continue;
    items.push({ key: `head:${head}`, top, height: heights.head, head });
    top += heights.head;
    for (const one of all) {
      items.push({ key: one.id, top, height: heights.row, one, place: ++place });
      top += heights.row;
    }
  }
  return items;
}

/** Those that reach into `from..to`, and `kept` wherever it is. */
export function within<T>(
  items: readonly Item<T>[],
  from: number,
  to: number,
  kept?: string,
): readonly Item<T>[] {
  const first = lowest(items, from);
  const last = lowest(items, to);
  const seen = items.slice(first, last + 1);
  const outside = kept === undefined ? -1 : items.findIndex(({ key }) => key === kept);
  if (outside < 0 || (outside >= first && outside <= last)) return seen;
  const one = items[outside] as Item<T>;
  return outside < first ? [one, ...seen] : [...seen, one];
}

/** The index of the first item that ends below `y`; the last one when none does. */
function lowest<T>(items: readonly Item<T>[], y: number): number {
  let low = 0;
  let high = Math.max(0, items.length - 1);
  while (low < high) {
    const middle = (low + high) >> 1;
    const { top, height } = items[middle] as Item<T>;
    if (top + height > y) high = middle;
    else low = middle + 1;
  }
  return low;
}
