// StreamHistory: a conversation's messages one by one, over both hub protocols; a reader that stops,
// cancels or loses its place. Proves "everything bounded" for streams.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';
import { groupOf, joined, MISSING, newUsers, say, wholeHistory } from './support/chat.mjs';
import { connect } from './support/client.mjs';
import { deferred, until, withDeadline } from './support/deadline.mjs';
import { collect } from './support/functional.mjs';
import { connectRaw, record } from './support/raw.mjs';
import { request, restOf } from './support/rest.mjs';
import { startServer } from './support/server.mjs';

const PROTOCOLS = { json: {}, messagepack: { protocol: new MessagePackHubProtocol() } };
const AT_ONCE = 16;

let server;
before(async () => (server = await startServer({ 'hub.max_outbox_bytes': 256 * 1024 })));
after(() => server.dispose());

async function fill(client, id, count, content = (i) => `message ${i}`) {
  const seqs = [];
  for (let i = 0; i < count; i += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, count - i) }, (_, k) => say(client, id, content(i + k)));
    seqs.push(...(await Promise.all(some)).map(({ seq }) => seq));
  }
  return seqs;
}

/// A group of alice and bob with `count` messages of alice's.
async function filledGroup(count, content) {
  const [alice, bob] = newUsers('alice', 'bob');
  const id = await groupOf(server, alice, [bob]);
  const seqs = await fill(await connect(server, alice), id, count, content);
  return { alice, bob, id, seqs };
}

/// What receipts change while the test looks.
const withoutReceipts = ({ status, deliveredAt, readAt, ...rest }) => rest;
const seqsOf = (items) => items.map(({ seq }) => seq);
const history = (client, what) =>
  withDeadline(collect(client.connection.stream('StreamHistory', what)), 'the stream ends', 30_000);
const refusal = (text) => ({
  message: `An unexpected error occurred invoking 'StreamHistory' on the server. HubException: ${text}`,
});

for (const [name, options] of Object.entries(PROTOCOLS)) {
  describe(name, () => {
    test('streams everything ascending, in the shape of GetMessages', async () => {
      const { bob, id, seqs } = await filledGroup(130);
      const reader = await connect(server, bob, options);
      const items = await history(reader, { conversationId: id });
      assert.deepEqual(seqsOf(items), seqs);
      const { messages } = await reader.invoke('GetMessages', { conversationId: id, limit: 130 });
      assert.deepEqual(items.map(withoutReceipts), messages.map(withoutReceipts));
      const whole = await wholeHistory(server, bob, id);
      assert.deepEqual(items.map(withoutReceipts), whole.map(withoutReceipts));
      assert.deepEqual(Object.keys(items[0]), Object.keys(messages[0]));
    });

    test('goes down from before, up from after, and as far as limit', async () => {
      const { bob, id, seqs } = await filledGroup(130);
      const reader = await connect(server, bob, options);
      const of = async (what) => seqsOf(await history(reader, { conversationId: id, ...what }));
      assert.deepEqual(await of({ before: seqs[120] }), seqs.slice(0, 120).reverse());
      assert.deepEqual(await of({ before: seqs[120], limit: 60 }), seqs.slice(60, 120).reverse());
      assert.deepEqual(await of({ after: seqs[9], limit: 100 }), seqs.slice(10, 110));
      assert.deepEqual(await of({ after: seqs.at(-1) }), []);
      assert.deepEqual(await of({ AFTER: seqs[128] }), [seqs[129]]);
    });

    test('can be cancelled half-way, and the connection goes on', async () => {
      const { bob, id } = await filledGroup(500);
      const reader = await connect(server, bob, options);
      const enough = deferred();
      let count = 0;
      const subscription = reader.connection.stream('StreamHistory', { conversationId: id }).subscribe({
        next: () => {
          if (++count === 60) enough.resolve();
        },
        complete: () => enough.reject(new Error('it was to be cancelled')),
        error: enough.reject,
      });
      await withDeadline(enough.promise, 'sixty came');
      subscription.dispose();
      const { messages } = await reader.invoke('GetMessages', { conversationId: id });
      assert.equal(messages.length, 50);
      const again = await history(reader, { conversationId: id });
      assert.equal(again.length, 500);
    });

    test('is refused to strangers, for nothing, and with contradictions', async () => {
      const { alice, id } = await filledGroup(1);
      const [carol] = newUsers('carol');
      const stranger = await connect(server, carol, options);
      const hidden = history(stranger, { conversationId: id });
      await assert.rejects(hidden, refusal('not_found: no such conversation'));
      const missing = history(stranger, { conversationId: MISSING });
      await assert.rejects(missing, refusal('not_found: no such conversation'));
      const member = await connect(server, alice, options);
      const bad = (what, why) =>
        assert.rejects(history(member, { conversationId: id, ...what }), refusal(`bad_request: ${why}`));
      await bad({ before: 5, after: 1 }, 'give one of before and after');
      await bad({ around: 5 }, 'a stream goes one way: give before or after');
      await bad({ before: 0 }, 'before must be at least 1');
      await bad({ limit: 0 }, 'limit must be at least 1');
    });
  });
}

test('ends for a member who is removed while it runs', async () => {
  const { alice, bob, id } = await filledGroup(2500, (i) => `${i} ${'x'.repeat(4900)}`);
  const slow = await connectRaw(server, bob);
  slow.socket.pause();
  // The figure is of the last tick: it must not be what earlier tests left unread.
  await until(async () => (await outboxBytes()) === 0, 'nothing waits');
  slow.send(record({ type: 4, target: 'StreamHistory', arguments: [{ conversationId: id }], invocationId: 's' }));
  // The server has begun to write what nobody reads.
  await until(async () => (await outboxBytes()) > 0, 'the stream waits for its reader');
  const { status } = await restOf(server, alice).delete(`/messaging/conversations/${id}/participants/${bob}`);
  assert.ok(status < 300, `removed: ${status}`);
  slow.socket.resume();
  let items = 0;
  for (;;) {
    const one = await slow.next();
    if (one.type === 2) ++items;
    if (one.type !== 3) continue;
    assert.equal(
      one.error,
      'An error occurred on the server while streaming results. HubException: not_found: no such conversation',
    );
    break;
  }
  assert.ok(items > 0 && items < 2500, `${items} of 2500 came before`);
});

async function outboxBytes() {
  const { body } = await request(server, 'GET', '/metrics');
  return Number(/^parley_outbox_bytes (\d+)/m.exec(body)[1]);
}

test('a reader that stops holds one batch back, others and the stream go on', async () => {
  const { alice, bob, id, seqs } = await filledGroup(1500, (i) => `${i} ${'x'.repeat(4900)}`);
  const slow = await connectRaw(server, bob);
  slow.socket.pause();
  slow.send(record({ type: 4, target: 'StreamHistory', arguments: [{ conversationId: id }], invocationId: 's' }));
  await until(async () => (await outboxBytes()) > 0, 'the stream waits for its reader');
  const waiting = await outboxBytes();
  assert.ok(waiting <= 64 * 1024, `${waiting} bytes wait`);
  const other = await joined(server, alice, id);
  const { seq } = await say(other, id, 'while it waits');
  assert.ok((await outboxBytes()) <= 128 * 1024);
  slow.socket.resume();
  const got = [];
  for (let one = await slow.next(); one.type !== 3; one = await slow.next())
    if (one.type === 2) got.push(one.item.seq);
  assert.deepEqual(got, [...seqs, seq]);
});

test('streams of one connection are bounded, and each is whole', async () => {
  const { bob, id, seqs } = await filledGroup(120, (i) => `${i} ${'x'.repeat(3000)}`);
  const slow = await connectRaw(server, bob);
  slow.socket.pause();
  for (let i = 0; i < 11; ++i)
    slow.send(record({ type: 4, target: 'StreamHistory', arguments: [{ conversationId: id }], invocationId: `${i}` }));
  slow.socket.resume();
  const streams = Array.from({ length: 11 }, () => []);
  const errors = [];
  for (let open = 11; open > 0; ) {
    const one = await slow.next();
    if (one.type === 2) streams[one.invocationId].push(one.item.seq);
    if (one.type !== 3) continue;
    --open;
    if (one.error) errors.push([one.invocationId, one.error]);
  }
  assert.deepEqual(errors, [['10', refusal('limit: at most 10 streams at once').message]]);
  for (const got of streams.slice(0, 10)) assert.deepEqual(got, seqs);
});
