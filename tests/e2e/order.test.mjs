// One order per conversation, the same for everyone, live and stored.
// Proves and promises 2 and 3 of the reliability page.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  groupOf,
  joined,
  messagesRoute,
  newUser,
  newUsers,
  wholeHistory,
} from './support/chat.mjs';
import { restOf } from './support/rest.mjs';
import { startServer } from './support/server.mjs';

const SENDERS = 8;
const EACH = 60;
const TOTAL = SENDERS * EACH;

for (const delivery of ['stored', 'immediate']) {
  describe(`eight senders at once, delivery = ${delivery}`, () => {
    let server;
    let id;
    let senders;
    let readers;
    before(async () => {
      server = await startServer({ delivery });
      const names = Array.from({ length: SENDERS }, () => newUser('sender'));
      const [reader] = newUsers('reader');
      id = await groupOf(server, names[0], [...names.slice(1), reader]);
      senders = await Promise.all(names.map((sub) => joined(server, sub, id)));
      readers = [
        await joined(server, reader, id),
        await joined(server, reader, id, { skipNegotiation: true }),
      ];
    });
    after(() => server.dispose());

    const heard = (client) =>
      client.all('MessageReceived').map(([{ seq, content }]) => ({ seq, content }));

    /// Half of it by hub without waiting for answers, every tenth by REST one after the other.
    async function sendAll(client, k) {
      const rest = restOf(server, client.sub);
      for (let i = 0; i < EACH; ++i) {
        const content = `${k}:${i}`;
        if (i % 10 === 9) {
          await client.last;
          await rest.post(messagesRoute(id), { content });
        } else {
          client.last = client.invoke('Send', { conversationId: id, content });
          client.last.catch(() => {});
        }
      }
      await client.last;
    }

    test("every member hears one order, dense, which is the history's", async () => {
      await Promise.all(senders.map(sendAll));
      const everyone = [...senders, ...readers];
      await Promise.all(everyone.map((client) => client.waitForCount('MessageReceived', TOTAL)));
      const [first, ...others] = everyone.map(heard);
      assert.equal(first.length, TOTAL);
      assert.deepEqual(
        first.map(({ seq }) => seq),
        first.map((_, i) => first[0].seq + i),
        'dense',
      );
      for (const other of others) assert.deepEqual(other, first);
      const stored = await wholeHistory(server, senders[3].sub, id);
      assert.deepEqual(
        stored.map(({ seq, content }) => ({ seq, content })),
        first,
      );
    });

    test('what one sender says keeps the order in which it was said', async () => {
      const said = heard(readers[0]).map(({ content }) => content.split(':').map(Number));
      for (let k = 0; k < SENDERS; ++k) {
        const own = said.filter(([sender]) => sender === k).map(([, i]) => i);
        assert.deepEqual(
          own,
          Array.from({ length: EACH }, (_, i) => i),
          `sender ${k}`,
        );
      }
    });

    test('the order lasts over a restart, and goes on without a gap', async () => {
      const stored = await wholeHistory(server, senders[0].sub, id);
      assert.equal(await server.stop(), 0);
      await server.start();
      assert.deepEqual(
        (await wholeHistory(server, senders[0].sub, id)).map(({ id: m }) => m),
        stored.map(({ id: m }) => m),
      );
      const client = await joined(server, senders[0].sub, id);
      const { seq } = await client.invoke('Send', { conversationId: id, content: 'next' });
      assert.equal(seq, stored.at(-1).seq + 1);
    });
  });
}
