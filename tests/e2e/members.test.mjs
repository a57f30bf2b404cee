// Who is in a conversation, how that changes, and what each member may see and do.
// Proves.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  chatList,
  chatRow,
  directBetween,
  fence,
  groupOf,
  joined,
  newUser,
  newUsers,
  oneMessage,
  page,
  post,
  say,
} from './support/chat.mjs';
import { connect } from './support/client.mjs';
import { restOf } from './support/rest.mjs';
import { startServer } from './support/server.mjs';
import { assertKeys, assertProblem, assertRefused, assertShape } from './support/shapes.mjs';

let server;
before(async () => (server = await startServer()));
after(() => server.dispose());

const route = (id) => `/messaging/conversations/${id}`;
const about =
  (id) =>
  ({ conversationId }) =>
    conversationId === id;
const texts = async (sub, id) =>
  (await page(server, sub, id)).messages.map(({ content }) => content);
const add = (sub, id, userIds) =>
  restOf(server, sub).post(`${route(id)}/participants`, { userIds });
const remove = (sub, id, who) => restOf(server, sub).delete(`${route(id)}/participants/${who}`);
const roleOf = async (sub, id, who) => {
  const { participants } = await chatRow(server, sub, id);
  return participants.find(({ userId }) => userId === who)?.role.toLowerCase();
};

describe('adding', () => {
  test('tells every connection of everyone, the new ones included', async () => {
    const [alice, bob, carol] = newUsers('alice', 'bob', 'carol');
    const id = await groupOf(server, alice, [bob]);
    const clients = await Promise.all([alice, bob, carol].map((sub) => connect(server, sub)));
    const { conversationId } = await clients[0].invoke('AddParticipants', id, [carol]);
    assert.equal(conversationId, id);
    for (const client of clients) {
      const [event] = await client.waitFor('ParticipantsAdded', about(id));
      assertShape(event, 'ParticipantsAdded');
      assert.deepEqual([event.userIds, event.addedBy], [[carol], alice]);
    }
    assert.equal((await chatRow(server, carol, id)).participantCount, 3);
  });

  test('again succeeds and makes no event (Q-07)', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await groupOf(server, alice, [bob]);
    const client = await connect(server, bob);
    assert.ok((await add(alice, id, [bob])).status < 300);
    await fence(server, alice, id, [client]);
    assert.deepEqual(client.all('ParticipantsAdded', about(id)), []);
  });

  test('may be done by any participant of a group (Q-43)', async () => {
    const [alice, bob, carol] = newUsers('alice', 'bob', 'carol');
    const id = await groupOf(server, alice, [bob]);
    assert.ok((await add(bob, id, [carol])).status < 300);
    assert.equal((await chatRow(server, carol, id)).participantCount, 3);
  });

  test('the new member sees what came after, not before (Q-15)', async () => {
    const [alice, bob, carol] = newUsers('alice', 'bob', 'carol');
    const id = await groupOf(server, alice, [bob]);
    await post(server, alice, id, 'before');
    await add(alice, id, [carol]);
    await post(server, bob, id, 'after');
    assert.deepEqual(await texts(carol, id), ['after']);
    assert.deepEqual(await texts(bob, id), ['before', 'after']);
    const body = await page(server, carol, id);
    assert.deepEqual([body.totalCount, body.totalPages], [1, 1]);
    assert.equal((await chatRow(server, carol, id)).unreadCount, 1);
  });

  test('to a direct conversation makes a group beside it (Q-13)', async () => {
    const [alice, bob, carol] = newUsers('alice', 'bob', 'carol');
    const direct = await directBetween(server, alice, bob);
    await post(server, alice, direct, 'between us');
    const client = await connect(server, carol);
    const { status, body } = await add(bob, direct, [carol]);
    assert.ok(status < 300);
    assertKeys(body, ['conversationId']);
    assert.notEqual(body.conversationId, direct);
    await client.waitFor('ConversationCreated', about(body.conversationId));
    const group = await chatRow(server, alice, body.conversationId);
    assert.equal(group.type, 'Group');
    assert.equal(group.participantCount, 3);
    assert.deepEqual(await texts(alice, body.conversationId), []);
    assert.deepEqual(await texts(alice, direct), ['between us']);
    assertProblem(await restOf(server, carol).get(`${route(direct)}/messages`), 404, 'not_found');
  });
});

test('adding nobody new to a direct conversation makes no group', async () => {
  const [alice, bob] = newUsers('alice', 'bob');
  const id = await directBetween(server, alice, bob);
  for (const userIds of [[], [bob], [alice, bob]])
    assert.deepEqual((await add(alice, id, userIds)).body, { conversationId: id });
  assert.equal((await chatList(server, bob)).length, 1);
});

describe('removing', () => {
  test('is told to all, the removed one last; then it hears and sees nothing', async () => {
    const [alice, bob, carol] = newUsers('alice', 'bob', 'carol');
    const id = await groupOf(server, alice, [bob, carol]);
    const gone = await joined(server, carol, id);
    const stays = await joined(server, bob, id);
    await post(server, alice, id, 'before');
    assert.ok((await remove(alice, id, carol)).status < 300);
    for (const client of [gone, stays]) {
      const [event] = await client.waitFor('ParticipantRemoved', about(id));
      assertShape(event, 'ParticipantRemoved');
      assert.deepEqual([event.userId, event.removedBy], [carol, alice]);
    }
    await post(server, alice, id, 'secret');
    await stays.waitFor('MessageReceived', ({ content }) => content === 'secret');
    const other = await directBetween(server, alice, carol);
    await fence(server, alice, other, [gone]);
    assert.deepEqual(
      gone.all('MessageReceived', about(id)).map(([m]) => m.content),
      ['before'],
    );
    assert.deepEqual(
      gone.events.filter(({ args: [what] }) => what?.preview === 'secret'),
      [],
    );
  });

  test('takes everything away: every path answers as for a missing id', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await groupOf(server, alice, [bob]);
    const client = await connect(server, bob);
    const mine = await post(server, bob, id, 'mine');
    await remove(alice, id, bob);
    const rest = restOf(server, bob);
    assertProblem(await rest.get(`${route(id)}/messages`), 404, 'not_found');
    assertProblem(await rest.post(`${route(id)}/messages`, { content: 'x' }), 404, 'not_found');
    assertProblem(await rest.delete(`/messaging/messages/${mine}`), 404, 'not_found');
    assertProblem(
      await rest.patch(`/messaging/messages/${mine}`, { content: 'x' }),
      404,
      'not_found',
    );
    await assertRefused(client.invoke('JoinConversation', id), 'JoinConversation', 'not_found');
    await assertRefused(say(client, id, 'x'), 'Send', 'not_found');
    assert.deepEqual(await chatList(server, bob), []);
  });

  test('by a plain member is forbidden, by an owner not', async () => {
    const [alice, bob, carol] = newUsers('alice', 'bob', 'carol');
    const id = await groupOf(server, alice, [bob, carol]);
    assertProblem(await remove(bob, id, carol), 403, 'forbidden');
    assertProblem(await remove(bob, id, alice), 403, 'forbidden');
    const client = await connect(server, bob);
    await assertRefused(
      client.invoke('RemoveParticipant', id, carol),
      'RemoveParticipant',
      'forbidden',
    );
    assert.ok((await remove(alice, id, carol)).status < 300);
    assert.ok((await remove(alice, id, carol)).status < 300, 'again is no error');
  });

  test('back again: the new window only', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await groupOf(server, alice, [bob]);
    await post(server, alice, id, 'first time');
    await remove(alice, id, bob);
    await post(server, alice, id, 'without bob');
    await add(alice, id, [bob]);
    await post(server, alice, id, 'second time');
    const seen = await texts(bob, id);
    assert.ok(!seen.includes('without bob'));
    assert.equal(seen.at(-1), 'second time');
  });

  test('back again: hears messages only once it has joined again', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await groupOf(server, alice, [bob]);
    const client = await joined(server, bob, id);
    await remove(alice, id, bob);
    await post(server, alice, id, 'without bob');
    await add(alice, id, [bob]);
    await fence(server, alice, id, [client]);
    assert.deepEqual(client.all('MessageReceived'), [], 'the old join is over');
    assert.equal(client.all('NewMessageNotification').length, 1, 'it is a member that did not join');
    await client.invoke('JoinConversation', id);
    await post(server, alice, id, 'joined again');
    await client.waitFor('MessageReceived', ({ content }) => content === 'joined again');
    assert.equal(client.all('MessageReceived').length, 1);
  });
});

describe('leaving', () => {
  test('by REST as "me" and by hub', async () => {
    const [alice, bob, carol] = newUsers('alice', 'bob', 'carol');
    const id = await groupOf(server, alice, [bob, carol]);
    const client = await connect(server, carol);
    assert.ok((await remove(bob, id, 'me')).status < 300);
    const [event] = await client.waitFor('ParticipantRemoved', about(id));
    assert.deepEqual([event.userId, event.removedBy], [bob, bob]);
    await client.invoke('Leave', id);
    assert.deepEqual(await chatList(server, carol), []);
    assert.equal((await chatRow(server, alice, id)).participantCount, 1);
  });

  test('hands ownership to the longest-standing member', async () => {
    const [alice, bob, carol] = newUsers('alice', 'bob', 'carol');
    const id = await groupOf(server, alice, [bob]);
    await add(alice, id, [carol]);
    await remove(alice, id, 'me');
    assert.equal(await roleOf(carol, id, bob), 'owner');
    assert.equal(await roleOf(carol, id, carol), 'member');
    assert.ok((await remove(bob, id, carol)).status < 300, 'the new owner may remove');
  });
});

describe('roles', () => {
  const setRole = (by, id, user, role) =>
    restOf(server, by).patch(`${route(id)}/participants/${user}`, { role });

  test('are given and taken by the owner, told to all, and in CatchUp (Q-43)', async () => {
    const [alice, bob, carol] = newUsers('alice', 'bob', 'carol');
    const id = await groupOf(server, alice, [bob, carol]);
    const owner = await connect(server, alice);
    const member = await connect(server, carol);
    await owner.invoke('SetRole', id, bob, 'Admin');
    const [event] = await member.waitFor('RoleChanged', about(id));
    assert.deepEqual(event, { conversationId: id, userId: bob, role: 'admin', seq: 2 });
    assert.equal(await roleOf(carol, id, bob), 'admin');
    assert.ok((await restOf(server, bob).patch(route(id), { title: 'ours' })).status < 300);
    assertProblem(await setRole(bob, id, carol, 'admin'), 403, 'forbidden');
    assertProblem(await setRole(bob, id, alice, 'member'), 403, 'forbidden');
    assertProblem(await setRole(alice, id, alice, 'member'), 403, 'forbidden');
    assertProblem(await setRole(alice, id, carol, 'owner'), 400, 'bad_request');
    assertProblem(await setRole(alice, id, 'nobody', 'admin'), 404, 'not_found');
    assert.equal((await setRole(alice, id, bob, 'admin')).status, 200, 'once more');
    assert.equal((await setRole(alice, id, bob, 0)).status, 200, 'by number');
    assertProblem(await restOf(server, bob).patch(route(id), { title: 'no' }), 403, 'forbidden');
    const [{ events }] = await member.invoke('CatchUp', [{ conversationId: id, afterSeq: 1 }]);
    assert.deepEqual(
      events.map(({ event: name, data }) => [name, data.role]),
      [['RoleChanged', 'admin'], ['TitleChanged', undefined], ['RoleChanged', 'member']],
    );
  });

  test('an admin lays its own down, and follows an owner who leaves', async () => {
    const [alice, bob, carol] = newUsers('alice', 'bob', 'carol');
    const id = await groupOf(server, alice, [bob, carol]);
    for (const user of [bob, carol]) await setRole(alice, id, user, 'admin');
    assert.equal((await setRole(bob, id, 'me', 'member')).status, 200);
    await remove(alice, id, 'me');
    assert.equal(await roleOf(bob, id, carol), 'owner');
    assert.equal(await roleOf(bob, id, bob), 'member');
  });
});

describe('the title', () => {
  test('is changed by the owner, not by a member (Q-43, Q-46)', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await groupOf(server, alice, [bob], 'old');
    assertProblem(await restOf(server, bob).patch(route(id), { title: 'no' }), 403, 'forbidden');
    assert.ok((await restOf(server, alice).patch(route(id), { title: 'new' })).status < 300);
    assert.equal((await chatRow(server, bob, id)).title, 'new');
  });
});

describe('a case (R-062, Q-36)', () => {
  const create = (sub, caseId, others) =>
    restOf(server, sub).post('/messaging/conversations', {
      type: 'Group',
      participantIds: others,
      caseId,
    });

  test('names its conversation in every route', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const caseId = newUser('case');
    const { body } = await create(alice, caseId, [bob]);
    const byCase = `/messaging/conversations/by-case/${caseId}/messages`;
    await restOf(server, bob).post(byCase, { content: 'by case' });
    const { body: read } = await restOf(server, alice).get(byCase);
    assert.deepEqual(
      read.messages.map(({ content }) => content),
      ['by case'],
    );
    assert.deepEqual(await texts(alice, body.conversationId), ['by case']);
    assert.equal((await restOf(server, alice).post(`${byCase}/read`)).status, 200);
  });

  test('belongs to its first conversation; strangers get a conflict', async () => {
    const [alice, bob, eve] = newUsers('alice', 'bob', 'eve');
    const caseId = newUser('case');
    const { body } = await create(alice, caseId, [bob]);
    assert.equal((await create(bob, caseId, [alice])).body.conversationId, body.conversationId);
    assertProblem(await create(eve, caseId, [bob]), 409, 'conflict');
    assertProblem(
      await restOf(server, eve).get(`/messaging/conversations/by-case/${caseId}/messages`),
      404,
      'not_found',
    );
  });
});

test('a case id that no route can carry is refused, any other works', async () => {
  const alice = newUser('alice');
  const me = restOf(server, alice);
  const create = (caseId) =>
    me.post('/messaging/conversations', { type: 'Group', participantIds: [], caseId });
  for (const bad of ['.', '..', 'a\u0000b', 'a\nb', 'x'.repeat(129)])
    assertProblem(await create(bad), 400, 'bad_request');
  for (const odd of ['a/b', ' ', '%2F', '?a=b#c', 'by-case', 'é🎉', '...']) {
    const caseId = newUser(odd);
    const { body } = await create(caseId);
    const at = `/messaging/conversations/by-case/${encodeURIComponent(caseId)}/messages`;
    const sent = await me.post(at, { content: odd });
    assert.equal(sent.status, 200, caseId);
    assert.ok(await oneMessage(server, alice, body.conversationId, sent.body.messageId));
  }
});

test('a guest is nobody to be added', async () => {
  const [alice, bob] = newUsers('alice', 'bob');
  const id = await groupOf(server, alice, [bob]);
  assertProblem(await add(alice, id, ['guest:zed']), 404, 'not_found');
  assert.equal((await chatRow(server, bob, id)).participantCount, 2);
});

test('LeaveConversation stops the live events only, and without a join does nothing (Q-41)', async () => {
  const [alice, bob] = newUsers('alice', 'bob');
  const id = await directBetween(server, alice, bob);
  const client = await connect(server, bob);
  await client.invoke('LeaveConversation', id);
  await client.invoke('JoinConversation', id);
  await client.invoke('LeaveConversation', id);
  await fence(server, alice, id, [client]);
  assert.deepEqual(client.all('MessageReceived'), []);
  assert.equal(client.all('NewMessageNotification').length, 1);
});
