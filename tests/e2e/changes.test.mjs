// Editing and deleting: who may, who hears, what history keeps.
// Proves, C-09, Q-03..Q-05, Q-32.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  directBetween,
  fence,
  groupOf,
  joined,
  messagesRoute,
  newUsers,
  oneMessage,
  page,
  post,
  say,
} from './support/chat.mjs';
import { connect } from './support/client.mjs';
import { restOf } from './support/rest.mjs';
import { startServer } from './support/server.mjs';
import { assertProblem, assertRefused, assertShape, assertTime } from './support/shapes.mjs';

let server;
before(async () => (server = await startServer()));
after(() => server.dispose());

const route = (messageId) => `/messaging/messages/${messageId}`;
const about =
  (id) =>
  ({ messageId }) =>
    messageId === id;

/// A group of three, one connection of each (of which one joined) and a message of the first.
async function scene() {
  const [alice, bob, carol] = newUsers('alice', 'bob', 'carol');
  const id = await groupOf(server, alice, [bob, carol]);
  const clients = [
    await connect(server, alice),
    await joined(server, bob, id),
    await connect(server, carol),
  ];
  return { alice, bob, carol, id, clients, message: await post(server, alice, id, 'first words') };
}

describe('deleting', () => {
  test('leaves an empty message in its place, and tells everyone (Q-04)', async () => {
    const { alice, bob, id, clients, message } = await scene();
    await post(server, bob, id, 'an answer');
    assert.equal((await restOf(server, alice).delete(route(message))).status, 200);
    for (const client of clients) {
      const [event] = await client.waitFor('MessageDeleted', about(message));
      assertShape(event, 'MessageDeleted');
      assert.equal(event.conversationId, id);
    }
    const body = await page(server, bob, id);
    assert.equal(body.totalCount, 2);
    assert.equal(body.messages[0].id, message);
    assert.equal(body.messages[0].content, '');
    assertTime(body.messages[0].deletedAt);
    assert.equal(body.messages[1].content, 'an answer');
  });

  test('again is a 200 that changes and tells nothing', async () => {
    const { alice, id, clients, message } = await scene();
    await restOf(server, alice).delete(route(message));
    const first = await oneMessage(server, alice, id, message);
    assert.equal((await restOf(server, alice).delete(route(message))).status, 200);
    await clients[0].invoke('DeleteMessage', message);
    assert.equal((await oneMessage(server, alice, id, message)).deletedAt, first.deletedAt);
    await fence(server, alice, id, [clients[1]]);
    assert.equal(clients[1].all('MessageDeleted').length, 1);
  });

  test('is for the sender only, not even for the owner of the group', async () => {
    const { alice, bob, id, clients } = await scene();
    const message = await post(server, bob, id, 'mine');
    assertProblem(await restOf(server, alice).delete(route(message)), 403, 'forbidden');
    await assertRefused(clients[0].invoke('DeleteMessage', message), 'DeleteMessage', 'forbidden');
    assert.equal((await oneMessage(server, alice, id, message)).content, 'mine');
  });

  test('lasts: after a restart the message is still empty, its text nowhere', async () => {
    const { alice, bob, id, message } = await scene();
    await restOf(server, alice).delete(route(message));
    assert.equal(await server.stop(), 0);
    await server.start();
    const { body } = await restOf(server, bob).get(messagesRoute(id));
    assert.equal(body.messages[0].content, '');
    assert.ok(!JSON.stringify(body).includes('first words'));
  });
});

describe('editing', () => {
  for (const [how, edit] of Object.entries({
    REST: (scene_, content) =>
      restOf(server, scene_.alice).patch(route(scene_.message), { content }),
    hub: (scene_, content) => scene_.clients[0].invoke('EditMessage', scene_.message, content),
  })) {
    test(`by ${how} changes the text for everyone and takes a seq of its own`, async () => {
      const all = await scene();
      const before_ = await oneMessage(server, all.bob, all.id, all.message);
      await edit(all, 'better words');
      for (const client of all.clients) {
        const [event] = await client.waitFor('MessageEdited', about(all.message));
        assertShape(event, 'MessageEdited');
        assert.equal(event.content, 'better words');
        assert.equal(event.conversationId, all.id);
        assertTime(event.editedAt);
      }
      const now = await oneMessage(server, all.bob, all.id, all.message);
      assert.equal(now.content, 'better words');
      assertTime(now.editedAt);
      assert.equal(now.createdAt, before_.createdAt);
      assert.equal(now.seq, before_.seq);
    });
  }

  test('is for the sender only, within the same limits as sending', async () => {
    const { alice, bob, id, clients, message } = await scene();
    assertProblem(
      await restOf(server, bob).patch(route(message), { content: 'x' }),
      403,
      'forbidden',
    );
    await assertRefused(clients[2].invoke('EditMessage', message, 'x'), 'EditMessage', 'forbidden');
    const patch = (content) => restOf(server, alice).patch(route(message), { content });
    assertProblem(await patch('x'.repeat(5001)), 400, 'too_long');
    assertProblem(await patch(''), 400, 'bad_request');
    assert.equal((await oneMessage(server, bob, id, message)).content, 'first words');
  });

  test('is over once the message is deleted', async () => {
    const { alice, bob, id, clients, message } = await scene();
    await restOf(server, alice).delete(route(message));
    const { status } = await restOf(server, alice).patch(route(message), { content: 'back' });
    assert.ok(status >= 400 && status < 500, String(status));
    await assert.rejects(clients[0].invoke('EditMessage', message, 'back'));
    assert.equal((await oneMessage(server, bob, id, message)).content, '');
  });
});

test('CatchUp shows messages as they are now (Q-01, Q-02, Q-05)', async () => {
  const [alice, bob] = newUsers('alice', 'bob');
  const id = await directBetween(server, alice, bob);
  const client = await connect(server, alice);
  const edited = await say(client, id, 'draft');
  const deleted = await say(client, id, 'regret');
  await client.invoke('EditMessage', edited.messageId, 'final');
  await client.invoke('DeleteMessage', deleted.messageId);
  const [answer] = await client.invoke('CatchUp', [
    { conversationId: id, afterSeq: edited.seq - 1 },
  ]);
  assert.deepEqual(Object.keys(answer).sort(), [
    'conversationId',
    'cursors',
    'events',
    'lastSeq',
    'recovered',
  ]);
  assert.equal(answer.recovered, true);
  assert.deepEqual(
    answer.events.map(({ event }) => event),
    ['MessageReceived', 'MessageReceived', 'MessageEdited', 'MessageDeleted'],
  );
  const seqs = answer.events.map(({ seq }) => seq);
  assert.deepEqual(
    seqs,
    [0, 1, 2, 3].map((i) => edited.seq + i),
  );
  assert.equal(answer.lastSeq, seqs.at(-1));
  assert.deepEqual(
    answer.events.slice(0, 3).map(({ data }) => data.content),
    ['final', '', 'final'],
  );
  assertTime(answer.events[1].data.deletedAt);
  assert.ok(
    !JSON.stringify(answer).includes('draft') && !JSON.stringify(answer).includes('regret'),
  );
});

test('CatchUp refuses to guess: beyond the end, or after another entry than the caller holds', async () => {
  const [alice, bob] = newUsers('alice', 'bob');
  const id = await directBetween(server, alice, bob);
  const client = await connect(server, bob);
  const one = await say(client, id, 'one');
  const two = await say(client, id, 'two');
  const ask = async (more) =>
    (await client.invoke('CatchUp', [{ conversationId: id, ...more }]))[0];
  assert.equal((await ask({ afterSeq: two.seq + 1 })).recovered, false);
  assert.equal((await ask({ afterSeq: two.seq + 1 })).lastSeq, two.seq);
  assert.equal((await ask({ afterSeq: one.seq, afterId: two.messageId })).recovered, false);
  const good = await ask({ afterSeq: one.seq, afterId: one.messageId });
  assert.deepEqual(
    good.events.map(({ data }) => data.messageId),
    [two.messageId],
  );
  const nothing = await ask({ afterSeq: two.seq });
  assert.deepEqual([nothing.recovered, nothing.events], [true, []]);
});

test('CatchUp recovers no position of an earlier membership, by hub and REST (Q-02, Q-15)', async () => {
  const [alice, bob] = newUsers('alice', 'bob');
  const id = await groupOf(server, alice, [bob]);
  const [owner, client] = [await connect(server, alice), await joined(server, bob, id)];
  const held = await say(owner, id, 'held');
  const missed = [await say(owner, id, 'missed'), await say(owner, id, 'missed too')];
  await owner.invoke('RemoveParticipant', id, bob);
  const away = await say(owner, id, 'while away');
  await owner.invoke('AddParticipants', id, [bob]);
  const [{ seq: back }] = await client.waitFor('ParticipantsAdded', (e) => e.seq > away.seq);
  const later = await say(owner, id, 'back again');
  const ways = {
    hub: async (asked) => (await client.invoke('CatchUp', [asked]))[0],
    REST: async (asked) => (await restOf(server, bob).post('/messaging/catch-up', [asked])).body[0],
  };
  for (const [way, ask] of Object.entries(ways)) {
    const at = async (afterSeq, afterId) =>
      ask({ conversationId: id, afterSeq, ...(afterId && { afterId }) });
    for (let seq = 1; seq < back; ++seq) {
      const answer = await at(seq);
      assert.deepEqual([answer.recovered, answer.events], [false, []], `${way}, after ${seq}`);
      assert.equal(answer.lastSeq, later.seq);
    }
    for (const one of [held, ...missed])
      assert.equal((await at(one.seq, one.messageId)).recovered, false, way);
    assert.equal((await at(back, held.messageId)).recovered, false, `${way}: no such entry`);
    for (const seq of [0, back]) {
      const answer = await at(seq);
      assert.equal(answer.recovered, true, `${way}, after ${seq}`);
      assert.deepEqual(
        answer.events.map((event) => event.seq),
        [later.seq],
      );
    }
    assert.equal((await at(later.seq, later.messageId)).recovered, true, way);
  }
});

test('who joined later hears of no change of what was said before (Q-15)', async () => {
  const [alice, bob, carol] = newUsers('alice', 'bob', 'carol');
  const id = await groupOf(server, alice, [bob]);
  const [owner, member] = [await connect(server, alice), await joined(server, bob, id)];
  const early = await say(owner, id, 'secret');
  await owner.invoke('AddParticipants', id, [carol]);
  const late = await joined(server, carol, id);
  const seen = await say(owner, id, 'for all');
  await owner.invoke('EditMessage', early.messageId, 'the secret, mended');
  await owner.invoke('EditMessage', seen.messageId, 'for you all');
  await owner.invoke('DeleteMessage', early.messageId);
  await owner.invoke('DeleteMessage', seen.messageId);
  for (const client of [member, late]) await client.waitFor('MessageDeleted', about(seen.messageId));
  assert.equal(member.all('MessageEdited').length, 2);
  assert.equal(member.all('MessageDeleted').length, 2);
  assert.deepEqual(
    late.all('MessageEdited').map(([{ messageId }]) => messageId),
    [seen.messageId],
  );
  assert.equal(late.all('MessageDeleted').length, 1);
  const [caught] = await late.invoke('CatchUp', [{ conversationId: id, afterSeq: 0 }]);
  assert.equal(caught.recovered, true);
  assert.equal(caught.lastSeq, seen.seq + 4);
  assert.ok(!JSON.stringify(caught).includes('secret'));
  assert.ok(!JSON.stringify(caught).includes(early.messageId));
});
