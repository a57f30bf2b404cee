// Stateful reconnect as the official client speaks it: its socket is cut again and again, and
// neither side notices more than a pause. Proves section 11 of the SignalR facts.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';
import { groupOf, joined, newUser, newUsers, say } from './support/chat.mjs';
import { MESSAGING, connect } from './support/client.mjs';
import { until, withDeadline } from './support/deadline.mjs';
import { Proxy } from './support/proxy.mjs';
import { RawSocket, connectRaw, invocation, openRaw, record } from './support/raw.mjs';
import { request } from './support/rest.mjs';
import { startServer } from './support/server.mjs';
import { tokenFor } from './support/tokens.mjs';

const VERSION_2 = record({ protocol: 'json', version: 2 });
const QUICK = Array(200).fill(50);

/// A negotiated connection that asked for stateful reconnect. @returns the answer of negotiate
async function negotiated(server, sub, query = '&useStatefulReconnect=true') {
  const path = `${MESSAGING}/negotiate?negotiateVersion=1${query}`;
  const { status, body } = await request(server, 'POST', path, { token: tokenFor(sub) });
  assert.equal(status, 200);
  return body;
}

const pathOf = ({ connectionToken }) => `${MESSAGING}?id=${connectionToken}`;

/// The same with its first socket, handshake done.
async function stateful(server, sub) {
  const ticket = await negotiated(server, sub);
  const socket = await openRaw(server, sub, { path: pathOf(ticket) });
  socket.send(VERSION_2);
  assert.deepEqual(await socket.next(), {});
  return { ticket, socket };
}

const again = (server, sub, ticket) => openRaw(server, sub, { path: pathOf(ticket) });

async function nextOf(socket, type) {
  for (;;) {
    const one = await socket.next(`a record of type ${type}`);
    if (one.type === type) return one;
  }
}

describe('stateful reconnect', () => {
  let server;
  before(async () => (server = await startServer({ 'presence.grace_ms': 0 })));
  after(() => server.dispose());

  for (const [name, protocol] of [
    ['json', undefined],
    ['messagepack', new MessagePackHubProtocol()],
  ]) {
    for (const how of ['cut', 'vanish'])
      test(`${name}, sockets that ${how}: nothing is lost, nothing doubled, calls complete`, async () => {
        const proxy = await Proxy.before(server);
        const [alice, bob] = newUsers('alice', 'bob');
        const id = await groupOf(server, alice, [bob]);
        const hearer = await joined(proxy.of(server), alice, id, { stateful: true, protocol });
        const { connectionId } = hearer.connection;
        let closed = 0;
        hearer.connection.onclose(() => (closed += 1));
        const other = await joined(server, bob, id);
        other.forget();
        const seqs = [];
        const ROUNDS = 8;
        for (let round = 0; round < ROUNDS; ++round) {
          const sends = Array.from({ length: 10 }, (_, i) => say(other, id, `${round}.${i}`));
          const own = Array.from({ length: 10 }, (_, i) => say(hearer, id, `own ${round}.${i}`));
          proxy[how]();
          seqs.push(...(await Promise.all([...sends, ...own])).map(({ seq }) => seq));
        }
        await hearer.waitForCount('MessageReceived', seqs.length);
        await say(other, id, 'the last');
        await hearer.waitFor('MessageReceived', ({ content }) => content === 'the last');
        const heard = hearer.all('MessageReceived').map(([{ seq }]) => seq);
        assert.deepEqual(
          heard.slice(0, -1),
          seqs.toSorted((a, b) => a - b),
        );
        assert.equal(proxy.cuts, ROUNDS);
        assert.equal(hearer.connection.connectionId, connectionId, 'still the same connection');
        assert.equal(closed, 0);
        assert.deepEqual(other.all('UserOffline'), [], 'nobody saw it go');
        await hearer.stop();
        await other.waitFor('UserOffline', (sub) => sub === alice);
        await proxy.close();
      });
  }

  test('a client that does not come back is cut after the wait, not before', async () => {
    const own = await startServer({ 'presence.grace_ms': 0, 'hub.resume_timeout_ms': 500 });
    const [alice, bob] = newUsers('alice', 'bob');
    await groupOf(own, alice, [bob]);
    const other = await connect(own, bob);
    const { socket, ticket } = await stateful(own, alice);
    await other.waitFor('UserOnline', (sub) => sub === alice);
    const start = performance.now();
    socket.socket.resetAndDestroy();
    await other.waitFor('UserOffline', (sub) => sub === alice);
    assert.ok(performance.now() - start >= 500, 'it waited');
    assert.equal((await again(own, alice, ticket)).status, 404);
    await own.dispose();
  });

  test('what was sent is sent again, Sequence first; what came twice is dropped; acks follow', async () => {
    const alice = newUser('alice');
    const { socket, ticket } = await stateful(server, alice);
    socket.send(invocation('GetPresence', [[]], 'a') + invocation('GetPresence', [[]], 'b'));
    await socket.completion();
    await socket.completion();
    assert.deepEqual(await nextOf(socket, 8), { type: 8, sequenceId: 2 });
    socket.send(record({ type: 8, sequenceId: 1 }));
    socket.send(invocation('GetPresence', [[]], 'c'));
    await socket.completion();
    socket.socket.resetAndDestroy();
    const next = await again(server, alice, ticket);
    assert.equal(next.status, 101);
    assert.deepEqual(await next.next(), { type: 9, sequenceId: 2 });
    assert.equal((await next.completion()).invocationId, 'b');
    assert.equal((await next.completion()).invocationId, 'c');
    // Before its Sequence nothing counts; then b and c come again, and d is new.
    next.send(invocation('GetPresence', [[]], 'early'));
    next.send(record({ type: 9, sequenceId: 2 }));
    for (const name of ['b', 'c', 'd']) next.send(invocation('GetPresence', [[]], name));
    assert.equal((await next.completion()).invocationId, 'd');
    assert.deepEqual(await nextOf(next, 8), { type: 8, sequenceId: 4 });
  });

  test('a second socket takes over from one that is still alive', async () => {
    const alice = newUser('alice');
    const { socket, ticket } = await stateful(server, alice);
    const next = await again(server, alice, ticket);
    assert.equal(next.status, 101);
    assert.deepEqual(await next.next(), { type: 9, sequenceId: 1 });
    await withDeadline(socket.closed.promise, 'the old socket is dropped');
  });

  test('of several sockets that take over at once one stays, and is told everything', async () => {
    const alice = newUser('alice');
    const { socket, ticket } = await stateful(server, alice);
    socket.send(invocation('GetPresence', [[]], 'a'));
    await socket.completion();
    const options = { path: pathOf(ticket) };
    const rivals = Array.from({ length: 5 }, () => new RawSocket(server, alice, options));
    for (const one of rivals) one.socket.on('close', () => one.answered.resolve());
    await Promise.all(rivals.map((one) => withDeadline(one.answered.promise, 'answered or closed')));
    const asks = record({ type: 9, sequenceId: 2 }) + invocation('GetPresence', [[]], 'z');
    for (const one of rivals) one.send(asks);
    const alive = () => rivals.filter((one) => !one.socket.destroyed);
    await until(() => alive().length === 1, 'one stays');
    const [last] = alive();
    assert.deepEqual(await last.next(), { type: 9, sequenceId: 1 });
    assert.equal((await last.completion()).invocationId, 'a');
    assert.equal((await last.completion()).invocationId, 'z');
    assert.equal(last.status, 101);
    last.send(record({ type: 7 }));
    assert.equal((await last.untilClosed()).code, 1000);
  });

  test('a Sequence beyond what came ends the connection', async () => {
    const alice = newUser('alice');
    const { ticket } = await stateful(server, alice);
    const next = await again(server, alice, ticket);
    next.send(record({ type: 9, sequenceId: 2 }));
    const { records } = await next.untilClosed();
    assert.equal(records.at(-1).error, 'Connection closed with an error.');
    assert.equal((await again(server, alice, ticket)).status, 404);
  });

  test('after a Close, of either side, the id is dead', async () => {
    const alice = newUser('alice');
    const left = await stateful(server, alice);
    left.socket.send(record({ type: 7 }));
    await left.socket.untilClosed();
    assert.equal((await again(server, alice, left.ticket)).status, 404);
    const ended = await stateful(server, alice);
    ended.socket.send('no record\x1e');
    await until(() => ended.socket.records.some(({ type }) => type === 7), 'a Close');
    assert.equal((await again(server, alice, ended.ticket)).status, 404);
  });

  test('a WebSocket close frame is a goodbye too', async () => {
    const alice = newUser('alice');
    const { socket, ticket } = await stateful(server, alice);
    socket.sendFrame(Buffer.from([0x03, 0xe9]), { opcode: 8 });
    await socket.closed.promise;
    assert.equal((await again(server, alice, ticket)).status, 404);
  });

  test('another user cannot take it over, and without the feature nobody can', async () => {
    const [alice, mallory] = newUsers('alice', 'mallory');
    const { ticket } = await stateful(server, alice);
    assert.equal((await again(server, mallory, ticket)).status, 403);
    const plain = await negotiated(server, alice, '');
    assert.equal(plain.useStatefulReconnect, undefined);
    const first = await openRaw(server, alice, { path: pathOf(plain) });
    first.send(VERSION_2);
    assert.deepEqual(await first.next(), {});
    assert.equal((await again(server, alice, plain)).status, 409);
    const old = await negotiated(server, alice);
    const version1 = await openRaw(server, alice, { path: pathOf(old) });
    version1.send(record({ protocol: 'json', version: 1 }));
    assert.deepEqual(await version1.next(), {});
    assert.equal((await again(server, alice, old)).status, 409);
  });

  test('more than the buffer holds while nobody listens ends the connection', async () => {
    const own = await startServer({ 'presence.grace_ms': 0, 'hub.stateful_buffer_bytes': 4096 });
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await groupOf(own, alice, [bob]);
    const other = await joined(own, bob, id);
    const { socket, ticket } = await stateful(own, alice);
    socket.send(invocation('JoinConversation', [id], 'join'));
    await socket.completion();
    socket.socket.resetAndDestroy();
    const gone = other.waitFor('UserOffline', (sub) => sub === alice);
    for (let i = 0; i < 6; ++i) await say(other, id, 'x'.repeat(1000));
    await gone;
    assert.equal((await again(own, alice, ticket)).status, 404);
    await own.dispose();
  });

  test('a server that is gone for good makes the client start anew', async () => {
    const own = await startServer();
    const alice = await connect(own, newUser('alice'), { stateful: true, reconnect: QUICK });
    const { connectionId } = alice.connection;
    const reconnected = new Promise((resolve) => alice.connection.onreconnected(resolve));
    await own.kill9();
    await own.start();
    await withDeadline(reconnected, 'onreconnected');
    assert.notEqual(alice.connection.connectionId, connectionId);
    assert.deepEqual(await alice.invoke('GetPresence', []), []);
    await own.dispose();
  });

  test('0 bytes: it is not offered', async () => {
    const own = await startServer({ 'hub.stateful_buffer_bytes': 0 });
    assert.equal((await negotiated(own, newUser('alice'))).useStatefulReconnect, undefined);
    const alice = await connect(own, newUser('alice'), { stateful: true });
    assert.deepEqual(await alice.invoke('GetPresence', []), []);
    await own.dispose();
  });
});

describe('two io threads', () => {
  let server;
  before(async () => (server = await startServer({ 'http.threads': 2 })));
  after(() => server.dispose());

  test('a socket accepted by the other thread moves to the connection it takes over', async () => {
    const alice = newUser('alice');
    const { ticket } = await stateful(server, alice);
    for (let round = 0; round < 6; ++round) {
      const next = await again(server, alice, ticket);
      assert.equal(next.status, 101, `round ${round}`);
      assert.equal((await nextOf(next, 9)).type, 9);
      next.send(record({ type: 9, sequenceId: round + 1 }));
      next.send(invocation('GetPresence', [[]], `${round}`));
      for (;;) if ((await next.completion()).invocationId === `${round}`) break;
    }
  });
});
