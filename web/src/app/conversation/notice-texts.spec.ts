import type { Notice } from '@parley/client';
import { en } from '../../i18n/en';
import { type Key, filled } from '../../i18n/texts';
import { noticeTexts } from './notice-texts';

const t = (key: Key, values: object = {}) => filled(en[key], values as never, 'en');
const words = { t, locale: 'en' } as unknown as Parameters<typeof noticeTexts>[2];
const told = (...notices: [Notice['event'], object][]) =>
  noticeTexts(
    notices.map(([event, data], at) => ({ event, seq: at + 1, data: { ...data } })),
    (id) => id.toUpperCase(),
    words,
  );
const added = (addedBy: string, ...userIds: string[]): [Notice['event'], object] => [
  'ParticipantsAdded',
  { addedBy, userIds },
];
const removed = (removedBy: string, userId: string): [Notice['event'], object] => [
  'ParticipantRemoved',
  { removedBy, userId },
];

describe('what happened between messages', () => {
  it('is said by who did it, and to whom', () => {
    expect(told(added('ann', 'ben'), removed('ann', 'ben'))).toEqual([
      'ANN added BEN',
      'ANN removed BEN',
    ]);
    expect(told(added('ben', 'ben'), removed('ben', 'ben'))).toEqual(['BEN joined', 'BEN left']);
    expect(told(['TitleChanged', { changedBy: 'ann', title: 'Crew' }])).toEqual([
      'ANN named the room “Crew”',
    ]);
    expect(told(['TitleChanged', { changedBy: 'ann', title: null }])).toEqual([
      'ANN took the name of the room away',
    ]);
    expect(told(['RoleChanged', { userId: 'ben', role: 'admin' }])).toEqual([
      'Managing this room now: BEN',
    ]);
    expect(told(['RoleChanged', { userId: 'ben', role: 'owner' }])).toEqual([]);
  });

  it('is one line where many come one after the other', () => {
    expect(told(added('a', 'a'), added('b', 'b'))).toEqual(['A and B joined']);
    expect(told(added('x', 'a', 'b'), added('x', 'c'), added('y', 'd'))).toEqual([
      'X added A, B, and C',
      'Y added D',
    ]);
    const many = Array.from({ length: 1_000 }, (_, at) => added(`p${at}`, `p${at}`));
    expect(told(...many)).toEqual(['P0, P1, P2, and 997 others joined']);
  });

  it('names somebody who came twice once, and four instead of three and another', () => {
    expect(told(added('a', 'a'), added('a', 'a'))).toEqual(['A joined']);
    expect(told(added('x', 'a', 'b', 'c', 'd'))).toEqual(['X added A, B, C, and D']);
  });
});
