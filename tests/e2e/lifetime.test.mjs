// Pings, timeouts, and what clients live through when the server restarts.
// Proves and sections 7.3, 9, 10 of the SignalR facts.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { newUser } from './support/chat.mjs';
import { connect } from './support/client.mjs';
import { until, withDeadline } from './support/deadline.mjs';
import { connectRaw, invocation, record } from './support/raw.mjs';
import { startServer } from './support/server.mjs';

const KEEP_ALIVE_MS = 100;
const CLIENT_TIMEOUT_MS = 600;
const PING = record({ type: 6 });

const pings = (socket) => socket.records.filter(({ type }) => type === 6).length;

describe('keep-alive', () => {
  let server;
  before(async () => {
    server = await startServer({
      'hub.keep_alive_ms': KEEP_ALIVE_MS,
      'hub.client_timeout_ms': CLIENT_TIMEOUT_MS,
    });
  });
  after(() => server.dispose());

  test('an idle connection is pinged', async () => {
    const socket = await connectRaw(server, newUser('alice'));
    await until(() => pings(socket) >= 3, 'three pings');
  });

  test('a client that pinged once and fell silent is closed, one that never pinged is not', async () => {
    const never = await connectRaw(server, newUser('alice'));
    const once = await connectRaw(server, newUser('bob'));
    once.send(PING);
    const { records } = await once.untilClosed();
    assert.equal(records.at(-1).type, 7);
    assert.equal(records.at(-1).allowReconnect, true);
    never.send(invocation('GetPresence', [[]], 'still here'));
    assert.equal((await never.completion()).invocationId, 'still here');
  });

  test('any record renews the timeout', async () => {
    const silent = await connectRaw(server, newUser('alice'));
    const busy = await connectRaw(server, newUser('bob'));
    silent.send(PING);
    busy.send(PING);
    const talk = setInterval(() => busy.send(invocation('GetPresence', [[]], 'x')), KEEP_ALIVE_MS);
    await silent.untilClosed().finally(() => clearInterval(talk));
    assert.equal(busy.socket.destroyed, false);
  });

  test('the real client with short timeouts lives through many of them', async () => {
    const tune = (connection) => {
      connection.serverTimeoutInMilliseconds = 5 * KEEP_ALIVE_MS;
      connection.keepAliveIntervalInMilliseconds = KEEP_ALIVE_MS;
    };
    const client = await connect(server, newUser('alice'), { tune });
    const clock = await connectRaw(server, newUser('bob'));
    await until(
      () => pings(clock) > (3 * CLIENT_TIMEOUT_MS) / KEEP_ALIVE_MS,
      'three timeouts pass',
    );
    assert.equal(client.connection.state, 'Connected');
    assert.deepEqual(await client.invoke('GetPresence', []), []);
  });
});

describe('a restart', () => {
  let server;
  before(async () => (server = await startServer()));
  beforeEach(() => server.isRunning || server.start());
  after(() => server.dispose());

  const QUICK = Array(100).fill(100);

  test('SIGTERM tells everyone to come back, and the real client does so by itself', async () => {
    const alice = await connect(server, newUser('alice'), { reconnect: QUICK });
    const reconnected = new Promise((resolve) => alice.connection.onreconnected(resolve));
    const reconnecting = new Promise((resolve) => alice.connection.onreconnecting(resolve));
    const witness = await connectRaw(server, newUser('bob'));
    const ending = witness.untilClosed();
    assert.equal(await server.stop(), 0, 'exit code');
    const { records, code } = await ending;
    assert.deepEqual(records.at(-1), { type: 7, allowReconnect: true });
    assert.equal(code, 1000);
    await withDeadline(reconnecting, 'onreconnecting');
    await server.start();
    await withDeadline(reconnected, 'onreconnected');
    assert.deepEqual(await alice.invoke('GetPresence', []), []);
  });

  test('a client without reconnect is closed without an error', async () => {
    const alice = await connect(server, newUser('alice'));
    const closed = new Promise((resolve) => alice.connection.onclose(resolve));
    assert.equal(await server.stop(), 0);
    assert.equal(await withDeadline(closed, 'onclose'), undefined);
  });

  test('after kill -9 the real client comes back as well', async () => {
    const alice = await connect(server, newUser('alice'), { reconnect: QUICK });
    const reconnected = new Promise((resolve) => alice.connection.onreconnected(resolve));
    await server.kill9();
    await server.start();
    await withDeadline(reconnected, 'onreconnected');
    assert.deepEqual(await alice.invoke('GetPresence', []), []);
  });
});
