// Values that are meant to be more than data: nothing in them is believed, run or interpreted.
// Proves the value rows of docs/limits.md and.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { encode } from '@msgpack/msgpack';
import { chatRow, directBetween, groupOf, messagesRoute, newUser, newUsers, page, post } from './support/chat.mjs';
import { connect } from './support/client.mjs';
import { OPCODE } from './support/frames.mjs';
import { MESSAGEPACK_HANDSHAKE, assertEndsInError, connectRaw, invocation, openRaw } from './support/raw.mjs';
import { request, restOf } from './support/rest.mjs';
import { startServer } from './support/server.mjs';
import { assertProblem } from './support/shapes.mjs';

let server;
let alice;
let bob;
let pair;
before(async () => {
  server = await startServer({ 'auth.accounts': true });
  [alice, bob] = newUsers('alice', 'bob');
  pair = await directBetween(server, alice, bob);
});
after(() => server.dispose());

const nested = (depth) => '['.repeat(depth) + ']'.repeat(depth);
const manyKeys = (count) =>
  `{${Array.from({ length: count }, (_, i) => `"k${i}":${i}`).join(',')}}`;
const sendBody = (extra) => `{"content":"hello",${extra}}`;
const postText = (body) =>
  request(server, 'POST', messagesRoute(pair), { token: restOf(server, alice).token, body });

describe('a JSON body', () => {
  const BAD = {
    'nested 33 deep': sendBody(`"x":${nested(32)}`),
    'nested 100,000 deep': nested(100_000),
    'with 10,000 keys': sendBody(`"x":${manyKeys(10_000)}`),
    'with 10,000 values': sendBody(`"x":[${'0,'.repeat(9_999)}0]`),
    'with NaN': sendBody('"x":NaN'),
    'with Infinity': sendBody('"x":-Infinity'),
    'with a number beyond all numbers': sendBody('"x":1e400'),
    'with a lone surrogate': '{"content":"\\ud800"}',
    'with a NUL byte': '{"content":"a\0b"}',
    'with invalid UTF-8': Buffer.from('{"content":"\xff"}', 'latin1'),
    'with a comment': '{/* */"content":"hello"}',
    'with something behind it': '{"content":"hello"}{}',
    'that is a list': '["hello"]',
    'that is empty text': ' ',
  };
  for (const [name, body] of Object.entries(BAD)) {
    test(`${name} is 400`, async () => {
      const headers = { authorization: `Bearer ${restOf(server, alice).token}` };
      const response = await fetch(server.url + messagesRoute(pair), { method: 'POST', headers, body });
      assert.equal(response.status, 400);
      assert.equal((await response.json()).code, 'bad_request');
    });
  }

  test('32 deep, and of 8,000 values, is read', async () => {
    assert.equal((await postText(sendBody(`"x":${nested(31)}`))).status, 200);
    assert.equal((await postText(sendBody(`"x":[${'0,'.repeat(7_900)}0]`))).status, 200);
  });

  test('10,000 keys are refused before they cost anything', async (t) => {
    const body = sendBody(`"x":${manyKeys(10_000)}`);
    const times = [];
    for (let i = 0; i < 50; ++i) {
      const start = performance.now();
      assert.equal((await postText(body)).status, 400);
      times.push(performance.now() - start);
    }
    const median = times.sort((a, b) => a - b)[25];
    t.diagnostic(`median ${median.toFixed(2)} ms for a body of ${body.length} bytes`);
    assert.ok(median < 100, `${median} ms`);
  });

  test('of a key that is there twice the last counts, as in JavaScript', async () => {
    const { status } = await postText('{"content":"first","content":"second"}');
    assert.equal(status, 200);
    assert.equal((await page(server, bob, pair)).messages.at(-1).content, 'second');
  });
});

describe('a hub record', () => {
  const argument = (json) => `{"type":1,"invocationId":"1","target":"Send","arguments":[${json}]}\x1e`;
  const BAD = {
    'of more than 4,096 values': argument(`[${'0,'.repeat(4_100)}0]`),
    'with NaN': argument('NaN'),
    'with a number beyond all numbers': argument('1e400'),
    'with a NUL byte': argument('"a\0b"'),
  };
  for (const [name, bytes] of Object.entries(BAD)) {
    test(`${name} ends the connection`, async () => {
      const socket = await connectRaw(server, alice);
      socket.send(bytes);
      await assertEndsInError(socket);
    });
  }

  const packed = (bytes) => Buffer.concat([Buffer.from([0x80 | (bytes.length & 0x7f), bytes.length >> 7]), bytes]);
  const PACKED = {
    'a list that says it has 2^32-1 items': Buffer.from([0xdd, 0xff, 0xff, 0xff, 0xff, ...Array(200).fill(0xc0)]),
    'a thousand lists in each other': Buffer.alloc(1_000, 0x91),
    'more than 4,096 values': Buffer.from(encode([1, {}, '1', 'Send', [Array(5_000).fill(0)]])),
  };
  for (const [name, bytes] of Object.entries(PACKED)) {
    test(`of MessagePack with ${name} ends the connection`, async () => {
      const socket = await openRaw(server, alice, { binary: true });
      socket.send(MESSAGEPACK_HANDSHAKE);
      await socket.next();
      socket.sendFrame(packed(bytes), { opcode: OPCODE.binary });
      const [[type, error]] = (await socket.untilClosed()).records;
      assert.deepEqual([type, error], [7, 'Connection closed with an error.']);
    });
  }
});

describe('fields nobody asked for are never bound', () => {
  const LIES = {
    id: pair, messageId: '0190f000-0000-7000-8000-000000000001', senderId: 'mallory', sender: 'mallory',
    seq: 1_000_000, ordinal: 7, createdAt: '1999-01-01T00:00:00Z', deletedAt: '1999-01-01T00:00:00Z',
    status: 'Read', role: 'Owner', createdBy: 'mallory', __proto__: null,
  };
  async function assertHonest(content) {
    const { messages } = await page(server, bob, pair);
    const message = messages.find((one) => one.content === content);
    const age = Date.now() - Date.parse(message.createdAt);
    assert.equal(message.senderId, alice);
    assert.ok(message.seq < 1_000 && age < 60_000 && message.deletedAt === undefined);
    assert.notEqual(message.id, LIES.messageId);
  }

  test('in a message by REST', async () => {
    assert.equal((await restOf(server, alice).post(messagesRoute(pair), { ...LIES, content: 'by REST' })).status, 200);
    await assertHonest('by REST');
  });

  test('in a message by hub', async () => {
    const client = await connect(server, alice);
    await client.invoke('Send', { ...LIES, conversationId: pair, content: 'by hub' });
    await assertHonest('by hub');
  });

  test('in a new conversation', async () => {
    const body = { ...LIES, type: 'Group', participantIds: [bob], owner: bob, roles: { [bob]: 'Owner' } };
    const { body: made } = await restOf(server, alice).post('/messaging/conversations', body);
    const { participants } = await chatRow(server, bob, made.conversationId);
    const roles = Object.fromEntries(participants.map(({ userId, role }) => [userId, role]));
    assert.deepEqual(roles, { [alice]: 'owner', [bob]: 'member' });
  });

  test('in a registration', async () => {
    const userName = newUser('ada').toLowerCase();
    const body = { userName, password: 'correct horse', userId: alice, role: 'Owner', sub: alice };
    const { status, body: made } = await request(server, 'POST', '/auth/register', { body });
    assert.equal(status, 201);
    assert.notEqual(made.userId, alice);
  });
});

describe('limits and pages out of bounds are 400', () => {
  for (const query of [
    'limit=-1', 'limit=0', 'limit=201', 'limit=1000000000', 'limit=abc', 'limit=', 'limit=1.5', 'limit=0x10',
    'limit=99999999999999999999999', 'pageNumber=0', 'pageNumber=-1', 'pageNumber=abc', 'pageSize=0',
    'pageSize=201', 'pageSize=1e9', 'before=abc', 'after=-1', 'around=x', 'before=5&after=1',
    "limit=10'%20OR%20'1'='1",
  ]) {
    test(query, async () => {
      assertProblem(await restOf(server, alice).get(`${messagesRoute(pair)}?${query}`), 400, 'bad_request');
    });
  }

  test('of the chat list too', async () => {
    for (const query of ['limit=0', 'limit=201', 'before=x', 'before=2026-01-01T00:00:00.000Z|nope'])
      assertProblem(await restOf(server, alice).get(`/messaging/conversations?${query}`), 400, 'bad_request');
  });

  test('a page of the last number is empty, not an error, and costs nothing', async () => {
    const { messages } = await page(server, alice, pair, '?pageNumber=18446744073709551615&pageSize=200');
    assert.deepEqual(messages, []);
  });
});

const SQL = ["' OR '1'='1", "'; DROP TABLE messages; --", '%', '_', '\\', '"', '`', '\\0', '$1', '?', "\\'; SELECT 1"];

describe('SQL is data', () => {
  for (const evil of SQL) {
    test(evil, async () => {
      const call = restOf(server, alice);
      const named = encodeURIComponent(evil);
      assert.equal(await post(server, alice, pair, evil).then(() => 'stored'), 'stored');
      const { messages } = await page(server, bob, pair);
      assert.equal(messages.at(-1).content, evil);
      assertProblem(await call.get(`/messaging/conversations/${named}/messages`), 404, 'not_found');
      assertProblem(await call.get(`/messaging/conversations/by-case/${named}/messages`), 404, 'not_found');
      assertProblem(await call.delete(`/messaging/messages/${named}`), 404, 'not_found');
      const { body } = await call.post('/messaging/conversations', {
        type: 'Group', participantIds: [bob], title: evil, caseId: `${evil} ${newUser('case')}`,
      });
      assert.equal((await chatRow(server, alice, body.conversationId)).title, evil);
      const client = await connect(server, alice);
      await assert.rejects(client.invoke('SendToGroup', evil, 'x'), /not_found/);
      const token = await request(server, 'POST', '/auth/token', { body: { userName: evil, password: evil } });
      assert.equal(token.status, 401);
      await client.stop();
    });
  }

  test('a wildcard names no group but its own', async () => {
    const client = await connect(server, alice);
    await client.invoke('JoinGroup', newUser('wild'));
    for (const name of ['wild%', 'wild_', '%'])
      await assert.rejects(client.invoke('SendToGroup', name, 'x'), /not_found/);
    await client.stop();
  });
});

describe('markup and invisible characters', () => {
  const SCRIPT = '<script>alert(1)</script><img src=x onerror=alert(1)>';
  const TURNED = 'user\u202etxt.exe';

  test('in a message they are text', async () => {
    for (const content of [SCRIPT, TURNED, 'a\u200bb', `e${'\u0301'.repeat(200)}`, 'http://127.0.0.1:1/x'])
      await post(server, alice, pair, content);
    const { messages } = await page(server, bob, pair, '?pageSize=5');
    assert.equal(messages[0].content, SCRIPT);
    assert.equal(messages[1].content, TURNED);
  });

  test('markup in a title is text, and is never served as a page', async () => {
    const id = await groupOf(server, alice, [bob], SCRIPT);
    assert.equal((await chatRow(server, bob, id)).title, SCRIPT);
    const { headers } = await restOf(server, bob).get('/messaging/conversations');
    assert.equal(headers.get('content-type'), 'application/json');
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
  });

  const UNFIT = {
    'a direction override': TURNED, 'a direction isolate': 'a\u2066b', 'a direction mark': 'a\u200fb',
    'a zero-width space': 'a\u200bb', 'a byte order mark': '\ufeffa', 'a NUL': 'a\u0000b', 'a line break': 'a\nb',
    'an escape': '\u001b[31mred', 'a C1 control': 'a\u0085b', 'a line separator': 'a\u2028b', 'a tag': 'a\u{e0041}b',
  };
  for (const [name, title] of Object.entries(UNFIT)) {
    test(`${name} is not allowed in titles and names`, async () => {
      const call = restOf(server, alice);
      const made = { type: 'Group', participantIds: [bob], title };
      assertProblem(await call.post('/messaging/conversations', made), 400, 'bad_request');
      const id = await groupOf(server, alice, [bob]);
      assertProblem(await call.patch(`/messaging/conversations/${id}`, { title }), 400, 'bad_request');
      const account = { userName: newUser('eve').toLowerCase(), password: 'correct horse', firstName: title };
      assertProblem(await request(server, 'POST', '/auth/register', { body: account }), 400, 'bad_request');
      const client = await connect(server, alice);
      await assert.rejects(client.invoke('JoinGroup', title), /bad_request/);
      await client.stop();
    });
  }

  test('emoji and scripts that join characters are', async () => {
    const title = '👩‍👩‍👧 می‌خواهم';
    const id = await groupOf(server, alice, [bob], title);
    assert.equal((await chatRow(server, bob, id)).title, title);
  });
});

describe('frames', () => {
  const FRAMES = {
    'a reserved bit': [Buffer.from([0xc1, 0x80, 0, 0, 0, 0]), 1002],
    'a reserved opcode': [Buffer.from([0x83, 0x80, 0, 0, 0, 0]), 1002],
    'a ping of 126 bytes': [Buffer.from([0x89, 0xfe, 0, 126, 0, 0, 0, 0, ...Array(126).fill(0)]), 1002],
    'a fragmented ping': [Buffer.from([0x09, 0x80, 0, 0, 0, 0]), 1002],
    'a continuation of nothing': [Buffer.from([0x80, 0x80, 0, 0, 0, 0]), 1002],
    'a text inside a text': [Buffer.from([0x01, 0x80, 0, 0, 0, 0, 0x81, 0x80, 0, 0, 0, 0]), 1002],
    'a close code nobody may send': [Buffer.from([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xed]), 1002],
    'a close frame of one byte': [Buffer.from([0x88, 0x81, 0, 0, 0, 0, 3]), 1002],
  };
  for (const [name, [bytes, code]] of Object.entries(FRAMES)) {
    test(`${name} is a protocol error`, async () => {
      const socket = await connectRaw(server, alice);
      socket.sendBytes(bytes);
      assert.equal((await socket.untilClosed()).code, code);
    });
  }

  test('a frame that announces 2^63 bytes is read no further than a record may go', async () => {
    const socket = await connectRaw(server, alice);
    const head = Buffer.from([0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]);
    socket.sendBytes(Buffer.concat([head, Buffer.alloc(40_000, 0x61)]));
    await socket.untilClosed();
  });

  test('an unknown method fails its call only, whatever it is called', async () => {
    const socket = await connectRaw(server, alice);
    for (const target of ['NoSuchMethod', 'constructor', '__proto__', 'x'.repeat(1_000), "'; DROP"]) {
      socket.send(invocation(target, [], '1'));
      const { error } = await socket.completion();
      assert.equal(error, `Failed to invoke '${target}' due to an error on the server. HubException: Method does not exist.`);
    }
    await socket.stop();
  });
});
