// Records and bytes that end a connection, and values that only fail one call.
// Proves sections 7.2 and 13 of the SignalR facts, and the hub rows of the abuse table.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { directBetween, newUsers, page } from './support/chat.mjs';
import { OPCODE } from './support/frames.mjs';
import { assertEndsInError, connectRaw, invocation, record } from './support/raw.mjs';
import { startServer } from './support/server.mjs';

const NEVER = 'this must never be stored';
let server;
let alice;
let conversation;
before(async () => {
  server = await startServer();
  const users = newUsers('alice', 'bob');
  alice = users[0];
  conversation = await directBetween(server, ...users);
});
after(() => server.dispose());

const connectAlice = () => connectRaw(server, alice);
const send = (content, id) => invocation('Send', [{ conversationId: conversation, content }], id);
const nested = (depth) => '['.repeat(depth) + ']'.repeat(depth);
const call = (parts) => record({ type: 1, target: 'GetPresence', arguments: [[]], ...parts });

/// A record whose target holds these bytes.
const inTarget = (bytes) =>
  Buffer.from(`{"type":1,"target":"${bytes}","arguments":[]}\x1e`, 'latin1');

const MALFORMED = {
  'text that is no JSON': 'hello\x1e',
  'an empty record': '\x1e',
  'JSON with something behind it': '{"type":6} x\x1e',
  'JSON with a trailing comma': '{"type":6,}\x1e',
  'half an object': '{"type":6\x1e',
  'an array': '[]\x1e',
  'a number': '42\x1e',
  'a string': '"x"\x1e',
  null: 'null\x1e',
  'no type': record({ target: 'GetPresence', arguments: [[]] }),
  'type null': call({ type: null }),
  'type as text': call({ type: '1' }),
  'type as a fraction': call({ type: 1.5 }),
  'an invocationId that is a number': call({ invocationId: 1 }),
  'no target': record({ type: 1, arguments: [] }),
  'target null': call({ target: null }),
  'a target that is a number': call({ target: 5 }),
  'no arguments': record({ type: 1, target: 'GetPresence', invocationId: '1' }),
  'no arguments of an unknown method': record({ type: 1, target: 'NoSuchMethod' }),
  'arguments null': call({ arguments: null }),
  'arguments as an object': call({ arguments: {} }),
  'a syntax error inside arguments': '{"type":1,"target":"GetPresence","arguments":[nope]}\x1e',
  'streamIds that are numbers': call({ streamIds: [1] }),
  'streamIds that are no array': call({ streamIds: 'x' }),
  'headers that are no object': call({ headers: 'x' }),
  'a header that is a number': call({ headers: { a: 1 } }),
  'an item without an id': record({ type: 2, item: 1 }),
  'an item without an item': record({ type: 2, invocationId: '1' }),
  'a completion without an id': record({ type: 3, result: 1 }),
  'a completion with error and result': record({
    type: 3,
    invocationId: '1',
    error: 'e',
    result: 1,
  }),
  'a stream call without an id': record({ type: 4, target: 'GetPresence', arguments: [[]] }),
  'a cancel without an id': record({ type: 5 }),
  'an ack without a number': record({ type: 8 }),
  'a sequence without a number': record({ type: 9 }),
  'more than 64 levels': `{"type":1,"invocationId":"1","target":"GetPresence","arguments":[${nested(70)}]}\x1e`,
  'more than 64 levels in a key nobody reads': `{"type":6,"x":${nested(70)}}\x1e`,
  'a bomb of brackets': `${'['.repeat(16_000)}\x1e`,
  'a bomb of brackets as arguments': `{"type":1,"target":"X","arguments":${nested(15_000)}}\x1e`,
  'invalid UTF-8': inTarget('\xff\xfe'),
  'a surrogate as bytes': inTarget('\xed\xa0\x80'),
  'an overlong character': inTarget('\xc0\xaf'),
  'invalid UTF-8 in a key nobody reads': Buffer.from('{"type":6,"x":"\xff"}\x1e', 'latin1'),
};

describe('a malformed record ends the connection, and nothing behind it is run', () => {
  for (const [name, bad] of Object.entries(MALFORMED)) {
    test(name, async () => {
      const socket = await connectAlice();
      const bytes = Buffer.concat([Buffer.from(bad), Buffer.from(send(NEVER, 'never'))]);
      socket.sendFrame(bytes, { opcode: OPCODE.binary });
      await assertEndsInError(socket);
    });
  }

  test('what stands before it is run', async () => {
    const socket = await connectAlice();
    socket.send(send('before the bad one', '1'));
    assert.equal((await socket.completion()).error, undefined);
    socket.send(`nope\x1e${send(NEVER, '2')}`);
    await assertEndsInError(socket);
  });

  test('invalid UTF-8 in a text frame ends it by Close record or by code 1007', async () => {
    const socket = await connectAlice();
    socket.send(Buffer.from(`{"type":6,"x":"\xff"}\x1e${send(NEVER, '1')}`, 'latin1'));
    const { records, code } = await socket.untilClosed();
    if (code !== 1007)
      assert.deepEqual(
        records.map(({ type }) => type),
        [7],
      );
  });

  test('a frame that is not masked ends it', async () => {
    const socket = await connectAlice();
    socket.sendBytes(Buffer.from([0x81, 0x06, 1, 2, 3, 4, 5, 0x1e]));
    await socket.untilClosed();
  });

  after(async () => {
    const { messages } = await page(server, alice, conversation);
    assert.deepEqual(
      messages.filter(({ content }) => content === NEVER),
      [],
    );
  });
});

describe('a wrong value in the arguments fails that call only', () => {
  // Inside an object the server may also name the field that it refused.
  const FAILED =
    /^Failed to invoke 'Send' due to an error on the server\.$| HubException: bad_request: ./;
  const withContent = (json) =>
    `{"type":1,"invocationId":"bad","target":"Send","arguments":[` +
    `{"conversationId":"${conversation}","content":${json}}]}\x1e`;

  const VALUES = {
    'a number for a text': '5',
    'an object for a text': '{}',
    true: 'true',
    'a lone high surrogate': '"\\ud800"',
    'a lone low surrogate': '"a\\udc00b"',
    'surrogates in the wrong order': '"\\udc00\\ud800"',
    'deep, but not too deep': nested(50),
  };

  for (const [name, json] of Object.entries(VALUES)) {
    test(name, async () => {
      const socket = await connectAlice();
      socket.send(withContent(json) + send(`after ${name}`, 'good'));
      const answers = [await socket.completion(), await socket.completion()];
      const byId = Object.fromEntries(answers.map((answer) => [answer.invocationId, answer]));
      assert.match(byId.bad.error, FAILED);
      assert.equal(byId.good.error, undefined);
    });
  }

  test('a surrogate pair written as escapes is one character', async () => {
    const socket = await connectAlice();
    socket.send(withContent('"\\ud83c\\udf88"'));
    assert.equal((await socket.completion()).error, undefined);
    const { messages } = await page(server, alice, conversation);
    assert.equal(messages.at(-1).content, '🎈');
  });
});
