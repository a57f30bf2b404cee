// Files as a client handles them: announce, upload, name in a message, download.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { join } from 'node:path';
import { directBetween, messagesRoute, newUsers, oneMessage } from './chat.mjs';
import { restOf } from './rest.mjs';

/// POST /messaging/attachments. @returns {status, body, headers}
export const announce = (server, sub, conversationId, { name, type, size }) =>
  restOf(server, sub).post('/messaging/attachments', {
    conversationId,
    fileName: name,
    contentType: type ?? 'application/octet-stream',
    size,
  });

/// Announced and answered. @returns {attachmentId, uploadUrl}
export async function announced(server, sub, conversationId, file) {
  const answer = await announce(server, sub, conversationId, file);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body;
}

export const put = (server, url, bytes, headers = {}) =>
  fetch(new URL(url, server.url), { method: 'PUT', body: bytes, headers });

/// Announced and uploaded. @returns the attachment's id
export async function uploaded(server, sub, conversationId, bytes, { name = 'a.bin', type } = {}) {
  const file = { name, type, size: bytes.length };
  const { attachmentId, uploadUrl } = await announced(server, sub, conversationId, file);
  const answer = await put(server, uploadUrl, bytes);
  assert.equal(answer.status, 200, await answer.text());
  return attachmentId;
}

export async function downloaded(server, url) {
  const answer = await fetch(server.url + url);
  assert.equal(answer.status, 200);
  return Buffer.from(await answer.arrayBuffer());
}

/// The head of an upload, as bytes; `more` are its headers.
export const uploadHead = (url, more) => `PUT ${url} HTTP/1.1\r\nHost: x\r\n${more}\r\n\r\n`;
export const statusOf = (text) => Number(text.split(' ')[1]);

/// A connection of its own on which bytes are sent as they are.
export function rawSocket(server, bytes) {
  const socket = connectTcp({ port: server.port, host: '127.0.0.1' });
  socket.on('error', () => {});
  socket.write(bytes);
  return socket;
}

/// The same, with the answer.
/// @returns everything the server said until it closed, or until `enough(text)`
export function rawExchange(server, bytes, enough = () => false) {
  return new Promise((done) => {
    const socket = rawSocket(server, bytes);
    let text = '';
    const end = () => {
      socket.destroy();
      done(text);
    };
    socket.on('data', (more) => {
      text += more.toString('latin1');
      if (enough(text)) end();
    });
    socket.on('close', end);
  });
}

/// Where a server keeps its files; what is not there as a whole is in `incoming`.
export const folder = (server) => join(server.home, 'data/attachments');
export const incoming = (server) => readdirSync(join(folder(server), 'incoming'));
export const fileOf = (server, id) =>
  join(folder(server), id.slice(-2), id + (server.settings['encryption.enabled'] ? '.sealed' : ''));

/// A message that names files. @returns {status, body, headers}
export const sendFiles = (server, sub, conversationId, attachmentIds, more = {}) =>
  restOf(server, sub).post(messagesRoute(conversationId), { content: '', attachmentIds, ...more });

/// Alice and Bob, their conversation, and a file of Alice's in a message of it.
export async function shared(server, bytes = randomBytes(1_000), file = {}) {
  const [alice, bob] = newUsers('alice', 'bob');
  const id = await directBetween(server, alice, bob);
  const attachmentId = await uploaded(server, alice, id, bytes, file);
  const { status, body } = await sendFiles(server, alice, id, [attachmentId]);
  assert.equal(status, 200, JSON.stringify(body));
  const message = await oneMessage(server, bob, id, body.messageId);
  return { alice, bob, id, attachmentId, message, url: message.attachments[0].url, bytes };
}
