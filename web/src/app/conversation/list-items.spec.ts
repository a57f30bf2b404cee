import type { Row } from '@parley/client';
import { itemsOf } from './list-items';

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
