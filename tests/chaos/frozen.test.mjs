// SIGSTOP of MariaDB under a server at work: the host is reachable, and nothing answers. It must not
// freeze anything else: not calls, not /readyz, not the end of the server.
// Proves, C-07b and the bounds of "database frozen" in docs/operations.md.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { directBetween, messagesRoute, newUser, newUsers, post } from '../e2e/support/chat.mjs';
import { until } from '../e2e/support/deadline.mjs';
import { MariaDb } from '../e2e/support/mariadb.mjs';
import { restOf } from '../e2e/support/rest.mjs';
import { startServer } from '../e2e/support/server.mjs';
import { onMysql } from '../e2e/support/store.mjs';
import { proveAll } from './checks.mjs';
import { moreAcks, startScene } from './scene.mjs';

const FROZEN_MS = 8000;
const ACKS_PER_ROUND = 150;
/// Conversations that nobody has in memory, and calls of each kind for each round.
const COLD = 20;
const ROUND_MS = 500;
/// The bounds, and what a busy machine may add.
const ANSWER_MS = 5000;
const RED_MS = 2000;
const BACK_MS = 2000;
const DRAIN_MS = 4000;
const END_MS = DRAIN_MS + 1000;
const BUSY_MS = 1000;

describe('MariaDB is frozen', { skip: !onMysql }, () => {
  let database;
  before(async () => (database = await MariaDb.start()));
  after(() => database?.dispose());

  for (const delivery of ['stored', 'immediate']) {
    test(`calls are answered, and go on after it, delivery = ${delivery}`, async (t) => {
      const name = `messaging_frozen_${delivery}`;
      await database.createDatabase(name);
      const settings = { delivery, 'storage.url': database.url(name) };
      const cold = await coldConversations(settings);
      const scene = await startScene(t, { settings, senders: 3, observers: 1 });
      t.after(() => database.thaw());
      await moreAcks(scene, ACKS_PER_ROUND);
      const start = performance.now();
      database.freeze();
      const red = isReady(scene.server, false).then(() => performance.now() - start);
      const calls = [];
      while (performance.now() - start < FROZEN_MS) {
        calls.push(...callsOf(scene.server, cold));
        await pause(ROUND_MS); // the pace of the load, not a wait for anything
      }
      const thawed = performance.now();
      database.thaw();
      await Promise.all([isReady(scene.server, true), ...goesOn(scene, cold, thawed)]);
      const back = performance.now() - thawed;
      const outcomes = await Promise.all(calls);
      await moreAcks(scene, ACKS_PER_ROUND);
      const figures = await proveAll(scene);
      const sends = scene.senders.flatMap((sender) => sender.sends.map(({ took }) => took));
      const [slowest, send, toRed] = [slowestOf(outcomes), Math.max(...sends), await red];
      t.diagnostic(JSON.stringify({ ...figures, slowest, send, toRed, back }));
      assert.ok(slowest.took <= ANSWER_MS + BUSY_MS, JSON.stringify(slowest));
      assert.ok(send <= ANSWER_MS + BUSY_MS, `a send was open for ${send} ms`);
      assert.ok(toRed <= RED_MS + BUSY_MS, `/readyz was green for ${toRed} ms`);
      assert.ok(back <= BACK_MS + BUSY_MS, `it was away for ${back} ms longer than its database`);
      const statuses = new Set(outcomes.map(({ status }) => status));
      assert.deepEqual([...statuses].filter((status) => status >= 500 && status !== 503), []);
      assert.ok(statuses.has(503), 'it was felt');
    });
  }

  test('SIGTERM ends the server while its database is frozen', async (t) => {
    await database.createDatabase('messaging_frozen_end');
    const settings = {
      delivery: 'immediate',
      drain_timeout_ms: DRAIN_MS,
      'storage.url': database.url('messaging_frozen_end'),
    };
    const cold = await coldConversations(settings);
    const server = await startServer(settings);
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await directBetween(server, alice, bob);
    await post(server, alice, id, 'its conversation is in memory');
    t.after(() => database.thaw());
    database.freeze();
    const rest = restOf(server, alice);
    const rows = [1, 2, 3].map((n) => rest.post(messagesRoute(id), { content: `row ${n}` }));
    const calls = [...rows, ...callsOf(server, cold)].map((call) => call.catch(() => {}));
    await until(() => accepted(server, 1 + rows.length), 'the rows are accepted');
    const start = performance.now();
    assert.equal(await server.stop(), 75, 'it says that rows were left');
    const took = performance.now() - start;
    await Promise.all(calls);
    t.diagnostic(JSON.stringify({ took }));
    assert.ok(took <= END_MS + BUSY_MS, `it ended after ${took} ms`);
    assert.match(server.log, /the drain timeout is over|rows could not be stored/);
    await server.dispose();
  });

  test('with nothing to store SIGTERM ends it in order', async (t) => {
    await database.createDatabase('messaging_frozen_idle');
    const server = await startServer({ 'storage.url': database.url('messaging_frozen_idle') });
    t.after(() => database.thaw());
    database.freeze();
    await isReady(server, false);
    assert.equal(await server.stop(), 0);
    await server.dispose();
  });
});

/// Pairs of users with a conversation that the next server has to load.
async function coldConversations(settings) {
  const server = await startServer(settings);
  const pairs = Array.from({ length: COLD }, () => newUsers('cold', 'frosty'));
  const made = await Promise.all(
    pairs.map(async ([one, other]) => ({ one, id: await directBetween(server, one, other) })),
  );
  await server.dispose();
  return made;
}

/// One call of every kind that needs the store, each of another user.
function callsOf(server, cold) {
  const { one, id } = cold[Math.floor(Math.random() * cold.length)];
  const rest = restOf(server, one);
  const put = (path, body) => () => rest.post(path, body);
  const get = (path) => () => rest.get(path);
  const kinds = {
    send: put(messagesRoute(id), { content: 'anybody?' }),
    page: get(`${messagesRoute(id)}?limit=10`),
    list: get('/messaging/conversations'),
    create: put('/messaging/conversations', { type: 'Group', participantIds: [newUser('new')] }),
    me: get('/users/me'),
    search: get('/users?query=fro'),
    block: () => rest.put(`/users/me/blocks/${newUser('pest')}`),
  };
  return Object.entries(kinds).map(async ([kind, call]) => {
    const start = performance.now();
    const { status } = await call();
    return { kind, status, took: performance.now() - start };
  });
}

/// A send and a read of others than the senders, and a send of theirs.
function goesOn({ server, senders }, cold, since) {
  const { one, id } = cold[0];
  const rest = restOf(server, one);
  const works = (call) => async () => (await call()).status < 300;
  const isNew = ({ ack, at }) => ack && at > since;
  return [
    until(works(() => rest.get(messagesRoute(id))), 'history is read'),
    until(works(() => rest.post(messagesRoute(id), { content: 'back' })), 'a message is sent'),
    until(() => senders.some(({ sends }) => sends.some(isNew)), 'sends are acknowledged'),
  ];
}

const isReady = (server, wanted) =>
  until(async () => (await fetch(`${server.url}/readyz`)).ok === wanted, `/readyz is ${wanted}`);

async function accepted(server, count) {
  const page = await (await fetch(`${server.metricsUrl}/metrics`)).text();
  return Number(/^parley_messages_accepted_total (\d+)/m.exec(page)?.[1]) >= count;
}

const slowestOf = (outcomes) =>
  outcomes.reduce((worst, one) => (one.took > worst.took ? one : worst));
