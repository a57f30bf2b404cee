// Texts and files at rest: nothing of them on the disk, through restarts and changes of keys.
// Proves R-077.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { randomBytes, randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import {
  chatRow,
  directBetween,
  groupOf,
  joined,
  messagesRoute,
  newUsers,
  oneMessage,
  say,
  wholeHistory,
} from './support/chat.mjs';
import { until } from './support/deadline.mjs';
import { downloaded, uploaded } from './support/files.mjs';
import { request, restOf } from './support/rest.mjs';
import { environmentOf, PARLEYD, startServer } from './support/server.mjs';
import { onMysql } from './support/store.mjs';

const keyLine = (id) => `${id}:${randomBytes(32).toString('base64')}`;
const CANARY = `canary${randomUUID().replaceAll('-', '')}`;

/// Whether any file of the database (log and shared memory too) holds the canary.
function isOnDisk(server) {
  const folder = dirname(server.settings['storage.url'].replace(/^sqlite:/, ''));
  const files = readdirSync(folder).filter((name) => name.includes('.db'));
  assert.ok(files.length > 0, 'the database has files');
  return files.some((name) => readFileSync(join(folder, name)).includes(CANARY));
}

function ctl(server, args, settings = {}) {
  const env = environmentOf({ ...server.settings, ...settings });
  const program = join(dirname(PARLEYD), 'parleyctl');
  const done = spawnSync(program, args, { cwd: server.home, env, encoding: 'utf8' });
  return { code: done.status, stdout: done.stdout, stderr: done.stderr };
}

/// A conversation whose every text holds the canary: sent, edited, deleted, its title.
async function fill(server) {
  const [alice, bob] = newUsers('alice', 'bob');
  const id = await groupOf(server, alice, [bob], `${CANARY} title`);
  const client = await joined(server, alice, id);
  const sent = [];
  for (const word of ['one', 'two', 'three']) sent.push(await say(client, id, `${CANARY} ${word}`));
  await client.invoke('EditMessage', sent[0].messageId, `${CANARY} edited`);
  await client.invoke('DeleteMessage', sent[2].messageId);
  await client.stop();
  return { alice, bob, id };
}

async function assertReadable(server, { alice, bob, id }) {
  const texts = (await wholeHistory(server, alice, id)).map(({ content }) => content);
  assert.deepEqual(texts, [`${CANARY} edited`, `${CANARY} two`, '']);
  assert.equal((await chatRow(server, bob, id)).title, `${CANARY} title`);
}

async function restart(server, settings) {
  assert.equal(await server.stop(), 0);
  Object.assign(server.settings, settings);
  await server.start();
}

test('texts are not on the disk, and come back after restarts and changes of keys', async () => {
  const [one, two] = [keyLine(1), keyLine(2)];
  const server = await startServer({ 'encryption.enabled': true, 'encryption.keys': one });
  const room = await fill(server);
  await assertReadable(server, room);
  if (!onMysql) assert.equal(isOnDisk(server), false);

  await restart(server, { 'encryption.keys': `${one} ${two}` });
  await assertReadable(server, room);
  const rekeyed = ctl(server, ['rekey', '--json']); // beside the running server
  assert.equal(rekeyed.code, 0, rekeyed.stderr);
  assert.ok(JSON.parse(rekeyed.stdout).rekeyedRows >= 5);
  await assertReadable(server, room);

  await restart(server, { 'encryption.keys': two });
  await assertReadable(server, room);
  if (!onMysql) assert.equal(isOnDisk(server), false);
  await server.dispose();
});

test('an existing database is sealed, and unsealed again', async () => {
  const server = await startServer();
  const room = await fill(server);
  if (!onMysql) assert.equal(isOnDisk(server), true, 'the canary can be found');
  await restart(server, { 'encryption.enabled': true, 'encryption.keys': keyLine(7) });
  await assertReadable(server, room);
  assert.equal(ctl(server, ['rekey']).code, 0);
  await server.stop();
  if (!onMysql) {
    // What was plain stays in free pages until the file is written anew.
    const file = server.settings['storage.url'].replace(/^sqlite:/, '');
    execFileSync('sqlite3', [file, 'VACUUM', 'PRAGMA wal_checkpoint(TRUNCATE)']);
    assert.equal(isOnDisk(server), false);
  }
  await server.start();
  await assertReadable(server, room);
  await restart(server, { 'encryption.enabled': false });
  assert.equal(ctl(server, ['rekey']).code, 0);
  await restart(server, { 'encryption.keys': '' });
  await assertReadable(server, room);
  await server.dispose();
});

test('keys that are malformed, missing or wrong keep the server from starting', async () => {
  const server = await startServer({ 'encryption.enabled': true, 'encryption.keys': keyLine(1) });
  await fill(server);
  await server.stop();
  const refusal = async (settings) => {
    const { code, stderr } = await server.command(['serve'], settings);
    assert.equal(code, 1);
    return stderr;
  };
  assert.match(await refusal({ 'encryption.keys': '1:abc' }), /key 1 is not 32 bytes in base64/);
  assert.match(await refusal({ 'encryption.keys': '' }), /needs encryption.key_file/);
  assert.match(await refusal({ 'encryption.keys': keyLine(1) }), /key 1 does not open it/);
  assert.match(await refusal({ 'encryption.keys': keyLine(2) }), /key 1, which is not among/);
  const off = { 'encryption.enabled': false, 'encryption.keys': '' };
  assert.match(await refusal(off), /key 1, which is not among/);
  const lost = ctl(server, ['rekey'], { 'encryption.keys': keyLine(2) });
  assert.equal(lost.code, 1);
  assert.match(lost.stderr, /[1-9]\d* texts and 0 files could not be read .* were left as they are/);
  await server.start();
  await server.dispose();
});

const PIECE = 64 * 1024; // what is sealed together

/// A file in a message of Alice's to Bob that holds the canary at its ends and over a piece's border.
async function sharedFile(server) {
  const bytes = randomBytes(3 * PIECE + 4_321);
  for (const at of [0, PIECE - 10, bytes.length - CANARY.length]) bytes.write(CANARY, at);
  const [alice, bob] = newUsers('alice', 'bob');
  const id = await directBetween(server, alice, bob);
  const file = await uploaded(server, alice, id, bytes);
  const sent = await restOf(server, alice).post(messagesRoute(id), { attachmentIds: [file] });
  assert.equal(sent.status, 200, JSON.stringify(sent.body));
  const [{ size }] = (await oneMessage(server, bob, id, sent.body.messageId)).attachments;
  assert.equal(size, bytes.length);
  return { bytes, file, bob, id, messageId: sent.body.messageId };
}

/// URLs are signed anew with each read.
async function urlOf(server, { bob, id, messageId }) {
  return (await oneMessage(server, bob, id, messageId)).attachments[0].url;
}

async function assertDownloads(server, shared) {
  const url = await urlOf(server, shared);
  const { bytes } = shared;
  assert.ok((await downloaded(server, url)).equals(bytes));
  const head = await fetch(server.url + url, { method: 'HEAD' });
  assert.equal(Number(head.headers.get('content-length')), bytes.length);
  const last = bytes.length - 1;
  for (const [from, to] of [[0, 0], [PIECE - 3, PIECE + 3], [100, last], [last, last]]) {
    const part = await fetch(server.url + url, { headers: { range: `bytes=${from}-${to}` } });
    assert.equal(part.status, 206);
    assert.equal(part.headers.get('content-range'), `bytes ${from}-${to}/${bytes.length}`);
    assert.ok(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(from, to + 1)));
  }
}

async function assertUnreadable(server, shared, why) {
  const answer = await fetch(server.url + (await urlOf(server, shared)));
  assert.equal(answer.status, 500);
  assert.equal((await answer.json()).code, 'unknown');
  const line = `the file of attachment ${shared.file} cannot be read: `;
  await until(() => new RegExp(line + why).test(server.log), 'the log names the file and why');
  const { body } = await request(server, 'GET', '/metrics');
  assert.match(body, /^parley_unreadable_texts_total [1-9]/m);
}

/// A byte of the third piece of four is changed: what lies before it is served, it is not.
async function assertDamage(server, shared, path) {
  const whole = readFileSync(path);
  const changed = Buffer.from(whole);
  changed[2 * (PIECE + 43) + 1_000] ^= 1;
  writeFileSync(path, changed);
  const url = server.url + (await urlOf(server, shared));
  const range = (from, to) => fetch(url, { headers: { range: `bytes=${from}-${to}` } });
  const before = Buffer.from(await (await range(0, 2 * PIECE - 1)).arrayBuffer());
  assert.ok(before.equals(shared.bytes.subarray(0, 2 * PIECE)));
  assert.equal((await range(2 * PIECE, 2 * PIECE)).status, 500);
  await assert.rejects(fetch(url).then((answer) => answer.arrayBuffer()), 'it is cut');
  writeFileSync(path, whole);
  await assertDownloads(server, shared);
}

const blobs = (server) => join(server.home, 'data/attachments');
const fileOf = (server, { file }, suffix = '') => join(blobs(server), file.slice(-2), file + suffix);
const isInBlobs = (server) =>
  readdirSync(blobs(server), { recursive: true })
    .map((name) => join(blobs(server), name))
    .some((path) => statSync(path).isFile() && readFileSync(path).includes(CANARY));

test('files are not on the disk, and come back whole, in ranges and after restarts', async () => {
  const [one, two] = [keyLine(1), keyLine(2)];
  const server = await startServer({ 'encryption.enabled': true, 'encryption.keys': one });
  const shared = await sharedFile(server);
  assert.equal(isInBlobs(server), false);
  await assertDownloads(server, shared);

  await restart(server, { 'encryption.keys': `${one} ${two}` });
  await assertDownloads(server, shared);
  await restart(server, { 'encryption.keys': keyLine(3) });
  await assertUnreadable(server, shared, '.*it is sealed with key 1, which is not among');
  await restart(server, { 'encryption.keys': `${one} ${two}` });
  await assertDownloads(server, shared);
  const path = fileOf(server, shared, '.sealed');
  await assertDamage(server, shared, path);
  truncateSync(path, statSync(path).size - (shared.bytes.length % PIECE) - 43); // its last piece
  await assertUnreadable(server, shared, 'piece 2 of 3: key 1 does not open it');
  await server.dispose();
});

test('files from before encryption was turned on stay readable, and plain', async () => {
  const server = await startServer({ 'encryption.enabled': false });
  const before = await sharedFile(server);
  assert.equal(isInBlobs(server), true, 'the canary can be found');
  await restart(server, { 'encryption.enabled': true, 'encryption.keys': keyLine(1) });
  await assertDownloads(server, before);
  const after = await sharedFile(server);
  await assertDownloads(server, after);
  assert.ok(readFileSync(fileOf(server, before)).equals(before.bytes));
  assert.equal(readFileSync(fileOf(server, after, '.sealed')).includes(CANARY), false);
  await server.dispose();
});

test('rekey takes files to the new key, beside the server, and makes them plain again', async () => {
  const [one, two] = [keyLine(1), keyLine(2)];
  const server = await startServer({ 'encryption.enabled': false });
  const plain = await sharedFile(server);
  await restart(server, { 'encryption.enabled': true, 'encryption.keys': one });
  const sealed = await sharedFile(server);
  const rekey = (settings) => JSON.parse(ctl(server, ['rekey', '--json'], settings).stdout);
  const counts = ({ files, rekeyedFiles, leftFiles }) => [files, rekeyedFiles, leftFiles];
  const both = async () => {
    for (const shared of [plain, sealed]) await assertDownloads(server, shared);
  };

  await restart(server, { 'encryption.keys': `${one} ${two}` });
  assert.deepEqual(counts(rekey()), [2, 2, 0]);
  assert.deepEqual(counts(rekey()), [2, 0, 0], 'nothing is left to do');
  assert.equal(isInBlobs(server), false);
  await both();
  await restart(server, { 'encryption.keys': two });
  await both();

  assert.deepEqual(counts(rekey({ 'encryption.keys': keyLine(3) })), [2, 0, 2]);
  await both();
  await restart(server, { 'encryption.enabled': false });
  assert.deepEqual(counts(rekey()), [2, 2, 0]);
  await both();
  await restart(server, { 'encryption.keys': '' });
  await both();
  assert.ok(readFileSync(fileOf(server, sealed)).equals(sealed.bytes));
  await server.dispose();
});
