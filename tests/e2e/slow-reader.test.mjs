// A connection that does not read is let go at the bound of its outbox; nobody else notices, and
// its user catches up. Proves figure F7 of the reliability page and "everything bounded".
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { groupOf, joined, newUsers, say } from './support/chat.mjs';
import { connect } from './support/client.mjs';
import { withDeadline } from './support/deadline.mjs';
import { connectRaw, invocation } from './support/raw.mjs';
import { request } from './support/rest.mjs';
import { startServer } from './support/server.mjs';

const CONTENT = 'x'.repeat(5000);
const AT_ONCE = 16;
/// Far more than the kernel's buffers and the outbox hold together.
const MOST = 4000;

let server;
before(async () => (server = await startServer({ 'hub.max_outbox_bytes': 128 * 1024 })));
after(() => server.dispose());

async function slowReadersClosed() {
  const { body } = await request(server, 'GET', '/metrics');
  return Number(/^parley_slow_readers_closed_total (\d+)/m.exec(body)[1]);
}

/// Sends until the server has let a slow reader go. @returns the seqs of what was sent
async function flood(client, id) {
  const seqs = [];
  while (seqs.length < MOST && (await slowReadersClosed()) === 0) {
    const batch = Array.from({ length: AT_ONCE }, () => say(client, id, CONTENT));
    seqs.push(...(await Promise.all(batch)).map(({ seq }) => seq));
  }
  return seqs;
}

test('it is closed, the others hear everything, its user catches up', async () => {
  const [alice, bob, carol] = newUsers('alice', 'bob', 'carol');
  const id = await groupOf(server, alice, [bob, carol]);
  const sender = await connect(server, alice);
  const reader = await joined(server, bob, id);
  const slow = await connectRaw(server, carol);
  slow.send(invocation('JoinConversation', [id], 'join'));
  await slow.completion();
  slow.socket.pause();
  const seqs = await flood(sender, id);
  assert.equal(await slowReadersClosed(), 1, `let go after ${seqs.length} messages`);
  await reader.waitForCount('MessageReceived', seqs.length);
  assert.deepEqual(
    reader.all('MessageReceived').map(([{ seq }]) => seq),
    seqs,
  );
  slow.socket.resume();
  await withDeadline(slow.closed.promise, 'the slow one is closed');
  const back = await joined(server, carol, id);
  const [{ recovered, events }] = await back.invoke('CatchUp', [
    { conversationId: id, afterSeq: seqs.at(-4) },
  ]);
  assert.equal(recovered, true);
  assert.deepEqual(
    events.map(({ seq }) => seq),
    seqs.slice(-3),
  );
});
