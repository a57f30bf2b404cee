// Requests that no client would send: each gets one exact refusal and the end of its connection, and
// nothing hidden in it is served. Proves the HTTP rows of docs/limits.md.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openRaw } from './support/raw.mjs';
import { RawHttp, exchange, request } from './support/raw-http.mjs';
import { request as ask } from './support/rest.mjs';
import { startServer } from './support/server.mjs';
import { tokenFor } from './support/tokens.mjs';

const LIST = '/messaging/conversations';
const HOST = 'Host: parley.test';
const auth = `Authorization: Bearer ${tokenFor('alice')}`;
/// What an attacker hopes to have served behind the first request.
const HIDDEN = request('GET /healthz HTTP/1.1', [HOST]);

let server;
before(async () => {
  server = await startServer({ 'http.header_timeout_ms': 400, 'http.idle_timeout_ms': 400 });
});
after(() => server.dispose());

const get = (headers, target = LIST) => request(`GET ${target} HTTP/1.1`, headers);
const post = (headers, body) => request(`POST ${LIST} HTTP/1.1`, [HOST, auth, ...headers], body);

/// What may wait in front of the parser.
const WAITING = 72 * 1024;
/// Nothing of it is left in the socket when the bound is met, so that the answer is not lost.
const chunked = (body) => post(['Transfer-Encoding: chunked'], body);

/// name: [bytes, status]
const REFUSED = {
  'a length and chunks': [post(['Content-Length: 5', 'Transfer-Encoding: chunked'], `0\r\n\r\n${HIDDEN}`), 400],
  'chunks and a length': [post(['Transfer-Encoding: chunked', 'Content-Length: 5'], `0\r\n\r\n${HIDDEN}`), 400],
  'two lengths': [post(['Content-Length: 2', `Content-Length: ${HIDDEN.length}`], `{}${HIDDEN}`), 400],
  'a list of lengths': [post(['Content-Length: 2, 2'], `{}${HIDDEN}`), 400],
  'a length with a sign': [post(['Content-Length: +2'], `{}${HIDDEN}`), 400],
  'a negative length': [post(['Content-Length: -1'], HIDDEN), 400],
  'a length beyond 64 bits': [post(['Content-Length: 18446744073709551618'], HIDDEN), 400],
  'an unknown transfer encoding': [post(['Transfer-Encoding: xchunked'], HIDDEN), 400],
  'chunked twice': [post(['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'], `0\r\n\r\n${HIDDEN}`), 400],
  'a chunk of unending size': [post(['Transfer-Encoding: chunked'], `fffffffffffffffff\r\n${HIDDEN}`), 400],
  'a chunk size that is no number': [post(['Transfer-Encoding: chunked'], `0x2\r\n{}\r\n0\r\n\r\n${HIDDEN}`), 400],
  'a space before the colon': [get([HOST, auth, 'Content-Length : 0']) + HIDDEN, 400],
  'a header without a name': [get([HOST, auth, ': x']) + HIDDEN, 400],
  'lines that end in LF alone': [`GET ${LIST} HTTP/1.1\n${HOST}\n${auth}\n\n${HIDDEN}`, 400],
  'a CR alone in a header': [get([HOST, auth, 'X-A: b\rContent-Length: 5']) + HIDDEN, 400],
  'a NUL in a header': [get([HOST, auth, 'X-A: a\0b']) + HIDDEN, 400],
  'no Host': [get([auth]) + HIDDEN, 400],
  'two Hosts': [get([HOST, 'Host: evil.test', auth]) + HIDDEN, 400],
  'a Host that is a link': [get(['Host: evil.test/<script>', auth]) + HIDDEN, 400],
  'an unknown version': [request(`GET ${LIST} HTTP/3.7`, [HOST, auth]) + HIDDEN, 505],
  'no HTTP at all': ['\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 hello\r\n\r\n', 400],
  'an expectation of its own': [post(['Expect: the-moon', 'Content-Length: 2'], `{}${HIDDEN}`), 417],
  'headers over 8 KiB': [get([HOST, auth, `X-A: ${'a'.repeat(9_000)}`]) + HIDDEN, 431],
  'two thousand headers': [get([HOST, auth, ...Array.from({ length: 2_000 }, (_, i) => `X-${i}: y`)]) + HIDDEN, 431],
  'headers of 8 KiB and a byte': [`GET ${LIST} HTTP/1.1\r\nX-A: `.padEnd(8_192 - 3, 'a') + '\r\n\r\n', 431],
  'a chunk whose first line does not end': [chunked('2;x='.padEnd(WAITING, 'x')), 431],
  'trailers that do not end': [chunked(`2\r\n{}${`\r\n0\r\n${`X: ${'a'.repeat(500)}\r\n`.repeat(200)}`.slice(0, WAITING)}`), 431],
  'a URL over 2 KiB': [get([HOST, auth], `${LIST}?x=${'a'.repeat(2_048)}`) + HIDDEN, 414],
  'a length over the bound of a body': [post(['Content-Length: 999999999'], HIDDEN), 413],
  'a body over 4 KiB without a token': [request(`POST ${LIST} HTTP/1.1`, [HOST, 'Content-Length: 4097'], HIDDEN), 401],
  'chunks over 4 KiB with a bad token': [
    request(
      `POST ${LIST} HTTP/1.1`,
      [HOST, `${auth}x`, 'Transfer-Encoding: chunked'],
      `1001\r\n${'x'.repeat(0x1001)}\r\n0\r\n\r\n${HIDDEN}`,
    ),
    401,
  ],
  'chunks over the bound of a body': [
    post(['Transfer-Encoding: chunked'], `50000\r\n${'x'.repeat(0x50000)}\r\n0\r\n\r\n${HIDDEN}`),
    413,
  ],
};

describe('is refused once, and the connection is closed', () => {
  for (const [name, [bytes, status]] of Object.entries(REFUSED)) {
    test(name, async () => {
      const answers = await exchange(server, bytes);
      assert.deepEqual(answers.map((one) => one.status), [status]);
      const [{ headers, body }] = answers;
      assert.equal(headers.connection, 'close');
      assert.match(headers['content-type'], /^application\/problem\+json/);
      assert.equal(JSON.parse(body).status, status);
      assert.doesNotMatch(body, /boost|beast|\.cpp|SELECT/i);
    });
  }
});

describe('is served as it is meant', () => {
  test('a header over two lines is one line with a space (RFC 9112, 5.2)', async () => {
    const folded = auth.replace('Bearer ', 'Bearer\r\n ');
    const [{ status }] = await exchange(server, get([HOST, folded, 'Connection: close']));
    assert.equal(status, 200);
    const hidden = post(['Transfer-Encoding:\r\n chunked', 'Content-Length: 5'], `0\r\n\r\n${HIDDEN}`);
    assert.deepEqual((await exchange(server, hidden)).map((one) => one.status), [400]);
  });

  test('requests sent at once are answered one after the other, in order', async () => {
    const targets = Array.from({ length: 50 }, (_, i) => (i % 2 ? '/healthz' : '/nothing'));
    const http = new RawHttp(server).send(targets.map((t) => get([HOST], t)).join(''));
    await http.answer(targets.length - 1);
    assert.deepEqual(http.answers.map(({ status }) => status), targets.map((t) => (t === '/healthz' ? 200 : 404)));
    http.stop();
  });

  test('Expect: 100-continue', async () => {
    const body = '{"type":"Group","participantIds":["bob"]}';
    const headers = ['Expect: 100-continue', `Content-Length: ${body.length}`, 'Connection: close'];
    const answers = await exchange(server, post(headers, body));
    assert.equal(answers.at(-1).status, 200);
  });

  test('a token in the URL does not count into its 2 KiB', async () => {
    const token = tokenFor('alice', { pad: 'x'.repeat(3_000) });
    const socket = await openRaw(server, 'alice', { path: `/hubs/chat?access_token=${token}`, token: null });
    assert.equal(socket.status, 101);
    await socket.stop();
  });
});

describe('takes its time no longer than it may', () => {
  const SLOW = {
    'headers that never end': get([HOST, auth]).slice(0, -2),
    'a body that never comes': post(['Content-Length: 100'], '{'),
    'a chunk that never ends': post(['Transfer-Encoding: chunked'], '64\r\n{'),
    'nothing at all': '',
  };
  for (const [name, bytes] of Object.entries(SLOW)) {
    test(name, async () => {
      const start = performance.now();
      assert.deepEqual(await exchange(server, bytes), []);
      assert.ok(performance.now() - start > 300, 'not before its time');
    });
  }

  test('a byte now and then does not buy more', async () => {
    const http = new RawHttp(server).send(`GET ${LIST} HTTP/1.1\r\nX: `);
    const drip = setInterval(() => http.send('a'), 40);
    await http.end().finally(() => clearInterval(drip));
    assert.deepEqual(http.answers, []);
  });

  test('200 sockets that say nothing harm nobody, and are gone', async () => {
    const idle = Array.from({ length: 200 }, () => new RawHttp(server));
    assert.equal((await ask(server, 'GET', LIST, { token: tokenFor('alice') })).status, 200);
    await Promise.all(idle.map((http) => http.end()));
  });
});

describe('a bad WebSocket handshake', () => {
  const upgrade = (more = {}, first = 'GET /hubs/chat HTTP/1.1') =>
    request(
      first,
      Object.entries({
        Host: 'parley.test', Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==', Authorization: auth.slice(15), ...more,
      }).filter(([, value]) => value !== undefined).map(([name, value]) => `${name}: ${value}`),
    );
  const BAD = {
    'another version': [upgrade({ 'Sec-WebSocket-Version': '8' }), 426],
    'no version': [upgrade({ 'Sec-WebSocket-Version': undefined }), 426],
    'no key': [upgrade({ 'Sec-WebSocket-Key': undefined }), 400],
    'a key that is none': [upgrade({ 'Sec-WebSocket-Key': 'short' }), 400],
    'no Upgrade': [upgrade({ Upgrade: undefined }), 400],
    'no Connection': [upgrade({ Connection: 'close' }), 400],
    'HTTP/1.0': [upgrade({ Connection: 'close, Upgrade' }, 'GET /hubs/chat HTTP/1.0'), 400],
  };
  for (const [name, [bytes, status]] of Object.entries(BAD)) {
    test(name, async () => {
      const http = new RawHttp(server).send(bytes);
      const answer = await http.answer();
      assert.equal(answer?.status, status);
      if (status === 426) assert.equal(answer.headers['sec-websocket-version'], '13');
      http.stop();
    });
  }

  test('POST with everything else right is no upgrade', async () => {
    const http = new RawHttp(server).send(upgrade({ 'Content-Length': '0' }, 'POST /hubs/chat HTTP/1.1'));
    assert.ok([400, 404].includes((await http.answer())?.status));
    http.stop();
  });

  test('compression is not agreed to: there is no bomb to inflate', async () => {
    const http = new RawHttp(server).send(upgrade({ 'Sec-WebSocket-Extensions': 'permessage-deflate' }));
    const { status, headers } = await http.answer();
    assert.equal(status, 101);
    assert.equal(headers['sec-websocket-extensions'], undefined);
    http.stop();
  });
});
