// Rates and counts: a refusal is explicit, and no one else is harmed.
// Proves Q-45 and the limit rows of the abuse table.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { directBetween, messagesRoute, newUsers, say } from './support/chat.mjs';
import { MESSAGING, buildConnection, connect } from './support/client.mjs';
import { until } from './support/deadline.mjs';
import { openRaw } from './support/raw.mjs';
import { restOf } from './support/rest.mjs';
import { startServer } from './support/server.mjs';
import { assertProblem } from './support/shapes.mjs';

const BURST = 4;
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
  assert.ok(Number(answer.headers.get('retry-after')) > 0, 'Retry-After in seconds');
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
