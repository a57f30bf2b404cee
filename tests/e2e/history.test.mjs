// Reading what was said: numbered pages and seq windows.
// Proves, C-15, Q-03, Q-04, Q-10, Q-40.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  directBetween,
  groupOf,
  messagesRoute,
  newUser,
  newUsers,
  page,
  post,
  wholeHistory,
} from './support/chat.mjs';
import { connect } from './support/client.mjs';
import { restOf } from './support/rest.mjs';
import { startServer } from './support/server.mjs';
import {
  assertKeys,
  assertProblem,
  assertRefused,
  assertShape,
  assertTime,
} from './support/shapes.mjs';

const COUNT = 9;
const TEXTS = Array.from({ length: COUNT }, (_, i) => `m${i + 1}`);
const textsOf = (messages) => messages.map(({ content }) => content);

let server;
let alice;
let bob;
let id;
let seqs;
before(async () => {
  server = await startServer();
  [alice, bob] = newUsers('alice', 'bob');
  id = await directBetween(server, alice, bob);
  for (const [i, text] of TEXTS.entries()) await post(server, i % 2 ? alice : bob, id, text);
  seqs = (await wholeHistory(server, alice, id)).map(({ seq }) => seq);
});
after(() => server.dispose());

const get = (query, who = alice) => restOf(server, who).get(messagesRoute(id) + query);

describe('numbered pages', () => {
  test('defaults are page 1 of 50, with the exact keys (R-091)', async () => {
    const body = await page(server, alice, id);
    assertShape(body, 'page');
    assert.deepEqual(
      [body.pageNumber, body.pageSize, body.totalCount, body.totalPages],
      [1, 50, COUNT, 1],
    );
    assert.deepEqual(textsOf(body.messages), TEXTS);
    for (const message of body.messages) {
      assertShape(message, 'message');
      assertTime(message.createdAt);
      assert.equal(message.deletedAt ?? null, null);
    }
    assert.equal(body.messages[0].senderId, bob);
  });

  test('page 1 is the newest, messages ascend inside a page (Q-40)', async () => {
    const pages = [];
    for (const n of [1, 2, 3])
      pages.push(await page(server, bob, id, `?pageNumber=${n}&pageSize=4`));
    assert.deepEqual(
      pages.map(({ messages }) => textsOf(messages)),
      [['m6', 'm7', 'm8', 'm9'], ['m2', 'm3', 'm4', 'm5'], ['m1']],
    );
    for (const { totalCount, totalPages } of pages)
      assert.deepEqual([totalCount, totalPages], [COUNT, 3]);
  });

  test('totalPages is rounded up, exactly', async () => {
    for (const [size, pages] of [
      [1, 9],
      [3, 3],
      [8, 2],
      [9, 1],
      [200, 1],
    ]) {
      assert.equal(
        (await page(server, alice, id, `?pageSize=${size}`)).totalPages,
        pages,
        `size ${size}`,
      );
    }
  });

  test('a page past the end is a 200 without messages', async () => {
    for (const number of [2, 1000, 2_000_000_000]) {
      const body = await page(server, alice, id, `?pageNumber=${number}`);
      assert.deepEqual(body, {
        messages: [],
        pageNumber: number,
        pageSize: 50,
        totalCount: COUNT,
        totalPages: 1,
      });
    }
  });

  test('numbers out of bounds are 400', async () => {
    for (const query of [
      'pageNumber=0',
      'pageNumber=-1',
      'pageNumber=x',
      'pageNumber=1.5',
      'pageSize=0',
      'pageSize=201',
      'pageSize=-5',
      'pageSize=many',
      'pageNumber=99999999999999999999',
    ]) {
      assertProblem(await get(`?${query}`), 400, 'bad_request');
    }
  });

  test('an empty conversation has no pages', async () => {
    const other = await directBetween(server, alice, newUser('carol'));
    assert.deepEqual(await page(server, alice, other), {
      messages: [],
      pageNumber: 1,
      pageSize: 50,
      totalCount: 0,
      totalPages: 0,
    });
  });

  test('edits and deletes take a seq and change no page (Q-03, Q-04)', async () => {
    const [one, other] = newUsers('one', 'other');
    const there = await directBetween(server, one, other);
    const ids = [];
    for (const text of ['a', 'b', 'c']) ids.push(await post(server, one, there, text));
    await restOf(server, one).patch(`/messaging/messages/${ids[0]}`, { content: 'A' });
    await restOf(server, one).delete(`/messaging/messages/${ids[1]}`);
    await post(server, one, there, 'd');
    const body = await page(server, other, there, '?pageSize=2');
    assert.deepEqual([body.totalCount, body.totalPages], [4, 2]);
    assert.deepEqual(textsOf(body.messages), ['c', 'd']);
    const all = await wholeHistory(server, other, there);
    assert.deepEqual(textsOf(all), ['A', '', 'c', 'd']);
    const [first, second, third, last] = all.map(({ seq }) => seq);
    assert.deepEqual([second - first, third - second, last - third], [1, 1, 3]);
  });
});

describe('seq windows (Q-10), by REST and by hub', () => {
  let client;
  before(async () => {
    client = await connect(server, alice);
    // Opening the connection moves the delivered cursor in its own time: have that over.
    await client.invoke('MarkDelivered', id);
  });

  async function both(query) {
    const { status, body } = await get(`?${new URLSearchParams(query)}`);
    assert.equal(status, 200, JSON.stringify(body));
    const hub = await client.invoke('GetMessages', { conversationId: id, ...query });
    assert.deepEqual(hub, body);
    assertKeys(body, ['hasMore', 'messages']);
    return body;
  }

  const CASES = {
    'the newest, when none is given': [() => ({ limit: 3 }), ['m7', 'm8', 'm9'], true],
    'all of them': [() => ({ limit: 200 }), TEXTS, false],
    'before a seq, without it': [() => ({ before: seqs[4], limit: 2 }), ['m3', 'm4'], true],
    'before the second': [() => ({ before: seqs[1], limit: 5 }), ['m1'], false],
    'before the first': [() => ({ before: seqs[0], limit: 5 }), [], false],
    'after a seq, without it': [() => ({ after: seqs[4], limit: 2 }), ['m6', 'm7'], true],
    'after the last but one': [() => ({ after: seqs[7], limit: 2 }), ['m9'], false],
    'after the last': [() => ({ after: seqs[8], limit: 2 }), [], false],
    'after 0': [() => ({ after: 0, limit: 2 }), ['m1', 'm2'], true],
    'exactly to the end': [() => ({ after: seqs[6], limit: 2 }), ['m8', 'm9'], false],
    'around a seq': [() => ({ around: seqs[4], limit: 3 }), ['m4', 'm5', 'm6'], true],
  };

  for (const [name, [query, texts, hasMore]] of Object.entries(CASES)) {
    test(name, async () => {
      const body = await both(query());
      assert.deepEqual(textsOf(body.messages), texts);
      assert.equal(body.hasMore, hasMore);
      for (const message of body.messages) {
        assertShape(message, 'message');
        assert.ok(Number.isInteger(message.seq));
      }
    });
  }

  test('the default limit is 50 of the newest', async () => {
    const { messages } = await client.invoke('GetMessages', { conversationId: id });
    assert.deepEqual(textsOf(messages), TEXTS);
  });

  test('limits out of bounds are refused', async () => {
    for (const limit of [0, 201, -1]) {
      assertProblem(await get(`?limit=${limit}`), 400, 'bad_request');
      await assertRefused(
        client.invoke('GetMessages', { conversationId: id, limit }),
        'GetMessages',
        'bad_request',
      );
    }
    for (const query of ['after=x', 'before=-1', 'around=1.5']) {
      assertProblem(await get(`?${query}`), 400, 'bad_request');
    }
  });

  for (const value of [-1, 1e9, 'abc', 1.5, '', '1e2']) {
    test(`a limit of ${JSON.stringify(value)} is refused, by REST and by hub`, async () => {
      assertProblem(await get(`?limit=${value}`), 400, 'bad_request');
      assertProblem(await get(`?pageSize=${value}`), 400, 'bad_request');
      await assertRefused(
        client.invoke('GetMessages', { conversationId: id, limit: value }),
        'GetMessages',
        'bad_request',
      );
    });
  }

  for (const name of ['before', 'around']) {
    test(`${name} = 0 names no entry and is refused; after = 0 is the beginning`, async () => {
      assertProblem(await get(`?${name}=0`), 400, 'bad_request');
      await assertRefused(
        client.invoke('GetMessages', { conversationId: id, [name]: 0 }),
        'GetMessages',
        'bad_request',
      );
      const { messages } = await client.invoke('GetMessages', { conversationId: id, after: 0 });
      assert.deepEqual(textsOf(messages), TEXTS);
    });
  }
});

describe('the largest answers', () => {
  const COUNT_OF_LARGE = 499;
  /// Three bytes a unit: the longest text there is, as UTF-8.
  const LARGE = '世'.repeat(5000);
  let large;
  let many;
  let reader;
  before(async () => {
    const [one, other] = newUsers('one', 'other');
    large = await directBetween(server, one, other);
    many = await groupOf(server, one, [other]);
    reader = other;
    const sender = await connect(server, one);
    const send = (conversationId, content) => sender.invoke('Send', { conversationId, content });
    await Promise.all(Array.from({ length: 100 }, () => send(large, LARGE)));
    await Promise.all(Array.from({ length: COUNT_OF_LARGE }, () => send(many, 'words')));
  });

  test('as many of the longest messages as fit are served, by REST and by hub', async () => {
    const client = await connect(server, reader);
    const { messages, hasMore } = await client.invoke('GetMessages', { conversationId: large, limit: 200 });
    assert.ok(messages.length >= 60 && messages.length < 100 && hasMore, `${messages.length}`);
    assert.equal(messages[0].content, LARGE);
    const body = await page(server, reader, large, '?pageSize=60');
    assert.equal(body.messages.length, 60);
  });

  test('a CatchUp of 500 entries is served', async () => {
    const client = await connect(server, reader);
    const where = { conversationId: many, afterSeq: 0 };
    const [{ recovered, events }] = await client.invoke('CatchUp', [where]);
    assert.equal(recovered, true);
    assert.equal(events.length, COUNT_OF_LARGE + 1);
  });
});

test('history is the same after a restart', async () => {
  const before_ = await wholeHistory(server, alice, id);
  assert.equal(await server.stop(), 0);
  await server.start();
  assert.deepEqual(await wholeHistory(server, alice, id), before_);
});
