// kill -9 of the server in the middle of sending, again and again.
// Proves and promises 1, 2, 3 and 5 of the reliability page.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { groupOf, newUsers, wholeHistory } from '../e2e/support/chat.mjs';
import { connect } from '../e2e/support/client.mjs';
import { startServer } from '../e2e/support/server.mjs';
import { proveAll } from './checks.mjs';
import { moreAcks, startScene } from './scene.mjs';

const ROUNDS = Number(process.env.PARLEY_TEST_CRASHES ?? 6);
const ACKS_PER_ROUND = 150;

for (const delivery of ['stored', 'immediate']) {
  test(`${ROUNDS} kills lose, double and reorder nothing, delivery = ${delivery}`, async (t) => {
    const scene = await startScene(t, { settings: { delivery }, senders: 4, observers: 2 });
    for (let round = 0; round < ROUNDS; ++round) {
      await moreAcks(scene, ACKS_PER_ROUND);
      await scene.server.kill9();
      await scene.server.start();
    }
    await moreAcks(scene, ACKS_PER_ROUND);
    const figures = await proveAll(scene);
    const reloads = scene.observers.map((observer) => observer.reloads);
    t.diagnostic(JSON.stringify({ ...figures, reloads }));
    if (delivery === 'stored') assert.deepEqual(reloads, [0, 0], 'what was shown was stored');
  });
}

describe('killed at a named step of a commit', () => {
  const SENDS = 60;
  const STEPS = [
    ['before_commit', 15],
    ['before_commit', 22],
    ['after_commit_before_ack', 15],
    ['after_commit_before_ack', 22],
  ];

  for (const [step, passing] of STEPS) {
    test(`${step}, passing ${passing}: the send without an answer is stored once when it is tried again`, async (t) => {
      const server = await startServer();
      server.settings.fail = `${step}:kill:${passing}`;
      await server.stop();
      await server.start();
      const [alice, bob] = newUsers('alice', 'bob');
      const id = await groupOf(server, alice, [bob]);
      const send = (client, i) =>
        client.invoke('Send', { conversationId: id, content: `${i}`, clientMessageId: `${i}` });
      const acks = await sendUntilCut(server, alice, send, SENDS);
      delete server.settings.fail;
      if (server.isRunning) {
        await server.dispose();
        return t.skip('a build without failpoints');
      }
      await server.start();
      const client = await connect(server, alice);
      for (let i = 0; i <= acks.length; ++i) {
        const again = await send(client, i);
        if (acks[i]) assert.deepEqual(again, acks[i]);
      }
      const stored = await wholeHistory(server, bob, id);
      assert.deepEqual(
        stored.map(({ content }) => content),
        Array.from({ length: acks.length + 1 }, (_, i) => `${i}`),
      );
      await server.dispose();
      return undefined;
    });
  }

  /// One after the other, until there is no answer. @returns the acks
  async function sendUntilCut(server, sub, send, most) {
    const client = await connect(server, sub);
    const acks = [];
    try {
      while (acks.length < most) acks.push(await send(client, acks.length));
    } catch {
      await server.ended('at the failpoint');
    }
    return acks;
  }
});
