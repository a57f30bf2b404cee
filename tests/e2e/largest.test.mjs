// What one call may cost others: answers are bounded in bytes, whatever limits in entries multiply to.
// docs/limits.md, "Answers". How long each keeps the server busy is measured by bench/turns.mjs.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { CLASSIC, connect } from './support/client.mjs';
import { groupOf, newUsers } from './support/chat.mjs';
import {
  LONG_TEXT, MAX_ANSWER, OTHERS, connectAs, largestCalls, largestWorld,
} from './support/largest.mjs';
import { operations } from './support/operations.mjs';
import { startServer } from './support/server.mjs';

const LIST = '/messaging/conversations';
const bytes = (answer) => Buffer.byteLength(JSON.stringify(answer ?? null));

describe('with the largest input that is allowed', () => {
  let server, world, own;
  before(async () => {
    server = await startServer({ 'limits.enabled': false });
    world = await largestWorld(server, 0.1);
    own = await connectAs(server, world.me);
  });
  after(() => server.dispose());

  test('each method and route is among the largest calls, or it is said why not', () => {
    const walked = new Set(largestCalls(world).map(({ method }) => method));
    const { methods, routes } = operations();
    const all = [...methods, ...routes.filter((one) => / \/(messaging|users|auth|admin)/.test(one))];
    const left = all.filter(
      (one) => !walked.has(one) && !OTHERS.has(one) && !one.includes('{attachmentId}'),
    );
    assert.deepEqual(left, []);
  });

  test('no call answers more than 1 MiB', async () => {
    for (const { name, call, refused } of largestCalls(world)) {
      if (refused) {
        await assert.rejects(call(own), /bad_request|limit/, name);
        continue;
      }
      const size = bytes(await call(own));
      assert.ok(size <= MAX_ANSWER, `${name}: ${size} bytes`);
    }
  });

  test('a stretch that does not fit is shorter and says that there is more: nothing is lost', async () => {
    const { client } = own;
    for (const direction of ['after', 'before']) {
      const found = [];
      const ask = { conversationId: world.long, limit: 200, ...(direction === 'after' && { after: 0 }) };
      for (let pages = 0; ; ++pages) {
        assert.ok(pages < 20);
        const { messages, hasMore } = await client.invoke('GetMessages', ask);
        assert.ok(messages.length > 0 && messages.length < 200);
        found.push(...messages.map(({ seq }) => seq));
        if (!hasMore) break;
        if (direction === 'after') ask.after = messages.at(-1).seq;
        else ask.before = messages[0].seq;
      }
      found.sort((a, b) => a - b);
      const seqs = new Set(found);
      assert.equal(seqs.size, found.length);
      assert.ok(found.length >= 200, `${direction}: ${found.length}`);
    }
    const around = await client.invoke('GetMessages', { conversationId: world.long, around: 100, limit: 200 });
    assert.ok(around.messages.some(({ seq }) => seq === 100) && around.hasMore);
  });

  test('a numbered page that does not fit is refused, a smaller one is served', async () => {
    const page = (size) => own.rest.get(`${LIST}/${world.long}/messages?pageSize=${size}`);
    const refused = await page(200);
    assert.equal(refused.status, 422);
    assert.equal(refused.body.code, 'limit');
    assert.match(refused.body.detail, /smaller pageSize/);
    assert.equal((await page(50)).body.messages.length, 50);
  });

  test('CatchUp answers what fits; what does not is to be reloaded', async () => {
    const asked = [world.long, world.waiting, ...world.many].slice(0, 100);
    const answers = await own.client.invoke(
      'CatchUp',
      asked.map((conversationId) => ({ conversationId, afterSeq: 0 })),
    );
    assert.equal(answers[0].recovered, false);
    assert.ok(answers[0].lastSeq >= 200);
    assert.ok(answers.filter(({ recovered }) => recovered).length >= 10);
    for (const { recovered, events } of answers) assert.equal(recovered, events.length > 0);
  });

  test('a chat list without a query has the newest 200 rows at most; others follow', async () => {
    const rows = (await own.rest.get(LIST)).body;
    const seen = new Set(rows.map(({ id }) => id));
    for (let page = rows; page.length > 0; ) {
      const { lastActivityAt, id } = page.at(-1);
      const mark = encodeURIComponent(`${lastActivityAt}|${id}`);
      page = (await own.rest.get(`${LIST}?limit=200&before=${mark}`)).body;
      for (const row of page) seen.add(row.id);
    }
    for (const id of [world.large, world.long, world.waiting, ...world.many]) assert.ok(seen.has(id));
  });

  test('a classic client gets all that waited, though not at once', async () => {
    const client = await connect(server, world.other, { path: CLASSIC });
    await client.invoke('RegisterUser', world.other);
    const waited = client.all('ReceiveMessage', (kind, content) => content === LONG_TEXT);
    assert.ok(waited.length >= 400, `${waited.length}`);
  });

  test('StreamHistory goes on over what fits into one answer', async () => {
    const items = [];
    await new Promise((complete, error) =>
      own.client.connection
        .stream('StreamHistory', { conversationId: world.long })
        .subscribe({ next: (item) => items.push(item.seq), complete, error }),
    );
    assert.ok(items.length >= 200);
    assert.deepEqual(items, [...new Set(items)].sort((a, b) => a - b));
  });
});

describe('a large conversation', () => {
  test('has no cursors in CatchUp, as its receipts are not told', async (t) => {
    const server = await startServer({ 'chat.large_conversation': 3 });
    t.after(() => server.dispose());
    const users = newUsers('alice', 'bob', 'carol', 'dave');
    const client = await connect(server, users[0]);
    for (const count of [3, 4]) {
      const conversationId = await groupOf(server, users[0], users.slice(1, count));
      const [answer] = await client.invoke('CatchUp', [{ conversationId, afterSeq: 0 }]);
      assert.equal(answer.cursors.length, count === 3 ? 3 : 0);
    }
  });
});
