// What was typed goes out once, in order, whatever becomes of the connection.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import 'fake-indexeddb/auto';
import { IndexedDbOutbox, MemoryOutbox, Outbox } from '../dist/index.js';
import { HandClock, settled } from './support/hand-clock.mjs';

const refusal = (code, more = '') =>
  new Error(
    `An unexpected error occurred invoking 'Send' on the server. HubException: ${code}: no${more}`,
  );
const cut = () => new Error('Invocation canceled due to the underlying connection being closed.');
const draft = (content, conversationId = 'c') => ({ conversationId, content });

/// An outbox whose tries are answered by `answer(message)`, and what it told.
function scene(answer, store = new MemoryOutbox()) {
  const clock = new HandClock();
  const told = [];
  const tries = [];
  const handlers = {
    onChange: ({ content }, state) => told.push(`${content} ${state}`),
    onAck: ({ content }, { seq }) => told.push(`${content} #${seq}`),
    onDiscard: ({ content }) => told.push(`${content} discarded`),
  };
  const deliver = async (message) => {
    tries.push(message);
    return answer(message, tries.length);
  };
  const outbox = new Outbox(deliver, handlers, store, clock);
  return { outbox, clock, told, tries, store };
}
const ack = (_, seq) => ({ messageId: `m${seq}`, seq, createdAt: '' });

test('it waits without a connection, and goes out in the order typed when there is one', async () => {
  const { outbox, told, tries } = scene(ack);
  for (const text of ['a', 'b']) await outbox.add(draft(text));
  await settled();
  assert.deepEqual(tries, []);
  outbox.resume();
  await settled();
  assert.deepEqual(told, ['a waiting', 'b waiting', 'a sending', 'a #1', 'b sending', 'b #2']);
  assert.deepEqual(outbox.waiting(), []);
});

test('it has its id before the first try, and keeps it over cuts and restarts', async () => {
  const store = new MemoryOutbox();
  const first = scene(() => Promise.reject(cut()), store);
  first.outbox.resume();
  const { clientMessageId } = await first.outbox.add(draft('a'));
  await first.clock.go(100);
  first.outbox.suspend();
  await settled();
  const second = scene(ack, store);
  await second.outbox.whenLoaded();
  assert.deepEqual(second.told, ['a waiting']);
  second.outbox.resume();
  await settled();
  const ids = [...first.tries, ...second.tries].map((one) => one.clientMessageId);
  assert.deepEqual([...new Set(ids)], [clientMessageId]);
  assert.equal(first.tries.length, 2);
  assert.deepEqual(await store.all(), []);
});

test('the next message of a conversation waits for the answer, other conversations do not', async () => {
  let open;
  const gate = new Promise((done) => (open = done));
  const { outbox, tries } = scene(async (message, at) => {
    if (message.content === 'a') await gate;
    return ack(message, at);
  });
  outbox.resume();
  await outbox.add(draft('a'));
  await outbox.add(draft('b'));
  await outbox.add(draft('elsewhere', 'd'));
  await settled();
  assert.deepEqual(
    tries.map(({ content }) => content),
    ['a', 'elsewhere'],
  );
  open();
  await settled();
  assert.deepEqual(
    tries.map(({ content }) => content),
    ['a', 'elsewhere', 'b'],
  );
});

test('busy and rate_limited are waited out for as long as the server says', async () => {
  const answers = [refusal('rate_limited', '; retryAfterMs=1500'), refusal('busy')];
  const { outbox, clock, tries } = scene((message, at) => {
    if (answers.length > 0) throw answers.shift();
    return ack(message, at);
  });
  outbox.resume();
  await outbox.add(draft('a'));
  await clock.go(1499);
  assert.equal(tries.length, 1);
  await clock.go(1);
  assert.equal(tries.length, 2);
  await clock.go(200);
  assert.equal(tries.length, 3);
  assert.deepEqual(outbox.waiting(), []);
});

test('what is refused for good stands aside: the next goes out, and retry, change, discard lead on', async () => {
  let isShut = true;
  const { outbox, told, tries, store } = scene((message, at) => {
    if (isShut && message.content !== 'b') throw refusal('forbidden');
    return ack(message, at);
  });
  outbox.resume();
  const kept = [];
  for (const text of ['a', 'b', 'c', 'd']) kept.push(await outbox.add(draft(text)));
  await settled();
  const isFailed = (entry) => entry.refused?.code === 'forbidden';
  assert.deepEqual(
    outbox.waiting('c').map(({ content }) => content),
    ['a', 'c', 'd'],
  );
  assert.ok((await store.all()).every(isFailed));
  isShut = false;
  told.length = 0;
  await outbox.retry(kept[0].clientMessageId);
  await outbox.change(kept[2].clientMessageId, 'better');
  assert.equal(await outbox.discard(kept[3].clientMessageId), true);
  await settled();
  assert.deepEqual(outbox.waiting(), []);
  assert.deepEqual(await store.all(), []);
  const [again, other] = tries.slice(-2);
  assert.equal(again.clientMessageId, kept[0].clientMessageId);
  assert.equal(other.content, 'better');
  assert.notEqual(other.clientMessageId, kept[2].clientMessageId);
  assert.ok(told.includes('c discarded') && told.includes('d discarded'));
});

test('a message under way is not discarded, one that waits is', async () => {
  const { outbox } = scene(() => new Promise(() => {}));
  outbox.resume();
  const first = await outbox.add(draft('a'));
  const second = await outbox.add(draft('b'));
  await settled();
  assert.equal(await outbox.discard(first.clientMessageId), false);
  assert.equal(await outbox.discard(second.clientMessageId), true);
  assert.equal(await outbox.discard('unknown'), false);
});

test('a store that cannot keep a text refuses it; one that cannot forget it loses nothing', async () => {
  const store = new MemoryOutbox();
  const { outbox, told } = scene(ack, store);
  await outbox.whenLoaded();
  store.put = () => Promise.reject(new Error('full'));
  await assert.rejects(outbox.add(draft('a')), /full/);
  assert.deepEqual(outbox.waiting(), []);
  delete store.put;
  store.remove = () => Promise.reject(new Error('broken'));
  await outbox.add(draft('b'));
  outbox.resume();
  await settled();
  assert.deepEqual(told.slice(-1), ['b #1']);
});

test('a browser keeps them beyond the page, per user, in the order typed', async () => {
  const first = await IndexedDbOutbox.open('ann');
  const { outbox } = scene(ack, first);
  for (const text of ['a', 'b', 'c']) await outbox.add(draft(text));
  const later = await IndexedDbOutbox.open('ann');
  assert.deepEqual(
    (await later.all()).map(({ content }) => content),
    ['a', 'b', 'c'],
  );
  assert.deepEqual(await (await IndexedDbOutbox.open('ben')).all(), []);
  const next = scene(ack, later);
  next.outbox.resume();
  await next.outbox.whenLoaded();
  while (next.outbox.waiting().length > 0) await settled();
  await later.destroy();
  assert.deepEqual(
    next.tries.map(({ content }) => content),
    ['a', 'b', 'c'],
  );
  assert.deepEqual(await (await IndexedDbOutbox.open('ann')).all(), []);
});
