// Delivered and read: cursors, statuses, and who is told.
// Proves ..R-116, C-08, C-17, Q-06, Q-16..Q-18, Q-32.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  chatRow,
  directBetween,
  fence,
  groupOf,
  joined,
  newUsers,
  oneMessage,
  post,
  say,
} from './support/chat.mjs';
import { CLASSIC, connect } from './support/client.mjs';
import { until } from './support/deadline.mjs';
import { restOf } from './support/rest.mjs';
import { startServer } from './support/server.mjs';
import { assertProblem, assertShape, assertTime } from './support/shapes.mjs';

let server;
before(async () => (server = await startServer()));
after(() => server.dispose());

const route = (id, what) => `/messaging/conversations/${id}/messages/${what}`;
const byReader = (sub, id) => (e) => e.conversationId === id && e.readBy === sub;
const byReceiver = (sub, id) => (e) => e.conversationId === id && e.deliveredBy === sub;

async function pair() {
  const [alice, bob] = newUsers('alice', 'bob');
  return { alice, bob, id: await directBetween(server, alice, bob) };
}

describe('a message nobody has got', () => {
  test('is Sent, without times', async () => {
    const { alice, bob, id } = await pair();
    const message = await oneMessage(server, alice, id, await post(server, alice, id, 'x'));
    assert.deepEqual([message.status, message.deliveredAt, message.readAt], ['Sent', null, null]);
    assert.equal((await chatRow(server, bob, id)).lastMessage.status, 'Sent');
  });
});

describe('read', () => {
  for (const [how, mark] of Object.entries({
    REST: (client, id) => restOf(server, client.sub).post(route(id, 'read')),
    hub: (client, id) => client.invoke('MarkRead', id),
  })) {
    test(`by ${how}: everyone is told, the reader too, and history shows it`, async () => {
      const { alice, bob, id } = await pair();
      const clients = [
        await connect(server, alice),
        await joined(server, alice, id),
        await connect(server, bob),
        await connect(server, bob),
      ];
      const message = await post(server, alice, id, 'read me');
      await mark(clients[2], id);
      for (const client of clients) {
        const [event] = await client.waitFor('MessagesRead', byReader(bob, id));
        assertShape(event, 'MessagesRead');
        assert.ok(!('seq' in event));
      }
      const read = await oneMessage(server, alice, id, message);
      assert.equal(read.status, 'Read');
      assertTime(read.readAt);
      assertTime(read.deliveredAt);
      assert.ok(read.deliveredAt <= read.readAt, 'read means delivered');
      assert.equal((await chatRow(server, bob, id)).unreadCount, 0);
      assert.equal((await chatRow(server, alice, id)).lastMessage.status, 'Read');
    });
  }

  test('is a 200 for REST, with nothing unread as well', async () => {
    const { alice, id } = await pair();
    assert.equal((await restOf(server, alice).post(route(id, 'read'))).status, 200);
    assert.equal((await restOf(server, alice).post(route(id, 'delivered'))).status, 200);
  });

  test('goes up to a seq; one below the cursor changes nothing, one beyond is clamped (Q-18)', async () => {
    const { alice, bob, id } = await pair();
    const client = await connect(server, bob);
    const sender = await connect(server, alice);
    const [one, two, three] = [
      await say(sender, id, '1'),
      await say(sender, id, '2'),
      await say(sender, id, '3'),
    ];
    const unread = async () => (await chatRow(server, bob, id)).unreadCount;
    await client.invoke('MarkRead', id, two.seq);
    assert.equal(await unread(), 1);
    await client.invoke('MarkRead', id, one.seq);
    assert.equal(await unread(), 1);
    assert.equal((await oneMessage(server, alice, id, two.messageId)).status, 'Read');
    assert.notEqual((await oneMessage(server, alice, id, three.messageId)).status, 'Read');
    await client.invoke('MarkRead', id, three.seq + 1000);
    assert.equal(await unread(), 0);
    const [event] = await sender.waitFor('MessagesRead', (e) => e.upToSeq >= three.seq);
    assert.equal(event.upToSeq, three.seq);
    await say(sender, id, '4');
    assert.equal(await unread(), 1, 'the clamped cursor does not cover what comes later');
  });

  test('that changes nothing tells nobody', async () => {
    const { alice, bob, id } = await pair();
    const client = await joined(server, alice, id);
    await post(server, alice, id, 'x');
    await restOf(server, bob).post(route(id, 'read'));
    await client.waitFor('MessagesRead', byReader(bob, id));
    await restOf(server, bob).post(route(id, 'read'));
    await fence(server, bob, id, [client]);
    assert.equal(client.all('MessagesRead', byReader(bob, id)).length, 1);
  });

  test("does not touch one's own messages: sending is not reading (Q-16)", async () => {
    const { alice, bob, id } = await pair();
    await post(server, alice, id, 'question');
    await post(server, bob, id, 'answer without reading');
    assert.equal((await chatRow(server, bob, id)).unreadCount, 1);
    const own = await post(server, alice, id, 'mine');
    await restOf(server, alice).post(route(id, 'read'));
    assert.equal((await oneMessage(server, alice, id, own)).status, 'Sent');
  });
});

describe('delivered', () => {
  test('by the endpoint: Delivered, with the time, and told to everyone', async () => {
    const { alice, bob, id } = await pair();
    const watcher = await connect(server, alice);
    const message = await post(server, alice, id, 'x');
    assert.equal((await restOf(server, bob).post(route(id, 'delivered'))).status, 200);
    const [event] = await watcher.waitFor('MessagesDelivered', byReceiver(bob, id));
    assertShape(event, 'MessagesDelivered');
    const now = await oneMessage(server, alice, id, message);
    assert.deepEqual([now.status, now.readAt], ['Delivered', null]);
    assertTime(now.deliveredAt);
    assert.equal((await chatRow(server, bob, id)).unreadCount, 1);
  });

  test('by itself, when an event was written to a connection of the receiver', async () => {
    const { alice, bob, id } = await pair();
    const watcher = await connect(server, alice);
    await joined(server, bob, id);
    const message = await post(server, alice, id, 'x');
    await watcher.waitFor('MessagesDelivered', byReceiver(bob, id));
    assert.equal((await oneMessage(server, alice, id, message)).status, 'Delivered');
  });

  test('by itself, when a notification was written to one that did not join', async () => {
    const { alice, bob, id } = await pair();
    const watcher = await connect(server, alice);
    await connect(server, bob);
    const message = await post(server, alice, id, 'x');
    await watcher.waitFor('MessagesDelivered', byReceiver(bob, id));
    assert.equal((await oneMessage(server, alice, id, message)).status, 'Delivered');
  });

  test('when the receiver comes online, on the messaging path (Q-17)', async () => {
    const { alice, bob, id } = await pair();
    const watcher = await connect(server, alice);
    const message = await post(server, alice, id, 'while you were out');
    await connect(server, bob);
    await watcher.waitFor('MessagesDelivered', byReceiver(bob, id));
    const delivered = async () =>
      (await oneMessage(server, alice, id, message)).status === 'Delivered';
    await until(delivered, 'history says Delivered');
  });

  test('not when a classic connection opens; RegisterUser does it (Q-17)', async () => {
    const { alice, bob, id } = await pair();
    const watcher = await connect(server, alice);
    const message = await post(server, alice, id, 'pending');
    const classic = await connect(server, bob, { path: CLASSIC });
    await classic.waitFor('Notify');
    assert.equal((await oneMessage(server, alice, id, message)).status, 'Sent');
    await classic.invoke('RegisterUser', bob);
    await watcher.waitFor('MessagesDelivered', byReceiver(bob, id));
  });

  test('never goes back from Read', async () => {
    const { alice, bob, id } = await pair();
    const message = await post(server, alice, id, 'x');
    await restOf(server, bob).post(route(id, 'read'));
    const before_ = await oneMessage(server, alice, id, message);
    await restOf(server, bob).post(route(id, 'delivered'));
    assert.deepEqual(await oneMessage(server, alice, id, message), before_);
  });
});

describe('in a group', () => {
  test('the status is that of the slowest other member (C-17)', async () => {
    const [alice, bob, carol] = newUsers('alice', 'bob', 'carol');
    const id = await groupOf(server, alice, [bob, carol]);
    const message = await post(server, alice, id, 'x');
    const status = async () => (await oneMessage(server, alice, id, message)).status;
    await restOf(server, bob).post(route(id, 'read'));
    assert.equal(await status(), 'Sent');
    await restOf(server, carol).post(route(id, 'delivered'));
    assert.equal(await status(), 'Delivered');
    await restOf(server, carol).post(route(id, 'read'));
    assert.equal(await status(), 'Read');
  });
});

test('CatchUp answers the present cursors (Q-06)', async () => {
  const { alice, bob, id } = await pair();
  const client = await connect(server, alice);
  const { seq } = await say(client, id, 'x');
  await restOf(server, bob).post(route(id, 'read'));
  const [{ cursors }] = await client.invoke('CatchUp', [{ conversationId: id, afterSeq: seq }]);
  const bobs = cursors.find(({ userId }) => userId === bob);
  assert.deepEqual(Object.keys(bobs).sort(), ['deliveredSeq', 'readSeq', 'userId']);
  assert.deepEqual([bobs.deliveredSeq, bobs.readSeq], [seq, seq]);
});

test('receipts last over a restart', async () => {
  const { alice, bob, id } = await pair();
  const message = await post(server, alice, id, 'x');
  await restOf(server, bob).post(route(id, 'read'));
  const before_ = await oneMessage(server, alice, id, message);
  assert.equal(await server.stop(), 0);
  await server.start();
  assert.deepEqual(await oneMessage(server, alice, id, message), before_);
});

test('a stranger can mark nothing', async () => {
  const { id } = await pair();
  const [eve] = newUsers('eve');
  assertProblem(await restOf(server, eve).post(route(id, 'read')), 404, 'not_found');
});
