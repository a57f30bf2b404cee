// A send that is tried again: one row, one seq, one event, the same answer.
// Proves R-074, C-03, Q-07, Q-14.
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
  page,
  say,
  wholeHistory,
} from './support/chat.mjs';
import { connect } from './support/client.mjs';
import { restOf } from './support/rest.mjs';
import { startServer } from './support/server.mjs';
import { assertProblem, assertRefused } from './support/shapes.mjs';

let server;
before(async () => (server = await startServer()));
after(() => server.dispose());

/// A direct conversation of two, and a connection of each that joined it.
async function pair() {
  const [alice, bob] = newUsers('alice', 'bob');
  const id = await directBetween(server, alice, bob);
  return {
    alice,
    bob,
    id,
    from: await joined(server, alice, id),
    to: await joined(server, bob, id),
  };
}

const key = (clientMessageId) => ({ clientMessageId });
const postKeyed = (sub, id, content, headers, more = {}) =>
  restOf(server, sub).post(messagesRoute(id), { content, ...more }, headers);

describe('the same clientMessageId', () => {
  test('gets the first answer, makes one row and no second event', async () => {
    const { bob, id, from, to, alice } = await pair();
    const first = await say(from, id, 'once', key('k1'));
    await fence(server, bob, id, [to]);
    assert.deepEqual(await say(from, id, 'once', key('k1')), first);
    assert.deepEqual(await say(await connect(server, alice), id, 'once', key('k1')), first);
    await fence(server, bob, id, [from, to]);
    for (const client of [from, to]) {
      assert.equal(client.all('MessageReceived', ({ content }) => content === 'once').length, 1);
    }
    assert.equal(to.all('NewMessageNotification', ({ preview }) => preview === 'once').length, 1);
    assert.equal((await page(server, bob, id)).totalCount, 3, 'two markers and the message');
  });

  test('is one send when many tries race, by hub and by REST', async () => {
    const { alice, bob, id, from, to } = await pair();
    const devices = await Promise.all([alice, alice].map((sub) => connect(server, sub)));
    for (let round = 0; round < 5; ++round) {
      const again = key(`race-${round}`);
      const hub = [from, from, ...devices].map((client) => say(client, id, 'race', again));
      const rest = Array.from({ length: 5 }, () => postKeyed(alice, id, 'race', {}, again));
      const ids = [
        ...(await Promise.all(hub)).map(({ messageId }) => messageId),
        ...(await Promise.all(rest)).map(({ body }) => body.messageId),
      ];
      assert.equal(new Set(ids).size, 1, ids.join());
    }
    await fence(server, alice, id, [to]);
    assert.equal(to.all('MessageReceived', ({ content }) => content === 'race').length, 5);
    const seqs = (await wholeHistory(server, bob, id)).map(({ seq }) => seq);
    assert.deepEqual(
      seqs,
      seqs.map((_, i) => seqs[0] + i),
      'no seq was spent on a retry',
    );
  });

  test('is spelled Idempotency-Key by REST, in one space (Q-14)', async () => {
    const { alice, id, from } = await pair();
    const { body } = await postKeyed(alice, id, 'one space', { 'idempotency-key': 'k2' });
    assert.equal((await say(from, id, 'one space', key('k2'))).messageId, body.messageId);
    const again = await postKeyed(alice, id, 'one space', {}, key('k2'));
    assert.equal(again.body.messageId, body.messageId);
  });

  test('with other content is id_conflict, and nothing is stored', async () => {
    const { alice, bob, id, from } = await pair();
    const { messageId } = await say(from, id, 'first', key('k3'));
    await assertRefused(say(from, id, 'second', key('k3')), 'Send', 'id_conflict');
    await assertRefused(
      say(from, id, 'first', { ...key('k3'), replyTo: messageId }),
      'Send',
      'id_conflict',
    );
    assertProblem(
      await postKeyed(alice, id, 'third', { 'idempotency-key': 'k3' }),
      409,
      'id_conflict',
    );
    assert.equal((await page(server, bob, id)).totalCount, 1);
  });

  test('is another send for another sender and in another conversation', async () => {
    const { alice, bob, id, from, to } = await pair();
    const other = await directBetween(server, alice, newUser('carol'));
    const answers = [
      await say(from, id, 'x', key('k4')),
      await say(to, id, 'x', key('k4')),
      await say(from, other, 'x', key('k4')),
    ];
    assert.equal(new Set(answers.map(({ messageId }) => messageId)).size, 3);
    assert.equal((await page(server, bob, id)).totalCount, 2);
  });

  test('is compared with what was sent first, whatever became of it', async () => {
    const { id, from } = await pair();
    const first = await say(from, id, 'original', key('k5'));
    await from.invoke('EditMessage', first.messageId, 'edited');
    assert.deepEqual(await say(from, id, 'original', key('k5')), first);
    await assertRefused(say(from, id, 'edited', key('k5')), 'Send', 'id_conflict');
    await from.invoke('DeleteMessage', first.messageId);
    assert.deepEqual(await say(from, id, 'original', key('k5')), first);
  });

  test('is answered even when the sender has been removed since', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await groupOf(server, alice, [bob]);
    const client = await connect(server, bob);
    const first = await say(client, id, 'still mine', key('k6'));
    await restOf(server, alice).delete(`/messaging/conversations/${id}/participants/${bob}`);
    assert.deepEqual(await say(client, id, 'still mine', key('k6')), first);
    await assertRefused(say(client, id, 'new', key('k7')), 'Send', 'not_found');
  });

  test('is remembered after a restart', async () => {
    const { alice, bob, id, from } = await pair();
    const first = await say(from, id, 'lasting', key('k8'));
    assert.equal(await server.stop(), 0);
    await server.start();
    assert.deepEqual(await say(await connect(server, alice), id, 'lasting', key('k8')), first);
    assert.equal((await page(server, bob, id)).totalCount, 1);
  });
});

describe('a retry storm', () => {
  /// One send, five times in parallel by hub and by REST. @returns {content, messageId or refusal}
  function storm(on, clients, sub, id, content, clientMessageId = content) {
    const byHub = clients.map((client) =>
      say(client, id, content, { clientMessageId }).then(
        ({ messageId }) => ({ content, messageId }),
        (error) => ({ content, refusal: /HubException: (\w+)/.exec(error.message)?.[1] }),
      ),
    );
    const byRest = Array.from({ length: 5 - clients.length }, async () => {
      const what = { content, clientMessageId };
      const { status, body } = await restOf(on, sub).post(messagesRoute(id), what);
      return { content, ...(status < 300 ? { messageId: body.messageId } : { refusal: body.code }) };
    });
    return Promise.all([...byHub, ...byRest]);
  }

  /// The id that all answers name.
  function oneId(answers) {
    const ids = new Set(answers.map(({ messageId }) => messageId));
    assert.equal(ids.size, 1, JSON.stringify(answers));
    assert.ok(answers[0].messageId, JSON.stringify(answers));
    return answers[0].messageId;
  }

  const devices = (on, sub) => Promise.all([sub, sub, sub].map((one) => connect(on, one)));

  for (const delivery of ['stored', 'immediate']) {
    test(`before success, after it and after kill -9 is one row, delivery = ${delivery}`, async (t) => {
      const own = await startServer({ delivery });
      t.after(() => own.dispose());
      const [alice, bob] = newUsers('alice', 'bob');
      const id = await directBetween(own, alice, bob);
      const texts = Array.from({ length: 10 }, (_, i) => `storm-${i}`);
      const first = await devices(own, alice);
      const known = [];
      for (const text of texts) known.push(oneId(await storm(own, first, alice, id, text)));
      for (const [i, text] of texts.entries())
        assert.equal(oneId(await storm(own, first, alice, id, text)), known[i]);
      // Under way while the server is killed: what became of it is learned by asking again.
      const under = first.map((client) => say(client, id, 'killed', key('killed')));
      const ended = Promise.allSettled(under);
      await own.kill9();
      const acked = (await ended).flatMap(({ value }) => (value ? [value.messageId] : []));
      await own.start();
      const second = await devices(own, alice);
      for (const [i, text] of texts.entries())
        assert.equal(oneId(await storm(own, second, alice, id, text)), known[i]);
      known.push(oneId(await storm(own, second, alice, id, 'killed')));
      for (const messageId of acked) assert.equal(messageId, known.at(-1));
      const stored = await wholeHistory(own, bob, id);
      assert.deepEqual(
        stored.map((message) => message.id),
        known,
      );
    });
  }

  test('with two contents stores one of them and refuses the other', async () => {
    const { alice, bob, id } = await pair();
    const clients = await devices(server, alice);
    for (let round = 1; round <= 10; ++round) {
      const both = await Promise.all(
        ['one', 'other'].map((text) => storm(server, clients, alice, id, text, `two-${round}`)),
      );
      const [won, lost] = both[0][0].messageId ? both : both.toReversed();
      oneId(won);
      assert.deepEqual([...new Set(lost.map(({ refusal }) => refusal))], ['id_conflict']);
      assert.equal((await page(server, bob, id)).totalCount, round);
    }
  });
});

test('a send without an id is a new one every time', async () => {
  const { bob, id, from } = await pair();
  await say(from, id, 'same');
  await say(from, id, 'same');
  assert.equal((await page(server, bob, id)).totalCount, 2);
});

test('an id must be 1..64 visible ASCII characters', async () => {
  const { alice, id, from } = await pair();
  for (const bad of ['', 'x'.repeat(65), 'with space', 'ümlaut', 'new\nline']) {
    await assertRefused(say(from, id, 'x', key(bad)), 'Send', 'bad_request');
    assertProblem(await postKeyed(alice, id, 'x', {}, key(bad)), 400, 'bad_request');
  }
  for (const good of ['x', '~!'.repeat(32)])
    assert.ok((await say(from, id, 'x', key(good))).messageId);
});
