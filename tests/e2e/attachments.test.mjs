// Files that go out with messages: announced, uploaded, named, downloaded, refused, removed.
// Proves for attachments, and the upload, path and content-type
// rows of the abuse table.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import {
  LOBBY,
  MISSING,
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
import { CLASSIC, connect } from './support/client.mjs';
import { until, withDeadline } from './support/deadline.mjs';
import {
  announce,
  announced,
  downloaded,
  put,
  rawExchange,
  rawSocket,
  uploaded,
} from './support/files.mjs';
import { requestFrom, socketFrom } from './support/from-address.mjs';
import { request, restOf } from './support/rest.mjs';
import { startServer } from './support/server.mjs';
import { GUID, assertKeys, assertProblem, assertRefused, assertShape } from './support/shapes.mjs';

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

const folder = (on = server) => join(on.home, 'data/attachments');
const incoming = (on = server) => readdirSync(join(folder(on), 'incoming'));
const suffixOf = (on) => (on.settings['encryption.enabled'] ? '.sealed' : '');
const fileOf = (id, on = server) => join(folder(on), id.slice(-2), id + suffixOf(on));
const send = (sub, conversationId, attachmentIds, more = {}) =>
  restOf(server, sub).post(messagesRoute(conversationId), { content: '', attachmentIds, ...more });

const head = (url, more) => `PUT ${url} HTTP/1.1\r\nHost: x\r\n${more}\r\n\r\n`;
const statusOf = (text) => Number(text.split(' ')[1]);

test('what one connection sends keeps its order, with files, replies and repeats in it', async () => {
  const [alice, bob] = newUsers('alice', 'bob');
  const id = await directBetween(server, alice, bob);
  const client = await joined(server, alice, id);
  const { messageId: question } = await say(client, id, 'question');
  const expected = ['question'];
  const sends = [];
  const send = (content, more) => {
    expected.push(content);
    sends.push(client.invoke('Send', { conversationId: id, content, ...more }));
  };
  for (let round = 0; round < 10; ++round) {
    const attachmentId = await uploaded(server, alice, id, randomBytes(100));
    send(`photo ${round}`, { attachmentIds: [attachmentId], clientMessageId: `photo-${round}` });
    send(`plain ${round}`);
    send(`reply ${round}`, { replyTo: question });
    send(`plain again ${round}`);
    sends.push(
      client.invoke('Send', {
        conversationId: id,
        content: `photo ${round}`,
        attachmentIds: [attachmentId],
        clientMessageId: `photo-${round}`,
      }),
    );
    send(`last ${round}`);
  }
  await Promise.all(sends);
  const stored = await wholeHistory(server, bob, id);
  assert.deepEqual(
    stored.map(({ content }) => content),
    expected,
  );
});

/// Alice and Bob, their conversation, and a file of Alice's in a message of it.
async function shared(bytes = randomBytes(1_000), file = {}) {
  const [alice, bob] = newUsers('alice', 'bob');
  const id = await directBetween(server, alice, bob);
  const attachmentId = await uploaded(server, alice, id, bytes, file);
  const { status, body } = await send(alice, id, [attachmentId]);
  assert.equal(status, 200, JSON.stringify(body));
  const message = await oneMessage(server, bob, id, body.messageId);
  return { alice, bob, id, attachmentId, message, url: message.attachments[0].url, bytes };
}

describe('a message with files', () => {
  test('shows them wherever it is shown, and members get the bytes', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await directBetween(server, alice, bob);
    const [sender, receiver] = [
      await joined(server, alice, id),
      await joined(server, bob, id),
    ];
    const picture = randomBytes(300_000);
    const ids = [
      await uploaded(server, alice, id, picture, { name: 'café "1".png', type: 'image/png' }),
      await uploaded(server, alice, id, Buffer.from('hello'), { name: 'a.txt', type: 'text/plain' }),
    ];
    const ack = await say(sender, id, 'look', { attachmentIds: ids });
    assertShape(ack, 'ack');
    const expected = [
      { id: ids[0], fileName: 'café "1".png', contentType: 'image/png', size: 300_000 },
      { id: ids[1], fileName: 'a.txt', contentType: 'text/plain', size: 5 },
    ];
    const check = async (message) => {
      assert.deepEqual(
        message.attachments.map(({ url, ...rest }) => rest),
        expected,
      );
      assert.deepEqual(await downloaded(server, message.attachments[0].url), picture);
      assert.equal(String(await downloaded(server, message.attachments[1].url)), 'hello');
    };
    const isIt = ({ messageId }) => messageId === ack.messageId;
    const [event] = await receiver.waitFor('MessageReceived', isIt);
    assertShape(event, 'MessageReceived');
    await check(event);
    await check((await sender.waitFor('MessageReceived', isIt))[0]);
    await check(await oneMessage(server, bob, id, ack.messageId));
    await check((await wholeHistory(server, bob, id)).at(-1));
    await check((await chatRow(server, bob, id)).lastMessage);
    const { messages } = await receiver.invoke('GetMessages', { conversationId: id });
    await check(messages.at(-1));
    const [{ events }] = await receiver.invoke('CatchUp', [{ conversationId: id, afterSeq: 0 }]);
    await check(events.at(-1).data);
  });

  test('needs no text, and reaches classic clients as text alone', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await directBetween(server, alice, bob);
    const old = await connect(server, bob, { path: CLASSIC });
    const ids = [await uploaded(server, alice, id, Buffer.from('x'))];
    assert.equal((await send(alice, id, ids, { content: 'with a file' })).status, 200);
    assert.deepEqual(await old.waitFor('ReceiveMessage'), [alice, 'with a file']);
    const more = [await uploaded(server, alice, id, Buffer.from('y'))];
    assert.equal((await send(alice, id, more)).status, 200);
    assertProblem(await send(alice, id, []), 400, 'bad_request');
  });

  test('can lose its text but not its files in an edit, and shows none once deleted', async () => {
    const { alice, bob, id, message, url } = await shared();
    const rest = restOf(server, alice);
    const edited = await rest.patch(`/messaging/messages/${message.id}`, { content: '' });
    assert.equal(edited.status, 200);
    assert.equal((await oneMessage(server, bob, id, message.id)).attachments.length, 1);
    assert.equal((await rest.delete(`/messaging/messages/${message.id}`)).status, 200);
    assert.equal((await oneMessage(server, bob, id, message.id)).attachments, undefined);
    assert.equal((await fetch(server.url + url)).status, 200, 'a link lives until it expires');
  });

  test('is answered the same when it is sent again, and is another with other files', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await directBetween(server, alice, bob);
    const ids = [
      await uploaded(server, alice, id, Buffer.from('1')),
      await uploaded(server, alice, id, Buffer.from('2')),
    ];
    const key = { clientMessageId: 'k' };
    const first = await send(alice, id, [ids[0]], key);
    assert.equal(first.status, 200);
    assert.deepEqual((await send(alice, id, [ids[0]], key)).body, first.body);
    assertProblem(await send(alice, id, [ids[1]], key), 409, 'id_conflict');
    assertProblem(await send(alice, id, [], { ...key, content: 'x' }), 409, 'id_conflict');
    assert.equal((await send(alice, id, [ids[1]])).status, 200, 'a refused send loses no file');
    assert.equal((await wholeHistory(server, bob, id)).length, 2);
  });

  test('is stored once when it is sent several times at once', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await directBetween(server, alice, bob);
    const ids = [await uploaded(server, alice, id, Buffer.from('1'))];
    const again = () => send(alice, id, ids, { clientMessageId: 'k' });
    const answers = await Promise.all([1, 2, 3, 4, 5, 6].map(again));
    for (const { status, body } of answers) {
      assert.equal(status, 200, JSON.stringify(body));
      assert.deepEqual(body, answers[0].body);
    }
    assert.equal((await wholeHistory(server, bob, id)).length, 1);
  });

  test('reaches the lobby like any other', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const receiver = await joined(server, bob, LOBBY);
    const ids = [await uploaded(server, alice, LOBBY, Buffer.from('lobby'))];
    const { body } = await send(alice, LOBBY, ids);
    const isIt = ({ messageId }) => messageId === body.messageId;
    const [event] = await receiver.waitFor('MessageReceived', isIt);
    assert.equal(String(await downloaded(server, event.attachments[0].url)), 'lobby');
  });
});

describe('announcing', () => {
  test('answers an id and a URL', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await directBetween(server, alice, bob);
    const made = await announced(server, alice, id, { name: 'a', size: 0 });
    assertKeys(made, ['attachmentId', 'uploadUrl']);
    assert.match(made.attachmentId, GUID);
    assert.ok(made.uploadUrl.startsWith(`/messaging/attachments/${made.attachmentId}?`));
    assert.equal((await put(server, made.uploadUrl, '')).status, 200, 'an empty file is one');
  });

  test('is for members: a stranger hears what a missing conversation says', async () => {
    const [alice, bob, mallory] = newUsers('alice', 'bob', 'mallory');
    const id = await directBetween(server, alice, bob);
    const file = { name: 'a', size: 1 };
    const answers = [
      await announce(server, mallory, id, file),
      await announce(server, mallory, MISSING, file),
      await announce(server, mallory, 'no id', file),
    ];
    for (const answer of answers) {
      assertProblem(answer, 404, 'not_found');
      assert.deepEqual(answer.body, answers[1].body);
    }
    const anonymous = await request(server, 'POST', '/messaging/attachments', { body: {} });
    assert.equal(anonymous.status, 401);
  });

  test('refuses what is no file', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await directBetween(server, alice, bob);
    const good = { conversationId: id, fileName: 'a', contentType: 'text/plain', size: 1 };
    for (const [change, status, code] of [
      [{ fileName: '' }, 400, 'bad_request'],
      [{ fileName: 'x'.repeat(256) }, 400, 'bad_request'],
      [{ fileName: 'a\r\nb' }, 400, 'bad_request'],
      [{ fileName: 'a\0b' }, 400, 'bad_request'],
      [{ fileName: null }, 400, 'bad_request'],
      [{ contentType: 'png' }, 400, 'bad_request'],
      [{ contentType: 'text/html\r\nx: y' }, 400, 'bad_request'],
      [{ size: -1 }, 400, 'bad_request'],
      [{ size: 1.5 }, 400, 'bad_request'],
      [{ size: null }, 400, 'bad_request'],
      [{ size: 25 * 1024 * 1024 + 1 }, 422, 'limit'],
    ]) {
      const body = { ...good, ...change };
      const answer = await restOf(server, alice).post('/messaging/attachments', body);
      assertProblem(answer, status, code);
    }
  });
});

describe('naming a file in a message', () => {
  test('is for its uploader, in its conversation, once, when it is complete', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await directBetween(server, alice, bob);
    const group = await groupOf(server, alice, [bob]);
    const file = await uploaded(server, alice, id, Buffer.from('x'));
    const { attachmentId: empty } = await announced(server, alice, id, { name: 'a', size: 5 });
    assertProblem(await send(bob, id, [file]), 404, 'not_found');
    assertProblem(await send(alice, group, [file]), 404, 'not_found');
    assertProblem(await send(alice, id, [MISSING]), 404, 'not_found');
    assertProblem(await send(alice, id, [file, MISSING]), 404, 'not_found');
    assertProblem(await send(alice, id, [empty]), 409, 'conflict');
    assertProblem(await send(alice, id, [file, file]), 400, 'bad_request');
    assertProblem(await send(alice, id, ['x']), 400, 'bad_request');
    assert.equal((await send(alice, id, [file])).status, 200);
    assertProblem(await send(alice, id, [file]), 409, 'conflict');
    const client = await connect(server, alice);
    await assertRefused(say(client, id, 'x', { attachmentIds: [file] }), 'Send', 'conflict');
  });

  test('wins once when two messages race for it', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await directBetween(server, alice, bob);
    const file = await uploaded(server, alice, id, Buffer.from('x'));
    const answers = await Promise.all([1, 2, 3, 4].map(() => send(alice, id, [file])));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409, 409, 409]);
    assert.equal((await wholeHistory(server, bob, id)).length, 1);
  });

  test('takes ten, not eleven', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await directBetween(server, alice, bob);
    const ids = [];
    for (let i = 0; i < 11; ++i) ids.push(await uploaded(server, alice, id, Buffer.from('x')));
    assertProblem(await send(alice, id, ids), 422, 'limit');
    const { status, body } = await send(alice, id, ids.slice(1));
    assert.equal(status, 200);
    const { attachments } = await oneMessage(server, bob, id, body.messageId);
    assert.deepEqual(
      attachments.map(({ id: one }) => one),
      ids.slice(1),
    );
  });

  test('is over for who was removed, and so is getting a link', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await groupOf(server, alice, [bob]);
    const file = await uploaded(server, bob, id, Buffer.from('x'));
    const participants = `/messaging/conversations/${id}/participants`;
    assert.equal((await restOf(server, alice).delete(`${participants}/${bob}`)).status, 200);
    assertProblem(await send(bob, id, [file]), 404, 'not_found');
    assertProblem(await announce(server, bob, id, { name: 'a', size: 1 }), 404, 'not_found');
    assertProblem(await restOf(server, bob).get(messagesRoute(id)), 404, 'not_found');
  });
});

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
    const { url } = await shared(bytes);
    assert.ok(bytes.equals(await downloaded(server, url)));
  });

  test('has the length that was announced', async () => {
    const { uploadUrl, attachmentId } = await withFile();
    await problem(await put(server, uploadUrl, 'four'), 400, 'bad_request');
    await problem(await put(server, uploadUrl, 'sixsix'), 400, 'bad_request');
    assert.equal(existsSync(fileOf(attachmentId)), false);
    assert.equal((await put(server, uploadUrl, 'fiver')).status, 200);
  });

  test('over the limit is refused at once, its answer readable while the body still comes', async () => {
    const { uploadUrl } = await withFile();
    await problem(await put(server, uploadUrl, Buffer.alloc(25 * 1024 * 1024 + 1)), 413, 'too_long');
    const huge = await rawExchange(server, head(uploadUrl, 'Content-Length: 99999999999'), (text) =>
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
    assert.equal(statusOf(await rawExchange(server, head(uploadUrl, 'X-A: b'))), 411);
  });

  test('that stops is over after a while, and leaves nothing', async () => {
    const { uploadUrl, attachmentId } = await withFile(100_000);
    const text = await rawExchange(server, `${head(uploadUrl, 'Content-Length: 100000')}only this`);
    assert.equal(statusOf(text), 408);
    await until(() => incoming().length === 0, 'the partial file is gone');
    assert.equal(existsSync(fileOf(attachmentId)), false);
    assert.equal((await put(server, uploadUrl, Buffer.alloc(100_000))).status, 200);
  });

  test('asks whether it may come', async () => {
    const { uploadUrl } = await withFile();
    const asks = head(uploadUrl, 'Content-Length: 5\r\nExpect: 100-continue');
    const text = await rawExchange(server, asks, (answer) => answer.includes('\r\n\r\n'));
    assert.equal(text, 'HTTP/1.1 100 Continue\r\n\r\n');
    const bad = head(uploadUrl, 'Content-Length: 6\r\nExpect: 100-continue');
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
      `${head(uploadUrl, 'Content-Length: 5')}fiver`,
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
    const { url } = await shared(page, { name: '../../evil.html', type: 'text/html' });
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
    const { url, attachmentId } = await shared();
    const other = (await shared()).attachmentId;
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
    const { url, bytes, attachmentId } = await shared();
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
    const { url } = await shared();
    const answer = await fetch(server.url + url, { method: 'HEAD' });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('content-length'), '1000');
    assert.equal(answer.headers.get('accept-ranges'), 'bytes');
  });

  test('that nobody reads is cut', async () => {
    const { url } = await shared(Buffer.alloc(20 * 1024 * 1024));
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
    const { body } = await send(alice, id, [attachmentId]);
    const { attachments } = await oneMessage(server, bob, id, body.messageId);
    const got = await fetch(server.url + attachments[0].url, { headers: { origin: APP } });
    assert.equal(got.headers.get('access-control-allow-origin'), APP);
    assert.match(got.headers.get('access-control-expose-headers'), /content-disposition/);
    const refused = await put(server, uploadUrl, 'fiver', { origin: APP });
    assert.equal(refused.headers.get('access-control-allow-origin'), APP);
  });
});

describe('limits', () => {
  let tight;
  before(async () => {
    tight = await startServer({
      'limits.enabled': true,
      'limits.connections_per_ip': 0,
      'attachments.bytes_per_user_day': 1_000,
      'attachments.url_lifetime_s': 1,
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
      const socket = rawSocket(tight, head(uploadUrl, 'Content-Length: 100\r\nExpect: 100-continue'));
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
    const socket = rawSocket(tight, `${head(uploadUrl, 'Content-Length: 100')}half`);
    await until(() => incoming(tight).length === 1, 'it has begun');
    socket.destroy();
    await until(() => incoming(tight).length === 0, 'the partial file is gone');
    assert.equal(existsSync(fileOf(attachmentId, tight)), false);
  });

  test('a link expires', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await directBetween(tight, alice, bob);
    const { uploadUrl } = await announced(tight, alice, id, { name: 'a', size: 1 });
    const expires = Number(new URL(uploadUrl, tight.url).searchParams.get('expires'));
    await until(() => Date.now() >= (expires + 1) * 1_000, 'the link has expired');
    const answer = await put(tight, uploadUrl, 'x');
    assert.equal(answer.status, 403);
    assert.equal((await answer.json()).detail, 'the link has expired');
  });
});

test('files that no message names are removed, the others stay', async () => {
  const brief = await startServer({
    'attachments.keep_unused_s': 1,
    'attachments.sweep_interval_ms': 100,
    'storage.give_up_ms': 100,
  });
  try {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await directBetween(brief, alice, bob);
    const used = await uploaded(brief, alice, id, Buffer.from('used'));
    const rest = restOf(brief, alice);
    const sent = await rest.post(messagesRoute(id), { content: '', attachmentIds: [used] });
    assert.equal(sent.status, 200);
    const unused = await uploaded(brief, alice, id, Buffer.from('unused'));
    await until(() => !existsSync(fileOf(unused, brief)), 'the unused file is gone');
    assert.ok(existsSync(fileOf(used, brief)));
    const late = await rest.post(messagesRoute(id), { content: '', attachmentIds: [unused] });
    assertProblem(late, 404, 'not_found');
    const counted = 'parley_job_found_total{job="remove-unused-attachments"} 1\n';
    const isCounted = async () =>
      (await request(brief, 'GET', '/metrics')).body.includes(counted);
    await until(isCounted, 'the job has counted it');
  } finally {
    await brief.dispose();
  }
});

test('a file that was uploaded before a crash can be sent after it', async () => {
  const crashing = await startServer();
  try {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await directBetween(crashing, alice, bob);
    const file = await uploaded(crashing, alice, id, Buffer.from('survivor'));
    const half = await announced(crashing, alice, id, { name: 'a', size: 100 });
    rawSocket(crashing, `${head(half.uploadUrl, 'Content-Length: 100')}half`);
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
    const socket = rawSocket(own, head(uploadUrl, `Content-Length: ${size}`));
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
