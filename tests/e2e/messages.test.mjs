// Sending: what the sender is answered, who hears what, and what is refused.
// Proves, C-03, C-11, Q-29, Q-32, Q-37, Q-38, Q-39, Q-44.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  directBetween,
  fence,
  groupOf,
  joined,
  messagesRoute,
  newUser,
  newUsers,
  oneMessage,
  page,
  post,
  say,
  wholeHistory,
} from './support/chat.mjs';
import { connect } from './support/client.mjs';
import { restOf } from './support/rest.mjs';
import { startServer } from './support/server.mjs';
import { GUID, assertProblem, assertRefused, assertShape, assertTime } from './support/shapes.mjs';

let server;
before(async () => (server = await startServer()));
after(() => server.dispose());

const saying =
  (text) =>
  ({ content }) =>
    content === text;
const previewing =
  (text) =>
  ({ preview }) =>
    preview === text;

describe('a message', () => {
  test('is acknowledged with its id, seq and time', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await directBetween(server, alice, bob);
    const ack = await say(await connect(server, alice), id, 'hello', { clientMessageId: 'one' });
    assertShape(ack, 'ack');
    assert.match(ack.messageId, GUID);
    assertTime(ack.createdAt);
    const stored = (await wholeHistory(server, bob, id)).at(-1);
    assert.deepEqual(
      [stored.id, stored.seq, stored.createdAt, stored.senderId, stored.content],
      [ack.messageId, ack.seq, ack.createdAt, alice, 'hello'],
    );
  });

  test('is answered by REST with its messageId (R-092)', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await directBetween(server, alice, bob);
    const { status, body } = await restOf(server, alice).post(messagesRoute(id), {
      content: 'hello',
    });
    assert.ok([200, 201].includes(status));
    assertShape(body, 'posted');
    assert.equal((await oneMessage(server, bob, id, body.messageId)).content, 'hello');
  });

  test('reaches every connection that joined, the caller included (R-104)', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await directBetween(server, alice, bob);
    const clients = [];
    for (const sub of [alice, alice, bob, bob]) clients.push(await joined(server, sub, id));
    const ack = await say(clients[0], id, 'hello');
    for (const client of clients) {
      const [event, ...more] = await client.waitFor('MessageReceived', saying('hello'));
      assert.deepEqual(more, [], 'one argument');
      assertShape(event, 'MessageReceived');
      const { messageId, conversationId, senderId, content, status, createdAt, seq } = event;
      assert.deepEqual(
        { messageId, conversationId, senderId, content, status, createdAt, seq },
        { ...ack, conversationId: id, senderId: alice, content: 'hello', status: 'Sent' },
      );
    }
  });

  test("is notified to every connection of the others, joined or not, never to the sender's", async () => {
    const [alice, bob, carol] = newUsers('alice', 'bob', 'carol');
    const id = await groupOf(server, alice, [bob, carol]);
    const own = [await joined(server, alice, id), await connect(server, alice)];
    const others = [
      await joined(server, bob, id),
      await connect(server, bob),
      await connect(server, carol),
    ];
    await post(server, alice, id, 'news');
    for (const client of others) {
      const [event] = await client.waitFor('NewMessageNotification', previewing('news'));
      assertShape(event, 'NewMessageNotification');
      assert.deepEqual([event.conversationId, event.senderId], [id, alice]);
    }
    await fence(server, bob, id, own);
    assert.deepEqual(
      [...own, ...others].map((c) => c.all('NewMessageNotification', previewing('news')).length),
      [0, 0, 1, 1, 1],
    );
    assert.deepEqual(
      [...own, ...others].map((c) => c.all('MessageReceived', saying('news')).length),
      [1, 0, 1, 0, 0],
    );
  });

  test('reaches a connection once, however often it joined', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await directBetween(server, alice, bob);
    const client = await joined(server, bob, id);
    await client.invoke('JoinConversation', id);
    await fence(server, alice, id, [client]);
    await fence(server, alice, id, [client]);
    assert.equal(client.all('MessageReceived').length, 2);
  });

  test('keeps any text as it is', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await directBetween(server, alice, bob);
    const client = await joined(server, bob, id);
    const texts = [
      '<script>alert(1)</script>',
      "Robert'); DROP TABLE messages;--",
      '%_\\',
      ' \t\n ',
      'שלום עולם',
      '👩‍👩‍👧‍👦 e\u0301',
      '"quoted" \\u0041',
      '\u2028\u2029\u001e\u0001',
      'null',
    ];
    for (const text of texts) {
      await say(client, id, text);
      await client.waitFor('MessageReceived', saying(text));
    }
    assert.deepEqual(
      (await page(server, alice, id)).messages.map(({ content }) => content),
      texts,
    );
  });

  test('is from who sent it, whatever its other fields claim', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await directBetween(server, alice, bob);
    const forged = {
      senderId: bob,
      seq: 999,
      createdAt: '2001-01-01T00:00:00Z',
      status: 'Read',
      role: 'owner',
    };
    const ack = await say(await connect(server, alice), id, 'mine', forged);
    const stored = await oneMessage(server, bob, id, ack.messageId);
    assert.equal(stored.senderId, alice);
    assert.notEqual(ack.seq, 999);
    assert.ok(stored.createdAt > '2020');
  });

  test('may answer another of the same conversation (Q-39)', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await directBetween(server, alice, bob);
    const client = await joined(server, bob, id);
    const { messageId } = await say(client, id, 'question');
    const { messageId: answer } = await say(client, id, 'answer', { replyTo: messageId });
    const [event] = await client.waitFor('MessageReceived', saying('answer'));
    assert.equal(event.replyTo, messageId);
    assert.equal((await oneMessage(server, alice, id, answer)).replyTo, messageId);
    const elsewhere = await directBetween(server, bob, newUser('carol'));
    await assert.rejects(
      say(client, elsewhere, 'x', { replyTo: messageId }),
      /HubException: (bad_request|not_found): /,
    );
  });

  test('that answers another is not overtaken by what was sent right behind it', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await directBetween(server, alice, bob);
    const client = await connect(server, alice);
    const { messageId } = await say(client, id, 'question');
    const replyTo = messageId;
    const acks = await Promise.all([
      say(client, id, 'reply one', { replyTo }),
      say(client, id, 'plain one'),
      say(client, id, 'reply two', { replyTo }),
      say(client, id, 'plain two'),
    ]);
    const seqs = acks.map(({ seq }) => seq);
    assert.deepEqual(seqs, [...seqs].sort((a, b) => a - b));
  });
});

describe('the preview (Q-38)', () => {
  const CASES = {
    'a short text whole': ['short', 'short'],
    'exactly 100 units': ['x'.repeat(100), 'x'.repeat(100)],
    'a long one cut at 100, without an ellipsis': ['y'.repeat(300), 'y'.repeat(100)],
    'cut before a pair that would be split': [`${'z'.repeat(99)}🎈🎈`, 'z'.repeat(99)],
    'not cut after a pair that ends there': [`${'w'.repeat(98)}🎈🎈`, `${'w'.repeat(98)}🎈`],
  };
  for (const [name, [content, preview]] of Object.entries(CASES)) {
    test(name, async () => {
      const [alice, bob] = newUsers('alice', 'bob');
      const id = await directBetween(server, alice, bob);
      const client = await connect(server, bob);
      await post(server, alice, id, content);
      assert.equal((await client.waitFor('NewMessageNotification'))[0].preview, preview);
    });
  }
});

describe('the length (R-121), counted in UTF-16 units on every path', () => {
  const paths = {
    hub: (client, id, content) => say(client, id, content).catch((error) => error.message),
    REST: async (client, id, content) =>
      (await restOf(server, client.sub).post(messagesRoute(id), { content })).body,
    private: (client, id, content, other) =>
      client.invoke('SendPrivateMessage', other, content).catch((error) => error.message),
  };
  const coded = (answer) => answer?.code ?? /HubException: (\w+):/.exec(answer)?.[1];

  for (const [name, sendBy] of Object.entries(paths)) {
    test(`by ${name}`, async () => {
      const [alice, bob] = newUsers('alice', 'bob');
      const id = await directBetween(server, alice, bob);
      const client = await connect(server, alice);
      const answerTo = async (content) => coded(await sendBy(client, id, content, bob));
      assert.equal(await answerTo('x'.repeat(5000)), undefined);
      assert.equal(await answerTo('é'.repeat(5000)), undefined);
      assert.equal(await answerTo('🎈'.repeat(2500)), undefined);
      assert.equal(await answerTo('x'.repeat(5001)), 'too_long');
      assert.equal(await answerTo('🎈'.repeat(2501)), 'too_long');
      assert.equal(await answerTo(''), 'bad_request');
      assert.equal(await answerTo('   '), undefined);
      const lengths = (await page(server, bob, id)).messages.map(({ content }) => content.length);
      assert.deepEqual(lengths, [5000, 5000, 5000, 3]);
    });
  }

  test('REST refuses a body without content, or with content that is no text', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await directBetween(server, alice, bob);
    for (const body of [
      {},
      { content: null },
      { content: 5 },
      { content: ['x'] },
      [],
      'nope',
      '{"content":"\\ud800"}',
      '{"content":"x"',
    ]) {
      assertProblem(await restOf(server, alice).post(messagesRoute(id), body), 400, 'bad_request');
    }
    assert.deepEqual((await page(server, bob, id)).messages, []);
  });
});

describe('what one says is refused', () => {
  test('in a conversation of others, in the same words as for a missing one', async () => {
    const [alice, bob, eve] = newUsers('alice', 'bob', 'eve');
    const id = await directBetween(server, alice, bob);
    await assertRefused(say(await connect(server, eve), id, 'x'), 'Send', 'not_found');
    assertProblem(
      await restOf(server, eve).post(messagesRoute(id), { content: 'x' }),
      404,
      'not_found',
    );
  });
});
