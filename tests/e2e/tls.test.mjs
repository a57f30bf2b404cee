// TLS on the listener: every transport of the real client, a new certificate without a lost
// connection, and what strangers do to a TLS port. Proves R-077.
import assert from 'node:assert/strict';
import { copyFileSync, writeFileSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { after, before, describe, test } from 'node:test';
import { HttpTransportType } from '@microsoft/signalr';
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';
import { makeCertificate } from './support/certificate.mjs';
import { directBetween, groupOf, joined, newUsers, say, wholeHistory } from './support/chat.mjs';
import { connect } from './support/client.mjs';
import { until, withDeadline } from './support/deadline.mjs';
import { socketFrom } from './support/from-address.mjs';
import { request } from './support/rest.mjs';
import { Server, startServer } from './support/server.mjs';

// The clients here are to speak to a self-signed server; who checks is tested apart.
process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
process.removeAllListeners('warning');

const { WebSockets, ServerSentEvents, LongPolling } = HttpTransportType;
const WAYS = {
  WebSockets: { transport: WebSockets },
  'WebSockets, messagepack': { transport: WebSockets, protocol: new MessagePackHubProtocol() },
  ServerSentEvents: { transport: ServerSentEvents },
  LongPolling: { transport: LongPolling },
};

const first = makeCertificate('first', 30);
const second = makeCertificate('second', 300);
const used = makeCertificate('used', 30);
const exchange = ({ certificate, key }) => {
  copyFileSync(certificate, used.certificate);
  copyFileSync(key, used.key);
};

let server;
before(async () => {
  exchange(first);
  server = await startServer({
    'http.tls_certificate': used.certificate,
    'http.tls_key': used.key,
    'http.tls_handshake_timeout_ms': 500,
    'hub.keep_alive_ms': 400,
    'http.threads': 2,
    'hub.max_outbox_bytes': 64 * 1024 * 1024,
    'hub.max_outbox_frames': 100_000,
  });
});
after(() => server.dispose());

async function metric(name) {
  const { body } = await request(server, 'GET', '/metrics');
  return Number(new RegExp(`^${name} (\\S+)`, 'm').exec(body)[1]);
}

/// Shakes hands once. @returns the session's facts, or throws what ended it
function shakeHands(options = {}) {
  const done = new Promise((resolve, reject) => {
    const socket = connectTls({ port: server.port, host: '127.0.0.1', ...options }, () => {
      const name = socket.getPeerCertificate().subject?.CN;
      resolve({ name, protocol: socket.getProtocol(), alpn: socket.alpnProtocol });
      socket.destroy();
    });
    socket.once('error', reject);
  });
  return withDeadline(done, 'the handshake');
}

/// Sends bytes to the port and waits for the end. @returns what came back
function talkTcp(bytes) {
  const done = new Promise((resolve) => {
    const got = [];
    const socket = connectTcp(server.port, '127.0.0.1', () => bytes && socket.write(bytes));
    socket.on('data', (data) => got.push(data));
    socket.on('error', () => {});
    socket.on('close', () => resolve(Buffer.concat(got)));
  });
  return withDeadline(done, 'the server hangs up');
}

for (const [name, way] of Object.entries(WAYS)) {
  test(`${name}: sends are answered, events heard, a burst keeps its order`, async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const conversation = await directBetween(server, alice, bob);
    const one = await joined(server, alice, conversation, way);
    const other = await joined(server, bob, conversation, way);
    const contents = Array.from({ length: 100 }, (_, i) => `${i} ${'x'.repeat(i * 40)}`);
    await Promise.all(contents.map((content) => say(one, conversation, content)));
    await other.waitForCount('MessageReceived', contents.length);
    assert.deepEqual(
      other.all('MessageReceived').map(([{ content }]) => content),
      contents,
    );
    const stored = await wholeHistory(server, alice, conversation);
    assert.equal(stored.filter(({ content }) => content).length, contents.length);
    await Promise.all([one.stop(), other.stop()]);
  });
}

test('what no socket buffer holds reaches a reader that paused, in order', async () => {
  const [alice, bob] = newUsers('alice', 'bob');
  const id = await groupOf(server, alice, [bob]);
  const one = await joined(server, alice, id);
  const other = await joined(server, bob, id, { transport: WebSockets });
  const socket = other.connection.connection.transport._webSocket._socket;
  socket.pause();
  let count = 0;
  // Records that the socket has no room for wait in TLS and in the outbox.
  while ((await metric('parley_outbox_bytes')) < 500_000 && count < 20_000) {
    const batch = Array.from({ length: 50 }, (_, i) => say(one, id, `${count + i} ${'y'.repeat(4900)}`));
    await Promise.all(batch);
    count += batch.length;
  }
  assert.ok((await metric('parley_outbox_bytes')) >= 500_000);
  socket.resume();
  await other.waitForCount('MessageReceived', count);
  const heard = other.all('MessageReceived').map(([{ content }]) => parseInt(content, 10));
  assert.deepEqual(heard, Array.from({ length: count }, (_, i) => i));
});

describe('the handshake', () => {
  test('a client that checks the certificate is content', async () => {
    const { readFileSync } = await import('node:fs');
    const { name, protocol, alpn } = await shakeHands({
      ca: readFileSync(used.certificate),
      rejectUnauthorized: true,
      ALPNProtocols: ['http/1.1'],
    });
    assert.equal(name, 'first');
    assert.equal(protocol, 'TLSv1.3');
    assert.equal(alpn, 'http/1.1');
  });

  test('TLS 1.2 is spoken, 1.1 and an h2-only client are refused', async () => {
    assert.equal((await shakeHands({ maxVersion: 'TLSv1.2' })).protocol, 'TLSv1.2');
    const old = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' };
    await assert.rejects(shakeHands(old));
    await assert.rejects(shakeHands({ ALPNProtocols: ['h2'] }), /no application protocol/i);
  });

  test('plain HTTP and noise get an end and are counted, nobody else is hurt', async () => {
    const before = await metric('parley_tls_handshake_failures_total');
    await talkTcp('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
    await talkTcp(Buffer.alloc(4096, 0x16));
    assert.equal((await metric('parley_tls_handshake_failures_total')) - before, 2);
    assert.equal((await request(server, 'GET', '/healthz')).status, 200);
    assert.doesNotMatch(server.log, /"level":"(error|warn)".*handshake/);
  });

  test('one that says nothing is cut off in time', async () => {
    const before = await metric('parley_tls_handshake_failures_total');
    assert.equal((await talkTcp('')).length, 0);
    await talkTcp(Buffer.from([0x16, 0x03, 0x01]));
    assert.equal((await metric('parley_tls_handshake_failures_total')) - before, 2);
  });

  test('the end of a connection is announced', async () => {
    const done = new Promise((resolve, reject) => {
      const socket = connectTls({ port: server.port, host: '127.0.0.1' }, () =>
        socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'),
      );
      socket.on('data', () => {});
      socket.on('end', resolve); // close_notify; without one a client sees an error or a cut
      socket.on('error', reject);
    });
    await withDeadline(done, 'the end');
  });
});

describe('SIGHUP', () => {
  const reloaded = async (pattern) => {
    const from = server.log.length;
    server.process.kill('SIGHUP');
    await until(() => pattern.test(server.log.slice(from)), `the log says ${pattern}`);
    return server.log.slice(from);
  };

  test('a new certificate is shown to whoever comes, and nobody is dropped', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const conversation = await directBetween(server, alice, bob);
    const clients = await Promise.all([
      joined(server, alice, conversation, { transport: WebSockets }),
      joined(server, bob, conversation, { transport: ServerSentEvents }),
    ]);
    let closed = 0;
    for (const { connection } of clients) connection.onclose(() => (closed += 1));
    assert.equal((await shakeHands()).name, 'first');
    const end = await metric('parley_tls_certificate_not_after_timestamp_seconds');
    exchange(second);
    await reloaded(/certificate in use ends at/);
    assert.equal((await shakeHands()).name, 'second');
    const later = await metric('parley_tls_certificate_not_after_timestamp_seconds');
    assert.ok(later - end > 200 * 86_400, 'the new end is told');
    const sent = await say(clients[0], conversation, 'still here');
    await clients[1].waitFor('MessageReceived', ({ seq }) => seq === sent.seq);
    assert.equal(closed, 0);
    await Promise.all(clients.map((client) => client.stop()));
  });

  test('a broken certificate, or the key of another, keeps the old one and says why', async () => {
    const failures = await metric('parley_reload_failures_total');
    writeFileSync(used.certificate, 'not a certificate');
    assert.match(await reloaded(/stays/), /http\.tls_certificate .* cannot be used/);
    assert.equal((await shakeHands()).name, 'second');
    copyFileSync(first.certificate, used.certificate);
    assert.match(await reloaded(/stays/), /http\.tls_key .* cannot be used/);
    assert.equal((await shakeHands()).name, 'second');
    assert.equal((await metric('parley_reload_failures_total')) - failures, 2);
    exchange(second);
  });
});

test('a server with a certificate that cannot be used does not start', async () => {
  const one = await Server.prepare({
    'http.tls_certificate': first.certificate,
    'http.tls_key': second.key,
  });
  const { code, stderr } = await one.command(['serve']);
  assert.equal(code, 1);
  assert.match(stderr, /http\.tls_key .* cannot be used/);
  const half = await one.command(['serve'], { 'http.tls_key': '' });
  assert.equal(half.code, 1);
  assert.match(half.stderr, /http\.tls_certificate is set without http\.tls_key/);
  await one.dispose();
});

test('sockets that do not shake hands are counted by address like any that ask for nothing', async () => {
  const own = await startServer({
    'http.tls_certificate': used.certificate, 'http.tls_key': used.key, 'limits.enabled': true,
    'http.tls_handshake_timeout_ms': 60_000, 'limits.unauthenticated_per_ip': 1, 'http.threads': 2,
  });
  try {
    const silent = Array.from({ length: 20 }, () => socketFrom(own, '127.0.0.2'));
    const over = () => silent.filter(({ isOver }) => isOver).length;
    await until(() => over() >= 10, 'what is far too many is closed at once');
    await until(() => over() === 19, 'the others when they have said nothing for a second');
    silent.forEach((socket) => socket.destroy());
    assert.equal((await fetch(`${own.url}/healthz`)).status, 200);
  } finally {
    await own.dispose();
  }
});

for (const version of ['TLSv1.2', 'TLSv1.3'])
  test(`a session is resumed by its ticket, also under the next certificate: ${version}`, async () => {
    const visit = (session) =>
      withDeadline(
        new Promise((resolve, reject) => {
          let ticket, isReused;
          const socket = connectTls({
            port: server.port, host: '127.0.0.1', session, minVersion: version, maxVersion: version,
          });
          socket.once('secureConnect', () => (isReused = socket.isSessionReused()));
          socket.on('session', (given) => (ticket = given));
          socket.on('error', reject);
          socket.on('data', () => socket.end());
          socket.on('close', () => resolve({ ticket, isReused }));
          socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
        }),
        'a visit',
      );
    const { ticket, isReused } = await visit();
    assert.equal(isReused, false);
    assert.equal((await visit(ticket)).isReused, true);
    const reloads = () => server.log.split('reloading').length;
    const before_ = reloads();
    server.process.kill('SIGHUP');
    await until(() => reloads() > before_, 'it has read its settings again');
    await fetch(`${server.url}/readyz`);
    assert.equal((await visit(ticket)).isReused, true);
  });
