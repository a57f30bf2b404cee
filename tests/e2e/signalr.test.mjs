// The unmodified npm client against the server: negotiate, transports, invocations, errors.
// Proves, C-01, Q-07, Q-12.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { MISSING, directBetween, joined, newUser, newUsers, say } from './support/chat.mjs';
import { CLASSIC, HttpTransportType, MESSAGING, buildConnection, connect } from './support/client.mjs';
import { withDeadline } from './support/deadline.mjs';
import { connectRaw, openRaw } from './support/raw.mjs';
import { request, restOf } from './support/rest.mjs';
import { startServer } from './support/server.mjs';
import { assertKeys, assertRefused } from './support/shapes.mjs';
import { expiredToken, tokenFor } from './support/tokens.mjs';

let server;
before(async () => (server = await startServer()));
after(() => server.dispose());

describe('connecting', () => {
  for (const path of [MESSAGING, CLASSIC]) {
    for (const skipNegotiation of [false, true]) {
      const how = skipNegotiation ? 'without negotiation' : 'with negotiation';
      test(`the real client connects to ${path} ${how} and is answered`, async () => {
        const alice = newUser('alice');
        const client = await connect(server, alice, { path, skipNegotiation });
        const [presence] = await client.invoke('GetPresence', [alice]);
        assert.equal(presence.userId, alice);
        assert.equal(presence.online, true);
        assert.equal(client.connection.connectionId === null, skipNegotiation);
      });
    }
  }

  for (const path of ['/chatHub', '/ChatHub/', '/Hubs/Chat', '/hubs/chat/'])
    for (const [name, transport] of Object.entries({
      WebSockets: HttpTransportType.WebSockets,
      ServerSentEvents: HttpTransportType.ServerSentEvents,
      LongPolling: HttpTransportType.LongPolling,
    }))
      test(`the real client connects to ${path} by ${name}, as to a route of ASP.NET Core`, async () => {
        const alice = newUser('alice');
        const client = await connect(server, alice, { path, transport });
        assert.deepEqual(await client.invoke('GetPresence', []), []);
        await client.stop();
      });

  test('a classic connection is welcomed, a messaging one is not (R-005)', async () => {
    const alice = newUser('alice');
    const classic = await connect(server, alice, { path: CLASSIC });
    assert.deepEqual(await classic.waitFor('Notify'), ['Welcome to the chat!']);
    const messaging = await connect(server, alice);
    await messaging.invoke('GetPresence', []);
    assert.deepEqual(messaging.all('Notify'), []);
  });

  test('the client stops without an error', async () => {
    const client = await connect(server, newUser('alice'));
    const closed = new Promise((resolve) => client.connection.onclose(resolve));
    await client.stop();
    assert.equal(await withDeadline(closed, 'onclose'), undefined);
  });
});

describe('negotiate', () => {
  const negotiate = (query, options = { token: tokenFor('alice') }) =>
    request(server, 'POST', `${MESSAGING}/negotiate${query}`, options);

  test('version 1 is answered with two different ids and the transports', async () => {
    const { status, body, headers } = await negotiate('?negotiateVersion=1');
    assert.equal(status, 200);
    assert.match(headers.get('content-type'), /^application\/json/);
    assert.ok(Number(headers.get('content-length')) > 0, 'Content-Length is set');
    assertKeys(body, [
      'availableTransports',
      'connectionId',
      'connectionToken',
      'negotiateVersion',
      'tokenLifetimeSeconds',
    ]);
    assert.equal(body.negotiateVersion, 1);
    assert.notEqual(body.connectionId, body.connectionToken);
    assert.match(body.connectionToken, /^[A-Za-z0-9_.~-]{22,}$/, 'goes into a URL unescaped');
    const [first] = body.availableTransports;
    assert.equal(first.transport, 'WebSockets');
    assert.ok(first.transferFormats.includes('Text'));
  });

  test('the name of the version parameter is read in any case', async () => {
    assert.equal((await negotiate('?NEGOTIATEVERSION=1')).body.negotiateVersion, 1);
  });

  test('a version above 1 is answered with 1', async () => {
    assert.equal((await negotiate('?negotiateVersion=7')).body.negotiateVersion, 1);
  });

  test('a version that is no integer is an error in a 200', async () => {
    const { status, body } = await negotiate('?negotiateVersion=one');
    assert.equal(status, 200);
    assert.deepEqual(body, { error: 'The client requested a non-integer protocol version.' });
  });

  test('no version means 0: the one id is the key of the connection', async () => {
    for (const query of ['', '?negotiateVersion=0']) {
      const { status, body } = await negotiate(query);
      assert.equal(status, 200);
      assertKeys(body, ['availableTransports', 'connectionId', 'negotiateVersion', 'tokenLifetimeSeconds']);
      assert.equal(body.negotiateVersion, 0);
      await connectRaw(server, 'alice', { path: `${MESSAGING}?id=${body.connectionId}` });
      // It is used up like any other, and another user's is of no use.
      const other = (await negotiate(query)).body.connectionId;
      const path = `${MESSAGING}?id=${other}`;
      assert.equal((await openRaw(server, 'mallory', { path })).status, 403);
      assert.equal((await openRaw(server, 'alice', { path })).status, 404);
    }
  });

  test('a version below 0 is refused in a 200', async () => {
    assert.deepEqual((await negotiate('?negotiateVersion=-1')).body, {
      error: "The client requested version '-1', but the server does not support this version.",
    });
  });

  test('other verbs get 405', async () => {
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const { status } = await request(
        server,
        method,
        `${MESSAGING}/negotiate?negotiateVersion=1`,
        { token: tokenFor('alice') },
      );
      assert.equal(status, 405, method);
    }
  });

  test('the public connection id is not accepted in place of the token', async () => {
    const { body } = await negotiate('?negotiateVersion=1');
    const path = `${MESSAGING}?id=${body.connectionId}`;
    assert.equal((await openRaw(server, 'alice', { path })).status, 404);
  });

  test('a connection token serves one user only', async () => {
    const { body } = await negotiate('?negotiateVersion=1');
    const path = `${MESSAGING}?id=${body.connectionToken}`;
    assert.ok([403, 404].includes((await openRaw(server, 'mallory', { path })).status));
  });
});

describe('who may come in', () => {
  const bad = {
    'no token': '',
    'a forged token': tokenFor('alice', {}, 'x'.repeat(40)),
    'an expired token': expiredToken('alice'),
    'no token at all, but text': 'not.a.token',
  };

  for (const [name, token] of Object.entries(bad)) {
    test(`${name}: start() rejects with Status code '401'`, async () => {
      const connection = buildConnection(server, 'alice', { token });
      await assert.rejects(connection.start(), (error) => {
        assert.match(error.message, /^Failed to complete negotiation with the server: Error: /);
        assert.ok(error.message.includes("Status code '401'"), error.message);
        return true;
      });
    });

    test(`${name}: the upgrade is answered 401, before any look-up of the id`, async () => {
      for (const path of [MESSAGING, `${MESSAGING}?id=bogus`]) {
        const socket = await openRaw(server, 'alice', { path, token });
        assert.equal(socket.status, 401);
        assert.match(socket.head, /^www-authenticate: Bearer/im);
      }
    });
  }

  test('an upgrade with an unknown id and a good token gets 404', async () => {
    const socket = await openRaw(server, 'alice', { path: `${MESSAGING}?id=bogus` });
    assert.equal(socket.status, 404);
  });

  test('the token may come in the query or in the header, whose scheme has any case', async () => {
    const token = tokenFor('alice');
    const query = { path: `${MESSAGING}?access_token=${token}`, token: null };
    const header = { token: null, headers: { authorization: `bEaReR ${token}` } };
    for (const way of [query, header]) {
      assert.equal((await openRaw(server, 'alice', way)).status, 101);
    }
  });

  test('the header wins over the query', async () => {
    const good = tokenFor('alice');
    const bad = expiredToken('alice');
    const status = async (inQuery, inHeader) =>
      (
        await openRaw(server, 'alice', {
          path: `${MESSAGING}?access_token=${inQuery}`,
          token: inHeader,
        })
      ).status;
    assert.equal(await status(bad, good), 101);
    assert.equal(await status(good, bad), 401);
  });
});

describe('invocations', () => {
  let alice;
  before(async () => (alice = await connect(server, newUser('alice'))));

  const failed = (method) => `Failed to invoke '${method}' due to an error on the server.`;
  const rejectsWith = (promise, text) =>
    assert.rejects(promise, (error) => (assert.equal(error.message, text), true));

  test('an unknown method is a completion error and the connection lives', async () => {
    await rejectsWith(
      alice.invoke('NoSuchMethod', 1),
      `${failed('NoSuchMethod')} HubException: Method does not exist.`,
    );
    assert.equal((await alice.invoke('GetPresence', [])).length, 0);
  });

  test('too few and too many arguments are binding failures', async () => {
    await rejectsWith(alice.invoke('JoinConversation'), failed('JoinConversation'));
    await rejectsWith(alice.invoke('JoinConversation', 'a', 'b'), failed('JoinConversation'));
  });

  test('values of the wrong type are binding failures', async () => {
    await rejectsWith(alice.invoke('JoinConversation', 42), failed('JoinConversation'));
    await rejectsWith(alice.invoke('GetPresence', 'alice'), failed('GetPresence'));
    await rejectsWith(alice.invoke('Send', 'text'), failed('Send'));
  });

  test('optional arguments may be missing or null (Q-12)', async () => {
    assert.deepEqual(await alice.invoke('GetConversations'), []);
    assert.deepEqual(await alice.invoke('GetConversations', null), []);
    assert.deepEqual(await alice.invoke('GetConversations', { limit: null }), []);
  });

  test('names of methods are matched in any case', async () => {
    assert.deepEqual(await alice.invoke('GETpresence', []), []);
  });

  test('a streaming call of a plain method is refused', async () => {
    const failure = new Promise((resolve, reject) =>
      alice.connection
        .stream('GetPresence', [])
        .subscribe({ next: resolve, complete: resolve, error: reject }),
    );
    await rejectsWith(
      withDeadline(failure, 'the stream ends'),
      'The client attempted to invoke the ' +
        "non-streaming 'GetPresence' method with a streaming invocation.",
    );
  });

  test('a method without a result completes with none', async () => {
    const bob = newUser('bob');
    const conversation = await directBetween(server, alice.sub, bob);
    assert.ok((await alice.invoke('JoinConversation', conversation)) == null);
    assert.ok((await alice.invoke('LeaveConversation', conversation)) == null);
  });

  test('a refusal reads as HubException with its code (Q-07)', async () => {
    await assertRefused(alice.invoke('JoinConversation', MISSING), 'JoinConversation', 'not_found');
  });

  test('invocations take effect in the order of the calls, without waiting for answers', async () => {
    const [carol, bob] = newUsers('carol', 'bob');
    const conversation = await directBetween(server, carol, bob);
    const client = await joined(server, carol, conversation);
    const calls = Array.from({ length: 60 }, (_, i) => say(client, conversation, `line ${i}`));
    const seqs = (await Promise.all(calls)).map(({ seq }) => seq);
    assert.deepEqual(
      seqs,
      seqs.map((_, i) => seqs[0] + i),
    );
  });

  test('a call sees what the calls before it did', async () => {
    const [carol, bob] = newUsers('carol', 'bob');
    const client = await connect(server, carol);
    const { conversationId } = await client.invoke('CreateConversation', {
      type: 'Direct',
      participantIds: [bob],
    });
    const sending = say(client, conversationId, 'first');
    const reading = client.invoke('GetMessages', { conversationId });
    await sending;
    assert.deepEqual(
      (await reading).messages.map(({ content }) => content),
      ['first'],
    );
  });

  test('send() without an answer is run as well', async () => {
    const [carol, bob] = newUsers('carol', 'bob');
    const conversation = await directBetween(server, carol, bob);
    const client = await joined(server, carol, conversation);
    await client.connection.send('Send', { conversationId: conversation, content: 'quiet' });
    await client.waitFor('MessageReceived', ({ content }) => content === 'quiet');
  });
});

describe('REST beside the hub', () => {
  test('an unknown route is 404 with a token and 401 without', async () => {
    assert.equal((await restOf(server, 'alice').get('/messaging/nothing')).status, 404);
    assert.equal((await request(server, 'GET', '/messaging/conversations')).status, 401);
  });
});
