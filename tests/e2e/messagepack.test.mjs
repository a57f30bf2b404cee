// The hub protocol messagepack: the real client over a WebSocket, and the byte stream underneath.
// Proves section 8 of the SignalR facts.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';
import { encode } from '@msgpack/msgpack';
import { directBetween, joined, newUser, newUsers, say } from './support/chat.mjs';
import { connect } from './support/client.mjs';
import { OPCODE } from './support/frames.mjs';
import { MESSAGEPACK_HANDSHAKE, openRaw } from './support/raw.mjs';
import { startServer } from './support/server.mjs';

const binary = { protocol: new MessagePackHubProtocol() };
const ENDED = [7, 'Connection closed with an error.', true];

let server;
let alice;
let bob;
let conversation;
before(async () => {
  server = await startServer();
  [alice, bob] = newUsers('alice', 'bob');
  conversation = await directBetween(server, alice, bob);
});
after(() => server.dispose());

/// `value` as one record: length, then the array.
function packed(value) {
  const body = Buffer.from(encode(value));
  const prefix = [];
  let length = body.length;
  for (; length >= 0x80; length >>>= 7) prefix.push((length & 0x7f) | 0x80);
  return Buffer.concat([Buffer.from([...prefix, length]), body]);
}

const ask = (id) => packed([1, {}, id, 'GetPresence', [[]]]);

async function connectBinary() {
  const socket = await openRaw(server, newUser('carol'), { binary: true });
  socket.send(MESSAGEPACK_HANDSHAKE);
  assert.deepEqual(await socket.next(), {}, 'handshake response');
  return socket;
}

const sendBinary = (socket, bytes) => socket.sendFrame(bytes, { opcode: OPCODE.binary });

async function completions(socket, count) {
  const ids = [];
  while (ids.length < count) {
    const one = await socket.next();
    if (one[0] === 3) ids.push(one[2]);
  }
  return ids;
}

describe('the real client', () => {
  test('talks with one that speaks json', async () => {
    const one = await joined(server, alice, conversation, binary);
    const other = await joined(server, bob, conversation);
    const content = 'grüße 世界 🎈';
    const sent = await say(one, conversation, content);
    assert.ok(sent.seq > 0 && sent.messageId && sent.createdAt);
    const same = ({ seq }) => seq === sent.seq;
    for (const client of [one, other]) {
      const [message] = await client.waitFor('MessageReceived', same);
      assert.equal(message.content, content);
      assert.equal(message.seq, sent.seq);
    }
    assert.deepEqual(
      await one.waitFor('MessageReceived', same),
      await other.waitFor('MessageReceived', same),
    );
  });

  test('gets void results, lists and long texts', async () => {
    const client = await connect(server, alice, binary);
    assert.equal((await client.invoke('JoinConversation', conversation)) ?? null, null);
    const content = 'x'.repeat(5000);
    const { messageId } = await say(client, conversation, content);
    const page = await client.invoke('GetMessages', { conversationId: conversation, limit: 1 });
    assert.deepEqual(
      page.messages.map(({ id }) => id),
      [messageId],
    );
    assert.equal(page.messages[0].content, content);
    await client.invoke('MarkRead', conversation, page.messages[0].seq);
  });

  test('gets the same errors as over json', async () => {
    const clients = [await connect(server, alice, binary), await connect(server, alice)];
    const calls = [
      ['NoSuchMethod'],
      ['JoinConversation'],
      ['JoinConversation', 7],
      ['JoinConversation', new Uint8Array([1, 2])],
      ['JoinConversation', 'no-such-id'],
      ['Send', { conversationId: conversation, content: '\ud800' }],
      ['MarkRead', conversation, 1.5],
    ];
    for (const [method, ...args] of calls) {
      const errors = clients.map((client) =>
        client.invoke(method, ...args).then(assert.fail, ({ message }) => message),
      );
      const [one, other] = await Promise.all(errors);
      assert.equal(one, other);
    }
  });

  test('hears the greeting of /chathub', async () => {
    const client = await connect(server, alice, { ...binary, path: '/chathub' });
    await client.waitFor('Notify');
  });

  test('stops and starts again', async () => {
    const client = await connect(server, alice, binary);
    await client.connection.stop();
    await client.connection.start();
    assert.deepEqual(await client.invoke('GetPresence', []), []);
  });
});

describe('the byte stream', () => {
  test('every answer is a binary frame, the handshake response too', async () => {
    const socket = await connectBinary();
    sendBinary(socket, ask('1'));
    assert.deepEqual(await socket.next(), [3, {}, '1', 3, []]);
  });

  test('records are split anywhere, and many come in one frame', async () => {
    const socket = await connectBinary();
    const bytes = Buffer.concat([ask('1'), packed([6]), ask('2'), ask('3')]);
    for (const byte of bytes) sendBinary(socket, Buffer.from([byte]));
    sendBinary(socket, Buffer.concat([ask('4'), ask('5')]));
    assert.deepEqual(await completions(socket, 5), ['1', '2', '3', '4', '5']);
  });

  test('records ride behind the handshake in one frame', async () => {
    const socket = await openRaw(server, newUser('carol'), { binary: true });
    sendBinary(socket, Buffer.concat([Buffer.from(MESSAGEPACK_HANDSHAKE), ask('1')]));
    assert.deepEqual(await socket.next(), {});
    assert.deepEqual(await completions(socket, 1), ['1']);
  });

  test('unknown types and streams nobody opened are skipped', async () => {
    const socket = await connectBinary();
    const skipped = [[42, 'x'], [2, {}, 'x', 1], [3, {}, 'x', 2], [5, {}, 'x'], [8, 1], [9, 1]];
    sendBinary(socket, Buffer.concat([...skipped.map(packed), ask('fence')]));
    assert.deepEqual(await completions(socket, 1), ['fence']);
  });

  test('a Close is answered with a Close', async () => {
    const socket = await connectBinary();
    sendBinary(socket, packed([7, null]));
    assert.deepEqual(await socket.untilClosed(), { records: [[7, null, false]], code: 1000 });
  });

  const framed = (body) => Buffer.concat([Buffer.from([body.length]), body]);
  const big = (size) => Buffer.from([(size & 0x7f) | 0x80, ((size >> 7) & 0x7f) | 0x80, size >> 14]);
  const malformed = {
    'an empty record': Buffer.from([0]),
    'a map': packed({ type: 6 }),
    'a type that is text': packed(['6']),
    'headers that are no map': packed([1, 1, '1', 'GetPresence', [[]]]),
    'a target that is a number': packed([1, {}, '1', 7, []]),
    'too few elements': packed([1, {}, '1', 'GetPresence']),
    'a bad kind': packed([3, {}, '1', 9]),
    'an array of 4 billion': framed(Buffer.from([0xdd, 0xff, 0xff, 0xff, 0xff])),
    'text that is not UTF-8': framed(Buffer.from([0x95, 1, 0x80, 0xc0, 0xa1, 0xff, 0x90])),
    'a prefix of six bytes': Buffer.from([0x80, 0x80, 0x80, 0x80, 0x80, 0x01]),
    'a length above 2 GiB': Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f]),
    'a record of 32 KiB and 1 byte, by its length alone': big(32 * 1024 - 2),
    'nesting without end': Buffer.concat([big(32_000), Buffer.alloc(32_000, 0x91)]),
  };
  for (const [name, bytes] of Object.entries(malformed)) {
    test(`${name} ends the connection`, async () => {
      const socket = await connectBinary();
      sendBinary(socket, Buffer.concat([bytes, ask('late')]));
      assert.deepEqual(await socket.untilClosed(), { records: [ENDED], code: 1000 });
    });
  }

  test('an extension nobody knows is a binding failure, nothing more', async () => {
    const socket = await connectBinary();
    const body = Buffer.concat([
      Buffer.from([0x95, 1, 0x80, 0xa1, 0x31, 0xb0]),
      Buffer.from('JoinConversation'),
      Buffer.from([0x91, 0xd4, 0x05, 0x00]),
    ]);
    sendBinary(socket, Buffer.concat([framed(body), ask('2')]));
    const [type, , id, kind, error] = await socket.next();
    assert.deepEqual([type, id, kind], [3, '1', 1]);
    assert.match(error, /^Failed to invoke 'JoinConversation'/);
    assert.deepEqual(await completions(socket, 1), ['2']);
  });
});
