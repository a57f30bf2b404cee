// How much of files, how many at once, how slowly and how long.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { directBetween, messagesRoute, newUsers, oneMessage } from './support/chat.mjs';
import { until, withDeadline } from './support/deadline.mjs';
import {
  announce,
  announced,
  fileOf,
  incoming,
  put,
  rawSocket,
  statusOf,
  uploadHead,
  uploaded,
} from './support/files.mjs';
import { requestFrom, socketFrom } from './support/from-address.mjs';
import { request, restOf } from './support/rest.mjs';
import { startServer } from './support/server.mjs';
import { assertProblem } from './support/shapes.mjs';

describe('limits of files', () => {
  let tight;
  before(async () => {
    tight = await startServer({
      'limits.enabled': true,
      'limits.connections_per_ip': 0,
      'attachments.bytes_per_user_day': 1_000,
    });
  });
  after(() => tight.dispose());

  test('a user announces so many bytes a day', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await directBetween(tight, alice, bob);
    await announced(tight, alice, id, { name: 'a', size: 600 });
    assertProblem(await announce(tight, alice, id, { name: 'a', size: 401 }), 429, 'rate_limited');
    await announced(tight, bob, id, { name: 'a', size: 1_000 });
    await announced(tight, alice, id, { name: 'a', size: 400 });
  });

  test('a user has two uploads at once', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await directBetween(tight, alice, bob);
    const begin = async () => {
      const { uploadUrl } = await announced(tight, alice, id, { name: 'a', size: 100 });
      const socket = rawSocket(tight, uploadHead(uploadUrl, 'Content-Length: 100\r\nExpect: 100-continue'));
      const answer = await new Promise((done) => socket.once('data', done));
      return { socket, status: statusOf(String(answer)) };
    };
    const all = [await begin(), await begin(), await begin()];
    assert.deepEqual(
      all.map(({ status }) => status),
      [100, 100, 429],
    );
    for (const { socket } of all) socket.destroy();
  });

  test('an upload that is cut leaves nothing', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await directBetween(tight, alice, bob);
    const { uploadUrl, attachmentId } = await announced(tight, alice, id, { name: 'a', size: 100 });
    const socket = rawSocket(tight, `${uploadHead(uploadUrl, 'Content-Length: 100')}half`);
    await until(() => incoming(tight).length === 1, 'it has begun');
    socket.destroy();
    await until(() => incoming(tight).length === 0, 'the partial file is gone');
    assert.equal(existsSync(fileOf(tight, attachmentId)), false);
  });

  test('a link expires', async (t) => {
    const short = await startServer({ 'attachments.url_lifetime_s': 1 });
    t.after(() => short.dispose());
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await directBetween(short, alice, bob);
    const { uploadUrl } = await announced(short, alice, id, { name: 'a', size: 1 });
    const expires = Number(new URL(uploadUrl, short.url).searchParams.get('expires'));
    await until(() => Date.now() >= (expires + 1) * 1_000, 'the link has expired');
    const answer = await put(short, uploadUrl, 'x');
    assert.equal(answer.status, 403);
    assert.equal((await answer.json()).detail, 'the link has expired');
  });
});

test("slow readers of one address leave places to others, and none of the uploads'", async () => {
  const own = await startServer({
    'limits.enabled': true, 'attachments.max_transfers': 3, 'attachments.downloads_per_ip': 2,
  });
  try {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await directBetween(own, alice, bob);
    const file = await uploaded(own, alice, id, Buffer.alloc(12 * 1024 * 1024));
    const { body } = await restOf(own, alice).post(messagesRoute(id), { content: '', attachmentIds: [file] });
    const { attachments } = await oneMessage(own, bob, id, body.messageId);
    const { url } = attachments[0];
    const slow = ['127.0.0.2', '127.0.0.2'].map((address) => {
      const socket = socketFrom(own, address);
      socket.answered = new Promise((resolve) => socket.once('data', () => resolve(socket.pause())));
      socket.write(`GET ${url} HTTP/1.1\r\nHost: parley\r\n\r\n`);
      return socket;
    });
    await withDeadline(Promise.all(slow.map(({ answered }) => answered)), 'they have begun');
    const part = { headers: { Range: 'bytes=0-9' } };
    const third = await requestFrom(own, '127.0.0.2', 'GET', url, part);
    assert.deepEqual([third.status, third.body.code], [429, 'rate_limited']);
    assert.equal((await requestFrom(own, '127.0.0.3', 'GET', url, part)).status, 206);
    await uploaded(own, alice, id, Buffer.from('there is room for uploads'));
    const { body: figures } = await request(own, 'GET', '/metrics');
    assert.match(figures, /^parley_limit_refusals_total\{limit="transfers"\} 1$/m);
    slow.forEach((socket) => socket.destroy());
    const isServed = async () => (await requestFrom(own, '127.0.0.2', 'GET', url, part)).status === 206;
    await until(isServed, 'the places are free again');
  } finally {
    await own.dispose();
  }
});

test('an upload that crawls is cut, one that is slow and honest is not', async () => {
  const own = await startServer({
    'attachments.stall_timeout_ms': 400, 'attachments.min_bytes_per_s': 100, 'hub.keep_alive_ms': 100,
  });
  /// Sends a byte now and then, several in each `stall_timeout_ms`. @returns the status
  const trickle = async (bytesEach, size) => {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await directBetween(own, alice, bob);
    const { uploadUrl } = await announced(own, alice, id, { name: 'a', size });
    const socket = rawSocket(own, uploadHead(uploadUrl, `Content-Length: ${size}`));
    let left = size;
    const pace = setInterval(() => {
      const now = Math.min(left, bytesEach);
      left -= now;
      if (now > 0) socket.write(Buffer.alloc(now));
    }, 50);
    const answer = await withDeadline(new Promise((done) => socket.once('data', done)), 'an answer');
    clearInterval(pace);
    socket.destroy();
    return Number(String(answer).split(' ')[1]);
  };
  try {
    assert.deepEqual(await Promise.all([trickle(1, 1000), trickle(40, 1000)]), [408, 200]);
  } finally {
    await own.dispose();
  }
});
