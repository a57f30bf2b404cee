// The TypeScript helper with the unmodified client while the server is killed under load: what it
// hands on is the history, exactly once and in order. Proves R-034 and promises 1, 3 and 5.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { groupOf, newUsers, wholeHistory } from '../e2e/support/chat.mjs';
import { buildConnection } from '../e2e/support/client.mjs';
import { until, withDeadline } from '../e2e/support/deadline.mjs';
import { Proxy } from '../e2e/support/proxy.mjs';
import { startServer } from '../e2e/support/server.mjs';
import { clientModule } from '../e2e/support/typescript.mjs';
import { RECONNECT } from './sender.mjs';

const KILLS = Number(process.env.PARLEY_TEST_CRASHES ?? 5);
const SENDS_PER_ROUND = 120;
const IN_FLIGHT = 8;

let CatchUp;
before(async () => ({ CatchUp } = await clientModule()));

/// A user who follows one conversation and keeps what the helper hands on.
async function follower(server, sub, id, options) {
  const connection = buildConnection(server, sub, { reconnect: RECONNECT, ...options });
  const self = { sub, connection, shown: [], reloads: 0, faults: [] };
  self.chat = new CatchUp(connection, {
    onEvent: (_, { event, seq, data }) => {
      if (event === 'MessageDeleted' && seq === 0)
        self.shown = self.shown.filter((one) => one.id !== data.messageId);
      else self.shown.push({ seq, event, id: data.messageId });
    },
    onReload: async () => {
      self.reloads += 1;
      const stored = await wholeHistory(server, sub, id);
      self.shown = stored.map(({ seq, id: messageId }) => ({
        seq,
        event: 'MessageReceived',
        id: messageId,
      }));
      const last = stored.at(-1);
      return { seq: last.seq, id: last.id };
    },
    onLost: (_, why) => self.faults.push(why.message),
  });
  await connection.start();
  await self.chat.follow(id);
  server.clients.add(connection);
  return self;
}

/// `IN_FLIGHT` sends at a time until `count` are acknowledged.
async function sendAll({ chat, sub }, id, round, count) {
  const acks = [];
  let next = 0;
  const worker = async () => {
    while (next < count) {
      const content = `${sub} ${round}.${next++}`;
      acks.push({ content, ...(await chat.send({ conversationId: id, content })) });
    }
  };
  await withDeadline(Promise.all(Array.from({ length: IN_FLIGHT }, worker)), 'all sent', 60_000);
  return acks;
}

async function proveHeld(one, stored) {
  const messages = () => one.shown.filter(({ event }) => event === 'MessageReceived');
  const isThere = () => messages().at(-1)?.seq === stored.at(-1).seq;
  await until(isThere, `${one.sub} holds ${stored.length}, has ${messages().length}`);
  assert.deepEqual(
    messages().map(({ seq, id }) => [seq, id]),
    stored.map(({ seq, id }) => [seq, id]),
    one.sub,
  );
  assert.deepEqual(one.faults, []);
}

for (const delivery of ['stored', 'immediate'])
  test(`${KILLS} kills under load, delivery = ${delivery}: every event once, in order`, async (t) => {
    const server = await startServer({ delivery });
    t.after(() => server.dispose());
    const [alice, bob, carol] = newUsers('alice', 'bob', 'carol');
    const id = await groupOf(server, alice, [bob, carol]);
    const sender = await follower(server, alice, id);
    const readers = [
      await follower(server, bob, id),
      await follower(server, carol, id, { stateful: true }),
    ];
    const acks = [];
    for (let round = 0; round < KILLS; ++round) {
      const sending = sendAll(sender, id, round, SENDS_PER_ROUND);
      const heard = sender.shown.length;
      await until(() => sender.shown.length > heard + 20, 'it is at work', 30_000);
      await server.kill9();
      await server.start();
      acks.push(...(await sending));
    }
    const stored = await wholeHistory(server, alice, id);
    assert.deepEqual(
      stored.map(({ id: messageId, seq }) => [messageId, seq]),
      acks.toSorted((a, b) => a.seq - b.seq).map(({ messageId, seq }) => [messageId, seq]),
      'acknowledged sends, each once',
    );
    for (const one of [sender, ...readers]) await proveHeld(one, stored);
    const reloads = [sender, ...readers].map((one) => one.reloads);
    t.diagnostic(JSON.stringify({ stored: stored.length, reloads }));
    if (delivery === 'stored') assert.deepEqual(reloads, [0, 0, 0], 'what was shown was stored');
  });

test('with a network that is cut again and again, plain and stateful', async (t) => {
  const server = await startServer();
  const proxy = await Proxy.before(server);
  t.after(async () => {
    await proxy.close();
    await server.dispose();
  });
  const [alice, bob, carol] = newUsers('alice', 'bob', 'carol');
  const id = await groupOf(server, alice, [bob, carol]);
  const sender = await follower(proxy.of(server), alice, id);
  const readers = [
    await follower(proxy.of(server), bob, id),
    await follower(proxy.of(server), carol, id, { stateful: true }),
  ];
  const acks = [];
  for (let round = 0; round < 10; ++round) {
    const sending = sendAll(sender, id, round, 40);
    const heard = sender.shown.length;
    await until(() => sender.shown.length > heard + 5, 'it is at work', 30_000);
    proxy[round % 2 ? 'cut' : 'vanish']();
    acks.push(...(await sending));
  }
  const stored = await wholeHistory(server, alice, id);
  assert.equal(stored.length, acks.length);
  for (const one of [sender, ...readers]) await proveHeld(one, stored);
  assert.deepEqual(
    [sender, ...readers].map((one) => one.reloads),
    [0, 0, 0],
  );
});
