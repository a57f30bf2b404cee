import { MemoryKept } from './kept';
import { People } from './people';
import type { Server } from './server';

describe('people', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const answering = (asked: string[][]) =>
    ({
      people: async (ids: string[]) => {
        asked.push(ids);
        return ids.map((userId) => ({ userId, displayName: `Name of ${userId}` }));
      },
    }) as unknown as Server;

  it('are asked for 200 at a time, and once each', async () => {
    const asked: string[][] = [];
    const people = new People(answering(asked));
    for (let at = 0; at < 250; at += 1) people.nameOf(`u${at}`);
    people.nameOf('u0');
    await vi.advanceTimersByTimeAsync(100);
    expect(asked.map(({ length }) => length)).toEqual([200, 50]);
    expect(people.nameOf('u7')).toBe('Name of u7');
    await vi.advanceTimersByTimeAsync(100);
    expect(asked.length).toBe(2);
  });

  it('are not asked for when something told their name', async () => {
    const asked: string[][] = [];
    const people = new People(answering(asked));
    people.learn({ userId: 'ann', firstName: 'Ann', lastName: 'Lee' });
    expect(people.nameOf('ann')).toBe('Ann Lee');
    await vi.advanceTimersByTimeAsync(100);
    expect(asked).toEqual([]);
  });

  it('show no picture from elsewhere: its owner would learn who reads', () => {
    const people = new People(answering([]));
    people.learn(
      { userId: 'ann', displayName: 'Ann', profilePictureUrl: 'https://elsewhere.example/a.png' },
      { userId: 'ben', displayName: 'Ben', profilePictureUrl: '/pictures/ben.png' },
    );
    expect(people.of('ann')().picture).toBeUndefined();
    expect(people.of('ben')().picture).toBe('/pictures/ben.png');
  });

  it('who are not told of any more keep the name they had on an earlier page', async () => {
    const kept = new MemoryKept();
    const silent = { people: async () => [] } as unknown as Server;
    const before = new People(silent, undefined, () => 'Former member');
    await before.restore(kept);
    before.learn({ userId: 'ann', displayName: 'Ann' });
    expect(before.nameOf('ben')).toBe('ben');
    await vi.advanceTimersByTimeAsync(2_000);
    expect(before.nameOf('ben')).toBe('Former member');

    const after = new People(silent, undefined, () => '나간 멤버');
    await after.restore(kept);
    expect(after.nameOf('ann')).toBe('Ann');
    expect(after.nameOf('ben')).toBe('ben');
    await vi.advanceTimersByTimeAsync(2_000);
    expect([after.nameOf('ann'), after.nameOf('ben')]).toEqual(['Ann', '나간 멤버']);
  });
});
