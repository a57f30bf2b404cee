// The Node part of the official client's ConnectionTests and WebSocketTests: bare connections
// without a hub protocol on /echo.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import { HttpTransportType, TransferFormat } from '@microsoft/signalr';
import { deferred, withDeadline } from './support/deadline.mjs';
import { startFunctionalHub } from './support/functional.mjs';

const require = createRequire(import.meta.url);
const { HttpConnection } = require('@microsoft/signalr/dist/cjs/HttpConnection.js');
const { WebSockets, ServerSentEvents, LongPolling } = HttpTransportType;
const MESSAGE = 'Hello World!';
const skip = process.env.PARLEY_TEST_STORE === 'mysql' && 'the functional hub has no store';

let hub;
before(async () => (hub = skip ? undefined : await startFunctionalHub()));
after(() => hub?.stop());

/// Sends MESSAGE to /echo, hears it back and stops. @returns what the client logged
async function echoed(options = {}, path = '/echo') {
  const log = [];
  const logger = { log: (level, message) => log.push(message) };
  const connection = new HttpConnection(hub.url + path, { ...options, logger });
  const heard = deferred();
  const closed = deferred();
  connection.onreceive = heard.resolve;
  connection.onclose = closed.resolve;
  await connection.start(TransferFormat.Text);
  await connection.send(MESSAGE);
  assert.equal(await withDeadline(heard.promise, 'the echo comes'), MESSAGE);
  await connection.stop();
  assert.equal(await withDeadline(closed.promise, 'it closes'), undefined);
  return log;
}

describe('a connection without a hub protocol', { skip }, () => {
  test('can connect to the server without specifying transport explicitly', () => echoed());

  test('follows a redirected negotiate', () => echoed({ transport: LongPolling }, '/echoredirect'));

  for (const [name, transport] of Object.entries({ WebSockets, ServerSentEvents, LongPolling })) {
    test(`${name}: can send and receive messages`, () => echoed({ transport }));

    test(`${name}: does not log content of messages sent or received by default`, async () => {
      const log = await echoed({ transport });
      assert.equal(log.some((line) => line.includes(MESSAGE)), false);
    });

    test(`${name}: does log content of messages sent or received when enabled`, async () => {
      const log = await echoed({ transport, logMessageContent: true });
      const tells = log.filter((line) => line.includes(MESSAGE));
      assert.equal(tells.length, 2, log.join('\n'));
    });
  }

  test('a bare WebSocket hears its message and closes cleanly', async () => {
    const { default: WebSocket } = await import('ws');
    const socket = new WebSocket(`${hub.url.replace('http', 'ws')}/echo`);
    const opened = deferred();
    const heard = deferred();
    const closed = deferred();
    socket.on('open', opened.resolve);
    socket.on('message', (data) => heard.resolve(String(data)));
    socket.on('close', closed.resolve);
    await withDeadline(opened.promise, 'it opens');
    socket.send('test');
    assert.equal(await withDeadline(heard.promise, 'the echo comes'), 'test');
    socket.close(1000);
    assert.equal(await withDeadline(closed.promise, 'it closes'), 1000);
  });
});
