// Making conversations and listing them.
// Proves ..R-090, R-096, C-10, Q-08, Q-09, Q-11, Q-16, Q-19..Q-22.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  LOBBY,
  chatList,
  chatRow,
  directBetween,
  fence,
  groupOf,
  newUser,
  newUsers,
  post,
} from './support/chat.mjs';
import { connect } from './support/client.mjs';
import { until } from './support/deadline.mjs';
import { restOf } from './support/rest.mjs';
import { startServer } from './support/server.mjs';
import { GUID, assertKeys, assertProblem, assertShape, assertTime } from './support/shapes.mjs';

const ROUTE = '/messaging/conversations';
let server;
before(async () => (server = await startServer()));
after(() => server.dispose());

const create = (sub, body) => restOf(server, sub).post(ROUTE, body);
const byHub = (client, request) => client.invoke('CreateConversation', request);
const about =
  (id) =>
  ({ conversationId }) =>
    conversationId === id;
/// Participants as user ids, whether told as ids or as objects.
const idsOf = (participants) => participants.map((p) => p.userId ?? p).sort();

describe('a two-person conversation', () => {
  test('is created with {conversationId} and nothing else (R-087)', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const { status, body } = await create(alice, { participant1Id: alice, participant2Id: bob });
    assert.ok([200, 201].includes(status));
    assertKeys(body, ['conversationId']);
    assert.match(body.conversationId, GUID);
  });

  test('is the same in either order, from either side, by REST and by hub', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await directBetween(server, alice, bob);
    assert.equal(await directBetween(server, alice, bob), id);
    assert.equal(await directBetween(server, bob, alice), id);
    const { body } = await create(bob, { participant1Id: alice, participant2Id: bob });
    assert.equal(body.conversationId, id);
    const client = await connect(server, bob);
    const again = await byHub(client, { type: 'Direct', participantIds: [alice] });
    assert.equal(again.conversationId, id);
  });

  test('is the same when both sides create it at once', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const watcher = await connect(server, alice);
    const tries = Array.from({ length: 16 }, (_, i) =>
      directBetween(server, ...(i % 2 ? [alice, bob] : [bob, alice])),
    );
    const ids = new Set(await Promise.all(tries));
    assert.equal(ids.size, 1);
    const [id] = ids;
    await fence(server, bob, id, [watcher]);
    assert.equal(watcher.all('ConversationCreated', about(id)).length, 1, 'told once');
  });

  test('is refused to someone who is not in it (R-088)', async () => {
    const [alice, bob, eve] = newUsers('alice', 'bob', 'eve');
    assertProblem(
      await create(eve, { participant1Id: alice, participant2Id: bob }),
      403,
      'forbidden',
    );
    assert.deepEqual(await chatList(server, alice), []);
  });

  test('needs two different people with valid ids', async () => {
    const alice = newUser('alice');
    const bad = [
      { participant1Id: alice, participant2Id: alice },
      { participant1Id: alice },
      { participant1Id: alice, participant2Id: '' },
      { participant1Id: alice, participant2Id: 5 },
      { participant1Id: alice, participant2Id: 'x'.repeat(65) },
      { participant1Id: alice, participant2Id: 'two words' },
      { type: 'Direct', participantIds: [] },
      { type: 'Direct', participantIds: [alice] },
      { type: 'Direct', participantIds: ['bob', 'carol'] },
      { type: 'Nothing', participantIds: ['bob'] },
      {},
      [],
    ];
    for (const body of bad) assertProblem(await create(alice, body), 400, 'bad_request');
    assertProblem(await create(alice, 'no json'), 400, 'bad_request');
  });

  test('has type ProfessionalPatient from the guide, Direct when asked for, and keeps it (Q-20)', async () => {
    const [alice, bob, carol] = newUsers('alice', 'bob', 'carol');
    const first = await directBetween(server, alice, bob);
    const { body } = await create(alice, { type: 'Direct', participantIds: [carol] });
    await create(alice, { type: 'Direct', participantIds: [bob] });
    await directBetween(server, alice, carol);
    assert.equal((await chatRow(server, alice, first)).type, 'ProfessionalPatient');
    assert.equal((await chatRow(server, alice, body.conversationId)).type, 'Direct');
  });

  test('is visible to both at once, on every connection, and to no one else (R-048)', async () => {
    const [alice, bob, eve] = newUsers('alice', 'bob', 'eve');
    const theirs = await Promise.all([alice, alice, bob, bob].map((sub) => connect(server, sub)));
    const stranger = await connect(server, eve);
    const id = await directBetween(server, alice, bob);
    for (const client of theirs) {
      const [event] = await client.waitFor('ConversationCreated', about(id));
      assertShape(event, 'ConversationCreated');
      assert.equal(event.createdBy, alice);
      assert.deepEqual(idsOf(event.participants), [alice, bob].sort());
      assert.equal(event.type, 'ProfessionalPatient');
      assert.ok(Number.isInteger(event.seq));
      assertTime(event.createdAt);
    }
    await directBetween(server, bob, alice);
    const eves = await directBetween(server, eve, newUser('frank'));
    await stranger.waitFor('ConversationCreated', about(eves));
    assert.equal(stranger.all('ConversationCreated').length, 1);
    await fence(server, alice, id, theirs.slice(2));
    assert.equal(theirs[2].all('ConversationCreated').length, 1, 'a repeat makes no event');
  });
});

describe('a group', () => {
  test('is made by REST and by hub, with a title, by name or number of the type', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const client = await connect(server, alice);
    for (const type of ['Group', 'group', 2]) {
      const request = { type, participantIds: [bob], title: 'Plans' };
      const { body } = await create(alice, request);
      const hub = await byHub(client, request);
      assertKeys(hub, ['conversationId']);
      assert.notEqual(hub.conversationId, body.conversationId, 'two groups');
      for (const id of [body.conversationId, hub.conversationId]) {
        const row = await chatRow(server, bob, id);
        assert.equal(row.type, 'Group');
        assert.equal(row.title, 'Plans');
      }
    }
  });

  test('has its caller and no one twice (Q-19), and tells them all', async () => {
    const [alice, bob, carol] = newUsers('alice', 'bob', 'carol');
    const clients = await Promise.all([alice, bob, carol].map((sub) => connect(server, sub)));
    const id = await groupOf(server, alice, [bob, carol, bob, alice], 'No one twice');
    for (const client of clients) {
      const [event] = await client.waitFor('ConversationCreated', about(id));
      assertShape(event, 'ConversationCreated');
      assert.deepEqual(idsOf(event.participants), [alice, bob, carol].sort());
      assert.equal(event.title, 'No one twice');
      assert.equal(event.type, 'Group');
    }
    const row = await chatRow(server, bob, id);
    assert.equal(row.participantCount, 3);
    assert.deepEqual(idsOf(row.participants), [alice, bob, carol].sort());
    for (const participant of row.participants) assertShape(participant, 'participant');
  });

  test('has an owner: who made it', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const row = await chatRow(server, bob, await groupOf(server, alice, [bob]));
    const role = (sub) => row.participants.find(({ userId }) => userId === sub).role.toLowerCase();
    assert.equal(role(alice), 'owner');
    assert.equal(role(bob), 'member');
  });
});

describe('the chat list', () => {
  test('has the exact keys of the guide, before and after the first message (R-089)', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    await restOf(server, bob, { given_name: 'Bob', family_name: 'Bauer' }).get(ROUTE);
    const id = await directBetween(server, alice, bob);
    const empty = await chatRow(server, alice, id);
    assertShape(empty, 'chatRow');
    assert.equal(empty.lastMessage, null);
    assert.equal(empty.unreadCount, 0);
    assertTime(empty.lastActivityAt);
    const messageId = await post(server, bob, id, 'Hello!');
    const row = await chatRow(server, alice, id);
    assertShape(row, 'chatRow');
    assertShape(row.lastMessage, 'message');
    assert.equal(row.lastMessage.id, messageId);
    assert.equal(row.lastMessage.senderId, bob);
    assert.equal(row.lastMessage.content, 'Hello!');
    assert.equal(row.lastMessage.status, 'Sent');
    assert.equal(row.lastActivityAt, row.lastMessage.createdAt);
    assert.equal(row.otherParticipantId, bob);
    assert.equal(row.otherParticipantFirstName, 'Bob');
    assert.equal(row.otherParticipantLastName, 'Bauer');
    assert.equal(row.otherParticipantProfilePictureUrl, null);
    assert.equal(row.unreadCount, 1);
  });

  test('shows each side the other one, and no other for a group', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const direct = await directBetween(server, alice, bob);
    const group = await groupOf(server, alice, [bob]);
    assert.equal((await chatRow(server, alice, direct)).otherParticipantId, bob);
    assert.equal((await chatRow(server, bob, direct)).otherParticipantId, alice);
    const row = await chatRow(server, alice, group);
    assertShape(row, 'chatRow');
    assert.equal(row.otherParticipantId, null);
    assert.equal(row.otherParticipantFirstName, null);
    assert.equal(row.otherParticipantLastName, null);
  });

  test('has the newest activity first, the same by REST and by hub', async () => {
    const [alice, bob, carol, dave] = newUsers('alice', 'bob', 'carol', 'dave');
    const ids = [];
    for (const other of [bob, carol, dave]) ids.push(await directBetween(server, alice, other));
    await post(server, alice, ids[0], 'one');
    await post(server, carol, ids[1], 'two');
    await post(server, alice, ids[0], 'three');
    const rows = await chatList(server, alice);
    assert.deepEqual(
      rows.map(({ id }) => id),
      [ids[0], ids[1], ids[2]],
    );
    const client = await connect(server, alice);
    assert.deepEqual(
      (await client.invoke('GetConversations', {})).map(({ id }) => id),
      rows.map(({ id }) => id),
    );
  });

  test('pages by the last row seen, at most 200 at once (Q-11)', async () => {
    const alice = newUser('alice');
    for (let i = 0; i < 5; ++i) await directBetween(server, alice, newUser('friend'));
    const client = await connect(server, alice);
    const seen = [];
    for (let before; ;) {
      const rows = await client.invoke('GetConversations', { limit: 2, before });
      assert.ok(rows.length <= 2);
      seen.push(...rows.map(({ id }) => id));
      if (rows.length === 0) break;
      before = `${rows.at(-1).lastActivityAt}|${rows.at(-1).id}`;
    }
    assert.deepEqual(
      seen,
      (await chatList(server, alice)).map(({ id }) => id),
    );
    for (const limit of [0, 201, -1]) {
      await assert.rejects(client.invoke('GetConversations', { limit }), /bad_request/);
    }
  });

  test("counts as unread what others said since one read, never one's own (Q-16)", async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await directBetween(server, alice, bob);
    const unread = async (sub) => (await chatRow(server, sub, id)).unreadCount;
    for (const text of ['1', '2', '3']) await post(server, alice, id, text);
    await post(server, bob, id, 'and mine');
    assert.deepEqual([await unread(alice), await unread(bob)], [1, 3]);
    await restOf(server, bob).post(`${ROUTE}/${id}/messages/read`);
    assert.deepEqual([await unread(alice), await unread(bob)], [1, 0]);
    const late = await post(server, alice, id, '4');
    await post(server, alice, id, '5');
    assert.equal(await unread(bob), 2);
    await restOf(server, alice).delete(`/messaging/messages/${late}`);
    assert.equal(await unread(bob), 1, 'a deleted message is never unread (Q-04)');
  });

  test('does not show the lobby (Q-22)', async () => {
    const client = await connect(server, newUser('alice'));
    await client.invoke('JoinConversation', LOBBY);
    await client.invoke('Send', { conversationId: LOBBY, content: 'hello, world' });
    await until(() => client.all('MessageReceived').length === 1, 'the lobby is heard');
    assert.deepEqual(await client.invoke('GetConversations'), []);
  });
});
