// Typing, read marks, presence: what is told, and how often.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PresenceBook, ReadMarker, TypingSignals, Typists } from '../dist/index.js';
import { HandClock, settled } from './support/hand-clock.mjs';

test('W-14: typing is said at once, then every 3 s at most, and its end after 5 s of silence', async () => {
  const clock = new HandClock();
  const said = [];
  const typing = new TypingSignals((method, id) => said.push([clock.now(), method, id]), clock);
  for (let at = 0; at < 7000; at += 100) {
    typing.type('c');
    await clock.go(100);
  }
  await clock.go(10_000);
  assert.deepEqual(said, [
    [0, 'StartTyping', 'c'],
    [3000, 'StartTyping', 'c'],
    [6000, 'StartTyping', 'c'],
    [11_900, 'StopTyping', 'c'],
  ]);
});

test('W-14: sending and leaving end it once; who did not type says nothing', async () => {
  const clock = new HandClock();
  const said = [];
  const typing = new TypingSignals((method) => said.push(method), clock);
  typing.stop('c');
  typing.type('c');
  typing.stop('c');
  typing.stop('c');
  typing.type('c');
  typing.forget();
  await clock.go(10_000);
  assert.deepEqual(said, ['StartTyping', 'StopTyping', 'StartTyping']);
});

test('W-14: a typist unheard for 8 s is forgotten', async () => {
  const clock = new HandClock();
  const changes = [];
  const typists = new Typists((id) => changes.push([clock.now(), ...typists.in(id)]), clock);
  typists.start('c', 'ann');
  await clock.go(7000);
  typists.start('c', 'ann');
  typists.start('c', 'ben');
  typists.stop('c', 'ben');
  typists.stop('c', 'ben');
  await clock.go(20_000);
  assert.deepEqual(changes, [[0, 'ann'], [7000, 'ann', 'ben'], [7000, 'ann'], [15_000]]);
  assert.deepEqual(typists.in('c'), []);
});

test('read marks: the furthest only, one call a second, never back', async () => {
  const clock = new HandClock();
  const told = [];
  const reads = new ReadMarker(async (id, seq) => void told.push([clock.now(), id, seq]), clock);
  for (const seq of [3, 5, 4]) reads.mark('c', seq);
  reads.mark('d', 1);
  await clock.go(500);
  reads.mark('c', 9);
  await clock.go(5000);
  reads.mark('c', 2);
  await clock.go(5000);
  assert.deepEqual(told, [
    [0, 'c', 3],
    [0, 'd', 1],
    [1000, 'c', 9],
  ]);
});

test('read marks without an answer are told again after a reconnect, refused ones are not', async () => {
  const clock = new HandClock();
  let answer = () => Promise.reject(new Error('cut'));
  const told = [];
  const tell = (_, seq) => {
    told.push(seq);
    return answer();
  };
  const reads = new ReadMarker(tell, clock);
  reads.mark('c', 3);
  await clock.go(5000);
  answer = () => Promise.reject(new Error('HubException: not_found: no such conversation'));
  reads.resume();
  await clock.go(5000);
  reads.resume();
  await clock.go(5000);
  assert.deepEqual(told, [3, 3]);
});

const people = (count) => Array.from({ length: count }, (_, at) => `u${at}`);
const here = (userId, online = true) => ({ userId, online, lastSeenAt: null });

test('W-35: presence is asked for 200 at a time, and not again within 30 s', async () => {
  const clock = new HandClock();
  const asked = [];
  const book = new PresenceBook(
    async (users) => {
      asked.push(users.length);
      return users.map((user) => here(user));
    },
    undefined,
    clock,
  );
  await book.show(people(450));
  await book.show(people(451));
  assert.deepEqual(asked, [200, 200, 50, 1]);
  assert.equal(book.of('u450').online, true);
  await clock.go(30_000);
  await book.show(people(10));
  assert.deepEqual(asked.slice(4), [10]);
  assert.equal(book.of('u450'), undefined);
});

test('what is heard while the answer is on its way is newer than the answer', async () => {
  const clock = new HandClock();
  let answer;
  const changes = [];
  const ask = () => new Promise((done) => (answer = done));
  const book = new PresenceBook(ask, (user) => changes.push([user, book.of(user).online]), clock);
  const shown = book.show(['ann', 'ben']);
  await clock.go(10);
  book.hear('ann', false);
  book.hear('stranger', true);
  answer([here('ann'), here('ben')]);
  await shown;
  assert.deepEqual(changes, [
    ['ann', false],
    ['ben', true],
  ]);
  assert.equal(book.of('stranger'), undefined);
});

test('a question without an answer is asked at the next look, and all after a reconnect', async () => {
  const clock = new HandClock();
  let fails = true;
  const asked = [];
  const book = new PresenceBook(
    async (users) => {
      asked.push(users);
      if (fails) throw new Error('cut');
      return users.map((user) => here(user));
    },
    undefined,
    clock,
  );
  await book.show(['ann']);
  fails = false;
  await book.show(['ann']);
  await book.resume();
  await settled();
  assert.deepEqual(asked, [['ann'], ['ann'], ['ann']]);
});
