import type { Notice, Row } from '@parley/client';
import { itemsOf, withNotices } from './list-items';

const row = (seq: number, senderId: string, createdAt: string, more: Partial<Row> = {}): Row => ({
  key: `m${seq}`,
  seq,
  senderId,
  content: `${seq}`,
  createdAt,
  isDeleted: false,
  status: 'Sent',
  ...more,
});
const at = (minute: number, day = 3) => new Date(2026, 2, day, 10, minute).toISOString();

describe('W-18: the line "New"', () => {
  const rows = [
    row(1, 'ben', at(0)),
    row(2, 'ann', at(1)),
    row(3, 'ben', at(2)),
    row(4, 'ben', at(3)),
  ];

  it('stands above the first message of others behind the place read', () => {
    expect(itemsOf(rows, 1, 'ann').map(({ isNew }) => isNew)).toEqual([false, false, true, false]);
  });

  it('stands nowhere when nothing is unread', () => {
    expect(itemsOf(rows, undefined, 'ann').some(({ isNew }) => isNew)).toBe(false);
    expect(itemsOf(rows, 4, 'ann').some(({ isNew }) => isNew)).toBe(false);
  });

  it('stands above no own message that is on its way', () => {
    const { seq: _, ...pending } = row(0, 'ann', at(4));
    expect(itemsOf([...rows, pending], 4, 'ann').some(({ isNew }) => isNew)).toBe(false);
  });
});

describe('W-22: days and heads', () => {
  it('one person within five minutes has one head, another person and an answer have their own', () => {
    const rows = [
      row(1, 'ben', at(0)),
      row(2, 'ben', at(4)),
      row(3, 'ben', at(10)),
      row(4, 'ann', at(11)),
      row(5, 'ann', at(12), { replyTo: 'm1' }),
    ];
    expect(itemsOf(rows, undefined, 'ann').map(({ isHead }) => isHead)).toEqual([
      true,
      false,
      true,
      true,
      true,
    ]);
  });

  it('a day begins with its first message, by the calendar of the reader', () => {
    const rows = [row(1, 'ben', at(0)), row(2, 'ben', at(1)), row(3, 'ben', at(0, 4))];
    expect(itemsOf(rows, undefined, 'ann').map(({ day }) => day?.getDate())).toEqual([
      3,
      undefined,
      4,
    ]);
  });
});

describe('what happened between messages', () => {
  const rows = [row(2, 'ben', at(0)), row(5, 'ben', at(1)), row(6, 'ben', at(2))];
  const pending = { ...row(0, 'ann', at(3)), seq: undefined };
  const notices = [1, 3, 4, 7, 9].map(
    (seq): Notice => ({ event: 'TitleChanged', seq, data: { title: `${seq}` } }),
  );
  const seqs = (all: readonly Row[], next: number) =>
    withNotices(itemsOf(all, undefined, 'ann'), notices, next).map(
      ({ notices: own }) => own?.map(({ seq }) => seq) ?? [],
    );

  it('stands below the message before it, and above what is on its way', () => {
    expect(seqs(rows, Infinity)).toEqual([[3, 4], [], [7, 9]]);
    expect(seqs([...rows, pending], Infinity)).toEqual([[3, 4], [], [7, 9], []]);
  });

  it('stands nowhere when a message that is not in the page follows before it', () => {
    expect(seqs(rows, 8)).toEqual([[3, 4], [], [7]]);
  });

  it('makes the next message say again who says it', () => {
    const heads = withNotices(itemsOf(rows, undefined, 'ann'), notices, Infinity);
    expect(heads.map(({ isHead }) => isHead)).toEqual([true, true, false]);
  });
});
