// Typing: told to the others who joined, and never for longer than it is true.
// Proves.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { directBetween, fence, groupOf, joined, newUsers, post, say } from './support/chat.mjs';
import { connect } from './support/client.mjs';
import { startServer } from './support/server.mjs';

const TYPING_MS = 700;
let server;
before(async () => (server = await startServer({ 'chat.typing_ms': TYPING_MS })));
after(() => server.dispose());

const is = (id, sub) => (conversationId, userId) => conversationId === id && userId === sub;

async function pair() {
  const [alice, bob] = newUsers('alice', 'bob');
  const id = await directBetween(server, alice, bob);
  return {
    alice,
    bob,
    id,
    typist: await joined(server, alice, id),
    other: await joined(server, bob, id),
  };
}

test('UserTyping and UserStoppedTyping have two positional arguments', async () => {
  const { alice, id, typist, other } = await pair();
  await typist.invoke('StartTyping', id);
  assert.deepEqual(await other.waitFor('UserTyping'), [id, alice]);
  await typist.invoke('StopTyping', id);
  assert.deepEqual(await other.waitFor('UserStoppedTyping'), [id, alice]);
});

test('only the others who joined hear of it, no device of the typist', async () => {
  const [alice, bob, carol, dave] = newUsers('alice', 'bob', 'carol', 'dave');
  const id = await groupOf(server, alice, [bob, carol, dave]);
  const [typist, second, hears, alsoHears] = await Promise.all(
    [alice, alice, bob, carol].map((sub) => joined(server, sub, id)),
  );
  const notJoined = await connect(server, dave);
  await typist.invoke('StartTyping', id);
  await typist.invoke('StopTyping', id);
  for (const client of [hears, alsoHears]) await client.waitFor('UserStoppedTyping', is(id, alice));
  await fence(server, bob, id, [typist, second, notJoined]);
  for (const client of [typist, second, notJoined]) {
    assert.deepEqual(
      client.events.filter(({ name }) => name.includes('Typing')),
      [],
    );
  }
});

describe('typing ends', () => {
  test('by itself, and is told once', async () => {
    const { alice, id, typist, other } = await pair();
    const start = performance.now();
    await typist.invoke('StartTyping', id);
    await other.waitFor('UserStoppedTyping', is(id, alice));
    assert.ok(performance.now() - start >= TYPING_MS * 0.9, 'not before its time');
    await typist.invoke('StopTyping', id);
    await fence(server, alice, id, [other]);
    assert.equal(other.all('UserStoppedTyping').length, 1);
  });

  test('later when it is renewed', async () => {
    const { alice, id, typist, other } = await pair();
    const bell = await pair();
    await typist.invoke('StartTyping', id);
    await bell.typist.invoke('StartTyping', bell.id);
    const renew = setInterval(
      () => typist.invoke('StartTyping', id).catch(() => {}),
      TYPING_MS / 5,
    );
    await bell.other.waitFor('UserStoppedTyping').finally(() => clearInterval(renew));
    assert.deepEqual(other.all('UserStoppedTyping'), [], 'still typing when the bell rings');
    await other.waitFor('UserStoppedTyping', is(id, alice));
  });

  test("with the typist's message", async () => {
    const { alice, id, typist, other } = await pair();
    await typist.invoke('StartTyping', id);
    await other.waitFor('UserTyping', is(id, alice));
    const start = performance.now();
    await say(typist, id, 'done');
    await other.waitFor('UserStoppedTyping', is(id, alice));
    assert.ok(performance.now() - start < TYPING_MS, 'at once, not by its time');
    await fence(server, alice, id, [other]);
    assert.equal(other.all('UserStoppedTyping').length, 1);
  });

  test("with the typist's connection", async () => {
    const { alice, id, typist, other } = await pair();
    await typist.invoke('StartTyping', id);
    await other.waitFor('UserTyping', is(id, alice));
    const start = performance.now();
    await typist.stop();
    await other.waitFor('UserStoppedTyping', is(id, alice));
    assert.ok(performance.now() - start < TYPING_MS);
  });
});

test('StopTyping without StartTyping tells nobody', async () => {
  const { alice, id, typist, other } = await pair();
  await typist.invoke('StopTyping', id);
  await post(server, alice, id, 'no typing here');
  await fence(server, alice, id, [other]);
  assert.deepEqual(other.all('UserStoppedTyping'), []);
});
