// Online and offline: per user, not per connection, and for people who know each other only.
// Proves, C-16, Q-23, Q-24.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { directBetween, newUser, newUsers } from './support/chat.mjs';
import { CLASSIC, connect } from './support/client.mjs';
import { until } from './support/deadline.mjs';
import { restOf } from './support/rest.mjs';
import { startServer } from './support/server.mjs';
import { assertKeys, assertRefused, assertTime } from './support/shapes.mjs';

const GRACE_MS = 600;
let server;
before(async () => (server = await startServer({ 'presence.grace_ms': GRACE_MS })));
after(() => server.dispose());

const is = (sub) => (userId) => userId === sub;

/// A watcher that is online, and the name of someone who is not but knows the watcher.
async function watched() {
  const [alice, bob] = newUsers('alice', 'bob');
  await directBetween(server, alice, bob);
  return { alice, bob, watcher: await connect(server, alice) };
}

/// Makes sure that what presence had to tell `watcher` before is told: a contact comes and goes.
async function tick(watcher) {
  const contact = newUser('contact');
  await directBetween(server, watcher.sub, contact);
  const client = await connect(server, contact);
  await watcher.waitFor('UserOnline', is(contact));
  await client.stop();
  await watcher.waitFor('UserOffline', is(contact));
}

test('online with the first connection, offline with the last', async () => {
  const { bob, watcher } = await watched();
  const first = await connect(server, bob);
  assert.deepEqual(await watcher.waitFor('UserOnline', is(bob)), [bob]);
  const second = await connect(server, bob, { path: CLASSIC });
  await first.stop();
  await tick(watcher);
  assert.deepEqual(watcher.all('UserOffline', is(bob)), []);
  await second.stop();
  assert.deepEqual(await watcher.waitFor('UserOffline', is(bob)), [bob]);
  assert.equal(watcher.all('UserOnline', is(bob)).length, 1);
  await connect(server, bob);
  await watcher.waitForCount('UserOnline', 2, is(bob));
});

test('only people who share a conversation are told', async () => {
  const { bob, watcher } = await watched();
  const stranger = await connect(server, newUser('eve'));
  const client = await connect(server, bob);
  await watcher.waitFor('UserOnline', is(bob));
  await client.stop();
  await watcher.waitFor('UserOffline', is(bob));
  await tick(stranger);
  assert.deepEqual(
    stranger.events.filter(({ args }) => args[0] === bob),
    [],
  );
});

test('one is not told of oneself', async () => {
  const { watcher } = await watched();
  await tick(watcher);
  assert.deepEqual(watcher.all('UserOnline', is(watcher.sub)), []);
});

test('a cut connection has time to come back before anyone is told (Q-23)', async () => {
  const { bob, watcher } = await watched();
  const client = await connect(server, bob);
  await watcher.waitFor('UserOnline', is(bob));
  client.cut();
  await connect(server, bob);
  const bell = await watched();
  const ringer = await connect(server, bell.bob);
  await bell.watcher.waitFor('UserOnline', is(bell.bob));
  ringer.cut();
  await bell.watcher.waitFor('UserOffline', is(bell.bob));
  await tick(watcher);
  assert.deepEqual(watcher.all('UserOffline', is(bob)), []);
  assert.equal(watcher.all('UserOnline', is(bob)).length, 1);
});

test('a cut connection that stays away is offline after the grace, not before', async () => {
  const { bob, watcher } = await watched();
  const client = await connect(server, bob);
  await watcher.waitFor('UserOnline', is(bob));
  const start = performance.now();
  client.cut();
  await watcher.waitFor('UserOffline', is(bob));
  assert.ok(performance.now() - start >= GRACE_MS * 0.9);
});

test('a clean goodbye needs no grace', async () => {
  const { bob, watcher } = await watched();
  const client = await connect(server, bob);
  await watcher.waitFor('UserOnline', is(bob));
  const start = performance.now();
  await client.stop();
  await watcher.waitFor('UserOffline', is(bob));
  assert.ok(performance.now() - start < GRACE_MS);
});

describe('GetPresence (Q-24)', () => {
  test('answers in the order asked, with the time one was last seen', async () => {
    const { alice, bob, watcher } = await watched();
    const never = newUser('never');
    await directBetween(server, alice, never);
    const ask = () => watcher.invoke('GetPresence', [bob, never, alice]);
    const client = await connect(server, bob);
    assert.deepEqual(await ask(), [
      { userId: bob, online: true, lastSeenAt: null },
      { userId: never, online: false, lastSeenAt: null },
      { userId: alice, online: true, lastSeenAt: null },
    ]);
    await client.stop();
    await until(async () => !(await ask())[0].online, 'bob is offline');
    const [gone] = await ask();
    assertKeys(gone, ['lastSeenAt', 'online', 'userId']);
    assertTime(gone.lastSeenAt);
  });

  test('is served by REST as well (Q-46)', async () => {
    const { alice, bob, watcher } = await watched();
    const { status, body } = await restOf(server, alice).get(
      `/messaging/presence?userIds=${bob},${alice}`,
    );
    assert.equal(status, 200);
    assert.deepEqual(body, await watcher.invoke('GetPresence', [bob, alice]));
  });

  test('takes at most 200 ids', async () => {
    const { watcher } = await watched();
    const ids = (count) => Array.from({ length: count }, (_, i) => `user-${i}`);
    assert.equal((await watcher.invoke('GetPresence', ids(200))).length, 200);
    await assertRefused(watcher.invoke('GetPresence', ids(201)), 'GetPresence', 'bad_request');
  });
});

test('after a restart nobody is a ghost', async () => {
  const { alice, bob } = await watched();
  await connect(server, bob);
  await server.kill9();
  await server.start();
  const watcher = await connect(server, alice);
  assert.equal((await watcher.invoke('GetPresence', [bob]))[0].online, false);
});
