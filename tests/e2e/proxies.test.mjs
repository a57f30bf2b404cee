// Reverse proxies between the official client and the server, set up as docs/operations.md says: every
// transport, idle for longer than their time-outs, large heads, files, whose address counts, whose pages are
// ours, HTTP/2, what their logs hold, and what they see of a drain.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { connect as connectHttp2 } from 'node:http2';
import { request as httpsRequest } from 'node:https';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { directBetween, joined, newUser, newUsers, page, say } from './support/chat.mjs';
import { makeCertificate } from './support/certificate.mjs';
import { HttpTransportType, MESSAGING } from './support/client.mjs';
import { deferred, until, withDeadline } from './support/deadline.mjs';
import { announced, downloaded, put, uploaded } from './support/files.mjs';
import { FRONTS, Front, TIMEOUT_S } from './support/fronts.mjs';
import { freePort } from './support/ports.mjs';
import { startServer } from './support/server.mjs';
import { onMysql } from './support/store.mjs';
import { tokenFor } from './support/tokens.mjs';

process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'; // certificates are made for each run

const KEEP_ALIVE_MS = 250;
/// Signs of life, from the server and of the client's polls, within three of the proxy's time-outs.
const BEATS = (3 * TIMEOUT_S * 1000) / KEEP_ALIVE_MS;
const IDLE_MS = 30_000;
const NEGOTIATE = `${MESSAGING}/negotiate?negotiateVersion=1`;
const TRANSPORTS = ['WebSockets', 'ServerSentEvents', 'LongPolling'];
const MIB = 1024 * 1024;
const AT_ONCE = { concurrency: true };
const IN_TURN = { concurrency: 1 };
const skip = onMysql && 'proxies do not see which database it is';

/// A proxy of that kind, and the server behind it. @returns {server: the server as seen through it, own, front}
async function startBehind(kind, settings = {}) {
  const port = await freePort();
  const own = await startServer({
    'http.trusted_proxies': '127.0.0.1',
    'http.public_origin': `https://localhost:${port}`,
    'hub.keep_alive_ms': KEEP_ALIVE_MS,
    'hub.poll_timeout_ms': KEEP_ALIVE_MS,
    ...settings,
  });
  const front = await Front.before(kind, own, port);
  const dispose = async () => {
    await own.dispose();
    await front.dispose();
  };
  return { own, front, server: front.of(own), dispose };
}

/// The transport that a client of the official package really uses.
const transportOf = ({ connection }) => connection.connection.transport.constructor.name;

/// Counts what comes from the server, and what polling asks.
function counting(counts) {
  return (connection) => {
    const inner = connection.connection;
    const take = inner.onreceive;
    inner.onreceive = (data) => (++counts.beats, take(data));
    const client = inner._httpClient;
    const send = client.send.bind(client);
    client.send = (request) => (request.method === 'GET' && ++counts.beats, send(request));
  };
}

/// One request through the proxy. @returns {status, headers, body}
function ask(server, method, path, { headers = {}, from = '127.0.0.1', body } = {}) {
  const done = new Promise((resolve, reject) => {
    const where = { host: '127.0.0.1', port: server.port, localAddress: from, servername: 'localhost' };
    const Host = `localhost:${server.port}`;
    const asked = httpsRequest({ ...where, method, path, agent: false, headers: { Host, ...headers } });
    const answered = (answer) => {
      let text = '';
      answer.on('data', (more) => (text += more));
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, body: text }));
      answer.on('error', reject);
    };
    asked.on('response', answered);
    asked.on('upgrade', (answer, socket) => {
      socket.destroy();
      resolve({ status: answer.statusCode, headers: answer.headers, body: '' });
    });
    asked.on('error', reject);
    asked.end(body);
  });
  return withDeadline(done, `${method} ${path} is answered`);
}

const bearer = (sub, claims) => ({ authorization: `Bearer ${tokenFor(sub, claims)}` });
const negotiate = (server, { headers = {}, ...more } = {}) =>
  ask(server, 'POST', NEGOTIATE, { headers: { ...bearer(newUser('u')), ...headers }, ...more });

/// As a browser opens one: with the token in the URL.
const upgrade = (server, headers = {}, token = tokenFor(newUser('u'))) =>
  ask(server, 'GET', `${MESSAGING}?access_token=${token}`, {
    headers: {
      Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': randomBytes(16).toString('base64'), ...headers,
    },
  });

const digest = (bytes) => createHash('sha256').update(bytes).digest('hex');

/// A conversation of two who are connected by `transport`.
async function pair(server, transport, options = {}) {
  const [alice, bob] = newUsers('alice', 'bob');
  const id = await directBetween(server, alice, bob);
  const by = { transport: HttpTransportType[transport], ...options };
  const [one, other] = [await joined(server, alice, id, by), await joined(server, bob, id, by)];
  return { id, alice, bob, one, other };
}

/// What holds for a proxy that reads HTTP.
function proxyTests(kind) {
  let behind, server;
  before(async () => ({ server } = behind = await startBehind(kind)));
  after(() => behind.dispose());

  describe('messages and answers pass, also after idling longer than its time-outs', AT_ONCE, () => {
    for (const transport of TRANSPORTS) test(`by ${transport}`, () => idles(transport));
  });

  async function idles(transport) {
    const counts = { beats: 0 };
    const { id, one, other } = await pair(server, transport, { tune: counting(counts) });
    assert.equal(transportOf(one), `${transport.replace(/s$/, '')}Transport`.replace('Event', 'Events'));
    let closed = false;
    other.connection.onclose(() => (closed = true));
    await say(one, id, 'before');
    await other.waitFor('MessageReceived', ({ content }) => content === 'before');
    const start = performance.now();
    await until(() => counts.beats > 2 * BEATS, 'signs of life', IDLE_MS);
    assert.ok(performance.now() - start > 2000 * TIMEOUT_S);
    assert.ok(!closed);
    await say(one, id, 'after');
    await other.waitFor('MessageReceived', ({ content }) => content === 'after');
  }

  test('a token of 5 KiB passes, in a header and in a URL; a head beyond what it takes is refused', async () => {
    const claims = { groups: 'x'.repeat(3600) };
    assert.ok(tokenFor('u', claims).length > 4900);
    for (const transport of TRANSPORTS) {
      const { id, one, other } = await pair(server, transport, { claims });
      await say(one, id, transport);
      await other.waitFor('MessageReceived', ({ content }) => content === transport);
    }
    assert.equal((await upgrade(server, {}, tokenFor(newUser('u'), claims))).status, 101);
    const { status } = await negotiate(server, { headers: { 'X-Large': 'x'.repeat(12_000) } });
    assert.ok([400, 431].includes(status), `${status}`);
  });

  test('files pass both ways, as they come', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await directBetween(server, alice, bob);
    const bytes = randomBytes(3 * MIB);
    const attachment = await uploaded(server, alice, id, bytes);
    const client = await joined(server, alice, id);
    await say(client, id, 'see', { attachmentIds: [attachment] });
    const [{ attachments }] = (await page(server, bob, id)).messages;
    const link = new URL(attachments[0].url);
    assert.equal(link.origin, server.url, 'links begin with the public origin');
    const path = link.pathname + link.search;
    assert.equal(digest(await downloaded(server, path)), digest(bytes));
    const part = await fetch(server.url + path, { headers: { range: 'bytes=1000000-1000009' } });
    assert.equal(part.status, 206);
    assert.deepEqual(Buffer.from(await part.arrayBuffer()), bytes.subarray(1_000_000, 1_000_010));
  });

  test('an upload reaches the server before it is complete', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await directBetween(server, alice, bob);
    const { uploadUrl } = await announced(server, alice, id, { name: 'a.bin', size: 2 * MIB });
    const { pathname, search } = new URL(uploadUrl, server.url);
    const folder = join(server.home, 'data/attachments/incoming');
    const answered = deferred();
    const asked = httpsRequest({
      host: 'localhost', port: server.port, method: 'PUT', path: pathname + search, agent: false,
      headers: { 'content-length': 2 * MIB },
    });
    asked.on('response', (answer) => answered.resolve(answer.resume().statusCode)).on('error', answered.reject);
    asked.write(randomBytes(MIB));
    const size = () => Math.max(0, ...readdirSync(folder).map((name) => statSync(join(folder, name)).size));
    await until(() => size() >= MIB / 2, 'the first half is there');
    asked.end(randomBytes(MIB));
    assert.equal(await withDeadline(answered.promise, 'the upload is answered'), 200);
  });

  test('a refusal of an upload reaches the client, not a gateway error', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await directBetween(server, alice, bob);
    const { uploadUrl } = await announced(server, alice, id, { name: 'a.bin', size: 10 });
    const { pathname, search } = new URL(uploadUrl, server.url);
    const answer = await put(server, pathname + search, Buffer.alloc(MIB));
    assert.equal(Math.floor(answer.status / 100), 4, `${answer.status}`);
    assert.match(answer.headers.get('content-type'), /problem\+json/);
  });

  test("the site's own page may call, that of plain HTTP and of strangers may not", async () => {
    const own = server.url;
    for (const [origin, allowed] of [
      [own, true], [own.replace('https', 'http'), false], ['https://evil.example', false],
    ]) {
      const headers = { Origin: origin };
      assert.equal((await negotiate(server, { headers })).status, allowed ? 200 : 403, origin);
      assert.equal((await upgrade(server, headers)).status, allowed ? 101 : 403, origin);
    }
  });

  test('figures are not to be had through it, health is', async () => {
    assert.equal((await ask(server, 'GET', '/metrics')).status, 404);
    assert.equal((await ask(server, 'GET', '/readyz')).status, 200);
  });

  test('its logs have requests and no token', async () => {
    await negotiate(server);
    await until(() => behind.front.log.includes('negotiate'), 'the request is logged');
    await behind.own.kill9(); // what it says of a server that is gone
    const gone = await upgrade(server);
    assert.ok(gone.status >= 500);
    await until(() => new RegExp(`\\b${gone.status}\\b`).test(behind.front.log), 'and that it failed');
    const { log } = behind.front;
    assert.match(log, /\/hubs\/chat/);
    assert.doesNotMatch(log, /eyJ/, 'how every token begins');
    await behind.own.start();
  });
}

function addressTests(kind, seesHeads = true) {
  test('each client has its own rate, whatever it says of itself', async (t) => {
    const more = seesHeads ? {} : proxyProtocol();
    const behind = await startBehind(kind, {
      'limits.enabled': true, 'limits.negotiates_per_s': 0.01, 'limits.negotiates_burst': 2,
      'hub.poll_timeout_ms': 60_000, ...more,
    });
    t.after(() => behind.dispose());
    const from = async (address, headers) => (await negotiate(behind.server, { from: address, headers })).status;
    for (const address of ['127.0.0.2', '127.0.0.3']) {
      assert.deepEqual([await from(address), await from(address)], [200, 200]);
      assert.equal(await from(address), 429);
      assert.equal(await from(address, { 'X-Forwarded-For': '203.0.113.7' }), 429);
    }
    if (seesHeads && kind !== FRONTS.caddy) await cutsIdlePolls(behind.server);
  });
}

/// That its time-outs are what these tests take them for.
async function cutsIdlePolls(server) {
  const headers = bearer(newUser('u'));
  const { body } = await ask(server, 'POST', NEGOTIATE, { from: '127.0.0.9', headers });
  const poll = `${MESSAGING}?id=${JSON.parse(body).connectionToken}`;
  assert.equal((await ask(server, 'GET', poll, { headers })).status, 200);
  const handshake = '{"protocol":"json","version":1}\x1e';
  assert.equal((await ask(server, 'POST', poll, { headers, body: handshake })).status, 200);
  assert.equal((await ask(server, 'GET', poll, { headers })).status, 200, 'the handshake is answered');
  const { status } = await ask(server, 'GET', poll, { headers });
  assert.ok([502, 504].includes(status), `${status}`);
}

/// Over HTTP/2, as browsers come: an event stream that arrives as it is written.
function http2Test(kind) {
  test('over HTTP/2 an event stream arrives as it is written', async (t) => {
    const behind = await startBehind(kind);
    t.after(() => behind.dispose());
    const session = connectHttp2(behind.server.url);
    t.after(() => session.destroy());
    const headers = bearer(newUser('u'));
    const answer = (stream) => withDeadline(new Promise((done, fail) => {
      stream.on('response', (head) => {
        let text = '';
        stream.on('data', (more) => done({ status: head[':status'], text: (text += more), stream }));
      }).on('error', fail);
    }), 'an answer over HTTP/2');
    const { text } = await answer(session.request({ ':path': NEGOTIATE, ':method': 'POST', ...headers }).end());
    const path = `${MESSAGING}?id=${JSON.parse(text).connectionToken}`;
    const events = session.request({ ':path': path, accept: 'text/event-stream', ...headers });
    const first = await answer(events);
    assert.deepEqual([session.alpnProtocol, first.status], ['h2', 200]);
    const handshake = '{"protocol":"json","version":1}\x1e';
    const beats = new Promise((done) => {
      let seen = '';
      events.on('data', (more) => (seen += more).includes('"type":6') && done(seen));
    });
    const sent = session.request({ ':path': path, ':method': 'POST', ...headers });
    sent.resume().end(handshake);
    assert.match(await withDeadline(beats, 'the stream has a ping'), /data: \{\}\x1e[\s\S]*"type":6/);
  });
}

/// A proxy that asks for /readyz takes no more clients to a server that drains.
function drainTest(kind, down) {
  test('its check sees that the server drains, and that it is back', async (t) => {
    const behind = await startBehind(kind, { 'hub.poll_timeout_ms': 30_000 });
    t.after(() => behind.dispose());
    const headers = bearer(newUser('u'));
    const { body } = await ask(behind.server, 'POST', NEGOTIATE, { headers });
    // A client that polls no more: it is waited for, for 2 s.
    const path = `${MESSAGING}?id=${JSON.parse(body).connectionToken}`;
    assert.equal((await ask(behind.server, 'GET', path, { headers })).status, 200);
    const handshake = '{"protocol":"json","version":1}\x1e';
    assert.equal((await ask(behind.server, 'POST', path, { headers, body: handshake })).status, 200);
    const stopped = behind.own.stop();
    await until(() => down.test(behind.front.log), 'it is taken out');
    assert.ok(behind.own.isRunning, 'while it drains');
    assert.equal((await negotiate(behind.server)).status, 503);
    assert.equal(await stopped, 0);
    await behind.own.start();
    await until(async () => (await negotiate(behind.server)).status === 200, 'it is taken in again');
  });
}

function proxyProtocol() {
  const { certificate, key } = makeCertificate('localhost');
  return { 'http.proxy_protocol': true, 'http.tls_certificate': certificate, 'http.tls_key': key };
}

describe('proxies', { ...AT_ONCE, skip }, () => {
  for (const kind of [FRONTS.nginx, FRONTS.haproxy, FRONTS.apache, FRONTS.caddy])
    describe(kind.name, IN_TURN, () => {
      proxyTests(kind);
      addressTests(kind);
      if (kind !== FRONTS.apache) http2Test(kind);
      if (kind === FRONTS.haproxy) drainTest(kind, /parley\/one is DOWN, reason: Layer7 wrong status, code: 503/);
      if (kind === FRONTS.caddy) drainTest(kind, /unexpected status code.*503|"status_code":503/);
    });

  describe(FRONTS.haproxyTcp.name, IN_TURN, () => {
    addressTests(FRONTS.haproxyTcp, false);
    for (const transport of TRANSPORTS)
      test(`${transport} through the PROXY protocol, with TLS of the server itself`, async (t) => {
        const behind = await startBehind(FRONTS.haproxyTcp, proxyProtocol());
        t.after(() => behind.dispose());
        const { id, one, other } = await pair(behind.server, transport);
        await say(one, id, 'hello');
        await other.waitFor('MessageReceived', ({ content }) => content === 'hello');
      });
  });
});
