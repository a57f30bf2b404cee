// The real client over every transport and hub protocol. Proves sections 4.1 to 4.3 of the SignalR
// facts as the client sees them.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { HttpTransportType, HubConnectionState } from '@microsoft/signalr';
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';
import { directBetween, joined, newUsers, say, wholeHistory } from './support/chat.mjs';
import { buildConnection, connect } from './support/client.mjs';
import { until, withDeadline } from './support/deadline.mjs';
import { Proxy } from './support/proxy.mjs';
import { startServer } from './support/server.mjs';

const { WebSockets, ServerSentEvents, LongPolling } = HttpTransportType;
const messagepack = new MessagePackHubProtocol();
const WAYS = {
  'WebSockets, json': { transport: WebSockets },
  'WebSockets, messagepack': { transport: WebSockets, protocol: messagepack },
  'ServerSentEvents, json': { transport: ServerSentEvents },
  'LongPolling, json': { transport: LongPolling },
  'LongPolling, messagepack': { transport: LongPolling, protocol: messagepack },
};

let server;
before(async () => (server = await startServer({ 'presence.grace_ms': 1 })));
after(() => server.dispose());

async function pair() {
  const [alice, bob] = newUsers('alice', 'bob');
  return { alice, bob, conversation: await directBetween(server, alice, bob) };
}

for (const [name, way] of Object.entries(WAYS)) {
  describe(name, () => {
    test('invocations are answered, events are heard', async () => {
      const { alice, bob, conversation } = await pair();
      const one = await joined(server, alice, conversation, way);
      const other = await joined(server, bob, conversation);
      const sent = await say(one, conversation, 'grüße 世界 🎈');
      await other.waitFor('MessageReceived', ({ seq }) => seq === sent.seq);
      const answer = await say(other, conversation, 'back');
      const [heard] = await one.waitFor('MessageReceived', ({ seq }) => seq === answer.seq);
      assert.equal(heard.content, 'back');
      await assert.rejects(one.invoke('NoSuchMethod'), /Method does not exist/);
    });

    test('many sends at once keep their order, everything is heard once', async () => {
      const { alice, bob, conversation } = await pair();
      const one = await joined(server, alice, conversation, way);
      const other = await joined(server, bob, conversation, way);
      const contents = Array.from({ length: 200 }, (_, i) => `message ${i}`);
      const sent = await Promise.all(contents.map((content) => say(one, conversation, content)));
      await other.waitForCount('MessageReceived', contents.length);
      const seqs = sent.map(({ seq }) => seq);
      assert.deepEqual(
        other.all('MessageReceived').map(([{ seq }]) => seq),
        seqs,
      );
      const stored = await wholeHistory(server, alice, conversation);
      assert.deepEqual(
        stored.filter(({ content }) => content).map(({ content }) => content),
        contents,
      );
    });

    test('a send of 200 KiB in small records goes through', async () => {
      const { alice, conversation } = await pair();
      const one = await joined(server, alice, conversation, way);
      const content = 'x'.repeat(5000);
      await Promise.all(Array.from({ length: 40 }, () => say(one, conversation, content)));
    });

    test('a stop is an end that others learn of at once; the client can start again', async () => {
      const { alice, bob, conversation } = await pair();
      const other = await joined(server, bob, conversation);
      const one = await joined(server, alice, conversation, way);
      // Whoever leaves before anyone was told of its arrival is not told of.
      await other.waitFor('UserOnline', (who) => (who.userId ?? who) === alice);
      await one.connection.stop();
      await other.waitFor('UserOffline', (who) => (who.userId ?? who) === alice);
      await one.connection.start();
      await one.invoke('JoinConversation', conversation);
      await say(one, conversation, 'again');
    });

    test('a stopped server is come back to', async () => {
      const own = await startServer();
      try {
        const [alice] = newUsers('alice');
        const client = await connect(own, alice, {
          ...way,
          reconnect: Array.from({ length: 200 }, () => 25),
        });
        const reconnecting = new Promise((done) => client.connection.onreconnecting(done));
        const reconnected = new Promise((done) => client.connection.onreconnected(done));
        assert.equal(await own.stop(), 0);
        await withDeadline(reconnecting, 'the client knows');
        await own.start();
        await withDeadline(reconnected, 'the client is back');
        assert.deepEqual(await client.invoke('GetPresence', []), []);
      } finally {
        await own.dispose();
      }
    });
  });
}

test('without a choice of its own the client takes WebSockets', async () => {
  const [alice] = newUsers('alice');
  const client = await connect(server, alice);
  assert.equal(client.connection.connection.transport.constructor.name, 'WebSocketTransport');
});

/// Proxies that know nothing of WebSockets, by what they do to an upgrade.
const PROXIES = {
  'refuses it': (_, client) => client.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n') && null,
  'hangs up': (_, client) => client.destroy() && null,
  'takes it for a plain request': (bytes) =>
    Buffer.from(bytes.toString('latin1').replace(/^(connection|upgrade): \w+\r\n/gim, ''), 'latin1'),
};
for (const [name, onUpgrade] of Object.entries(PROXIES))
  test(`behind a proxy that ${name} the client goes on over Server-Sent Events`, async () => {
    const isUpgrade = (bytes) => /^upgrade: websocket/im.test(bytes.toString('latin1'));
    const filter = (bytes, client) => (isUpgrade(bytes) ? onUpgrade(bytes, client) : bytes);
    const proxy = await Proxy.before(server, filter);
    const [alice] = newUsers('alice');
    const client = await connect(proxy.of(server), alice);
    assert.equal(client.connection.connection.transport.constructor.name, 'ServerSentEventsTransport');
    assert.deepEqual(await client.invoke('GetPresence', []), []);
    await client.stop();
    await proxy.close();
  });

test('messagepack skips Server-Sent Events', async () => {
  const [alice] = newUsers('alice');
  const transport = ServerSentEvents | LongPolling;
  const client = await connect(server, alice, { transport, protocol: messagepack });
  assert.equal(client.connection.connection.transport.constructor.name, 'LongPollingTransport');
});

test('a guest of /chathub comes in by every transport', async () => {
  const own = await startServer({ 'auth.anonymous': true });
  try {
    for (const transport of [WebSockets, ServerSentEvents, LongPolling]) {
      const guest = await connect(own, 'guest', { transport, path: '/chathub', token: '' });
      await guest.waitFor('Notify');
      await guest.stop();
    }
  } finally {
    await own.dispose();
  }
});

test('over LongPolling stop() waits for the poll to end and leaves nothing', async () => {
  const [alice] = newUsers('alice');
  const connection = buildConnection(server, alice, { transport: LongPolling });
  await withDeadline(connection.start(), 'start');
  await withDeadline(connection.stop(), 'stop');
  await until(() => connection.state === HubConnectionState.Disconnected, 'disconnected');
});
