// Server-Sent Events and long polling as bare HTTP. Proves sections 4, 4.2 and 4.3 of the SignalR
// facts: the status table, what belongs to whom, and how each ends.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { EVENT_STREAM, SEPARATOR, bareTransports } from './support/bare-transports.mjs';
import { directBetween, joined, newUser, newUsers, say } from './support/chat.mjs';
import { MESSAGING, connect } from './support/client.mjs';
import { until, withDeadline } from './support/deadline.mjs';
import { HANDSHAKE, MESSAGEPACK_HANDSHAKE, invocation, openRaw, record } from './support/raw.mjs';
import { startServer } from './support/server.mjs';

const APP = 'https://app.example';

let server;
before(async () => {
  server = await startServer({
    'hub.disconnect_timeout_ms': 500,
    'hub.poll_timeout_ms': 700,
    'hub.keep_alive_ms': 400,
    'presence.grace_ms': 1,
    'http.threads': 2,
    'http.allowed_origins': APP,
  });
});
after(() => server.dispose());

/// Runs a test on a server of its own.
async function onServer(settings, act) {
  const shared = server;
  server = await startServer(settings);
  try {
    await act();
  } finally {
    await server.dispose();
    server = shared;
  }
}

const { exchange, call, status, negotiate, tokenOf, records, polled, polling, streaming } =
  bareTransports(() => server);

// -- the status table -----------------------------------------------------------------------------------

describe('status table', () => {
  test('negotiate offers three transports', async () => {
    const { availableTransports } = await negotiate('alice');
    assert.deepEqual(availableTransports, [
      { transport: 'WebSockets', transferFormats: ['Text', 'Binary'] },
      { transport: 'ServerSentEvents', transferFormats: ['Text'] },
      { transport: 'LongPolling', transferFormats: ['Text', 'Binary'] },
    ]);
  });

  test('no id is 400, an unknown one 404, another verb 405, no token 401', async () => {
    for (const method of ['GET', 'POST', 'DELETE']) {
      for (const headers of [{}, EVENT_STREAM]) {
        assert.equal(await status(method, undefined, { sub: 'alice', headers }), 400, method);
        assert.equal(await status(method, '', { sub: 'alice', headers }), 400, method);
        assert.equal(await status(method, 'unknown', { sub: 'alice', headers }), 404, method);
        assert.equal(await status(method, 'unknown', { headers }), 401, method);
      }
    }
    for (const method of ['PUT', 'PATCH', 'HEAD'])
      assert.equal(await status(method, 'unknown', { sub: 'alice' }), 405, method);
  });

  test('the public connection id opens nothing', async () => {
    const { connectionId } = await negotiate('alice');
    assert.equal(await status('GET', connectionId, { sub: 'alice' }), 404);
  });

  test('another user is refused with 403, on a new token and on an open connection', async () => {
    const id = await tokenOf('alice');
    assert.equal(await status('GET', id, { sub: 'mallory' }), 403);
    const open = await polling('alice');
    for (const method of ['GET', 'POST', 'DELETE'])
      assert.equal(await status(method, open, { sub: 'mallory' }), 403, method);
    assert.equal(await status('POST', open, { sub: 'alice', body: record({ type: 6 }) }), 200);
  });

  test('a WebSocket takes no other request', async () => {
    const sub = newUser('alice');
    const id = await tokenOf(sub);
    const path = `${MESSAGING}?id=${id}`;
    const socket = await openRaw(server, sub, { path });
    assert.equal(socket.status, 101);
    assert.equal((await openRaw(server, sub, { path })).status, 409);
    assert.equal(await status('GET', id, { sub }), 400);
    assert.equal(await status('GET', id, { sub, headers: EVENT_STREAM }), 400);
    assert.equal(await status('POST', id, { sub, body: HANDSHAKE }), 405);
    assert.equal(await status('DELETE', id, { sub }), 400);
    await socket.stop();
    await until(async () => (await status('GET', id, { sub })) === 404, 'the id is gone');
  });

  test('a long poll stays a long poll', async () => {
    const sub = newUser('alice');
    const id = await polling(sub);
    assert.equal(await status('GET', id, { sub, headers: EVENT_STREAM }), 400);
    assert.equal((await openRaw(server, sub, { path: `${MESSAGING}?id=${id}` })).status, 400);
  });

  test('an event stream stays one, and there is one only', async () => {
    const sub = newUser('alice');
    const { id } = await streaming(sub);
    assert.equal(await status('GET', id, { sub, headers: EVENT_STREAM }), 409);
    assert.equal(await status('GET', id, { sub }), 400);
    assert.equal(await status('DELETE', id, { sub }), 400);
    assert.equal((await openRaw(server, sub, { path: `${MESSAGING}?id=${id}` })).status, 400);
  });
});

// -- Server-Sent Events -----------------------------------------------------------------------------------

describe('Server-Sent Events', () => {
  test('the head is as browsers need it', async () => {
    const { headers } = await streaming(newUser('alice'), HANDSHAKE, { origin: APP });
    assert.equal(headers['content-type'], 'text/event-stream');
    assert.match(headers['cache-control'], /no-cache/);
    assert.equal(headers['access-control-allow-origin'], APP);
    assert.equal(headers['access-control-allow-credentials'], 'true');
  });

  test('every event holds whole records', async () => {
    const sub = newUser('alice');
    const stream = await streaming(sub);
    const asks = ['1', '2', '3'].map((id) => invocation('GetPresence', [[]], id));
    const all = asks.join('');
    for (const part of [all.slice(0, 10), all.slice(10, 90), all.slice(90)])
      assert.equal(await status('POST', stream.id, { sub, body: part }), 200);
    const ids = () => stream.records().filter(({ type }) => type === 3);
    await until(() => ids().length === 3, 'three completions');
    for (const event of stream.events()) assert.ok(event.endsWith(SEPARATOR) && !/\n/.test(event));
    assert.deepEqual(stream.records()[0], {});
  });

  test('it is kept alive by pings', async () => {
    const stream = await streaming(newUser('alice'));
    await until(() => stream.records().some(({ type }) => type === 6), 'a ping');
  });

  test('messagepack is refused', async () => {
    const stream = await streaming(newUser('alice'), MESSAGEPACK_HANDSHAKE);
    await withDeadline(stream.exchange.answer, 'the stream ends');
    assert.deepEqual(stream.records(), [
      {
        error:
          "Cannot use the 'messagepack' protocol on the current transport. " +
          "The transport does not support 'Binary' transfer format.",
      },
    ]);
  });

  test('a client that goes is gone at once', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const conversation = await directBetween(server, alice, bob);
    const other = await joined(server, bob, conversation);
    const stream = await streaming(alice);
    await other.waitFor('UserOnline');
    stream.exchange.abort();
    await other.waitFor('UserOffline');
    await until(
      async () => (await status('POST', stream.id, { sub: alice, body: record({ type: 6 }) })) === 404,
      'POST is 404',
    );
  });

  test('a malformed record ends the stream with a Close', async () => {
    const sub = newUser('alice');
    const stream = await streaming(sub);
    assert.equal(await status('POST', stream.id, { sub, body: 'nonsense\x1e' }), 200);
    await withDeadline(stream.exchange.answer, 'the stream ends');
    assert.equal(stream.records().at(-1).type, 7);
    assert.equal(await status('POST', stream.id, { sub, body: record({ type: 6 }) }), 404);
  });
});

// -- long polling -------------------------------------------------------------------------------------------

describe('long polling', () => {
  test('a poll with nothing to say is answered empty after its time', async () => {
    const sub = newUser('alice');
    const { status: code, body, headers } = await call('GET', await polling(sub), { sub });
    assert.deepEqual([code, body], [200, '']);
    assert.match(headers['cache-control'], /no-cache/);
  });

  test('a newer poll ends the older with 204', async () => {
    const sub = newUser('alice');
    const id = await polling(sub);
    const older = exchange('GET', id, { sub });
    const newer = exchange('GET', id, { sub });
    const first = await Promise.race([older.answer, newer.answer]);
    assert.equal(first.status, 204);
    assert.equal(await status('POST', id, { sub, body: invocation('GetPresence', [[]], '1') }), 200);
    const answers = await Promise.all([older.answer, newer.answer]);
    const [said] = answers.filter((one) => one.status === 200);
    assert.equal(records(said.body)[0].invocationId, '1');
  });

  test('what happens between polls is kept', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const conversation = await directBetween(server, alice, bob);
    const other = await joined(server, bob, conversation);
    const id = await polling(alice);
    const body = invocation('JoinConversation', [conversation], 'j');
    assert.equal(await status('POST', id, { sub: alice, body }), 200);
    const sent = [];
    for (const content of ['one', 'two', 'three']) sent.push(await say(other, conversation, content));
    await other.waitForCount('MessageReceived', 3);
    const heard = [];
    while (heard.length < 3) {
      const all = await polled(id, alice);
      heard.push(...all.filter(({ target }) => target === 'MessageReceived'));
    }
    assert.deepEqual(
      heard.map(({ arguments: [{ seq }] }) => seq),
      sent.map(({ seq }) => seq),
    );
  });

  test('DELETE is 202, ends the poll with 204, and the id with it', async () => {
    const sub = newUser('alice');
    const id = await polling(sub);
    const poll = exchange('GET', id, { sub });
    // Answered once the poll was taken: a second one would end it.
    assert.equal(await status('POST', id, { sub, body: record({ type: 6 }) }), 200);
    assert.equal(await status('DELETE', id, { sub }), 202);
    assert.ok([204, 404].includes((await poll.answer).status));
    for (const method of ['GET', 'POST', 'DELETE'])
      assert.equal(await status(method, id, { sub }), 404, method);
  });

  test('after a Close one poll brings it, the next is 204, then 404', async () => {
    const sub = newUser('alice');
    const id = await polling(sub);
    assert.equal(await status('POST', id, { sub, body: record({ type: 7 }) }), 200);
    assert.deepEqual(records((await call('GET', id, { sub })).body), [{ type: 7 }]);
    assert.equal(await status('GET', id, { sub }), 204);
    assert.equal(await status('GET', id, { sub }), 404);
  });

  test('a client that stops polling is gone after the disconnect timeout', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const other = await joined(server, bob, await directBetween(server, alice, bob));
    const id = await polling(alice);
    await other.waitFor('UserOnline');
    await other.waitFor('UserOffline');
    assert.equal(await status('GET', id, { sub: alice }), 404);
  });

  test('a poll that the client gave up swallows nothing', async () => {
    const sub = newUser('alice');
    const id = await polling(sub);
    const given = exchange('GET', id, { sub, headers: { connection: 'close' } });
    assert.equal(await status('POST', id, { sub, body: record({ type: 6 }) }), 200);
    given.abort();
    await given.answer.catch(() => {});
    const body = invocation('GetPresence', [[]], 'kept');
    // The abort and the POST race on two sockets: the answer may be lost with the old poll only
    // when the POST comes first, so one is asked for until one comes through.
    const answered = async () => {
      assert.equal(await status('POST', id, { sub, body }), 200);
      const all = records((await call('GET', id, { sub })).body);
      return all.some(({ invocationId }) => invocationId === 'kept');
    };
    await until(answered, 'an answer');
  });

  test('it is not pinged', async () => {
    const sub = newUser('alice');
    const id = await polling(sub);
    for (let i = 0; i < 2; ++i) assert.equal((await call('GET', id, { sub })).body, '');
  });

  test('a ping arms no timeout that polls do not renew', () =>
    onServer({ 'hub.client_timeout_ms': 300, 'hub.poll_timeout_ms': 700 }, async () => {
      const sub = newUser('alice');
      const id = await polling(sub);
      assert.equal(await status('POST', id, { sub, body: record({ type: 6 }) }), 200);
      for (let i = 0; i < 2; ++i) {
        const { status: code, body } = await call('GET', id, { sub });
        assert.deepEqual([code, body], [200, '']);
      }
    }));

  test('a record may come in two posts', () =>
    onServer({}, async () => {
      const sub = newUser('alice');
      const id = await polling(sub);
      const bytes = Buffer.from(invocation('GetPresence', [[]], 'é') + invocation('GetPresence', [[]], 'b'));
      const cut = bytes.indexOf('é') + 1; // inside the character
      assert.equal(await status('POST', id, { sub, body: bytes.subarray(0, cut) }), 200);
      assert.equal(await status('POST', id, { sub, body: bytes.subarray(cut) }), 200);
      const answered = [];
      while (answered.length < 2)
        answered.push(...(await polled(id, sub)).map(({ invocationId }) => invocationId));
      assert.deepEqual(answered, ['é', 'b']);
    }));

  test('a slow poller is closed at the bound of its outbox', async () => {
    const own = await startServer({ 'hub.max_outbox_bytes': 64 * 1024, 'limits.enabled': false });
    const shared = server;
    server = own;
    try {
      const [alice, bob] = newUsers('alice', 'bob');
      const conversation = await directBetween(own, alice, bob);
      const sender = await connect(own, bob);
      const id = await polling(alice);
      const content = 'x'.repeat(5000);
      const body = invocation('JoinConversation', [conversation], 'j');
      assert.equal(await status('POST', id, { sub: alice, body }), 200);
      for (let i = 0; i < 20; ++i) await say(sender, conversation, content);
      const closed = async () => {
        const { body: text } = await call('GET', id, { sub: alice });
        return records(text).find(({ type }) => type === 7);
      };
      assert.equal((await until(closed, 'the Close')).allowReconnect, true);
    } finally {
      await own.dispose();
      server = shared;
    }
  });

  test('posts behind a full queue are answered late, and all are run', () =>
    onServer({}, async () => {
      const sub = newUser('alice');
      const id = await polling(sub);
      const asks = Array.from({ length: 120 }, (_, i) => invocation('GetPresence', [[]], `${i}`));
      const posts = asks.map((body) => status('POST', id, { sub, body }));
      const ids = new Set();
      while (ids.size < asks.length)
        for (const { invocationId } of await polled(id, sub)) ids.add(invocationId);
      for (const code of await Promise.all(posts)) assert.equal(code, 200);
    }));
});
