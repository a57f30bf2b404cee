// A member is removed while everybody writes, itself included: nothing ordered after its removal
// reaches it, on any path. Proves promise 4 of the reliability page, Q-07, Q-09, Q-15.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  chatList,
  fence,
  groupOf,
  joined,
  messagesRoute,
  newUsers,
  say,
  wholeHistory,
} from './support/chat.mjs';
import { connect } from './support/client.mjs';
import { restOf } from './support/rest.mjs';
import { startServer } from './support/server.mjs';

const ROUNDS = Number(process.env.PARLEY_TEST_REMOVALS ?? 12);
const BURST = 8;

for (const delivery of ['stored', 'immediate']) {
  describe(`removed while everybody writes, delivery = ${delivery}`, () => {
    let server;
    before(async () => (server = await startServer({ delivery, 'http.threads': 2 })));
    after(() => server.dispose());

    test('hears, reads, lists and sends nothing that comes after', async () => {
      const [alice, bob, carol] = newUsers('alice', 'bob', 'carol');
      const writers = await Promise.all([alice, carol].map((sub) => connect(server, sub)));
      for (let round = 0; round < ROUNDS; ++round) {
        const id = await groupOf(server, alice, [bob, carol], `round ${round}`);
        const live = await joined(server, bob, id);
        const idle = await connect(server, bob);
        await say(live, id, 'begin');
        const reading = readAll(server, bob, id, live);
        const sending = [...writers, live].map((client) => sendBurst(client, id));
        const path = `/messaging/conversations/${id}/participants/${bob}`;
        const removing = sending[0].first.then(() => restOf(server, alice).delete(path));
        assert.ok((await removing).status < 300);
        await Promise.all(writers.map((client) => say(client, id, `${client.sub} at last`)));
        const sent = (await Promise.all(sending.map(({ all }) => all))).flat();
        reading.isOver = true;
        await reading.done;
        const [{ seq }] = await live.waitFor(
          'ParticipantRemoved',
          ({ conversationId, userId }) => conversationId === id && userId === bob,
        );
        await proveNothingLater({ server, alice, bob, id, seq, live, idle, reading, sent });
        await Promise.all([live, idle].map((client) => client.stop()));
      }
    });

    test('and added again at once: hears what is in its windows only', async () => {
      const [alice, bob, carol] = newUsers('alice', 'bob', 'carol');
      const writer = await connect(server, carol);
      const watcher = await connect(server, alice);
      for (let round = 0; round < ROUNDS; ++round) {
        const id = await groupOf(server, alice, [bob, carol], `again ${round}`);
        const live = await joined(server, bob, id);
        const path = `/messaging/conversations/${id}/participants`;
        const rest = restOf(server, alice);
        const sending = sendBurst(writer, id);
        await sending.first;
        const removing = rest.delete(`${path}/${bob}`);
        const adding = removing.then(() => rest.post(path, { userIds: [bob] }));
        assert.ok((await adding).status < 300);
        await live.invoke('JoinConversation', id);
        await sending.all;
        await fence(server, alice, id, [live]);
        const of = ({ conversationId }) => conversationId === id;
        const [[removed]] = watcher.all('ParticipantRemoved', of);
        const [[added]] = watcher.all('ParticipantsAdded', of);
        const heard = live.all('MessageReceived', of).map(([{ seq }]) => seq);
        assert.deepEqual(
          heard.filter((seq) => seq > removed.seq && seq < added.seq),
          [],
        );
        assert.deepEqual(
          heard,
          [...new Set(heard)].sort((one, other) => one - other),
          'once, in order',
        );
        const seen = (await wholeHistory(server, bob, id)).map(({ seq }) => seq);
        assert.ok(seen.length > 0 && seen.every((seq) => seq > added.seq), 'its new window');
        await live.stop();
      }
    });
  });
}

/// Sends in parallel, a hundred or so on their way at once with all clients together.
/// @returns {first: the first answer, all: the acknowledged ones}
function sendBurst(client, id) {
  const tries = Array.from({ length: BURST }, (_, i) =>
    say(client, id, `${client.sub} ${i}`).then(
      (ack) => ({ ...ack, sub: client.sub }),
      (error) => {
        assert.match(error.message, /HubException: not_found: /);
        return undefined;
      },
    ),
  );
  const more = tries[0].then(async () => {
    const later = [];
    for (let i = 0; i < BURST; ++i)
      later.push(await say(client, id, `${client.sub} later ${i}`).catch(() => undefined));
    return later.map((ack) => ack && { ...ack, sub: client.sub });
  });
  const all = Promise.all([...tries, more]).then((acks) => acks.flat().filter(Boolean));
  return { first: tries[0], all };
}

/// Reads on every path, again and again, until told to end; keeps the answers.
function readAll(server, sub, id, client) {
  const rest = restOf(server, sub);
  const reading = { isOver: false, messages: [], entries: [], totals: [], rows: [] };
  const ofRow = (list) => list.find((row) => row.id === id);
  const loop = async (read) => {
    while (!reading.isOver) await read().catch((error) => assert.match(error.message, /not_found/));
  };
  const keep = ({ body: { messages = [], totalCount = 0 } }) => {
    reading.messages.push(...messages);
    reading.totals.push(totalCount);
  };
  reading.done = Promise.all([
    loop(async () => keep(await rest.get(messagesRoute(id)))),
    loop(async () => keep(await rest.get(`${messagesRoute(id)}?after=0&limit=200`))),
    loop(async () => keep({ body: await client.invoke('GetMessages', { conversationId: id }) })),
    loop(async () => {
      const [{ events, lastSeq }] = await client.invoke('CatchUp', [
        { conversationId: id, afterSeq: 0 },
      ]);
      reading.entries.push(...events, { seq: lastSeq });
    }),
    loop(async () => {
      const row = ofRow(await chatList(server, sub));
      if (row) reading.rows.push(row);
    }),
  ]);
  return reading;
}

async function proveNothingLater({ server, alice, bob, id, seq, live, idle, reading, sent }) {
  const stored = await wholeHistory(server, alice, id);
  const later = stored.filter((message) => message.seq > seq);
  const laterIds = new Set(later.map((message) => message.id));
  const laterTexts = new Set(later.map(({ content }) => content));
  assert.ok(later.length > 0, 'something came after');
  for (const client of [live, idle]) {
    for (const { name, args } of client.events) {
      const [what] = args;
      if (what?.conversationId !== id) continue;
      assert.ok(!(what.seq > seq), `${name} ${what.seq} was heard after ${seq}`);
      assert.ok(!laterTexts.has(what.preview), `${name} of ${what.preview}`);
    }
  }
  const read = reading.messages.filter((message) => laterIds.has(message.id));
  assert.deepEqual(read, [], 'GetMessages and pages');
  assert.deepEqual(
    reading.entries.filter((entry) => entry.seq > seq),
    [],
    'CatchUp',
  );
  const visible = stored.filter((message) => message.seq < seq);
  assert.ok(Math.max(...reading.totals) <= visible.length, 'totalCount');
  for (const { lastMessage, unreadCount } of reading.rows) {
    assert.ok(!laterTexts.has(lastMessage?.content ?? lastMessage?.preview ?? ''), 'chat list');
    assert.ok(unreadCount <= visible.length, 'unread');
  }
  for (const ack of sent)
    if (ack.sub === bob) assert.ok(ack.seq < seq, 'its own sends came before');
  assert.equal((await restOf(server, bob).get(messagesRoute(id))).status, 404);
  assert.ok(!(await chatList(server, bob)).some((row) => row.id === id));
}
