// The Node part of the official TypeScript client's functional tests, written anew after their list
// (dotnet/aspnetcore, src/SignalR/clients/ts/FunctionalTests): HubConnectionTests over every
// transport and hub protocol.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { HttpTransportType, HubConnectionState, Subject } from '@microsoft/signalr';
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';
import { deferred, withDeadline } from './support/deadline.mjs';
import { collect, hubConnection, startFunctionalHub } from './support/functional.mjs';

const { WebSockets, ServerSentEvents, LongPolling } = HttpTransportType;
const messagepack = new MessagePackHubProtocol();
const WAYS = {
  'WebSockets, json': { transport: WebSockets },
  'WebSockets, messagepack': { transport: WebSockets, protocol: messagepack },
  'ServerSentEvents, json': { transport: ServerSentEvents },
  'LongPolling, json': { transport: LongPolling },
  'LongPolling, messagepack': { transport: LongPolling, protocol: messagepack },
};
// No store has a part in this: once is enough.
const skip = process.env.PARLEY_TEST_STORE === 'mysql' && 'the functional hub has no store';

let hub;
before(async () => (hub = skip ? undefined : await startFunctionalHub()));
after(() => hub?.stop());

/// Runs `steps` on a started connection and stops it.
async function on(way, steps, path = '/testhub') {
  const connection = hubConnection(hub.url + path, way);
  await withDeadline(connection.start(), 'the connection starts');
  try {
    return await withDeadline(steps(connection), 'the steps are done');
  } finally {
    await connection.stop();
  }
}

const rejects = (promise, message) => assert.rejects(promise, { message });
const called = (connection, name) => {
  const heard = deferred();
  connection.on(name, heard.resolve);
  return heard.promise;
};
const clientResult = async (connection) =>
  (await fetch(`${hub.url}/clientresult/${connection.connectionId}`)).text();
const THROWN = 'InvalidOperationException: An error occurred.';

for (const [name, way] of Object.entries(WAYS)) {
  describe(name, { skip }, () => {
    test('can invoke server method and receive result', () =>
      on(way, async (connection) => {
        assert.equal(await connection.invoke('Echo', '你好，世界！'), '你好，世界！');
      }));

    test('can invoke server method non-blocking and not receive result', () =>
      on(way, (connection) => connection.send('Echo', '你好，世界！')));

    test('can invoke server method structural object and receive structural result', () =>
      on(way, async (connection) => {
        const heard = called(connection, 'CustomObject');
        await connection.send('SendCustomObject', { Name: 'test', Value: 42 });
        assert.deepEqual(await heard, { Name: 'test', Value: 42 });
      }));

    test('can stream server method and receive result', () =>
      on(way, async (connection) => {
        assert.deepEqual(await collect(connection.stream('Stream')), ['a', 'b', 'c']);
      }));

    test('can stream server method and cancel stream', () =>
      on(way, async (connection) => {
        const canceled = called(connection, 'StreamCanceled');
        const stream = connection.stream('InfiniteStream');
        const never = () => assert.fail('nothing comes of it');
        stream.subscribe({ next: never, error: never, complete: never }).dispose();
        await canceled;
      }));

    test('rethrows an exception from the server when invoking', () =>
      on(way, (connection) =>
        rejects(
          connection.invoke('ThrowException', 'An error occurred.'),
          `An unexpected error occurred invoking 'ThrowException' on the server. ${THROWN}`,
        ),
      ));

    for (const method of ['EmptyStream', 'Stream'])
      test(`throws an exception when invoking streaming method ${method} with invoke`, () =>
        on(way, (connection) =>
          rejects(
            connection.invoke(method),
            `The client attempted to invoke the streaming '${method}' method with a non-streaming invocation.`,
          ),
        ));

    test('rethrows an exception from the server when streaming', () =>
      on(way, (connection) =>
        rejects(
          collect(connection.stream('StreamThrowException', 'An error occurred.')),
          `An unexpected error occurred invoking 'StreamThrowException' on the server. ${THROWN}`,
        ),
      ));

    test('throws an exception when invoking hub method with stream', () =>
      on(way, (connection) =>
        rejects(
          collect(connection.stream('Echo', '42')),
          "The client attempted to invoke the non-streaming 'Echo' method with a streaming invocation.",
        ),
      ));

    test('can receive server calls, twice over one client object', async () => {
      const connection = hubConnection(hub.url + '/testhub', way);
      const heard = [];
      let next = deferred();
      connection.on('mEsSaGe', (text) => {
        heard.push(text);
        next.resolve();
      });
      for (const text of ['first', 'second']) {
        await connection.start();
        await connection.invoke('InvokeWithString', text);
        await withDeadline(next.promise, `${text} is heard`);
        next = deferred();
        await connection.stop();
      }
      assert.deepEqual(heard, ['first', 'second']);
    });

    test('closed with error or start fails if hub cannot be created', async () => {
      const connection = hubConnection(hub.url + '/uncreatable', way);
      const closed = deferred();
      connection.onclose(closed.resolve);
      const error = await connection.start().then(
        () => withDeadline(closed.promise, 'the connection closes'),
        (refused) => refused,
      );
      assert.match(
        error.message,
        /Connection closed with an error\. InvalidOperationException: Unable to resolve service for type 'System\.Object'|404/,
      );
    });

    test('can handle different types', () =>
      on(way, async (connection) => {
        const isBinary = way.protocol !== undefined;
        const bytes = new Uint8Array(Buffer.from('hello world'));
        const sent = {
          String: 'Hello, World!',
          IntArray: [0x01, 0x02, 0x03, 0xff],
          ByteArray: isBinary ? bytes : Buffer.from(bytes).toString('base64'),
          Guid: '00010203-0405-0607-0706-050403020100',
          DateTime: isBinary ? new Date('2002-04-01T10:20:15Z') : '2002-04-01T10:20:15Z',
        };
        const got = await connection.invoke('EchoComplexObject', sent);
        assert.deepEqual(plain(got), plain(sent));
      }));

    test('can receive different types', () =>
      on(way, async (connection) => {
        const isBinary = way.protocol !== undefined;
        assert.deepEqual(plain(await connection.invoke('SendComplexObject')), {
          String: 'hello world',
          IntArray: [1, 2, 3],
          ByteArray: isBinary ? new Uint8Array([1, 2, 3]) : 'AQID',
          Guid: '00010203-0405-0607-0706-050403020100',
          DateTime: isBinary ? new Date('2000-01-01T00:00:00Z') : '2000-01-01T00:00:00Z',
        });
      }));

    test('can be restarted', async () => {
      const connection = hubConnection(hub.url + '/testhub', way);
      for (const text of ['once', 'twice']) {
        await connection.start();
        assert.equal(await connection.invoke('Echo', text), text);
        await connection.stop();
      }
    });

    test('can stream from client to server', () =>
      on(way, async (connection) => {
        const subject = new Subject();
        const result = connection.invoke('StreamingConcat', subject);
        for (const part of ['Hello ', 'world', '!']) subject.next(part);
        subject.complete();
        assert.equal(await result, 'Hello world!');
      }));

    test('can stream from client to server and close with error', () =>
      on(way, async (connection) => {
        const subject = new Subject();
        const result = connection.invoke('StreamingConcat', subject);
        subject.next('Hello ');
        subject.error(new Error('Something bad'));
        await rejects(
          result,
          "An unexpected error occurred invoking 'StreamingConcat' on the server. HubException: Something bad",
        );
      }));

    test('can return result to server', () =>
      on(way, async (connection) => {
        connection.on('Result', () => 10);
        assert.equal(await clientResult(connection), '10');
      }));

    test('can throw result to server', () =>
      on(way, async (connection) => {
        connection.on('Result', () => {
          throw new Error('from callback');
        });
        assert.equal(await clientResult(connection), 'Error: from callback');
      }));

    test('returns result error to server when no result given', () =>
      on(way, async (connection) => {
        connection.on('Result', () => {});
        assert.equal(await clientResult(connection), "Client didn't provide a result.");
      }));
  });
}

/// A Buffer, which the MessagePack decoder may hand out, is a Uint8Array too.
function plain(value) {
  const { ByteArray } = value;
  return { ...value, ByteArray: ByteArray instanceof Uint8Array ? new Uint8Array(ByteArray) : ByteArray };
}

// -- per transport ----------------------------------------------------------------------------------

const token = async () => (await fetch(`${hub.url}/generateJwtToken`)).text();

for (const [name, transport] of Object.entries({ WebSockets, ServerSentEvents, LongPolling })) {
  describe(name, { skip }, () => {
    test('can connect to hub with authorization', async () => {
      const jwt = await token();
      const echo = (connection) => connection.invoke('Echo', 'with a token');
      const way = { transport, accessTokenFactory: () => jwt };
      assert.equal(await on(way, echo, '/authorizedhub'), 'with a token');
    });

    test('can connect to hub with authorization using async token factory', async () => {
      const echo = (connection) => connection.invoke('Echo', 'with a token');
      assert.equal(await on({ transport, accessTokenFactory: token }, echo, '/authorizedhub'), 'with a token');
    });

    test('can get error from unauthorized hub connection', () =>
      rejects(
        hubConnection(hub.url + '/authorizedhub', { transport }).start(),
        "Failed to complete negotiation with the server: Error: Unauthorized: Status code '401'",
      ));

    if (transport !== LongPolling)
      test('terminates if no messages received within timeout interval', async () => {
        const connection = hubConnection(hub.url + '/testhub', { transport });
        const closed = deferred();
        connection.onclose(closed.resolve);
        await connection.start();
        connection.serverTimeoutInMilliseconds = 1;
        await connection.invoke('Echo', 'the timer starts anew').catch(() => {});
        const error = await withDeadline(closed.promise, 'the connection closes');
        assert.equal(
          error.message,
          'Server timeout elapsed without receiving a message from the server.',
        );
      });

    test('preserves cookies between requests, but not expired ones', () =>
      on({ transport }, async (connection) => {
        assert.equal(await connection.invoke('GetCookie', 'testCookie'), 'testValue');
        assert.equal(await connection.invoke('GetCookie', 'testCookie2'), 'testValue2');
        assert.equal(await connection.invoke('GetCookie', 'expiredCookie'), null);
      }));

    test('can reconnect', async () => {
      const connection = reconnecting('/testhub', { transport });
      await connection.start();
      const before = connection.connectionId;
      const back = deferred();
      connection.onreconnected(back.resolve);
      connection.serverTimeout();
      const id = await withDeadline(back.promise, 'it is back');
      assert.notEqual(id, before);
      assert.equal(id, connection.connectionId);
      assert.equal(await connection.invoke('Echo', 'back'), 'back');
      await connection.stop();
    });

    test('can change url in reconnecting state', async () => {
      const connection = reconnecting('/testhub', { transport });
      await connection.start();
      const changed = deferred();
      connection.onreconnecting(() => {
        connection.baseUrl = 'http://example123.com';
        changed.resolve();
      });
      connection.serverTimeout();
      await withDeadline(changed.promise, 'it reconnects');
      assert.equal(connection.baseUrl, 'http://example123.com');
      await connection.stop();
    });

    test('sets the user agent header, users may overwrite it', async () => {
      const header = (connection) => connection.invoke('GetHeader', 'User-Agent');
      assert.match(await on({ transport }, header), /^Microsoft SignalR\/\d/);
      const headers = { 'User-Agent': 'Custom Agent', 'X-HEADER': 'VALUE' };
      assert.equal(await on({ transport, headers }, header), 'Custom Agent');
      const own = (connection) => connection.invoke('GetHeader', 'x-header');
      assert.equal(await on({ transport, headers }, own), 'VALUE');
    });
  });
}

function reconnecting(path, way) {
  const connection = hubConnection(hub.url + path, way);
  connection._reconnectPolicy = { nextRetryDelayInMilliseconds: () => 1 };
  return connection;
}

// -- once -------------------------------------------------------------------------------------------

describe('negotiation', { skip }, () => {
  const redirected = () =>
    `/redirect?numRedirects=0&baseUrl=${encodeURIComponent(hub.url)}`;

  test('can reconnect after negotiate redirect', async () => {
    const connection = reconnecting(redirected(), { transport: WebSockets });
    await connection.start();
    const before = await connection.invoke('GetNumRedirects');
    const id = connection.connectionId;
    const back = deferred();
    connection.onreconnected(back.resolve);
    connection.serverTimeout();
    assert.notEqual(await withDeadline(back.promise, 'it is back'), id);
    assert.ok((await connection.invoke('GetNumRedirects')) > before);
    assert.equal(await connection.invoke('GetCallerConnectionId'), connection.connectionId);
    await connection.stop();
  });

  test('can reconnect after skipping negotiation, connection id is null', async () => {
    const way = { transport: WebSockets, skipNegotiation: true };
    const connection = reconnecting('/testhub', way);
    await connection.start();
    assert.equal(connection.connectionId, null);
    assert.match(await connection.invoke('GetCallerConnectionId'), /^[\w-]{22}$/);
    const back = deferred();
    connection.onreconnected(() => back.resolve());
    connection.serverTimeout();
    await withDeadline(back.promise, 'it is back');
    assert.equal(connection.connectionId, null);
    assert.equal(await connection.invoke('Echo', 'back'), 'back');
    await connection.stop();
  });

  test('connection id matches server side connection id', () =>
    on(
      { transport: WebSockets },
      async (connection) => {
        assert.equal(connection.state, HubConnectionState.Connected);
        assert.equal(await connection.invoke('GetCallerConnectionId'), connection.connectionId);
      },
      redirected(),
    ));

  test('a client takes the best transport that is offered', async () => {
    const name = (connection) => connection.invoke('GetActiveTransportName');
    assert.equal(await on({}, name), 'WebSockets');
    assert.equal(await on({}, name, '/testhub-nowebsockets'), 'ServerSentEvents');
    assert.equal(await on({ protocol: messagepack }, name, '/testhub-nowebsockets'), 'LongPolling');
  });

  test('a transport that is not offered is not there', async () => {
    const way = { transport: WebSockets, skipNegotiation: true };
    await assert.rejects(hubConnection(hub.url + '/testhub-nowebsockets', way).start());
  });

  test('a refused negotiate tells its text', () =>
    rejects(
      hubConnection(hub.url + '/bad-negotiate').start(),
      "Failed to complete negotiation with the server: Error: Some response from server: Status code '400'",
    ));

  test('over LongPolling it sends DELETE request and waits for poll to terminate', async () => {
    const connection = hubConnection(hub.url + '/testhub', { transport: LongPolling });
    await connection.start();
    await connection.invoke('Echo', 'polling');
    const url = connection.connection.transport._url;
    await connection.stop();
    assert.equal((await fetch(url)).status, 404);
  });
});
