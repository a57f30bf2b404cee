// How connections end: a server that drains, a client that vanished, one that floods, one that does
// not read. Proves R-070, figure F7, and the rows on half-open connections and ping floods.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { HttpTransportType } from '@microsoft/signalr';
import { groupOf, newUser, newUsers, say } from './support/chat.mjs';
import { MESSAGING, connect } from './support/client.mjs';
import { until, withDeadline } from './support/deadline.mjs';
import { Proxy } from './support/proxy.mjs';
import { connectRaw, invocation, record } from './support/raw.mjs';
import { request } from './support/rest.mjs';
import { startServer } from './support/server.mjs';
import { tokenFor } from './support/tokens.mjs';

const TRANSPORTS = {
  WebSockets: HttpTransportType.WebSockets,
  ServerSentEvents: HttpTransportType.ServerSentEvents,
  LongPolling: HttpTransportType.LongPolling,
};
const QUICK = Array(200).fill(50);

describe('SIGTERM', () => {
  let server;
  before(async () => (server = await startServer()));
  after(() => server.dispose());

  for (const [name, transport] of Object.entries(TRANSPORTS))
    test(`${name}: one client closes without an error, one comes back, exit 0`, async () => {
      if (!server.isRunning) await server.start();
      const stays = await connect(server, newUser('alice'), { transport });
      const returns = await connect(server, newUser('bob'), { transport, reconnect: QUICK });
      const closed = new Promise((resolve) => stays.connection.onclose(resolve));
      const reconnecting = new Promise((resolve) => returns.connection.onreconnecting(resolve));
      const reconnected = new Promise((resolve) => returns.connection.onreconnected(resolve));
      assert.equal(await server.stop(), 0, 'exit code');
      assert.equal(await withDeadline(closed, 'onclose'), undefined);
      assert.equal(await withDeadline(reconnecting, 'onreconnecting'), undefined);
      await server.start();
      await withDeadline(reconnected, 'onreconnected');
      assert.deepEqual(await returns.invoke('GetPresence', []), []);
    });

  test('while it drains /readyz is red, negotiate is 503, and every client is told to come back', async () => {
    if (!server.isRunning) await server.start();
    const witness = await connectRaw(server, newUser('alice'));
    witness.keepsOpen = true; // the drain waits for its answer to the close frame
    const others = await Promise.all(
      Array.from({ length: 60 }, () => connectRaw(server, newUser('bob'))),
    );
    const ends = others.map((one) => one.closed.promise);
    server.process.kill('SIGTERM');
    await until(async () => (await request(server, 'GET', '/readyz')).status === 503, 'red');
    const path = `${MESSAGING}/negotiate?negotiateVersion=1`;
    const token = tokenFor(newUser('carol'));
    assert.equal((await request(server, 'POST', path, { token })).status, 503);
    assert.equal((await request(server, 'GET', '/healthz')).status, 200);
    await withDeadline(Promise.all(ends), 'all are closed');
    for (const one of others)
      assert.deepEqual(one.records.at(-1), { type: 7, allowReconnect: true });
    await until(() => witness.closeCode, 'the witness is told');
    await witness.stop();
    await server.ended('after SIGTERM');
    assert.equal(server.process.exitCode, 0);
  });

  test('45 clients of all transports are told to come back, and do', async () => {
    if (!server.isRunning) await server.start();
    const ways = [...Object.values(TRANSPORTS).map((transport) => ({ transport })), { stateful: true }];
    const clients = await Promise.all(
      Array.from({ length: 45 }, (_, i) => connect(server, newUser('alice'), { ...ways[i % 4], reconnect: QUICK })),
    );
    const told = clients.map(({ connection }) => new Promise((resolve) => connection.onreconnecting(resolve)));
    const back = clients.map(({ connection }) => new Promise((resolve) => connection.onreconnected(resolve)));
    assert.equal(await server.stop(), 0);
    const errors = await withDeadline(Promise.all(told), 'all are told', 30_000);
    assert.deepEqual(errors.filter((error) => error !== undefined), [], 'none was cut');
    await server.start();
    await withDeadline(Promise.all(back), 'all come back', 30_000);
    await Promise.all(clients.map((one) => one.stop()));
  });

  test('sends that were accepted are stored before it ends', async () => {
    if (!server.isRunning) await server.start();
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await groupOf(server, alice, [bob]);
    const client = await connect(server, alice);
    const acks = [];
    const sends = Array.from({ length: 200 }, (_, i) =>
      say(client, id, `${i}`).then(
        (ack) => acks.push(ack),
        () => {},
      ),
    );
    await until(() => acks.length > 0, 'the first ack');
    assert.equal(await server.stop(), 0);
    await Promise.all(sends);
    await server.start();
    const again = await connect(server, alice);
    const [{ lastSeq, events }] = await again.invoke('CatchUp', [
      { conversationId: id, afterSeq: 0 },
    ]);
    const stored = new Set(events.map(({ seq }) => seq));
    assert.deepEqual(
      acks.filter(({ seq }) => !stored.has(seq)),
      [],
      `of ${lastSeq}`,
    );
  });
});

describe('a client that vanished', () => {
  test('is found by its silence on every transport, and its presence goes', async () => {
    const server = await startServer({
      'hub.keep_alive_ms': 200,
      'hub.client_timeout_ms': 1_000,
      'hub.disconnect_timeout_ms': 1_000,
      'hub.poll_timeout_ms': 500,
      'presence.grace_ms': 0,
    });
    const proxy = await Proxy.before(server);
    const [alice, ...lost] = newUsers('alice', 'ws', 'sse', 'lp', 'stateful');
    await groupOf(server, alice, lost);
    const tune = (connection) => (connection.keepAliveIntervalInMilliseconds = 200);
    const witness = await connect(server, alice, { tune });
    const ways = [...Object.values(TRANSPORTS).map((transport) => ({ transport })), { stateful: true }];
    const gone = await Promise.all(
      lost.map((sub, i) => connect(proxy.of(server), sub, { ...ways[i], tune })),
    );
    for (const sub of lost) await witness.waitFor('UserOnline', (who) => who === sub);
    // The client pings behind the first record it gets; the second call goes behind that ping.
    for (let i = 0; i < 2; ++i) await Promise.all(gone.map((one) => one.invoke('GetPresence', [])));
    proxy.freeze();
    for (const sub of lost)
      await witness.waitForEvent(({ name, args: [who] }) => name === 'UserOffline' && who === sub, `that ${sub} went`);
    await proxy.close(); // else a frozen DELETE would be awaited
    await Promise.all(gone.map((one) => one.stop().catch(() => {})));
    await server.dispose();
  });
});

test('a silent socket is probed by the kernel within 15 s', async () => {
  const server = await startServer();
  await connectRaw(server, newUser('alice'));
  const port = server.port.toString(16).toUpperCase().padStart(4, '0');
  const timers = readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => local?.endsWith(`:${port}`) && state === '01')
    .map((fields) => fields[5].split(':').map((part) => parseInt(part, 16)));
  assert.ok(timers.length > 0, 'the server has a socket');
  // Timer 2 is the one of keep-alive; its time is in hundredths of a second. 1: bytes are under way.
  for (const [timer, at] of timers)
    assert.ok(timer === 1 || (timer === 2 && at <= 1_500), `timer ${timer} in ${at}`);
  await server.dispose();
});

describe('a flood of nothing', () => {
  const LIMITS = {
    'limits.enabled': true,
    'limits.pings_per_s': 20,
    'limits.pings_burst': 40,
    'limits.connections_per_user': 0,
  };
  let server;
  before(async () => (server = await startServer(LIMITS)));
  after(() => server.dispose());

  const PING = 9;
  const FLOODS = {
    'WebSocket pings': (socket) => socket.sendFrame(Buffer.alloc(0), { opcode: PING }),
    'empty messages': (socket) => socket.sendFrame(Buffer.alloc(0)),
    'messages of one byte': (socket) => socket.sendFrame(' '),
    'SignalR pings': (socket) => socket.send(record({ type: 6 })),
  };
  for (const [name, send] of Object.entries(FLOODS))
    test(`${name}: a burst is taken, more ends in 1008`, async () => {
      const socket = await connectRaw(server, newUser('alice'));
      for (let i = 0; i < 30; ++i) send(socket);
      // The spaces stand in front of this record, where JSON allows them.
      socket.send(invocation('GetPresence', [[]], 'alive'));
      assert.equal((await socket.completion()).invocationId, 'alive');
      for (let i = 0; i < 400; ++i) send(socket);
      const { records, code } = await socket.untilClosed();
      assert.equal(code, 1008);
      assert.equal(records.at(-1).type, 7);
      assert.equal(records.at(-1).allowReconnect, true);
    });

  test('empty fragments without end: 1008', async () => {
    const socket = await connectRaw(server, newUser('alice'));
    socket.sendFrame(Buffer.alloc(0), { fin: false });
    const pour = () => {
      for (let i = 0; i < 2_000 && !socket.socket.destroyed; ++i)
        socket.sendFrame(Buffer.alloc(0), { opcode: 0, fin: false });
      if (!socket.socket.destroyed && socket.closeCode === undefined) setImmediate(pour);
    };
    pour();
    assert.equal((await socket.untilClosed()).code, 1008);
  });
});

describe('a client that does not read', () => {
  let server;
  before(
    async () =>
      (server = await startServer({
        'hub.write_timeout_ms': 500,
        'hub.max_outbox_bytes': 64 * 1024 * 1024,
        'hub.max_outbox_frames': 1_000_000,
        'presence.grace_ms': 0,
      })),
  );
  after(() => server.dispose());

  /// A stream of events that is opened by hand and read by nobody.
  async function deafStream(sub) {
    const token = tokenFor(sub);
    const path = `${MESSAGING}/negotiate?negotiateVersion=1`;
    const { connectionToken } = (await request(server, 'POST', path, { token })).body;
    const hub = `${MESSAGING}?id=${connectionToken}`;
    const socket = connectTcp({ port: server.port, host: '127.0.0.1' });
    socket.on('error', () => {});
    socket.write(
      `GET ${hub} HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\nAuthorization: Bearer ${token}\r\n\r\n`,
    );
    await new Promise((done) => socket.once('data', done));
    socket.pause();
    const post = (body) => request(server, 'POST', hub, { token, body, headers: { 'content-type': 'text/plain' } });
    assert.equal((await post(record({ protocol: 'json', version: 1 }))).status, 200);
    return { post, stop: () => socket.destroy() };
  }

  for (const name of ['WebSockets', 'ServerSentEvents'])
    test(`${name}: a write that is stuck ends the connection`, async () => {
      const [alice, bob] = newUsers('alice', 'bob');
      const id = await groupOf(server, alice, [bob]);
      const sender = await connect(server, alice);
      const join = invocation('JoinConversation', [id]);
      let deaf;
      if (name === 'WebSockets') {
        deaf = await connectRaw(server, bob);
        deaf.send(join);
      } else {
        deaf = await deafStream(bob);
        await deaf.post(join);
      }
      await sender.waitFor('UserOnline', (who) => who === bob);
      deaf.socket?.pause();
      const gone = sender.waitFor('UserOffline', (who) => who === bob, 30_000);
      let over = false;
      gone.finally(() => (over = true)).catch(() => {});
      const text = 'x'.repeat(5_000);
      while (!over) await Promise.all(Array.from({ length: 16 }, () => say(sender, id, text)));
      await gone;
      await deaf.stop();
    });
});
