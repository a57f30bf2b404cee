// The steps that most tests begin with.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { connect } from './client.mjs';
import { restOf } from './rest.mjs';

export const LOBBY = '00000000-0000-7000-8000-000000000001';
export const MISSING = '0190f000-0000-7000-8000-00000000dead';

/// A user nobody else in this run is, so that tests of one file can share a server.
export const newUser = (name) => `${name}-${randomUUID().slice(0, 13)}`;
export const newUsers = (...names) => names.map(newUser);

async function created(server, creator, body) {
  const { status, body: answer } = await restOf(server, creator).post(
    '/messaging/conversations',
    body,
  );
  assert.ok(
    status === 200 || status === 201,
    `conversation created: ${status} ${JSON.stringify(answer)}`,
  );
  return answer.conversationId;
}

/// The guide's two-person conversation.
export const directBetween = (server, one, other) =>
  created(server, one, { participant1Id: one, participant2Id: other });

export const groupOf = (server, owner, others, title = 'a group') =>
  created(server, owner, { type: 'Group', participantIds: others, title });

/// A connection of `sub` that has joined `conversationId`.
export async function joined(server, sub, conversationId, options) {
  const client = await connect(server, sub, options);
  await client.invoke('JoinConversation', conversationId);
  return client;
}

/// Sends over the hub. @returns {messageId, seq, createdAt}
export const say = (client, conversationId, content, more = {}) =>
  client.invoke('Send', { conversationId, content, ...more });

export const messagesRoute = (conversationId) =>
  `/messaging/conversations/${conversationId}/messages`;

/// Sends over REST. @returns the message id
export async function post(server, sub, conversationId, content) {
  const { status, body } = await restOf(server, sub).post(messagesRoute(conversationId), {
    content,
  });
  assert.ok(status === 200 || status === 201, `message posted: ${status} ${JSON.stringify(body)}`);
  return body.messageId;
}

/// A numbered page.
export async function page(server, sub, conversationId, query = '') {
  const { status, body } = await restOf(server, sub).get(messagesRoute(conversationId) + query);
  assert.equal(status, 200, `history: ${JSON.stringify(body)}`);
  return body;
}

export const oneMessage = async (server, sub, conversationId, messageId) =>
  (await page(server, sub, conversationId)).messages.find(({ id }) => id === messageId);

/// The whole history, ascending, by seq windows.
export async function wholeHistory(server, sub, conversationId) {
  const all = [];
  for (let after = 0; ;) {
    const { messages, hasMore } = await page(
      server,
      sub,
      conversationId,
      `?after=${after}&limit=200`,
    );
    all.push(...messages);
    if (!hasMore) return all;
    after = all.at(-1).seq;
  }
}

/// Posts a marker and waits until all `clients` have heard of it: what the conversation told them
/// before is on record then, so that an event's absence can be claimed.
export async function fence(server, sub, conversationId, clients) {
  const content = `marker ${randomUUID()}`;
  await post(server, sub, conversationId, content);
  await Promise.all(clients.map((client) => heard(client, content)));
}

function heard(client, content) {
  const isMarker = ({ args: [what] }) => what?.content === content || what?.preview === content;
  return client.waitForEvent(isMarker, content);
}

export async function chatList(server, sub) {
  const { status, body } = await restOf(server, sub).get('/messaging/conversations');
  assert.equal(status, 200);
  return body;
}

export const chatRow = async (server, sub, conversationId) =>
  (await chatList(server, sub)).find(({ id }) => id === conversationId);
