// parleyd as `make run` starts it, for the tests of a file: with accounts, and files.
import { Proxy } from '../../../tests/e2e/support/proxy.mjs';
import { Server } from '../../../tests/e2e/support/server.mjs';
import { request } from '../../../tests/e2e/support/rest.mjs';

export { until } from '../../../tests/e2e/support/deadline.mjs';

/// @param settings over those of `make run`
export async function startParley(settings = {}) {
  const server = await Server.prepare({ 'auth.accounts': true, ...settings });
  await server.start();
  return server;
}

/// The same behind a way that can be cut, frozen and closed.
/// @returns {server, proxy, pages: the server as browsers see it}
export async function startBehindProxy(settings = {}) {
  const server = await startParley(settings);
  const proxy = await Proxy.before(server);
  return { server, proxy, pages: proxy.of(server) };
}

let count = 0;
/// An account made by REST. @returns {userName, password, userId, name, token}
export async function newAccount(server, name) {
  const userName = `${name.toLowerCase().replace(/[^a-z]/g, '') || 'user'}${++count}`;
  const account = { userName, password: 'correct horse 1' };
  const { userId, accessToken: token } = await asked(server, 'POST', '/auth/register', {
    body: { ...account, displayName: name },
  });
  return { ...account, userId, name, token };
}

/// The body of a good answer.
async function asked(server, method, path, options) {
  const { status, body } = await request(server, method, path, options);
  if (status > 201) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(body)}`);
  return body;
}

/// A direct conversation of two accounts. @returns its id
export async function chatOf(server, one, other) {
  const body = { type: 'Direct', participantIds: [other.userId] };
  const made = await asked(server, 'POST', '/messaging/conversations', { token: one.token, body });
  return made.conversationId;
}

/// A group of accounts. @returns its id
export async function roomOf(server, owner, others, title) {
  const body = { type: 'Group', participantIds: others.map(({ userId }) => userId), title };
  const made = await asked(server, 'POST', '/messaging/conversations', { token: owner.token, body });
  return made.conversationId;
}

/// A message by REST. @returns {messageId, seq}
export const post = (server, account, conversationId, content, more = {}) =>
  asked(server, 'POST', `/messaging/conversations/${conversationId}/messages`, {
    token: account.token,
    body: { content, ...more },
  });
