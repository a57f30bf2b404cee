import { TestBed } from '@angular/core/testing';
import { Refusal, type SignedIn } from '@parley/client';
import { Session } from './session';

const MINUTE = 60_000;
const answer = (accessToken: string, expiresIn = 3_600): SignedIn => ({
  accessToken,
  expiresIn,
  userId: 'ann',
});
const refused = () => new Refusal('unauthenticated', 'no', undefined, 401);
const away = () => new TypeError('fetch failed');

function session(...answers: (SignedIn | Error)[]) {
  const one = TestBed.inject(Session);
  one.server.config = () => Promise.reject(away());
  let asked = 0;
  one.server.renewSession = async () => {
    asked += 1;
    const next = answers.shift() ?? refused();
    if (next instanceof Error) throw next;
    return next;
  };
  return { one, asked: () => asked };
}

describe('the session', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    localStorage.clear();
  });
  afterEach(() => void vi.useRealTimers());

  it('begins with what the cookie says, and with nobody when it says nothing', async () => {
    const { one } = session(answer('t1'));
    await one.start();
    expect([one.state(), one.userId(), await one.token()]).toEqual(['in', 'ann', 't1']);
    one.forget();
    expect([one.state(), one.userId()]).toEqual(['out', undefined]);
  });

  it('shows nobody when the cookie is refused', async () => {
    const { one } = session(refused());
    await one.start();
    expect([one.state(), one.isIn()]).toEqual(['out', false]);
  });

  it('W-30: renews the token a minute before its end, and says so', async () => {
    const { one, asked } = session(answer('t1'), answer('t2'));
    let renewed = 0;
    one.onRenewed = () => (renewed += 1);
    await one.start();
    await vi.advanceTimersByTimeAsync(58 * MINUTE);
    expect(asked()).toBe(1);
    await vi.advanceTimersByTimeAsync(1.5 * MINUTE);
    expect([asked(), renewed, await one.token()]).toEqual([2, 1, 't2']);
  });

  it('asks once, however many want a token at the same time', async () => {
    const { one, asked } = session(answer('t1', 60), answer('t2', 60));
    await one.start();
    vi.setSystemTime(Date.now() + 40_000);
    expect(await Promise.all([one.token(), one.token(), one.token()])).toEqual(['t2', 't2', 't2']);
    expect(asked()).toBe(2);
  });

  it('W-30: a refused renewal takes effect when the token ends, not before', async () => {
    const { one } = session(answer('t1'), refused(), refused());
    await one.start();
    await vi.advanceTimersByTimeAsync(59.2 * MINUTE);
    expect([one.state(), await one.token()]).toEqual(['in', 't1']);
    await vi.advanceTimersByTimeAsync(2 * MINUTE);
    expect(one.state()).toBe('expired');
    expect(one.userId()).toBe('ann');
  });

  it('a server that is away is asked again, and signs nobody out', async () => {
    const { one, asked } = session(answer('t1'), away(), away(), answer('t2'));
    await one.start();
    await vi.advanceTimersByTimeAsync(59 * MINUTE + 1_000);
    expect(asked()).toBe(2);
    await vi.advanceTimersByTimeAsync(11_000);
    expect([one.state(), await one.token()]).toEqual(['in', 't2']);
  });

  it('shows whoever was here last while the server is away at the start', async () => {
    const before = session(answer('t1'));
    await before.one.start();
    TestBed.resetTestingModule();
    const { one } = session(away());
    await one.start();
    expect([one.state(), one.userId()]).toEqual(['in', 'ann']);
    TestBed.resetTestingModule();
    localStorage.clear();
    const stranger = session(away()).one;
    await stranger.start();
    expect(stranger.state()).toBe('unreachable');
  });
});
