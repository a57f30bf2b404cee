// The bytes of files: uploads and downloads, their links, and where they are kept.
// Proves R-065, and the upload, path and content-type rows of the abuse table.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { directBetween, messagesRoute, newUsers, oneMessage } from './support/chat.mjs';
import { until } from './support/deadline.mjs';
import {
  announced,
  downloaded,
  fileOf,
  incoming,
  put,
  rawExchange,
  rawSocket,
  sendFiles,
  shared,
  statusOf,
  uploadHead,
  uploaded,
} from './support/files.mjs';
import { request, restOf } from './support/rest.mjs';
import { startServer } from './support/server.mjs';
import { assertProblem } from './support/shapes.mjs';

const APP = 'https://app.example';
let server;
before(async () => {
  server = await startServer({
    'http.allowed_origins': APP,
    'attachments.stall_timeout_ms': 400,
    'hub.keep_alive_ms': 200, // a quarter of it is the server's tick
    'hub.client_timeout_ms': 30_000,
  });
});
after(() => server.dispose());

describe('an upload', () => {
  const withFile = async (size = 5) => {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await directBetween(server, alice, bob);
    const made = await announced(server, alice, id, { name: 'a.bin', size });
    return { alice, id, ...made };
  };
  const problem = async (answer, status, code) =>
    assertProblem({ status: answer.status, headers: answer.headers, body: await answer.json() }, status, code);

  test('of 25 MiB arrives whole', async () => {
    const bytes = randomBytes(25 * 1024 * 1024);
    const { url } = await shared(server, bytes);
    assert.ok(bytes.equals(await downloaded(server, url)));
  });

  test('has the length that was announced', async () => {
    const { uploadUrl, attachmentId } = await withFile();
    await problem(await put(server, uploadUrl, 'four'), 400, 'bad_request');
    await problem(await put(server, uploadUrl, 'sixsix'), 400, 'bad_request');
    assert.equal(existsSync(fileOf(server, attachmentId)), false);
    assert.equal((await put(server, uploadUrl, 'fiver')).status, 200);
  });

  test('over the limit is refused at once, its answer readable while the body still comes', async () => {
    const { uploadUrl } = await withFile();
    await problem(await put(server, uploadUrl, Buffer.alloc(25 * 1024 * 1024 + 1)), 413, 'too_long');
    const huge = await rawExchange(server, uploadHead(uploadUrl, 'Content-Length: 99999999999'), (text) =>
      text.includes('}'),
    );
    assert.equal(statusOf(huge), 413);
  });

  test('says its length', async () => {
    const { uploadUrl } = await withFile();
    const readable = new ReadableStream({
      start(to) {
        to.enqueue(new TextEncoder().encode('fiver'));
        to.close();
      },
    });
    const chunked = await fetch(server.url + uploadUrl, {
      method: 'PUT',
      body: readable,
      duplex: 'half',
    });
    await problem(chunked, 411, 'bad_request');
    assert.equal(statusOf(await rawExchange(server, uploadHead(uploadUrl, 'X-A: b'))), 411);
  });

  test('that stops is over after a while, and leaves nothing', async () => {
    const { uploadUrl, attachmentId } = await withFile(100_000);
    const text = await rawExchange(server, `${uploadHead(uploadUrl, 'Content-Length: 100000')}only this`);
    assert.equal(statusOf(text), 408);
    await until(() => incoming(server).length === 0, 'the partial file is gone');
    assert.equal(existsSync(fileOf(server, attachmentId)), false);
    assert.equal((await put(server, uploadUrl, Buffer.alloc(100_000))).status, 200);
  });

  test('asks whether it may come', async () => {
    const { uploadUrl } = await withFile();
    const asks = uploadHead(uploadUrl, 'Content-Length: 5\r\nExpect: 100-continue');
    const text = await rawExchange(server, asks, (answer) => answer.includes('\r\n\r\n'));
    assert.equal(text, 'HTTP/1.1 100 Continue\r\n\r\n');
    const bad = uploadHead(uploadUrl, 'Content-Length: 6\r\nExpect: 100-continue');
    assert.equal(statusOf(await rawExchange(server, bad, (answer) => answer.includes('}'))), 400);
  });

  test('happens once: the bytes under an id never change', async () => {
    const { uploadUrl } = await withFile();
    assert.equal((await put(server, uploadUrl, 'first')).status, 200);
    await problem(await put(server, uploadUrl, 'other'), 409, 'conflict');
  });

  test('keeps its connection, so that the next request can use it', async () => {
    const { uploadUrl } = await withFile();
    const text = await rawExchange(
      server,
      `${uploadHead(uploadUrl, 'Content-Length: 5')}fiver`,
      (answer) => answer.includes('\r\n\r\n'),
    );
    assert.equal(statusOf(text), 200);
    assert.doesNotMatch(text, /connection: close/i);
  });

  test('needs a link that nobody has changed, for this method', async () => {
    const { uploadUrl, attachmentId } = await withFile();
    const other = (await withFile()).attachmentId;
    for (const bad of [
      uploadUrl.replace('size=5', 'size=6'),
      uploadUrl.replace(/expires=\d+/, 'expires=99999999999'),
      uploadUrl.replace('a.bin', 'b.bin'),
      uploadUrl.replace(/signature=./, 'signature=x'),
      uploadUrl.replace(/&signature=.*/, ''),
      uploadUrl.replace(attachmentId, other),
      uploadUrl.replace(/\?.*/, ''),
    ]) {
      assert.notEqual(bad, uploadUrl);
      await problem(await put(server, bad, 'fiver'), 403, 'forbidden');
    }
    await problem(await fetch(server.url + uploadUrl), 403, 'forbidden');
    const posted = await fetch(server.url + uploadUrl, { method: 'POST', body: 'fiver' });
    await problem(posted, 405, 'bad_request');
  });

  for (const path of ['..%2f..%2furl.key', '%00', '../url.key', '%2e%2e/url.key', 'url.key', '', 'x'.repeat(1_500)]) {
    test(`names an id and no path: ${JSON.stringify(path.slice(0, 30))}`, async () => {
      for (const method of ['GET', 'PUT']) {
        const text = await rawExchange(
          server,
          `${method} /messaging/attachments/${path}?signature=x HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
        );
        assert.equal(statusOf(text), 404);
      }
    });
  }
});

describe('a download', () => {
  test('is a file to be saved, whatever it says it is', async () => {
    const page = Buffer.from('<script>alert(1)</script>');
    const { url } = await shared(server, page, { name: '../../evil.html', type: 'text/html' });
    const answer = await fetch(server.url + url);
    assert.equal(answer.headers.get('content-type'), 'text/html');
    assert.equal(
      answer.headers.get('content-disposition'),
      "attachment; filename*=UTF-8''.._.._evil.html",
    );
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
    assert.equal(answer.headers.get('content-security-policy'), "default-src 'none'; sandbox");
    const [, keptS] = answer.headers.get('cache-control').match(/^private, max-age=(\d+)$/);
    assert.ok(keptS > 500 && keptS <= 600, 'as long as the link is good');
    assert.deepEqual(Buffer.from(await answer.arrayBuffer()), page);
    assert.equal(existsSync(join(server.home, 'evil.html')), false);
  });

  test('needs a link that nobody has changed', async () => {
    const { url, attachmentId } = await shared(server);
    const other = (await shared(server)).attachmentId;
    for (const bad of [
      url.replace(/expires=\d+/, 'expires=99999999999'),
      url.replace('a.bin', 'a.html'),
      url.replace('octet-stream', 'x'),
      url.replace(/signature=./, 'signature=x'),
      url.replace(attachmentId, other),
      url.replace(/\?.*/, ''),
    ]) {
      assert.notEqual(bad, url);
      assert.equal((await fetch(server.url + bad)).status, 403);
    }
    assert.equal((await put(server, url, 'x')).status, 403);
  });

  test('can be of one part', async () => {
    const { url, bytes, attachmentId } = await shared(server);
    const part = async (range, more = {}) => {
      const answer = await fetch(server.url + url, { headers: { range, ...more } });
      return {
        status: answer.status,
        range: answer.headers.get('content-range'),
        body: Buffer.from(await answer.arrayBuffer()),
      };
    };
    for (const [range, from, to] of [
      ['bytes=0-9', 0, 10],
      ['bytes=990-', 990, 1_000],
      ['bytes=-1', 999, 1_000],
      ['bytes=500-5000', 500, 1_000],
    ]) {
      const got = await part(range);
      assert.equal(got.status, 206, range);
      assert.equal(got.range, `bytes ${from}-${to - 1}/1000`);
      assert.deepEqual(got.body, bytes.subarray(from, to));
    }
    for (const range of ['bytes=1000-', 'bytes=0-1,5-6', 'bytes=5-4', 'bytes=-0', 'bytes=x']) {
      const got = await part(range);
      assert.equal(got.status, 416, range);
      assert.equal(got.range, 'bytes */1000');
    }
    assert.equal((await part('bytes=0-9', { 'if-range': `"${attachmentId}"` })).status, 206);
    assert.equal((await part('bytes=0-9', { 'if-range': '"another"' })).status, 200);
  });

  test('can be asked about', async () => {
    const { url } = await shared(server);
    const answer = await fetch(server.url + url, { method: 'HEAD' });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('content-length'), '1000');
    assert.equal(answer.headers.get('accept-ranges'), 'bytes');
  });

  test('that nobody reads is cut', async () => {
    const { url } = await shared(server, Buffer.alloc(20 * 1024 * 1024));
    const socket = rawSocket(server, `GET ${url} HTTP/1.1\r\nHost: x\r\n\r\n`);
    socket.pause();
    const opened = () =>
      openFiles(server.process.pid).some((path) => /attachments\/..\//.test(path)); // not the lock
    await until(opened, 'the download has begun');
    await until(() => !opened(), 'the server has closed the file');
    socket.destroy();
  });
});

describe('a page of an allowed origin', () => {
  test('may upload and download', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await directBetween(server, alice, bob);
    const file = { name: 'a', size: 5, type: 'text/plain' };
    const { attachmentId, uploadUrl } = await announced(server, alice, id, file);
    const asked = await request(server, 'OPTIONS', uploadUrl, {
      headers: { origin: APP, 'access-control-request-method': 'PUT' },
    });
    assert.equal(asked.status, 204);
    assert.match(asked.headers.get('access-control-allow-methods'), /PUT/);
    assert.match(asked.headers.get('access-control-allow-headers'), /range/);
    const done = await put(server, uploadUrl, 'fiver', { origin: APP });
    assert.equal(done.status, 200);
    assert.equal(done.headers.get('access-control-allow-origin'), APP);
    const { body } = await sendFiles(server, alice, id, [attachmentId]);
    const { attachments } = await oneMessage(server, bob, id, body.messageId);
    const got = await fetch(server.url + attachments[0].url, { headers: { origin: APP } });
    assert.equal(got.headers.get('access-control-allow-origin'), APP);
    assert.match(got.headers.get('access-control-expose-headers'), /content-disposition/);
    const refused = await put(server, uploadUrl, 'fiver', { origin: APP });
    assert.equal(refused.headers.get('access-control-allow-origin'), APP);
  });
});

test('a file that was uploaded before a crash can be sent after it', async () => {
  const crashing = await startServer();
  try {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await directBetween(crashing, alice, bob);
    const file = await uploaded(crashing, alice, id, Buffer.from('survivor'));
    const half = await announced(crashing, alice, id, { name: 'a', size: 100 });
    rawSocket(crashing, `${uploadHead(half.uploadUrl, 'Content-Length: 100')}half`);
    await until(() => incoming(crashing).length === 1, 'the second upload has begun');
    await crashing.kill9();
    await crashing.start();
    assert.deepEqual(incoming(crashing), []);
    assert.equal((await put(crashing, half.uploadUrl, Buffer.alloc(100))).status, 200);
    const { body } = await restOf(crashing, alice).post(messagesRoute(id), {
      content: '',
      attachmentIds: [file, half.attachmentId],
    });
    const { attachments } = await oneMessage(crashing, bob, id, body.messageId);
    assert.equal(String(await downloaded(crashing, attachments[0].url)), 'survivor');
  } finally {
    await crashing.dispose();
  }
});

test('with S3 clients are sent there, with what they need and no more', async () => {
  const s3 = await startServer({
    'attachments.store': 's3',
    'attachments.s3_endpoint': 'https://s3.example',
    'attachments.s3_bucket': 'chat',
    'attachments.s3_access_key': 'AKIDEXAMPLE',
    'attachments.s3_secret_key': 'a-secret-that-must-not-show',
  });
  try {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await directBetween(s3, alice, bob);
    const file = { name: 'a b.png', type: 'image/png', size: 5 };
    const { attachmentId, uploadUrl } = await announced(s3, alice, id, file);
    const upload = new URL(uploadUrl);
    assert.equal(upload.origin + upload.pathname, `https://s3.example/chat/${attachmentId}`);
    assert.equal(upload.searchParams.get('X-Amz-SignedHeaders'), 'content-length;host');
    const { body } = await restOf(s3, alice).post(messagesRoute(id), {
      content: '',
      attachmentIds: [attachmentId],
    });
    const message = await oneMessage(s3, bob, id, body.messageId);
    const link = new URL(message.attachments[0].url);
    assert.equal(
      link.searchParams.get('response-content-disposition'),
      "attachment; filename*=UTF-8''a%20b.png",
    );
    assert.equal(link.searchParams.get('X-Amz-Expires'), '600');
    assert.doesNotMatch(JSON.stringify(message) + uploadUrl + s3.log, /must-not-show/);
    assert.equal((await fetch(`${s3.url}/messaging/attachments/${attachmentId}`)).status, 404);
  } finally {
    await s3.dispose();
  }
});

function openFiles(pid) {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/${pid}/fd/${fd}`)];
    } catch {
      return [];
    }
  });
}
