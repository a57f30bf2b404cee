// Whose word is taken, and whose address counts: the operator's listener, reverse proxies, the PROXY
// protocol, sign-ins beside strangers, sockets by address.
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { after, before, describe, test } from 'node:test';
import { makeCertificate } from './support/certificate.mjs';
import { newUser } from './support/chat.mjs';
import { until, withDeadline } from './support/deadline.mjs';
import { requestFrom, socketFrom } from './support/from-address.mjs';
import { RawHttp, exchange } from './support/raw-http.mjs';
import { request } from './support/rest.mjs';
import { Server, startServer } from './support/server.mjs';
import { assertProblem } from './support/shapes.mjs';
import { tokenFor } from './support/tokens.mjs';

const NEGOTIATE = '/hubs/chat/negotiate?negotiateVersion=1';
const METRICS = 9464; // where figures are when nobody says otherwise

/// A server whose one limit is of these.
async function limited(t, settings) {
  const none = Object.fromEntries(
    [
      'negotiates_per_s', 'unauthenticated_per_ip', 'connections_per_user', 'connections_per_ip',
      'sockets_per_ip', 'invocations_per_s', 'logins_per_min', 'logins_per_ip_per_min',
      'logins_per_account_per_min',
    ].map((name) => [`limits.${name}`, 0]),
  );
  const own = await startServer({ ...none, 'limits.enabled': true, ...settings });
  t.after(() => own.dispose());
  return own;
}

async function refusals(server, limit) {
  const { body } = await request(server, 'GET', '/metrics');
  return Number(new RegExp(`^parley_limit_refusals_total\\{limit="${limit}"\\} (\\d+)`, 'm').exec(body)[1]);
}

/// A negotiate request on a connection of its own. @returns its status
async function negotiate(server, headers = {}, address = '127.0.0.1') {
  const authorization = `Bearer ${tokenFor(newUser('u'))}`;
  const { status } = await requestFrom(server, address, 'POST', NEGOTIATE, {
    headers: { authorization, ...headers },
  });
  return status;
}

describe('the listener of the operator', () => {
  let server;
  before(async () => (server = await startServer({ 'metrics.hosts': 'parley.internal' })));
  after(() => server.dispose());
  const figures = (headers) => exchange(
    { port: server.metricsPort },
    `GET /metrics HTTP/1.1\r\n${headers}Connection: close\r\n\r\n`,
  );

  test('shows figures; the public port does not, whoever asks', async () => {
    assert.equal((await request(server, 'GET', '/metrics')).status, 200);
    for (const headers of [{}, { 'X-Forwarded-For': '203.0.113.9' }, { Host: '127.0.0.1' }])
      assert.equal((await requestFrom(server, '127.0.0.1', 'GET', '/metrics', { headers })).status, 404);
  });

  test('answers for the health of the server, and for nothing else', async () => {
    const at = (path) => fetch(server.metricsUrl + path);
    for (const path of ['/healthz', '/readyz']) {
      assert.equal((await at(path)).status, 200);
      assert.equal((await fetch(server.url + path)).status, 200);
    }
    for (const path of ['/', '/docs', '/messaging/conversations', '/metrics/', NEGOTIATE])
      assert.equal((await at(path)).status, 404);
    assert.equal((await fetch(`${server.metricsUrl}/metrics`, { method: 'POST' })).status, 405);
  });

  test('answers to addresses and the names it was given: a rebound name reads nothing', async () => {
    for (const host of ['127.0.0.1', '127.0.0.1:9464', '[::1]:9464', 'localhost:1', 'LOCALHOST',
      'parley.internal:9464', 'Parley.Internal', '10.0.0.9'])
      assert.equal((await figures(`Host: ${host}\r\n`))[0].status, 200, host);
    for (const host of ['attacker.example', '127.0.0.1.attacker.example', 'localhost.attacker.example',
      'internal', '[::1', '0x7f.1']) {
      const [{ status, body }] = await figures(`Host: ${host}\r\n`);
      assert.equal(status, 421, host);
      assert.ok(!body.includes('parley_'), host);
    }
  });

  test('a port of its own that was set and is taken keeps the server from starting', async () => {
    const taken = await Server.prepare({ 'metrics.port': server.metricsPort });
    const { code, stdout, stderr } = await taken.command(['serve']);
    assert.notEqual(code, 0);
    assert.match(stdout + stderr, /metrics\.port: cannot listen on 127\.0\.0\.1/);
    await taken.dispose();
  });

  test('its default port, taken, is warned of and done without', async () => {
    const other = createServer();
    await new Promise((resolve) => {
      other.once('error', resolve); // by another server: taken as well
      other.listen(METRICS, '127.0.0.1', resolve);
    });
    const own = await Server.prepare();
    delete own.settings['metrics.port'];
    await own.start();
    await own.logged(/there is no \/metrics: cannot listen on 127\.0\.0\.1:9464/);
    await own.dispose();
    other.close();
  });

  test('port 0 is none', async () => {
    const own = await startServer({ 'metrics.port': 0 });
    assert.doesNotMatch(own.log, /no \/metrics/);
    await own.dispose();
  });
});

describe('behind a reverse proxy', () => {
  const SETTINGS = { 'limits.negotiates_per_s': 0.01, 'limits.negotiates_burst': 2, 'http.threads': 2 };

  test('a trusted one says whose request it is: each client has its own rate', async (t) => {
    const own = await limited(t, { ...SETTINGS, 'http.trusted_proxies': '127.0.0.1,127.1.0.0/16' });
    const first = { 'X-Forwarded-For': '203.0.113.1' };
    const second = { Forwarded: 'for="[2001:db8::1]:4711";proto=https' };
    for (const headers of [first, second]) {
      assert.deepEqual([await negotiate(own, headers), await negotiate(own, headers)], [200, 200]);
      assert.equal(await negotiate(own, headers), 429);
    }
    // What the client says itself stands further left, and through another proxy it is the same one.
    const forged = { 'X-Forwarded-For': '198.51.100.7, 203.0.113.1' };
    assert.equal(await negotiate(own, forged), 429);
    assert.equal(await negotiate(own, { 'X-Forwarded-For': '203.0.113.1, 127.1.2.3' }, '127.1.0.9'), 429);
    assert.equal(await negotiate(own, { Forwarded: 'for="[2001:db8::ffff:1]"' }), 429);
    assert.equal(await refusals(own, 'negotiates'), 5);
    assert.doesNotMatch(own.log, /name it in http\.trusted_proxies/);
  });

  test('one connection of the proxy carries many clients, each counted by itself', async (t) => {
    const own = await limited(t, { ...SETTINGS, 'http.trusted_proxies': '127.0.0.1' });
    const http = new RawHttp(own);
    const ask = (client) => http.send(
      `POST ${NEGOTIATE} HTTP/1.1\r\nHost: chat\r\nAuthorization: Bearer ${tokenFor(newUser('u'))}\r\n` +
      `X-Forwarded-For: ${client}\r\nContent-Length: 0\r\n\r\n`);
    const clients = ['203.0.113.1', '203.0.113.1', '203.0.113.1', '203.0.113.2', '203.0.113.1'];
    for (const client of clients) ask(client);
    await http.answer(4);
    assert.deepEqual(http.answers.map(({ status }) => status), [200, 200, 429, 200, 429]);
    http.stop();
  });

  test('headers that are no address, or disagree, count for the proxy', async (t) => {
    const own = await limited(t, { ...SETTINGS, 'http.trusted_proxies': '127.0.0.1' });
    const strange = [
      { 'X-Forwarded-For': 'unknown' },
      { 'X-Forwarded-For': '203.0.113.1', Forwarded: 'for=203.0.113.2' },
      { Forwarded: 'for="203.0.113.1' },
    ];
    const statuses = [];
    for (const headers of strange) statuses.push(await negotiate(own, headers));
    assert.deepEqual(statuses, [200, 200, 429]);
    assert.equal(await negotiate(own, { 'X-Forwarded-For': '203.0.113.1' }), 200);
  });

  test('nobody else is believed, and that there is a proxy is said once', async (t) => {
    const own = await limited(t, { ...SETTINGS, 'http.trusted_proxies': '127.0.0.9' });
    for (let i = 0; i < 2; ++i)
      assert.equal(await negotiate(own, { 'X-Forwarded-For': `203.0.113.${i}` }), 200);
    assert.equal(await negotiate(own, { 'X-Forwarded-For': '203.0.113.7' }), 429);
    await own.stop();
    const warnings = own.log.match(/127\.0\.0\.1 sends requests that were forwarded/g);
    assert.equal(warnings?.length, 1);
    assert.match(own.log, /name it in http\.trusted_proxies/);
  });

  test('a crowd at one private address is noticed without any header', async (t) => {
    const own = await limited(t, SETTINGS);
    for (let i = 0; i < 4; ++i) await negotiate(own);
    await own.stop();
    assert.equal(own.log.match(/127\.0\.0\.1 reached a limit of one address/g)?.length, 1);
  });

  test('its sockets wait as long and are as many as it likes', async (t) => {
    const own = await limited(t, {
      'http.trusted_proxies': '127.0.0.1', 'limits.unauthenticated_per_ip': 1, 'limits.sockets_per_ip': 3,
    });
    const strangers = Array.from({ length: 3 }, () => socketFrom(own, '127.0.0.2'));
    const pooled = Array.from({ length: 20 }, () => socketFrom(own));
    await until(() => strangers.filter(({ isOver }) => isOver).length === 2, 'strangers are cut off');
    assert.ok(pooled.every(({ isOver }) => !isOver));
    [...strangers, ...pooled].forEach((socket) => socket.destroy());
  });
});

describe('the PROXY protocol', () => {
  const SETTINGS = {
    'http.trusted_proxies': '127.0.0.1', 'http.proxy_protocol': true, 'http.header_timeout_ms': 300,
    'limits.negotiates_per_s': 0.01, 'limits.negotiates_burst': 1,
  };
  const v1 = (client) => `PROXY TCP4 ${client} 10.0.0.1 4711 443\r\n`;
  const v2 = (kind, family, body) => Buffer.concat([
    Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1'), Buffer.from([kind, family, 0, body.length]), body,
  ]);
  const v2of = (client) => v2(0x21, 0x11, Buffer.from([...client.split('.').map(Number), 10, 0, 0, 1, 1, 1, 1, 1]));
  const ask = () =>
    `POST ${NEGOTIATE} HTTP/1.1\r\nHost: chat\r\nAuthorization: Bearer ${tokenFor(newUser('u'))}\r\n` +
    'Content-Length: 0\r\nConnection: close\r\n\r\n';
  const statusOf = async (server, ...pieces) => {
    const [answer] = await exchange(server, Buffer.concat([...pieces, ask()].map((one) => Buffer.from(one))));
    return answer?.status;
  };
  let server;
  before(async () => (server = await Server.prepare()));

  test('of either version names the client, for the whole connection', async (t) => {
    const own = await limited(t, SETTINGS);
    assert.equal(await statusOf(own, v1('203.0.113.1')), 200);
    assert.equal(await statusOf(own, v1('203.0.113.1')), 429);
    assert.equal(await statusOf(own, v2of('203.0.113.1')), 429);
    assert.equal(await statusOf(own, v2of('203.0.113.2')), 200);
    // The proxy itself, and a client without an address.
    assert.equal(await statusOf(own, v2(0x20, 0, Buffer.alloc(0))), 200);
    assert.equal(await statusOf(own, 'PROXY UNKNOWN\r\n'), 429);
    // Its client is nobody's proxy: what it says of others is not believed.
    const forged = ask().replace('Host: chat', 'Host: chat\r\nX-Forwarded-For: 198.51.100.1');
    const [{ status }] = await exchange(own, v1('203.0.113.2') + forged);
    assert.equal(status, 429);
  });

  test('must come from a trusted proxy, in time; from others it is no HTTP', async (t) => {
    const own = await limited(t, SETTINGS);
    assert.equal(await statusOf(own), undefined);
    assert.equal(await statusOf(own, 'PROXY TCP4 nonsense\r\n'), undefined);
    const slow = socketFrom(own);
    slow.write('PROXY TCP4 203.');
    await withDeadline(slow.ended, 'the header did not come');
    assert.equal(await refusals(own, 'requests'), 3);
    await own.logged(/127\.0\.0\.1 sent no PROXY header/);
    const direct = await requestFrom(own, '127.0.0.5', 'GET', '/healthz');
    assert.equal(direct.status, 200);
    const stranger = socketFrom(own, '127.0.0.5');
    let answer = '';
    stranger.on('data', (more) => (answer += more));
    stranger.write(v1('203.0.113.1') + ask());
    await withDeadline(stranger.ended, 'it is refused');
    assert.match(answer, /^HTTP\/1\.1 400 /);
  });

  test('stands before TLS', async (t) => {
    const { certificate, key } = makeCertificate('proxied', 30, server.home);
    const own = await limited(t, { ...SETTINGS, 'http.tls_certificate': certificate, 'http.tls_key': key,
      'limits.negotiates_burst': 1 });
    const status = async (client) => {
      const socket = socketFrom(own);
      await socket.opened;
      socket.pause();
      socket.write(v1(client));
      const tls = connectTls({ socket, rejectUnauthorized: false });
      let text = '';
      tls.on('data', (more) => (text += more));
      tls.on('error', () => {});
      tls.write(ask());
      await withDeadline(new Promise((resolve) => tls.once('close', resolve)), 'an answer');
      return Number(text.split(' ')[1]);
    };
    const { NODE_TLS_REJECT_UNAUTHORIZED: before_ } = process.env;
    assert.deepEqual([await status('203.0.113.1'), await status('203.0.113.1')], [200, 429]);
    assert.equal(process.env.NODE_TLS_REJECT_UNAUTHORIZED, before_);
  });
  after(() => server.dispose());
});

describe('sign-ins', () => {
  const ADA = { userName: 'ada.owner', password: 'correct horse battery staple' };
  const login = (server, address, body) => requestFrom(server, address, 'POST', '/auth/token', { body });

  test('the owner gets in while a stranger hammers the account', async (t) => {
    const own = await limited(t, {
      'auth.accounts': true, 'auth.hash_threads': 2, 'limits.logins_per_min': 5,
      'limits.logins_per_account_per_min': 60, 'limits.logins_per_ip_per_min': 20, 'http.threads': 2,
    });
    assert.equal((await request(own, 'POST', '/auth/register', { body: ADA })).status, 201);
    const guess = (i) => login(own, '127.0.0.2', { ...ADA, password: `guess number ${i}` });
    const guesses = await Promise.all(Array.from({ length: 60 }, (_, i) => guess(i)));
    const counted = guesses.filter(({ status }) => status === 401).length;
    assert.equal(counted, 5, 'over connections and threads the stranger has one rate');
    assert.ok(guesses.every(({ status }) => [401, 429].includes(status)));
    assertProblem(await login(own, '127.0.0.2', ADA).then(withHeaders), 429, 'rate_limited');
    for (let i = 0; i < 5; ++i) {
      assert.equal((await login(own, '127.0.0.3', ADA)).status, 200);
      assert.equal((await guess(i)).status, 429);
    }
    assert.equal(await refusals(own, 'logins'), 55 + 1 + 5);
  });

  test('many strangers fill the rate of the account, not that of a place its owner knows', async (t) => {
    const own = await limited(t, {
      'auth.accounts': true, 'limits.logins_per_min': 5, 'limits.logins_per_account_per_min': 4,
    });
    assert.equal((await request(own, 'POST', '/auth/register', { body: ADA })).status, 201);
    assert.equal((await login(own, '127.0.0.3', ADA)).status, 200);
    const strangers = ['127.0.1.1', '127.0.1.2', '127.0.1.3', '127.0.1.4'];
    const statuses = [];
    for (const address of strangers)
      statuses.push((await login(own, address, { ...ADA, password: 'a guess of mine' })).status);
    assert.deepEqual(statuses, [401, 401, 401, 429]);
    assert.equal((await login(own, '127.0.0.3', ADA)).status, 200);
    assert.equal((await login(own, '127.0.0.4', ADA)).status, 429);
  });

  test('accounts are off unless asked for, and their tokens open nothing there', async () => {
    const on = await startServer({ 'auth.accounts': true });
    const off = await startServer();
    try {
      await request(on, 'POST', '/auth/register', { body: ADA });
      const { body } = await request(on, 'POST', '/auth/token', { body: ADA });
      const list = (server) => request(server, 'GET', '/messaging/conversations', { token: body.accessToken });
      assert.equal((await list(on)).status, 200);
      assert.equal((await list(off)).status, 401, 'another service with the same secret');
      const claims = JSON.parse(Buffer.from(body.accessToken.split('.')[1], 'base64url'));
      assert.equal(claims.iss, 'parley');
      for (const path of ['/auth/register', '/auth/token'])
        assertProblem(await request(off, 'POST', path, { body: ADA }), 404, 'not_found');
    } finally {
      await Promise.all([on.dispose(), off.dispose()]);
    }
  });
});

/// As request() of rest.mjs has them.
const withHeaders = (answer) => ({ ...answer, headers: new Map(Object.entries(answer.headers)) });

describe('open sockets', () => {
  const KEPT = 'GET /healthz HTTP/1.1\r\nHost: parley\r\n\r\n';
  /// Opens `count` sockets and asks once on each. @returns them, once each was answered or closed
  async function ask(server, count, addressOf) {
    const sockets = Array.from({ length: count }, (_, i) => socketFrom(server, addressOf(i)));
    for (const socket of sockets) {
      socket.answered = new Promise((resolve) => socket.once('data', resolve));
      socket.write(KEPT);
      await withDeadline(Promise.race([socket.answered, socket.ended]), 'an answer or the end');
    }
    return sockets;
  }
  const closedOf = (sockets) => sockets.filter(({ isOver }) => isOver).length;

  test('are bounded by address though each was served, over threads and reconnects', async (t) => {
    const own = await limited(t, { 'limits.sockets_per_ip': 4, 'http.threads': 2 });
    const kept = await ask(own, 4, () => '127.0.0.8');
    assert.equal(closedOf(kept), 0);
    assert.equal(closedOf(await ask(own, 5, () => '127.0.0.8')), 5);
    assert.equal((await requestFrom(own, '127.0.0.9', 'GET', '/healthz')).status, 200);
    assert.equal(await refusals(own, 'sockets'), 5);
    kept.forEach((socket) => socket.destroy());
    const isServed = async () => (await requestFrom(own, '127.0.0.8', 'GET', '/healthz')).status === 200;
    await until(isServed, 'there is room again');
  });

  test('are bounded in all; the operator still gets in', async (t) => {
    const own = await limited(t, { 'limits.sockets': 8 });
    const all = await ask(own, 12, (i) => `127.0.1.${i}`);
    const closed = closedOf(all);
    assert.ok(closed === 4 || closed === 5, `${closed} closed`); // one may be that which asked for /readyz
    assert.equal(await refusals(own, 'sockets'), closed);
    all.forEach((socket) => socket.destroy());
    const isServed = async () => (await requestFrom(own, '127.0.0.8', 'GET', '/healthz')).status === 200;
    await until(isServed, 'there is room again');
  });
});

test('a dual-stack listener counts an IPv4 client by its IPv4 address', async (t) => {
  const own = await limited(t, {
    'http.address': '::', 'http.trusted_proxies': '127.0.0.1', 'limits.negotiates_per_s': 0.01,
    'limits.negotiates_burst': 1,
  });
  const headers = { 'X-Forwarded-For': '203.0.113.1' };
  assert.deepEqual([await negotiate(own, headers), await negotiate(own, headers)], [200, 429]);
  await own.logged(new RegExp(`listening on http://\\[::1\\]:${own.port} `));
});
