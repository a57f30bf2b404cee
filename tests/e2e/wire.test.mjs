// The byte stream of one connection: handshake, record borders, sizes, order of answers.
// Proves and sections 4.1, 5, 6, 7.1, 9 of the SignalR facts.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { directBetween, newUser, newUsers, page, post } from './support/chat.mjs';
import { OPCODE, encodeFrame } from './support/frames.mjs';
import {
  HANDSHAKE,
  assertEndsInError,
  connectRaw,
  invocation,
  openRaw,
  record,
} from './support/raw.mjs';
import { startServer } from './support/server.mjs';

const HANDSHAKE_TIMEOUT_MS = 1500;
const MAX_RECORD = 32_768;

let server;
let alice;
let conversation;
before(async () => {
  server = await startServer({ 'hub.handshake_timeout_ms': HANDSHAKE_TIMEOUT_MS });
  const bob = newUser('bob');
  alice = newUser('alice');
  conversation = await directBetween(server, alice, bob);
});
after(() => server.dispose());

const connectAlice = () => connectRaw(server, alice);
const ask = (id, more) => invocation('GetPresence', [[]], id, more);
const send = (content, id) => invocation('Send', [{ conversationId: conversation, content }], id);
const contents = async () =>
  (await page(server, alice, conversation)).messages.map(({ content }) => content);

/// Collects `count` completions. @returns their invocation ids in the order of arrival
async function completions(socket, count) {
  const ids = [];
  while (ids.length < count) ids.push((await socket.completion()).invocationId);
  return ids;
}

describe('handshake', () => {
  const FAILED = 'An unexpected error occurred during connection handshake.';
  const refusals = [
    [
      'an unknown protocol',
      { protocol: 'xyz', version: 1 },
      "The protocol 'xyz' is not supported.",
    ],
    [
      'a version of the future',
      { protocol: 'json', version: 99 },
      "The server does not support version 99 of the 'json' protocol.",
    ],
    ['a version that is text', { protocol: 'json', version: '1' }, FAILED],
    ['no version', { protocol: 'json' }, FAILED],
    ['no protocol', { version: 1 }, FAILED],
    ['another message first', { type: 6 }, FAILED],
    ['an array', [], FAILED],
  ];

  for (const [name, first, error] of refusals) {
    test(`${name} is answered with an error, then the end`, async () => {
      const socket = await openRaw(server, alice);
      socket.send(record(first));
      assert.deepEqual((await socket.untilClosed()).records, [{ error }]);
    });
  }

  test('text that is not JSON is answered with an error, then the end', async () => {
    const socket = await openRaw(server, alice);
    socket.send('hello\x1e');
    assert.deepEqual((await socket.untilClosed()).records, [{ error: FAILED }]);
  });

  test('versions 1 and 2, any order of keys and unknown keys are accepted', async () => {
    for (const first of [
      { version: 1, protocol: 'json' },
      { protocol: 'json', version: 2, x: [1] },
    ]) {
      const socket = await openRaw(server, alice);
      socket.send(record(first));
      assert.deepEqual(await socket.next(), {});
      await socket.stop();
    }
  });

  test('it may come byte by byte', async () => {
    const socket = await openRaw(server, alice);
    for (const byte of Buffer.from(HANDSHAKE)) socket.send(Buffer.from([byte]));
    assert.deepEqual(await socket.next(), {});
  });

  test('invocations behind it in the same frame are run', async () => {
    const socket = await openRaw(server, alice);
    socket.send(HANDSHAKE + ask('1') + ask('2') + ask('3'));
    assert.deepEqual(await socket.next(), {});
    assert.deepEqual(await completions(socket, 3), ['1', '2', '3']);
  });

  test('nothing is sent before its response', async () => {
    const socket = await openRaw(server, alice);
    const [carol] = newUsers('carol');
    await post(server, carol, await directBetween(server, carol, alice), 'early');
    socket.send(HANDSHAKE + ask('1'));
    assert.deepEqual(await socket.next(), {});
    await socket.completion();
  });

  test('it is cancelled when it takes too long, however busily the client trickles', async () => {
    const socket = await openRaw(server, alice);
    const trickle = setInterval(() => socket.send(' '), HANDSHAKE_TIMEOUT_MS / 20);
    const ending = socket.untilClosed().finally(() => clearInterval(trickle));
    assert.deepEqual((await ending).records, [{ error: 'Handshake was canceled.' }]);
  });

  test('it is cancelled when it is longer than a record may be', async () => {
    const socket = await openRaw(server, alice);
    socket.send('x'.repeat(MAX_RECORD + 1));
    assert.deepEqual((await socket.untilClosed()).records, [{ error: 'Handshake was canceled.' }]);
  });
});

describe('record borders', () => {
  test('several records come in one frame', async () => {
    const socket = await connectAlice();
    socket.send(ask('a') + record({ type: 6 }) + ask('b'));
    assert.deepEqual(await completions(socket, 2), ['a', 'b']);
  });

  test('records are split anywhere over binary frames, also inside a character', async () => {
    const socket = await connectAlice();
    const content = 'grüße 世界 🎈';
    const bytes = Buffer.from(send(content, 'whole'));
    for (const byte of bytes) socket.sendFrame(Buffer.from([byte]), { opcode: OPCODE.binary });
    assert.equal((await socket.completion()).invocationId, 'whole');
    assert.ok((await contents()).includes(content));
  });

  test('records are split over text frames', async () => {
    const socket = await connectAlice();
    const text = ask('1') + ask('2');
    for (let at = 0; at < text.length; at += 7) socket.send(text.slice(at, at + 7));
    assert.deepEqual(await completions(socket, 2), ['1', '2']);
  });

  test('a message comes in fragments, with a ping in between and a cut inside a character', async () => {
    const socket = await connectAlice();
    const content = 'fragments of 世界';
    const bytes = Buffer.from(send(content, 'f'));
    const cut = bytes.indexOf(Buffer.from('世')) + 1;
    socket.sendFrame(bytes.subarray(0, cut), { fin: false });
    socket.sendFrame('are you there', { opcode: OPCODE.ping });
    socket.sendFrame(bytes.subarray(cut), { opcode: OPCODE.continuation });
    assert.equal((await socket.completion()).error, undefined);
    assert.ok((await contents()).includes(content));
  });

  test('frames are split over TCP segments, many come in one', async () => {
    const socket = await connectAlice();
    const bytes = Buffer.concat([ask('1'), ask('2'), ask('3')].map((text) => encodeFrame(text)));
    for (let at = 0; at < bytes.length; at += 11) socket.sendBytes(bytes.subarray(at, at + 11));
    assert.deepEqual(await completions(socket, 3), ['1', '2', '3']);
  });

  test('empty frames carry nothing and end nothing', async () => {
    const socket = await connectAlice();
    socket.send('');
    socket.sendFrame('', { opcode: OPCODE.binary });
    socket.send(ask('1'));
    assert.deepEqual(await completions(socket, 1), ['1']);
  });
});

describe('sizes', () => {
  /// A good record of exactly `size` bytes, terminator included.
  function sized(size, id) {
    const bare = ask(id, { pad: '' });
    return ask(id, { pad: 'p'.repeat(size - bare.length) });
  }

  test('a record of exactly 32768 bytes is served', async () => {
    const socket = await connectAlice();
    assert.equal(Buffer.byteLength(sized(MAX_RECORD, 'big')), MAX_RECORD);
    socket.send(sized(MAX_RECORD, 'big'));
    assert.equal((await socket.completion()).invocationId, 'big');
  });

  test('a record of one byte more ends the connection', async () => {
    const socket = await connectAlice();
    socket.send(sized(MAX_RECORD + 1, 'too big'));
    await assertEndsInError(socket);
  });

  test('a record that never ends is cut off at the limit, not at its end', async () => {
    const socket = await connectAlice();
    for (let sent = 0; sent <= MAX_RECORD; sent += 1024) socket.send('x'.repeat(1024));
    await assertEndsInError(socket);
  });

  test('a frame far above 32 KiB full of small records is served whole and in order', async () => {
    const socket = await connectAlice();
    const ids = Array.from({ length: 300 }, (_, i) => String(i));
    const frame = ids.map((id) => sized(700, id)).join('');
    assert.ok(frame.length > 6 * MAX_RECORD);
    socket.send(frame);
    assert.deepEqual(await completions(socket, ids.length), ids);
  });
});

describe('answers', () => {
  test('a void completion has nothing but its id, or a null result', async () => {
    const socket = await connectAlice();
    socket.send(invocation('JoinConversation', [conversation], 'v'));
    const { result = null, ...rest } = await socket.completion();
    assert.equal(result, null);
    assert.deepEqual(rest, { type: 3, invocationId: 'v' });
  });

  test('every invocation is answered exactly once, a repeated id as often as it came', async () => {
    const socket = await connectAlice();
    socket.send(ask('same') + ask('same') + ask('last'));
    assert.deepEqual(await completions(socket, 3), ['same', 'same', 'last']);
    socket.send(ask('fence'));
    assert.deepEqual(await completions(socket, 1), ['fence']);
  });

  for (const [name, id] of Object.entries({
    'no id': undefined,
    'a null id': null,
    'an empty id': '',
  })) {
    test(`an invocation with ${name} is run and never answered, not even with an error`, async () => {
      const socket = await connectAlice();
      const content = `with ${name}`;
      socket.send(
        send(content, id) +
          invocation('NoSuchMethod', [], id) +
          invocation('JoinConversation', [], id) +
          ask('fence'),
      );
      assert.deepEqual(await completions(socket, 1), ['fence']);
      assert.ok((await contents()).includes(content));
    });
  }

  test('an event has no invocationId, in any form (section 7.3)', async () => {
    const socket = await connectAlice();
    socket.send(invocation('JoinConversation', [conversation], '1') + send('an event', '2'));
    for (;;) {
      const one = await socket.next();
      if (one.type === 1) assert.equal('invocationId' in one, false);
      if (one.target === 'MessageReceived') break;
    }
  });

  test('type may come first or last, other keys and headers are ignored', async () => {
    const socket = await connectAlice();
    socket.send(
      record({ type: 1, invocationId: '1', target: 'GetPresence', arguments: [[]] }) +
        ask('2', { headers: { trace: 'x' }, unknown: { deep: [1, null] } }),
    );
    assert.deepEqual(await completions(socket, 2), ['1', '2']);
  });

  test('streams nobody opened, unknown types and acks are skipped', async () => {
    const socket = await connectAlice();
    socket.send(
      [
        { type: 2, invocationId: 'x', item: 1 },
        { type: 3, invocationId: 'x', result: 1 },
        { type: 3, invocationId: 'x' },
        { type: 5, invocationId: 'x' },
        { type: 8, sequenceId: 1 },
        { type: 9, sequenceId: 1 },
        { type: 42 },
        { type: -1, anything: true },
      ]
        .map(record)
        .join('') + ask('fence'),
    );
    assert.deepEqual(await completions(socket, 1), ['fence']);
  });

  test('streams that the method does not expect are refused', async () => {
    const socket = await connectAlice();
    socket.send(ask('s', { streamIds: ['1'] }));
    assert.equal(
      (await socket.completion()).error,
      'An unexpected error occurred invoking ' +
        "'GetPresence' on the server. HubException: Client sent 1 stream(s), Hub method expects 0.",
    );
  });
});

describe('the end', () => {
  for (const close of [{ type: 7 }, { type: 7, error: 'tired' }]) {
    test(`${JSON.stringify(close)} is answered with a Close and code 1000`, async () => {
      const socket = await connectAlice();
      const content = `behind ${JSON.stringify(close)}`;
      socket.send(record(close) + send(content, 'late'));
      const { records, code } = await socket.untilClosed();
      assert.deepEqual(records, [{ type: 7 }]);
      assert.equal(code, 1000);
    });
  }

  test('a close frame without a Close record is a normal end', async () => {
    const socket = await connectAlice();
    socket.keepsOpen = true;
    socket.sendFrame(Buffer.from([0x03, 0xe8]), { opcode: OPCODE.close });
    assert.equal((await socket.untilClosed()).code, 1000);
  });
});
