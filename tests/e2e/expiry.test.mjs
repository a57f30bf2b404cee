// The end of a token is the end of its connections; a newer one of the same user extends them.
// Proves R-039, the row "token expires during a connection" of the abuse table, and POST {hub}/refresh.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { HttpTransportType } from '@microsoft/signalr';
import { newUser, newUsers } from './support/chat.mjs';
import { CLASSIC, MESSAGING, connect, tokenOf } from './support/client.mjs';
import { until, withDeadline } from './support/deadline.mjs';
import { connectRaw, openRaw, record } from './support/raw.mjs';
import { request } from './support/rest.mjs';
import { startServer } from './support/server.mjs';
import { expiredToken, nowSeconds, tokenFor } from './support/tokens.mjs';

const TRANSPORTS = {
  WebSockets: HttpTransportType.WebSockets,
  ServerSentEvents: HttpTransportType.ServerSentEvents,
  LongPolling: HttpTransportType.LongPolling,
};
/// Closed this long after the end at the latest.
const WITHIN_S = 5;
const endingIn = (seconds) => ({ exp: nowSeconds() + seconds });

let server;
before(async () => (server = await startServer({ 'auth.clock_skew_s': 1 })));
after(() => server.dispose());

/// As .NET 11 clients do, with the connection's token in a header.
const refresh = (token, id, method = 'POST', at = server) =>
  request(at, method, `${MESSAGING}/refresh`, { token, headers: id === undefined ? {} : headerOf(id) });
const headerOf = (id) => ({ 'x-signalr-connection-token': id });

async function negotiated(sub, claims, at = server) {
  const path = `${MESSAGING}/negotiate?negotiateVersion=1`;
  return (await request(at, 'POST', path, { token: tokenFor(sub, claims) })).body;
}

describe('the end of a token', () => {
  for (const [name, transport] of Object.entries(TRANSPORTS))
    test(`${name}: it is told to come back, and does with a new token`, async () => {
      const claims = endingIn(2);
      const client = await connect(server, newUser('alice'), { claims, transport, reconnect: [0, 50, 50, 50] });
      const reconnecting = new Promise((resolve) => client.connection.onreconnecting(resolve));
      const reconnected = new Promise((resolve) => client.connection.onreconnected(resolve));
      assert.equal(await withDeadline(reconnecting, 'onreconnecting'), undefined, 'no error');
      const late = Date.now() / 1000 - claims.exp;
      assert.ok(late >= 1 && late < 1 + WITHIN_S, `${late} s after the end`);
      claims.exp = nowSeconds() + 60;
      await withDeadline(reconnected, 'onreconnected');
      assert.deepEqual(await client.invoke('GetPresence', []), []);
    });

  test('a bare WebSocket hears a Close that allows to come back, and 1000', async () => {
    const socket = await connectRaw(server, newUser('alice'), {
      token: tokenFor(newUser('alice'), endingIn(1)),
    });
    assert.deepEqual(await socket.untilClosed(), {
      records: [{ type: 7, allowReconnect: true }],
      code: 1000,
    });
  });

  test('REST refuses it from then on', async () => {
    const token = tokenFor(newUser('alice'), endingIn(1));
    const ask = () => request(server, 'GET', '/messaging/conversations', { token });
    assert.equal((await ask()).status, 200);
    await until(async () => (await ask()).status === 401, 'it is refused');
  });
});

describe('negotiate', () => {
  test('says how long the token is good', async () => {
    const { tokenLifetimeSeconds } = await negotiated(newUser('alice'), endingIn(100));
    assert.ok(tokenLifetimeSeconds > 90 && tokenLifetimeSeconds <= 100, `${tokenLifetimeSeconds}`);
  });

  test('a token good for a century has a lifetime that a .NET client can read', async () => {
    const century = 100 * 366 * 86_400;
    const { tokenLifetimeSeconds } = await negotiated(newUser('alice'), endingIn(century));
    assert.equal(tokenLifetimeSeconds, 2 ** 31 - 1);
  });
});

describe('refresh', () => {
  test('a new token of the same user extends the connection, on every transport', async () => {
    const all = await Promise.all(
      Object.values(TRANSPORTS).map(async (transport) => {
        const sub = newUser('alice');
        const client = await connect(server, sub, { claims: endingIn(3), transport });
        return { sub, client };
      }),
    );
    const unextended = await connectRaw(server, 'x', { token: tokenFor(newUser('bob'), endingIn(3)) });
    for (const { sub, client } of all) {
      const id = tokenOf(client);
      const token = tokenFor(sub, endingIn(60));
      const { status, body } = await refresh(token, id);
      // As a client does that knows of refresh: its requests carry the new token from now on.
      client.connection.connection._httpClient._accessToken = token;
      assert.equal(status, 200);
      assert.ok(body.tokenLifetimeSeconds > 50, JSON.stringify(body));
    }
    await unextended.untilClosed();
    for (const { client } of all) {
      assert.equal(client.connection.state, 'Connected');
      assert.deepEqual(await client.invoke('GetPresence', []), []);
    }
  });

  test('another user is refused, and nothing changes', async () => {
    const [alice, mallory] = newUsers('alice', 'mallory');
    const claims = endingIn(2);
    const { connectionToken } = await negotiated(alice, claims);
    const path = `${MESSAGING}?id=${connectionToken}`;
    const socket = await openRaw(server, alice, { path, token: tokenFor(alice, claims) });
    socket.send(record({ protocol: 'json', version: 1 }));
    assert.deepEqual(await socket.next(), {});
    const { status, body } = await refresh(tokenFor(mallory), connectionToken);
    assert.deepEqual([status, body.error, body.code], [403, 'user_changed', 'forbidden']);
    assert.equal((await socket.untilClosed()).code, 1000);
  });

  test('everything else is refused in the words of .NET', async () => {
    const alice = newUser('alice');
    const good = tokenFor(alice);
    const refused = async (...args) => {
      const { status, body } = await refresh(...args);
      return [status, body.error];
    };
    assert.deepEqual(await refused(undefined, 'x'), [401, 'invalid_token']);
    assert.deepEqual(await refused(expiredToken(alice), 'x'), [401, 'invalid_token']);
    assert.deepEqual(await refused(good, undefined), [400, 'missing_connection_token']);
    assert.deepEqual(await refused(good, 'x'), [404, 'connection_not_found']);
    assert.equal((await refresh(good, 'x', 'GET')).status, 405);
    const { connectionId } = await negotiated(alice);
    assert.deepEqual(await refused(good, connectionId), [404, 'connection_not_found']);
    const classic = await request(server, 'POST', `${CLASSIC}/refresh`, { token: good, headers: headerOf('x') });
    assert.equal(classic.status, 404);
  });

  test('the query may name the connection; the header wins', async () => {
    const alice = newUser('alice');
    const token = tokenFor(alice);
    const { connectionToken } = await negotiated(alice);
    const ask = async (id, headers) =>
      (await request(server, 'POST', `${MESSAGING}/refresh?id=${id}`, { token, headers })).status;
    assert.equal(await ask(connectionToken), 200);
    assert.equal(await ask('x', headerOf(connectionToken)), 200);
    assert.equal(await ask(connectionToken, headerOf('x')), 404);
  });

  test('a connection that was only negotiated: its owner is answered, it stays unused', async () => {
    const [alice, mallory] = newUsers('alice', 'mallory');
    const { connectionToken } = await negotiated(alice);
    const other = await refresh(tokenFor(mallory), connectionToken);
    assert.deepEqual([other.status, other.body.error], [403, 'user_changed']);
    const { status, body } = await refresh(tokenFor(alice, endingIn(100)), connectionToken);
    assert.equal(status, 200);
    assert.ok(body.tokenLifetimeSeconds > 90, JSON.stringify(body));
    const socket = await openRaw(server, alice, { path: `${MESSAGING}?id=${connectionToken}` });
    socket.send(record({ protocol: 'json', version: 1 }));
    assert.deepEqual(await socket.next(), {});
  });

  test('a shorter token is answered with its own lifetime, and the connection keeps its end', async () => {
    const alice = newUser('alice');
    const client = await connect(server, alice, { claims: endingIn(60) });
    const shorter = await refresh(tokenFor(alice, endingIn(1)), tokenOf(client));
    assert.equal(shorter.status, 200);
    assert.ok(shorter.body.tokenLifetimeSeconds <= 1, JSON.stringify(shorter.body));
    const unextended = await connectRaw(server, 'x', { token: tokenFor(newUser('bob'), endingIn(1)) });
    await unextended.untilClosed();
    assert.deepEqual(await client.invoke('GetPresence', []), []);
  });

  test('after the end, while clock skew keeps the connection: it is extended', async () => {
    const patient = await startServer({ 'auth.clock_skew_s': 60 });
    try {
      const alice = newUser('alice');
      const client = await connect(patient, alice, { claims: endingIn(-5) });
      const ended = await negotiated(alice, endingIn(-5), patient);
      assert.ok(!('tokenLifetimeSeconds' in ended), JSON.stringify(ended));
      const { status, body } = await refresh(tokenFor(alice, endingIn(60)), tokenOf(client), 'POST', patient);
      assert.equal(status, 200);
      assert.ok(body.tokenLifetimeSeconds > 50, JSON.stringify(body));
    } finally {
      await patient.dispose();
    }
  });
});
