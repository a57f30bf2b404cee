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
});
