// kill -9 of MariaDB under a server at work. The server stays up; every send is answered or fails
// in time; nothing acknowledged is lost.
// Proves, C-07b, Q-07 and figure F4 of the reliability page.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import {
  directBetween,
  joined,
  messagesRoute,
  newUsers,
  say,
  wholeHistory,
} from '../e2e/support/chat.mjs';
import { until } from '../e2e/support/deadline.mjs';
import { MariaDb } from '../e2e/support/mariadb.mjs';
import { restOf } from '../e2e/support/rest.mjs';
import { startServer } from '../e2e/support/server.mjs';
import { assertProblem } from '../e2e/support/shapes.mjs';
import { onMysql } from '../e2e/support/store.mjs';
import { proveAll } from './checks.mjs';
import { moreAcks, startScene } from './scene.mjs';

/// How long it is away: shorter, and longer, than a send may wait.
const OUTAGES_MS = [1000, 6000];
const ACKS_PER_ROUND = 150;
/// No send may be open for longer than 5 s (F4); the rest is room for a busy machine.
const MOST_MS = 5000 + 1000;

describe('MariaDB is killed', { skip: !onMysql }, () => {
  let database;
  before(async () => (database = await MariaDb.start()));
  after(() => database?.dispose());

  for (const delivery of ['stored', 'immediate']) {
    test(`for ${OUTAGES_MS.join(' and ')} ms under load, delivery = ${delivery}`, async (t) => {
      const name = `messaging_${delivery}`;
      await database.createDatabase(name);
      const settings = { delivery, 'storage.url': database.url(name) };
      const scene = await startScene(t, { settings, senders: 3, observers: 1 });
      const { pid } = scene.server.process;
      const recoveries = [];
      for (const outage of OUTAGES_MS) {
        await moreAcks(scene, ACKS_PER_ROUND);
        await database.kill9();
        await pause(outage); // the length of the fault, not a wait for anything
        await database.launch();
        recoveries.push(await timeToAck(scene));
      }
      await moreAcks(scene, ACKS_PER_ROUND);
      const figures = await proveAll(scene);
      const times = scene.senders.flatMap(({ sends }) => sends.map(({ took }) => took));
      const slowest = Math.round(Math.max(...times));
      t.diagnostic(JSON.stringify({ ...figures, slowest, recoveries }));
      if (delivery === 'stored') assert.ok(figures.refused > 0, 'the long outage was felt');
      assert.ok(slowest <= MOST_MS, `a send was open for ${slowest} ms`);
      assert.ok(scene.server.isRunning && scene.server.process.pid === pid, 'the server stayed up');
      for (const { client } of scene.senders) assert.equal(client.connection.state, 'Connected');
    });
  }

  test('a server that starts before its database waits for it and serves then (R-061)', async (t) => {
    await database.createDatabase('messaging_late');
    const server = await startServer({ 'storage.url': database.url('messaging_late') });
    t.after(() => server.dispose());
    await server.stop();
    await database.kill9();
    server.spawn();
    const status = async (path) => (await fetch(server.url + path)).status;
    await until(() => status('/healthz'), 'it answers');
    assert.deepEqual([await status('/healthz'), await status('/readyz')], [200, 503]);
    const [alice, bob] = newUsers('alice', 'bob');
    const refused = await restOf(server, alice).get('/messaging/conversations');
    assertProblem(refused, 503, 'unavailable');
    await database.launch();
    await until(async () => (await status('/readyz')) === 200, 'it is ready');
    const id = await directBetween(server, alice, bob);
    assert.equal((await wholeHistory(server, bob, id)).length, 0);
  });

  test('live chat goes on without it when delivery = immediate; reads say unavailable', async (t) => {
    await database.createDatabase('messaging_away');
    const settings = { delivery: 'immediate', 'storage.url': database.url('messaging_away') };
    const server = await startServer(settings);
    t.after(() => server.dispose());
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await directBetween(server, alice, bob);
    const from = await joined(server, alice, id);
    const to = await joined(server, bob, id);
    await say(from, id, 'before');
    await database.kill9();
    const sending = say(from, id, 'meanwhile', { clientMessageId: 'meanwhile' });
    sending.catch(() => {}); // the retry below tells
    await to.waitFor('MessageReceived', ({ content }) => content === 'meanwhile');
    await from.invoke('StartTyping', id);
    await to.waitFor('UserTyping');
    assertProblem(await restOf(server, bob).get(messagesRoute(id)), 503, 'unavailable');
    await database.launch();
    const retry = () => say(from, id, 'meanwhile', { clientMessageId: 'meanwhile' });
    const { messageId } = await until(() => sending.catch(retry), 'it is acknowledged');
    const stored = await wholeHistory(server, bob, id);
    assert.deepEqual(
      stored.map(({ content }) => content),
      ['before', 'meanwhile'],
    );
    assert.equal(stored[1].id, messageId);
    assert.equal(to.all('MessageReceived').length, 2);
  });
});

/// Milliseconds until a send that began after now is acknowledged.
async function timeToAck({ senders }) {
  const start = performance.now();
  const isNew = ({ ack, at }) => ack && at > start;
  await until(
    () => senders.some(({ sends }) => sends.some(isNew)),
    'sends are acknowledged again',
    10_000,
  );
  return Math.round(performance.now() - start);
}
