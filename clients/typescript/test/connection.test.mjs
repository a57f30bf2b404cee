// A connection that comes back for ever.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Connection, delayOf } from '../dist/index.js';
import { HandClock, settled } from './support/hand-clock.mjs';

class FakeHub {
  state = 'Disconnected';
  starts = 0;
  answers = [];
  onclose(handler) {
    this.closed = handler;
  }
  async start() {
    this.starts += 1;
    const answer = this.answers.shift();
    if (answer instanceof Error) throw answer;
    this.state = 'Connected';
    if (answer === 'ends at once') this.state = 'Disconnected';
  }
  async stop() {
    this.cut();
  }
  cut(why) {
    if (this.state !== 'Connected') return;
    this.state = 'Disconnected';
    this.closed(why);
  }
}

function scene({ catchUp = async () => {}, answers = [] } = {}) {
  const hub = new FakeHub();
  hub.answers = answers;
  const clock = new HandClock();
  const states = [];
  const self = { hub, clock, states, wakes: 0 };
  const wakes = (wake) => {
    self.wake = wake;
    self.wakes += 1;
    return () => (self.wakes -= 1);
  };
  const onState = ({ name }) => states.push(name);
  self.connection = new Connection(hub, { onState, catchUp: () => catchUp(self) }, wakes, clock);
  return self;
}
const down = () => new Error('Failed to fetch');
const refused = () =>
  new Error(
    "Failed to complete negotiation with the server: Error: Unauthorized: Status code '401'",
  );

test('waits grow to 30 s and stay there, each 20 % shorter or longer', () => {
  const delays = [0, 1, 2, 3, 4, 5, 6, 7, 100].map((attempt) => delayOf(attempt, 0.5));
  assert.deepEqual(delays, [0, 1000, 2000, 5000, 10_000, 20_000, 30_000, 30_000, 30_000]);
  assert.equal(delayOf(2, 0), 1600);
  assert.ok(delayOf(2, 0.999) > 2390 && delayOf(2, 0.999) < 2400);
});

test('where the user has no room for one more it waits 30 s, and says why', async () => {
  const full = () =>
    new Error(
      'Failed to complete negotiation with the server: Error: {"code":"rate_limited",' +
        '"detail":"too many connections","retryAfterMs":1000}: Status code \'429\'',
    );
  const self = scene({ answers: [full(), full()] });
  self.connection.connect();
  await settled();
  const { isCrowded, retryAt } = self.connection.state;
  assert.equal(isCrowded, true);
  assert.ok(retryAt - self.clock.now() >= 24_000, `${retryAt - self.clock.now()} ms`);
  self.connection.retryNow();
  await settled();
  assert.equal(self.connection.state.isCrowded, true);
  self.connection.retryNow();
  await settled();
  assert.equal(self.connection.state.name, 'connected');
});

test('it is connected when it has caught up, not before', async () => {
  let done;
  const { connection, states } = scene({ catchUp: () => new Promise((end) => (done = end)) });
  connection.connect();
  await settled();
  assert.deepEqual(states, ['connecting', 'catching-up']);
  done();
  await settled();
  assert.deepEqual(states, ['connecting', 'catching-up', 'connected']);
});

test('a server that is away is tried for ever; the count begins anew once it was there', async () => {
  const { connection, hub, clock, states } = scene({ answers: Array.from({ length: 9 }, down) });
  connection.connect();
  await clock.go(0);
  assert.equal(hub.starts, 2);
  assert.equal(connection.state.retryAt, 1000);
  await clock.go(1000 + 2000 + 5000 + 10_000 + 20_000 + 30_000 + 30_000);
  assert.equal(hub.starts, 9);
  await clock.go(30_000);
  assert.equal(states.at(-1), 'connected');
  hub.cut(down());
  assert.equal(connection.state.retryAt, clock.now());
  await clock.go(0);
  assert.equal(states.at(-1), 'connected');
});

test('a wait ends at once when told so, and when something wakes it', async () => {
  const self = scene({ answers: Array.from({ length: 4 }, down) });
  self.connection.connect();
  await self.clock.go(1000);
  assert.equal(self.hub.starts, 3);
  self.connection.retryNow();
  self.connection.retryNow();
  await settled();
  assert.equal(self.hub.starts, 4);
  self.wake();
  await settled();
  assert.equal(self.states.at(-1), 'connected');
  self.wake();
  await self.clock.go(60_000);
  assert.equal(self.hub.starts, 5);
});

test('a token that is refused ends the tries until there is another', async () => {
  const { connection, clock, hub, states } = scene({ answers: [refused()] });
  connection.connect();
  await clock.go(60_000);
  assert.equal(hub.starts, 1);
  assert.equal(states.at(-1), 'signed-out');
  connection.connect();
  await settled();
  assert.equal(states.at(-1), 'connected');
});

test('an open socket that cannot catch up is closed, and tried again', async () => {
  let tries = 0;
  const catchUp = async () => {
    tries += 1;
    if (tries === 1) throw down();
  };
  const { connection, clock, states } = scene({ catchUp });
  connection.connect();
  await clock.go(0);
  assert.deepEqual(states, [
    'connecting',
    'catching-up',
    'waiting',
    'connecting',
    'catching-up',
    'connected',
  ]);
});

test('a socket that ends while it catches up, or before, is never called connected', async () => {
  const during = scene({ catchUp: async ({ hub }) => hub.starts === 1 && hub.cut(down()) });
  const before = scene({ answers: ['ends at once'] });
  for (const { connection, clock, states } of [during, before]) {
    connection.connect();
    await settled();
    assert.ok(!states.includes('connected'));
    assert.equal(states.at(-1), 'waiting');
    await clock.go(0);
    assert.equal(states.at(-1), 'connected');
    assert.equal(states.filter((one) => one === 'waiting').length, 1);
  }
});

test('stopped is stopped, whatever was under way', async () => {
  const waiting = scene({ answers: [down(), down()] });
  waiting.connection.connect();
  await waiting.clock.go(0);
  let end;
  const behind = scene({ catchUp: () => new Promise((done) => (end = done)) });
  behind.connection.connect();
  await settled();
  for (const { connection, clock, states, hub, ...self } of [waiting, behind]) {
    const { starts } = hub;
    await connection.stop();
    end?.();
    await clock.go(600_000);
    assert.equal(states.at(-1), 'stopped');
    assert.equal(hub.starts, starts);
    assert.equal(hub.state, 'Disconnected');
  }
  assert.equal(waiting.wakes + behind.wakes, 0);
});
