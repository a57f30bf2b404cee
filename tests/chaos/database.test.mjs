// kill -9 of MariaDB under a server at work. The server stays up; every send is answered or fails
// in time; nothing acknowledged is lost.
// Proves, C-07b, Q-07 and figure F4 of the reliability page.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../e2e/support/deadline.mjs';
import { MariaDb } from '../e2e/support/mariadb.mjs';
import { onMysql } from '../e2e/support/store.mjs';
import { proveAll } from './checks.mjs';
import { moreAcks, startScene } from './scene.mjs';

const ROUNDS = Number(process.env.PARLEY_TEST_DB_CRASHES ?? 2);
const ACKS_PER_ROUND = 150;
const OUTAGE_MS = 1000;
/// No send may be open for longer than 5 s (F4); the rest is room for a busy machine.
const MOST_MS = 5000 + 1000;

describe('MariaDB is killed', { skip: !onMysql }, () => {
  let database;
  before(async () => (database = await MariaDb.start()));
  after(() => database?.dispose());

  for (const delivery of ['stored', 'immediate']) {
    test(`${ROUNDS} times under load, delivery = ${delivery}`, async (t) => {
      const name = `messaging_${delivery}`;
      await database.createDatabase(name);
      const settings = { delivery, 'storage.url': database.url(name) };
      const scene = await startScene(t, { settings, senders: 3, observers: 1 });
      const { pid } = scene.server.process;
      const recoveries = [];
      for (let round = 0; round < ROUNDS; ++round) {
        await moreAcks(scene, ACKS_PER_ROUND);
        await database.kill9();
        await pause(OUTAGE_MS); // the length of the fault, not a wait for anything
        await database.launch();
        recoveries.push(await timeToAck(scene));
      }
      await moreAcks(scene, ACKS_PER_ROUND);
      const figures = await proveAll(scene);
      const times = scene.senders.flatMap(({ sends }) => sends.map(({ took }) => took));
      const slowest = Math.round(Math.max(...times));
      t.diagnostic(JSON.stringify({ ...figures, slowest, recoveries }));
      assert.ok(slowest <= MOST_MS, `a send was open for ${slowest} ms`);
      assert.ok(scene.server.isRunning && scene.server.process.pid === pid, 'the server stayed up');
      for (const { client } of scene.senders) assert.equal(client.connection.state, 'Connected');
    });
  }
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
