// Who is blocked starts nothing with the other and sees nothing of it; groups go on.
// Proves the rows "blocked" and "presence/typing of who blocked me" of the abuse table.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  MISSING,
  chatRow,
  directBetween,
  fence,
  groupOf,
  joined,
  messagesRoute,
  newUser,
  newUsers,
  page,
  post,
  say,
} from './support/chat.mjs';
import { CLASSIC, connect } from './support/client.mjs';
import { restOf } from './support/rest.mjs';
import { startServer } from './support/server.mjs';
import { assertProblem, assertRefused, assertTime } from './support/shapes.mjs';

let server;
before(async () => (server = await startServer({ 'presence.grace_ms': 0 })));
after(() => server.dispose());

async function block(by, whom, on = server) {
  const { status, body } = await restOf(on, by).put(`/users/me/blocks/${whom}`);
  assert.equal(status, 200, JSON.stringify(body));
}
const unblock = (by, whom) => restOf(server, by).delete(`/users/me/blocks/${whom}`);

test('blocks are listed, made and lifted twice without harm', async () => {
  const [alice, bob] = newUsers('alice', 'bob');
  const me = restOf(server, alice);
  assert.deepEqual((await me.get('/users/me/blocks')).body, []);
  await block(alice, bob);
  await block(alice, bob);
  const { body } = await me.get('/users/me/blocks');
  assert.equal(body.length, 1);
  assert.deepEqual(Object.keys(body[0]).sort(), ['blockedAt', 'userId']);
  assert.equal(body[0].userId, bob);
  assertTime(body[0].blockedAt);
  assert.equal((await unblock(alice, bob)).status, 200);
  assert.equal((await unblock(alice, bob)).status, 200);
  assert.deepEqual((await me.get('/users/me/blocks')).body, []);
  assertProblem(await me.put(`/users/me/blocks/${alice}`), 400, 'bad_request');
  assertProblem(await me.put('/users/me/blocks/a%20b'), 400, 'bad_request');
});

describe('the conversation of the two', () => {
  let alice, bob, id, ear, mouth;
  before(async () => {
    [alice, bob] = newUsers('alice', 'bob');
    id = await directBetween(server, alice, bob);
    ear = await joined(server, alice, id);
    mouth = await joined(server, bob, id);
    await say(mouth, id, 'before');
    await block(alice, bob);
  });

  test('answers to a send what it answers for a missing id, by hub and REST', async () => {
    await assertRefused(say(mouth, id, 'x'), 'Send', 'not_found');
    const text = async (where) => say(mouth, where, 'x').then(assert.fail, ({ message }) => message);
    assert.equal(await text(id), await text(MISSING));
    const rest = restOf(server, bob);
    const refused = await rest.post(messagesRoute(id), { content: 'x' });
    const missing = await rest.post(messagesRoute(MISSING), { content: 'x' });
    assertProblem(refused, 404, 'not_found');
    assert.deepEqual(refused.body, missing.body);
  });

  test('refuses typing, edits and private messages', async () => {
    await assertRefused(mouth.invoke('StartTyping', id), 'StartTyping', 'not_found');
    const { body } = await restOf(server, bob).get(messagesRoute(id));
    const mine = body.messages[0].id;
    const edited = await restOf(server, bob).patch(`/messaging/messages/${mine}`, { content: 'y' });
    assertProblem(edited, 404, 'not_found');
    const classic = await connect(server, bob, { path: CLASSIC });
    const whispered = classic.invoke('SendPrivateMessage', alice, 'psst');
    await assertRefused(whispered, 'SendPrivateMessage', 'not_found');
  });

  test('stays readable, and tells nothing of what the other reads', async () => {
    assert.equal((await restOf(server, bob).get(messagesRoute(id))).status, 200);
    mouth.forget();
    await ear.invoke('MarkRead', id);
    const seen = await ear.waitFor('MessagesRead', ({ readBy }) => readBy === alice);
    assert.ok(seen);
    const carol = newUser('carol');
    const group = await groupOf(server, carol, [alice, bob]);
    await fence(server, carol, group, [mouth]);
    assert.deepEqual(mouth.all('MessagesRead'), []);
  });

  test('shows how far the other had come when the block began, by every path', async () => {
    const seen = async () => {
      const { messages } = await page(server, bob, id);
      const { lastMessage } = await chatRow(server, bob, id);
      const [{ cursors }] = await mouth.invoke('CatchUp', [{ conversationId: id, afterSeq: 0 }]);
      const { readSeq } = cursors.find(({ userId }) => userId === alice);
      return [messages[0].status, messages[0].readAt, lastMessage.status, readSeq];
    };
    const [status, readAt, listed, readSeq] = await seen();
    assert.notEqual(status, 'Read', 'alice has read it since');
    assert.deepEqual([readAt, listed, readSeq], [null, status, 0]);
    assert.equal((await chatRow(server, alice, id)).unreadCount, 0, 'what alice did is kept');
  });

  test('is closed to who has blocked, too', async () => {
    await assertRefused(say(ear, id, 'x'), 'Send', 'forbidden');
  });

  test('opens again when the block is lifted, and nothing refused has got through', async () => {
    await unblock(alice, bob);
    await say(mouth, id, 'after');
    await ear.waitFor('MessageReceived', ({ content }) => content === 'after');
    const { body } = await restOf(server, alice).get(messagesRoute(id));
    assert.deepEqual(
      body.messages.map(({ content }) => content),
      ['before', 'after'],
    );
    assert.deepEqual(ear.all('UserTyping'), []);
    const shown = (await page(server, bob, id)).messages[0].status;
    assert.equal(shown, 'Read', 'the truth is shown again');
  });
});

test('who is blocked makes no conversation and adds to no group', async () => {
  const [alice, bob, carol] = newUsers('alice', 'bob', 'carol');
  await block(alice, bob);
  const rest = restOf(server, bob);
  const make = (body) => rest.post('/messaging/conversations', body);
  const nobody = await make({ type: 'Direct', participantIds: ['guest:x'] });
  assertProblem(nobody, 404, 'not_found');
  const group = await groupOf(server, bob, [carol]);
  const refusals = [
    await make({ type: 'Direct', participantIds: [alice] }),
    await make({ participant1Id: bob, participant2Id: alice }),
    await make({ type: 'Group', participantIds: [carol, alice] }),
    await rest.post(`/messaging/conversations/${group}/participants`, { userIds: [alice] }),
  ];
  for (const refused of refusals) assert.deepEqual(refused.body, nobody.body);
  assert.deepEqual((await restOf(server, alice).get('/messaging/conversations')).body, []);
});

test('in a shared group both hear each other', async () => {
  const [alice, bob, carol] = newUsers('alice', 'bob', 'carol');
  const id = await groupOf(server, carol, [alice, bob]);
  await block(alice, bob);
  const [one, other] = [await joined(server, alice, id), await joined(server, bob, id)];
  await say(other, id, 'from bob');
  await say(one, id, 'from alice');
  await one.waitFor('MessageReceived', ({ content }) => content === 'from bob');
  await other.waitFor('MessageReceived', ({ content }) => content === 'from alice');
});

test('in a shared group who is blocked does not see the other type', async () => {
  const [alice, bob, carol] = newUsers('alice', 'bob', 'carol');
  const id = await groupOf(server, carol, [alice, bob]);
  const [one, other, third] = await Promise.all(
    [alice, bob, carol].map((sub) => joined(server, sub, id)),
  );
  await one.invoke('StartTyping', id);
  await other.waitFor('UserTyping');
  await block(alice, bob);
  await one.invoke('StopTyping', id);
  await other.waitFor('UserStoppedTyping'); // it has heard of the beginning
  for (const client of [other, third]) client.forget();
  await one.invoke('StartTyping', id);
  await third.waitFor('UserTyping', (_, user) => user === alice);
  await one.invoke('StopTyping', id);
  await third.waitFor('UserStoppedTyping', (_, user) => user === alice);
  await fence(server, carol, id, [other]);
  assert.deepEqual([...other.all('UserTyping'), ...other.all('UserStoppedTyping')], []);
  await other.invoke('StartTyping', id);
  await third.waitFor('UserTyping', (_, user) => user === bob);
});

test('who is blocked sees the other leave, and nothing more until the block is lifted', async () => {
  const [alice, bob, carol] = newUsers('alice', 'bob', 'carol');
  const shared = await groupOf(server, alice, [bob, carol]);
  const [watcher, friend] = [await connect(server, bob), await connect(server, carol)];
  const is = (user) => (id) => id === user;
  const presence = async () => (await watcher.invoke('GetPresence', [alice]))[0];
  const first = await connect(server, alice);
  await watcher.waitFor('UserOnline', is(alice));
  await block(alice, bob);
  await watcher.waitFor('UserOffline', is(alice));
  assert.deepEqual(await presence(), { userId: alice, online: false, lastSeenAt: null });

  watcher.forget();
  friend.forget();
  await first.stop();
  await friend.waitFor('UserOffline', is(alice));
  assert.deepEqual(await presence(), { userId: alice, online: false, lastSeenAt: null });
  await connect(server, alice);
  await friend.waitFor('UserOnline', is(alice));
  await fence(server, carol, shared, [watcher]);
  assert.deepEqual(watcher.all('UserOnline', is(alice)), []);
  assert.deepEqual(watcher.all('UserOffline', is(alice)), []);

  await unblock(alice, bob);
  await watcher.waitFor('UserOnline', is(alice));
  assert.equal((await presence()).online, true);
});

test('a block survives a restart', async () => {
  const own = await startServer();
  const [alice, bob] = newUsers('alice', 'bob');
  const id = await directBetween(own, alice, bob);
  await post(own, bob, id, 'before');
  await block(alice, bob, own);
  await own.kill9();
  await own.start();
  assertProblem(
    await restOf(own, bob).post(messagesRoute(id), { content: 'x' }),
    404,
    'not_found',
  );
  assert.equal((await restOf(own, newUser('carol')).get('/users/me/blocks')).body.length, 0);
  await own.dispose();
});
