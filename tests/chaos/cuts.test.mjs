// Connections cut at random bytes, in both directions, while members write, change and come and go.
// Whoever joins and catches up holds the history at the end: nothing missing, nothing twice.
// PARLEY_TEST_CUT_S: seconds of cutting for each mode; PARLEY_TEST_SEED: repeats a run's cuts.
// Proves, C-03, Q-02, Q-14, Q-15 and promises 3, 4 and 5 of the reliability page.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { groupOf, newUser, newUsers, wholeHistory } from '../e2e/support/chat.mjs';
import { HttpTransportType, connect } from '../e2e/support/client.mjs';
import { until } from '../e2e/support/deadline.mjs';
import { restOf } from '../e2e/support/rest.mjs';
import { startServer } from '../e2e/support/server.mjs';
import { CuttingProxy, randomFrom } from './proxy.mjs';
import { Replica } from './replica.mjs';
import { RECONNECT } from './sender.mjs';

const CUT_MS = 1000 * Number(process.env.PARLEY_TEST_CUT_S ?? 5);
const SEED = Number(process.env.PARLEY_TEST_SEED ?? Date.now() % 1_000_000_007);
const { WebSockets, ServerSentEvents, LongPolling } = HttpTransportType;
/// Between two actions of one actor: a few dozen entries a second in all.
const PACE_MS = 40;

for (const delivery of ['stored', 'immediate']) {
  test(`history is rebuilt over cut connections, delivery = ${delivery}`, async (t) => {
    t.diagnostic(`PARLEY_TEST_SEED=${SEED}`);
    const random = randomFrom(SEED);
    const origin = await startServer({ delivery });
    const proxy = await CuttingProxy.start(origin.port, random);
    const server = Object.create(origin, { url: { value: proxy.url } });
    const work = { isOver: false };
    t.after(async () => {
      work.isOver = true;
      proxy.isCutting = false;
      await origin.dispose();
      await proxy.stop();
    });

    const [owner, guest] = newUsers('owner', 'guest');
    const watchers = [WebSockets, ServerSentEvents, LongPolling].map((transport) => ({
      transport,
      sub: newUser(`watcher${transport}`),
    }));
    const writers = newUsers('writer', 'writer');
    const all = [...watchers.map(({ sub }) => sub), ...writers, guest];
    const conversationId = await groupOf(origin, owner, all);
    const replicaOf = (member) => Replica.start({ server, origin, conversationId, ...member });
    const replicas = await Promise.all(watchers.map(replicaOf));
    const visitor = await replicaOf({ sub: guest, transport: WebSockets });
    const sends = [];
    const senders = await Promise.all(
      writers.map((sub) => connect(server, sub, { reconnect: RECONNECT })),
    );

    proxy.isCutting = true;
    const doing = [
      ...senders.map((client) => sendOn(client, conversationId, work, sends)),
      changeOn(origin, owner, conversationId, work, random),
      inviteOn(origin, owner, conversationId, guest, work),
    ];
    const failed = Promise.all(doing);
    await Promise.race([pause(CUT_MS), failed]); // the length of the fault, not a wait for anything
    await until(() => proxy.cuts > 10, 'the connections are cut', 60_000);
    work.isOver = true;
    await failed;
    proxy.isCutting = false;

    const last = await lastSeqOf(origin, owner, conversationId);
    await Promise.all([...replicas, visitor].map((replica) => replica.settled(last)));
    const stored = await wholeHistory(origin, owner, conversationId);
    t.diagnostic(
      JSON.stringify({
        cuts: proxy.cuts,
        entries: last,
        retried: sends.filter(({ tries }) => tries > 1).length,
        resumes: replicas.map(({ resumes, reloads }) => [resumes, reloads]),
      }),
    );
    proveSends(sends, stored);
    for (const replica of replicas) proveWhole(replica, stored, last);
    proveGuest(visitor, replicas[0], stored);
  });
}

// -- who does what --------------------------------------------------------------------------------

/// Sends one text after another, each as often as it takes to be answered.
async function sendOn(client, conversationId, work, sends) {
  for (let i = 0; !work.isOver; ++i) {
    const content = `${client.sub}:${i}`;
    const send = { content, acks: [], tries: 0 };
    sends.push(send);
    const isAnswered = async () => {
      if (client.connection.state !== 'Connected') return false;
      ++send.tries;
      const what = { conversationId, content, clientMessageId: content };
      send.acks.push(await client.connection.invoke('Send', what));
      return true;
    };
    await until(isAnswered, `${content} is acknowledged`, 30_000);
    // Asked once more it gets the same answer, if it gets one.
    const again = { conversationId, content, clientMessageId: content };
    await client.connection.invoke('Send', again).then((ack) => send.acks.push(ack), () => {});
    await pause(PACE_MS);
  }
}

/// Writes over REST, and changes and deletes what it wrote.
async function changeOn(server, sub, conversationId, work, random) {
  const rest = restOf(server, sub);
  const own = [];
  while (!work.isOver) {
    const at = Math.floor(random() * own.length);
    const roll = random();
    if (own.length === 0 || roll < 0.4) {
      const path = `/messaging/conversations/${conversationId}/messages`;
      own.push((await rest.post(path, { content: `owner:${own.length}` })).body.messageId);
    } else if (roll < 0.8) {
      await rest.patch(`/messaging/messages/${own[at]}`, { content: `edited ${random()}` });
    } else {
      await rest.delete(`/messaging/messages/${own.splice(at, 1)[0]}`);
    }
    await pause(PACE_MS);
  }
}

/// Puts `who` out and takes it in again; it is in at the end.
async function inviteOn(server, owner, conversationId, who, work) {
  const path = `/messaging/conversations/${conversationId}/participants`;
  const rest = restOf(server, owner);
  while (!work.isOver) {
    await pause(10 * PACE_MS);
    assert.ok((await rest.delete(`${path}/${who}`)).status < 300);
    await pause(3 * PACE_MS);
    assert.ok((await rest.post(path, { userIds: [who] })).status < 300);
  }
}

async function lastSeqOf(server, sub, conversationId) {
  const { body } = await restOf(server, sub).post('/messaging/catch-up', [
    { conversationId, afterSeq: 0 },
  ]);
  return body[0].lastSeq;
}

// -- proofs ---------------------------------------------------------------------------------------

function proveSends(sends, stored) {
  for (const { content, acks } of sends) {
    const rows = stored.filter((row) => row.content === content);
    assert.equal(rows.length, 1, `${content} is stored once`);
    for (const { messageId, seq } of acks)
      assert.deepEqual([messageId, seq], [rows[0].id, rows[0].seq], `an answer to ${content}`);
  }
}

/// Every seq behind what was reloaded is there, and what it shows is what is stored, in order.
function proveWhole(replica, stored, last) {
  assert.deepEqual(replica.faults, []);
  const missing = [];
  for (let seq = replica.floor + 1; seq <= last; ++seq)
    if (!replica.entries.has(seq)) missing.push(seq);
  assert.deepEqual(missing, [], `${replica.sub} misses entries`);
  assert.deepEqual([...replica.view()], viewOf(stored), `${replica.sub} shows the history`);
}

const viewOf = (stored) => stored.map(({ id, content, deletedAt }) => [id, deletedAt ? '' : content]);

/// It holds all since it came back for the last time, and nothing from while it was away.
function proveGuest(visitor, witness, stored) {
  assert.deepEqual(visitor.faults, []);
  let since = 0;
  let isIn = true;
  for (const seq of [...witness.entries.keys()].sort((one, other) => one - other)) {
    const { event, data } = witness.entries.get(seq);
    if (event === 'ParticipantRemoved' && data.userId === visitor.sub) isIn = false;
    else if (event === 'ParticipantsAdded' && data.userIds.includes(visitor.sub)) {
      isIn = true;
      since = seq;
    } else if (!isIn && seq > witness.floor) {
      assert.ok(!visitor.entries.has(seq), `${visitor.sub} has seq ${seq} from while it was away`);
    }
  }
  assert.ok(isIn && since > 0, 'it went and came back');
  const view = visitor.view();
  for (const { id, seq, content, deletedAt } of stored)
    if (seq > since) assert.equal(view.get(id), deletedAt ? '' : content, `seq ${seq}`);
}
