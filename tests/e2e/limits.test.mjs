// Rates and counts: a refusal is explicit, and no one else is harmed.
// Proves Q-45 and the limit rows of the abuse table.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { directBetween, groupOf, messagesRoute, newUsers, post, say } from './support/chat.mjs';
import { MESSAGING, buildConnection, connect } from './support/client.mjs';
import { until } from './support/deadline.mjs';
import { openRaw } from './support/raw.mjs';
import { RawHttp, exchange } from './support/raw-http.mjs';
import { request, restOf } from './support/rest.mjs';
import { startServer } from './support/server.mjs';
import { assertProblem } from './support/shapes.mjs';

const BURST = 4;
const HEALTH = 'GET /healthz HTTP/1.1\r\nHost: parley\r\nConnection: close\r\n\r\n';

/// A refusal for now says when to come back: in whole seconds, and exactly.
function assertWait({ headers, body }) {
  assert.ok(body.retryAfterMs > 0, JSON.stringify(body));
  assert.equal(Number(headers.get('retry-after')), Math.ceil(body.retryAfterMs / 1000));
}

/// A server of its own with these limits, and no other.
async function limited(t, settings) {
  const none = Object.fromEntries(
    [
      'invocations_per_s', 'sends_per_s', 'sends_per_min', 'conversation_sends_per_s', 'signals_per_s',
      'negotiates_per_s', 'unauthenticated_per_ip', 'connections_per_user', 'connections_per_ip',
      'records_per_s', 'opens_per_s', 'unauthorized_per_s', 'profiles_per_min',
    ].map((name) => [`limits.${name}`, 0]),
  );
  const own = await startServer({ ...none, 'limits.enabled': true, ...settings });
  t.after(() => own.dispose());
  return own;
}

async function refusals(server, limit) {
  const { body } = await request(server, 'GET', '/metrics');
  return Number(new RegExp(`^parley_limit_refusals_total\\{limit="${limit}"\\} (\\d+)`, 'm').exec(body)[1]);
}

let server;
before(async () => {
  server = await startServer({
    'limits.enabled': true,
    'limits.sends_per_s': 0.01,
    'limits.sends_burst': BURST,
    'limits.connections_per_user': 2,
  });
});
after(() => server.dispose());

test('sends over the rate are rate_limited, by hub and by REST, for that user only', async () => {
  const [alice, bob] = newUsers('alice', 'bob');
  const id = await directBetween(server, alice, bob);
  const client = await connect(server, alice);
  for (let i = 0; i < BURST; ++i) await say(client, id, `${i}`);
  await assert.rejects(
    say(client, id, 'too much'),
    /invoking 'Send' on the server\. HubException: rate_limited: ./,
  );
  const answer = await restOf(server, alice).post(messagesRoute(id), { content: 'too much' });
  assertProblem(answer, 429, 'rate_limited');
  assertWait(answer);
  await say(await connect(server, bob), id, 'not I');
  assert.equal(client.connection.state, 'Connected');
});

test('an upgrade refused for want of room does not use its connection token up', async () => {
  const [alice] = newUsers('alice');
  const negotiated = await restOf(server, alice).post(`${MESSAGING}/negotiate?negotiateVersion=1`);
  const path = `${MESSAGING}?id=${negotiated.body.connectionToken}`;
  const first = await connect(server, alice);
  await connect(server, alice);
  assert.equal((await openRaw(server, alice, { path })).status, 503);
  await first.stop();
  const isOpen = async () => (await openRaw(server, alice, { path })).status === 101;
  await until(isOpen, 'there is room again, and the token is still good');
});

test('connections of one user are counted: negotiate 429, upgrade 503 (or 429)', async () => {
  const [alice, bob] = newUsers('alice', 'bob');
  const first = await connect(server, alice);
  await connect(server, alice);
  await assert.rejects(buildConnection(server, alice).start(), /Status code '(429|503)'/);
  assert.ok([429, 503].includes((await openRaw(server, alice)).status));
  await connect(server, bob);
  await first.stop();
  await until(() => connect(server, alice), 'the place is free again');
});

test('a refusal for now says by hub when to come back', async (t) => {
  const own = await limited(t, { 'limits.sends_per_s': 0.5, 'limits.sends_burst': 1 });
  const [alice, bob] = newUsers('alice', 'bob');
  const id = await directBetween(own, alice, bob);
  const client = await connect(own, alice);
  await say(client, id, 'one');
  const error = await say(client, id, 'two').catch((why) => why.message);
  const wait = Number(/; retryAfterMs=(\d+)$/.exec(error)[1]);
  assert.ok(wait > 0 && wait <= 2_000, error);
});

test('sends of a minute are counted over connections, threads and REST calls together', async (t) => {
  const own = await limited(t, { 'limits.sends_per_min': 6, 'http.threads': 2 });
  const [alice, bob] = newUsers('alice', 'bob');
  const id = await directBetween(own, alice, bob);
  const clients = await Promise.all([1, 2, 3].map(() => connect(own, alice)));
  for (const client of clients) await say(client, id, 'by hub');
  for (let i = 0; i < 3; ++i) await post(own, alice, id, 'by REST');
  for (const client of clients) await assert.rejects(say(client, id, 'too much'), /rate_limited/);
  const answer = await restOf(own, alice).post(messagesRoute(id), { content: 'too much' });
  assertProblem(answer, 429, 'rate_limited');
  assertWait(answer);
  assert.equal(await refusals(own, 'sends'), 4);
  await say(await connect(own, bob), id, 'not I');
});

test('sends into one conversation are busy over its rate; others, and repeats, are served', async (t) => {
  const own = await limited(t, {
    'limits.conversation_sends_per_s': 0.01,
    'limits.conversation_sends_burst': 3,
  });
  const [alice, bob, eve] = newUsers('alice', 'bob', 'eve');
  const [id, other] = [await directBetween(own, alice, bob), await groupOf(own, alice, [bob])];
  const client = await connect(own, alice);
  const first = await say(client, id, 'one', { clientMessageId: 'k' });
  await say(await connect(own, bob), id, 'two');
  await say(client, id, 'three');
  await assert.rejects(say(client, id, 'four'), /busy: .*retryAfterMs=\d+$/);
  assert.deepEqual(await say(client, id, 'one', { clientMessageId: 'k' }), first);
  const answer = await restOf(own, bob).post(messagesRoute(id), { content: 'five' });
  assertProblem(answer, 503, 'busy');
  assertWait(answer);
  await say(client, other, 'elsewhere');
  await assert.rejects(say(await connect(own, eve), id, 'six'), /not_found/);
  assert.equal(await refusals(own, 'conversation_sends'), 2);
});

test('typing, receipts and presence share a rate per user', async (t) => {
  const own = await limited(t, { 'limits.signals_per_s': 0.01, 'limits.signals_burst': 4 });
  const [alice, bob] = newUsers('alice', 'bob');
  const id = await directBetween(own, alice, bob);
  const client = await connect(own, alice);
  await client.invoke('StartTyping', id);
  await client.invoke('MarkRead', id);
  await client.invoke('GetPresence', [bob]);
  await client.invoke('StopTyping', id);
  for (const [method, argument] of [['StartTyping', id], ['MarkDelivered', id], ['GetPresence', [bob]]])
    await assert.rejects(client.invoke(method, argument), /rate_limited/);
  await say(client, id, 'not a signal');
  assert.equal(await refusals(own, 'signals'), 3);
});

test('the REST calls of a user are counted over all its requests', async (t) => {
  const own = await limited(t, { 'limits.invocations_per_s': 0.01, 'limits.invocations_burst': 5 });
  const [alice, bob] = newUsers('alice', 'bob');
  for (let i = 0; i < 5; ++i)
    assert.equal((await restOf(own, alice).get('/messaging/conversations')).status, 200);
  assertWait(await restOf(own, alice).get('/messaging/conversations'));
  assert.equal((await restOf(own, bob).get('/messaging/conversations')).status, 200);
  assert.equal(await refusals(own, 'invocations'), 1);
});

test('negotiate requests are counted by address', async (t) => {
  const own = await limited(t, { 'limits.negotiates_per_s': 0.01, 'limits.negotiates_burst': 2 });
  const negotiate = (sub) => restOf(own, sub).post('/hubs/chat/negotiate?negotiateVersion=1');
  for (const sub of newUsers('alice', 'bob')) assert.equal((await negotiate(sub)).status, 200);
  const answer = await negotiate('carol');
  assertProblem(answer, 429, 'rate_limited');
  assertWait(answer);
  assert.equal(await refusals(own, 'negotiates'), 1);
});

test('sockets on which nothing was served are counted by address; others are not', async (t) => {
  const own = await limited(t, { 'limits.unauthenticated_per_ip': 1 });
  const open = await connect(own, newUsers('alice')[0]);
  const silent = Array.from({ length: 20 }, () => new RawHttp(own));
  const refused = () => silent.filter(({ answers }) => answers.length > 0);
  await until(() => refused().length >= 10, 'what is far too many is refused at once');
  for (const { answers } of refused()) {
    const [{ status, headers, body }] = answers;
    assert.equal(status, 503);
    assert.equal(JSON.parse(body).code, 'limit');
    assert.ok(Number(headers['retry-after']) > 0);
  }
  assert.ok(refused().length <= 11, `${refused().length} of 20 refused`);
  let left = silent.length;
  silent.forEach((http) => http.closed.promise.then(() => --left));
  await until(() => left === 1, 'what asks for nothing for a second is closed');
  await open.invoke('GetPresence', []);
  silent.forEach((http) => http.stop());
  const isServed = async () => (await exchange(own, HEALTH))[0]?.status === 200;
  await until(isServed, 'the places are free again');
  assert.ok((await refusals(own, 'unauthenticated')) >= 18);
});

test('nobody is brought into more conversations than a user may have', async (t) => {
  const own = await startServer({ 'chat.max_conversations_per_user': 2 });
  t.after(() => own.dispose());
  const [alice, bob, carol] = newUsers('alice', 'bob', 'carol');
  const rest = restOf(own, alice);
  const make = (participantIds) => rest.post('/messaging/conversations', { type: 'Group', participantIds });
  const { body: first } = await make([bob]);
  assert.equal((await make([])).status, 200);
  assertProblem(await make([carol]), 422, 'limit');
  const room = await groupOf(own, carol, []);
  const add = (userIds) =>
    restOf(own, carol).post(`/messaging/conversations/${room}/participants`, { userIds });
  assertProblem(await add([bob, alice]), 422, 'limit');
  assert.equal((await add([bob])).status, 200);
  const client = await connect(own, alice);
  await client.invoke('Leave', first.conversationId);
  assert.equal((await add([alice])).status, 200);
});

test('limits.enabled = false lifts every rate and count', async (t) => {
  const own = await startServer({
    'limits.enabled': false, 'limits.sends_per_min': 1, 'limits.conversation_sends_per_s': 0.01,
    'limits.conversation_sends_burst': 1, 'limits.signals_per_s': 0.01, 'limits.signals_burst': 1,
    'limits.negotiates_per_s': 0.01, 'limits.negotiates_burst': 1, 'limits.unauthenticated_per_ip': 1,
  });
  t.after(() => own.dispose());
  const [alice, bob] = newUsers('alice', 'bob');
  const id = await directBetween(own, alice, bob);
  const clients = await Promise.all([alice, alice, bob].map((sub) => connect(own, sub)));
  for (const client of clients)
    for (let i = 0; i < 3; ++i) {
      await say(client, id, `${i}`);
      await client.invoke('MarkRead', id);
    }
});

test('one CatchUp answers so many entries; what does not fit is to be reloaded', async (t) => {
  const own = await startServer({ 'chat.max_catch_up_entries': 500 });
  t.after(() => own.dispose());
  const [alice, bob, carol] = newUsers('alice', 'bob', 'carol');
  const ids = [await directBetween(own, alice, bob), await directBetween(own, alice, carol)];
  const client = await connect(own, alice);
  for (const id of ids)
    await Promise.all(Array.from({ length: 300 }, (_, i) => say(client, id, `${i}`)));
  const third = await groupOf(own, alice, [bob]);
  const asked = [...ids, third].map((conversationId) => ({ conversationId, afterSeq: 0 }));
  const [first, second, last] = await client.invoke('CatchUp', asked);
  assert.equal(first.recovered, true);
  assert.equal(first.events.filter(({ event }) => event === 'MessageReceived').length, 300);
  assert.deepEqual([second.recovered, second.events, second.cursors], [false, [], []]);
  assert.ok(second.lastSeq >= 300);
  assert.equal(last.recovered, true);
});
