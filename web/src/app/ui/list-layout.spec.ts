import { layOut, within } from './list-layout';

const some = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, at) => ({ id: `${prefix}${at}` }));
const heights = { head: 30, row: 60 };

describe('the layout of the list', () => {
  it('puts each part below the other, and no head over nothing', () => {
    const items = layOut(
      [
        { head: 'Rooms', all: [] },
        { head: 'People', all: some('p', 2) },
      ],
      heights,
    );
    expect(items.map(({ key, top, place }) => [key, top, place])).toEqual([
      ['head:People', 0, undefined],
      ['p0', 30, 1],
      ['p1', 90, 2],
    ]);
  });

  it('shows of 2,000 only what is in view', () => {
    const items = layOut([{ head: 'People', all: some('p', 2_000) }], heights);
    const seen = within(items, 60_000, 60_600);
    expect(seen.length).toBeLessThanOrEqual(12);
    expect(seen[0]!.top + seen[0]!.height).toBeGreaterThan(60_000);
    expect(seen.at(-1)!.top).toBeLessThanOrEqual(60_600);
  });

  it('keeps the focused one, wherever it is', () => {
    const items = layOut([{ head: 'People', all: some('p', 100) }], heights);
    expect(within(items, 3_000, 3_100, 'p0')[0]!.key).toBe('p0');
    expect(within(items, 0, 100, 'p99').at(-1)!.key).toBe('p99');
  });

  it('shows nothing of nothing', () => {
    expect(within([], 0, 100)).toEqual([]);
  });
});
