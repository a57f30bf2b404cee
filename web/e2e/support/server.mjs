// parleyd as `make run` starts it, for the tests of a file: with accounts, and files.
import assert from 'node:assert/strict';
import { Proxy } from '../../../tests/e2e/support/proxy.mjs';
import { Server } from '../../../tests/e2e/support/server.mjs';
import { until } from '../../../tests/e2e/support/deadline.mjs';
import { request } from '../../../tests/e2e/support/rest.mjs';

export { until };

/// Waits until `read` answers `wanted`; when time is up, it is told what is there instead.
export const becomes = (read, wanted) =>
  until(
    async () => {
      assert.deepEqual(await read(), wanted);
      return true;
    },
    `it is ${wanted.join(' | ')}`,
  );

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
  const letters = name.toLowerCase().replace(/[^a-z]/g, '').slice(0, 20);
  const userName = `${letters || 'user'}${++count}`;
  const account = { userName, password: 'correct horse 1' };
  const { userId, accessToken: token } = await call(server, {}, 'POST', '/auth/register', {
    ...account,
    displayName: name,
  });
  return { ...account, userId, name, token };
}

/// A call of somebody. @returns the body of a good answer
export async function call(server, { token }, method, path, body) {
  const { status, body: answer } = await request(server, method, path, { token, body });
  if (status > 204) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(answer)}`);
  return answer;
}

/// The account with a token of a new session, as another device of theirs has it.
export async function signedInAnew(server, account) {
  const { userName, password } = account;
  const { accessToken } = await call(server, {}, 'POST', '/auth/token', { userName, password });
  return { ...account, token: accessToken };
}

/// Changes a password on another device: that ends every session.
export const changePassword = async (server, account, newPassword) =>
  call(server, await signedInAnew(server, account), 'PUT', '/auth/password', {
    currentPassword: account.password,
    newPassword,
  });

/// A direct conversation of two accounts. @returns its id
export async function chatOf(server, one, other) {
  const body = { type: 'Direct', participantIds: [other.userId] };
  const made = await call(server, one, 'POST', '/messaging/conversations', body);
  return made.conversationId;
}

/// A chat of two people who are there for one test only, with `count` messages of the other one.
export async function freshChat(server, count = 0) {
  const [one, other] = [await newAccount(server, 'Mia'), await newAccount(server, 'Noa')];
  const chat = await chatOf(server, one, other);
  for (let at = 1; at <= count; at += 1) await post(server, other, chat, `early ${at}`);
  return { one, other, chat };
}

/// A group of accounts. @returns its id
export async function roomOf(server, owner, others, title) {
  const body = { type: 'Group', participantIds: others.map(({ userId }) => userId), title };
  const made = await call(server, owner, 'POST', '/messaging/conversations', body);
  return made.conversationId;
}

/// A message by REST. @returns {messageId, seq}
export const post = (server, account, conversationId, content, more = {}) =>
  call(server, account, 'POST', `/messaging/conversations/${conversationId}/messages`, {
    content,
    ...more,
  });

/// A file for one message. @param file {fileName, contentType, bytes, width, height} @returns its id
export async function uploaded(server, account, conversationId, { bytes, ...file }) {
  const what = { conversationId, ...file, size: bytes.length };
  const place = await call(server, account, 'POST', '/messaging/attachments', what);
  const { ok, status } = await fetch(new URL(place.uploadUrl, server.url), {
    method: 'PUT',
    body: bytes,
  });
  if (!ok) throw new Error(`the upload of ${file.fileName}: ${status}`);
  return place.attachmentId;
}
