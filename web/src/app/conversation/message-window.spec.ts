import fc from 'fast-check';
import {
  MAX_ROWS,
  PAGE_ROWS,
  around,
  atEnd,
  carried,
  isAtEnd,
  newer,
  older,
} from './message-window';

const rows = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => ({ key: `k${from + at}` }));

describe('the rows in the page', () => {
  it('are the latest 250 at most', () => {
    expect(atEnd(10)).toEqual({ start: 0, end: 10 });
    expect(atEnd(10_000)).toEqual({ start: 9_750, end: 10_000 });
    expect(isAtEnd(atEnd(10_000), 10_000)).toBe(true);
  });

  it('have the row that is looked for in their middle', () => {
    expect(around(5_000, 10_000)).toEqual({ start: 4_875, end: 5_125 });
    expect(around(3, 10_000)).toEqual({ start: 0, end: 250 });
    expect(around(9_999, 10_000)).toEqual({ start: 9_750, end: 10_000 });
    expect(around(3, 10)).toEqual({ start: 0, end: 10 });
  });

  it('move by a page, and drop what is too far away', () => {
    expect(older({ start: 9_750, end: 10_000 })).toEqual({ start: 9_700, end: 9_950 });
    expect(older({ start: 20, end: 100 })).toEqual({ start: 0, end: 100 });
    expect(newer({ start: 9_700, end: 9_950 }, 10_000)).toEqual({ start: 9_750, end: 10_000 });
    expect(newer({ start: 0, end: 20 }, 30)).toEqual({ start: 0, end: 30 });
  });

  it('stay when others come in front', () => {
    const window = { start: 0, end: 250 };
    expect(carried(window, rows(50, 400), rows(0, 400), false)).toEqual({ start: 50, end: 300 });
  });

  it('take in what comes in front and behind while there is room', () => {
    const window = { start: 0, end: 50 };
    expect(carried(window, rows(50, 100), rows(0, 100), false)).toEqual({ start: 0, end: 100 });
    expect(carried(window, rows(0, 50), rows(0, 60), false)).toEqual({ start: 0, end: 60 });
  });

  it('stay where the reader is when new ones come and the page is full', () => {
    const full = { start: 0, end: MAX_ROWS };
    expect(carried(full, rows(0, 250), rows(0, 260), false)).toEqual({ start: 0, end: 250 });
    expect(carried(full, rows(0, 250), rows(0, 260), true)).toEqual({ start: 10, end: 260 });
  });

  it('follow a row that goes, and a history that is another one', () => {
    const without = rows(0, 20).filter(({ key }) => key !== 'k3');
    expect(carried({ start: 3, end: 10 }, rows(0, 20), without, false)).toEqual({
      start: 3,
      end: 9,
    });
    expect(carried({ start: 0, end: 20 }, rows(0, 20), rows(900, 905), false)).toEqual(atEnd(5));
    expect(carried({ start: 0, end: 0 }, [], rows(0, 5), false)).toEqual(atEnd(5));
  });

  it('are never more than 250, never outside the list, and keep what is read', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constantFrom('older', 'newer', 'front', 'behind') }),
      fc.record({ kind: fc.constant('behind, following') }),
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 900 }),
        fc.array(step, { maxLength: 40 }),
        (count, steps) => {
          let [from, to] = [0, count];
          let window = atEnd(count);
          for (const { kind } of steps) {
            const before = rows(from, to);
            const first = before[window.start]?.key;
            if (kind === 'older') window = older(window);
            else if (kind === 'newer') window = newer(window, before.length);
            else {
              if (kind === 'front') from -= PAGE_ROWS;
              else to += 7;
              const after = rows(from, to);
              window = carried(window, before, after, kind === 'behind, following');
              if (kind === 'behind' && first !== undefined)
                expect(after.slice(window.start, window.end).map(({ key }) => key)).toContain(
                  first,
                );
            }
            expect(window.end - window.start).toBeLessThanOrEqual(MAX_ROWS);
            expect(window.start).toBeGreaterThanOrEqual(0);
            expect(window.end).toBeLessThanOrEqual(to - from);
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
