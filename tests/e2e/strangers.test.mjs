// A stranger to a conversation, and someone who asks for an id that does not exist, get the same
// answer everywhere: nobody learns what exists. Proves.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  LOBBY,
  MISSING,
  directBetween,
  fence,
  groupOf,
  newUsers,
  page,
  post,
} from './support/chat.mjs';
import { connect } from './support/client.mjs';
import { restOf } from './support/rest.mjs';
import { startServer } from './support/server.mjs';
import { assertProblem } from './support/shapes.mjs';

let server;
let alice;
let bob;
let eve;
let direct;
let group;
let message;
before(async () => {
  server = await startServer();
  [alice, bob, eve] = newUsers('alice', 'bob', 'eve');
  direct = await directBetween(server, alice, bob);
  group = await groupOf(server, alice, [bob]);
  message = await post(server, alice, direct, 'private');
});
after(() => server.dispose());

/// Every route that names a conversation (C) or a message (M): [method, path, body].
const ROUTES = [
  ['get', '/messaging/conversations/C/messages'],
  ['get', '/messaging/conversations/C/messages?after=0&limit=10'],
  ['post', '/messaging/conversations/C/messages', { content: 'let me in' }],
  ['post', '/messaging/conversations/C/messages/read'],
  ['post', '/messaging/conversations/C/messages/delivered'],
  ['post', '/messaging/conversations/C/participants', { userIds: ['eve'] }],
  ['delete', '/messaging/conversations/C/participants/me'],
  ['delete', '/messaging/conversations/C/participants/bob'],
  ['patch', '/messaging/conversations/C', { title: 'mine' }],
  ['delete', '/messaging/messages/M'],
  ['patch', '/messaging/messages/M', { content: 'changed' }],
];

/// Every hub method that names one: [method, arguments from the id].
const METHODS = [
  ['JoinConversation', (id) => [id]],
  ['LeaveConversation', (id) => [id]],
  ['StartTyping', (id) => [id]],
  ['StopTyping', (id) => [id]],
  ['Send', (id) => [{ conversationId: id, content: 'let me in' }]],
  ['MarkRead', (id) => [id]],
  ['MarkDelivered', (id) => [id]],
  ['AddParticipants', (id) => [id, ['eve']]],
  ['RemoveParticipant', (id) => [id, 'bob']],
  ['Leave', (id) => [id]],
  ['GetMessages', (id) => [{ conversationId: id }]],
  ['DeleteMessage', (id) => [id], 'message'],
  ['EditMessage', (id) => [id, 'changed'], 'message'],
];

/// The answer with the id that was asked for taken out, so that two answers can be compared.
function neutral({ status, body, headers }, id) {
  const type = headers.get('content-type');
  return JSON.parse(JSON.stringify({ status, body, type }).replaceAll(id, 'ID'));
}

describe('by REST', () => {
  for (const [method, path, body] of ROUTES) {
    test(`${method} ${path}`, async () => {
      const ask = async (conversation, named) => {
        const id = path.includes('/M') ? named : conversation;
        const target = path.replace('/C', `/${id}`).replace('/M', `/${id}`);
        return neutral(await restOf(server, eve)[method](target, body), id);
      };
      const missing = await ask(MISSING, MISSING);
      assert.equal(missing.status, 404);
      assert.equal(missing.body.code, 'not_found');
      assert.deepEqual(await ask(direct, message), missing);
      assert.deepEqual(await ask(group, message), missing);
    });
  }
});

describe('by hub', () => {
  let client;
  before(async () => (client = await connect(server, eve)));

  const errorOf = (method, args, id) =>
    client.invoke(method, ...args).then(
      () => assert.fail(`${method} was served`),
      (error) => error.message.replaceAll(id, 'ID'),
    );

  for (const [method, argumentsFrom, kind] of METHODS) {
    test(method, async () => {
      const missing = await errorOf(method, argumentsFrom(MISSING), MISSING);
      assert.match(missing, / HubException: not_found: ./);
      for (const id of kind === 'message' ? [message] : [direct, group]) {
        assert.equal(await errorOf(method, argumentsFrom(id), id), missing);
      }
    });
  }

  test('CatchUp tells of no conversation (Q-02)', async () => {
    const ids = [direct, MISSING, group];
    const answer = await client.invoke(
      'CatchUp',
      ids.map((id) => ({ conversationId: id, afterSeq: 0 })),
    );
    assert.deepEqual(
      answer,
      ids.map((conversationId) => ({
        conversationId,
        recovered: false,
        events: [],
        cursors: [],
        lastSeq: 0,
      })),
    );
  });

  test('GetPresence tells of no stranger (Q-24)', async () => {
    await connect(server, alice);
    assert.deepEqual(
      await client.invoke('GetPresence', [alice, 'nobody']),
      [alice, 'nobody'].map((userId) => ({ userId, online: false, lastSeenAt: null })),
    );
  });
});

test('nothing of it all changed a thing, and the stranger heard nothing', async () => {
  const watcher = await connect(server, bob);
  const outsider = await connect(server, eve);
  await fence(server, alice, direct, [watcher]);
  const own = await groupOf(server, eve, newUsers('frank'));
  await outsider.waitFor('ConversationCreated', ({ conversationId }) => conversationId === own);
  assert.deepEqual(
    outsider.events.map(({ name }) => name),
    ['ConversationCreated'],
  );
  const { messages } = await page(server, bob, direct);
  assert.equal(messages[0].content, 'private');
  assert.equal(messages.length, 2);
  assert.deepEqual((await page(server, bob, group)).messages, []);
});

test('a member who may not gets forbidden, not not_found', async () => {
  assertProblem(
    await restOf(server, bob).delete(`/messaging/messages/${message}`),
    403,
    'forbidden',
  );
  assertProblem(
    await restOf(server, bob).patch(`/messaging/messages/${message}`, { content: 'x' }),
    403,
    'forbidden',
  );
});

test('the lobby is open to everyone (Q-22)', async () => {
  const client = await connect(server, eve);
  await client.invoke('JoinConversation', LOBBY);
  await client.invoke('Send', { conversationId: LOBBY, content: 'hello' });
  await client.waitFor('MessageReceived', ({ content }) => content === 'hello');
});
