// What an administrator sees and does over REST: dead letters and jobs.
// Proves and who may.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { directBetween, joined, messagesRoute, newUsers, wholeHistory } from './support/chat.mjs';
import { until } from './support/deadline.mjs';
import { CURE, POISON } from './support/poison.mjs';
import { request, restOf } from './support/rest.mjs';
import { startServer } from './support/server.mjs';
import { assertKeys, assertProblem, assertTime } from './support/shapes.mjs';

const ADMIN = 'the-administrator';
const LETTERS = '/admin/dead-letters';
const SWEEP_MS = 200;
let server, admin, alice, bob, id;
before(async () => {
  server = await startServer({
    'auth.admins': `nobody-else,${ADMIN}`,
    'chat.sweep_interval_ms': SWEEP_MS,
    'attachments.sweep_interval_ms': SWEEP_MS,
    'storage.max_dead_letters': 4,
  });
  admin = restOf(server, ADMIN);
  [alice, bob] = newUsers('alice', 'bob');
  id = await directBetween(server, alice, bob);
  await server.store.run(POISON);
});
after(() => server.dispose());

const send = (content) => restOf(server, alice).post(messagesRoute(id), { content });
const letters = async (query = '') => (await admin.get(LETTERS + query)).body;

/// A refused message. @returns its row in the list
async function deadLetter() {
  const known = new Set((await letters()).map((one) => one.id));
  assertProblem(await send(`poison ${randomUUID()}`), 400, 'bad_request');
  return (await letters()).find((one) => !known.has(one.id));
}

async function gauge() {
  const { body } = await request(server, 'GET', '/metrics');
  return Number(/^parley_dead_letters (\d+)/m.exec(body)[1]);
}

describe('who may', () => {
  const ROUTES = [
    ['get', LETTERS],
    ['get', `${LETTERS}/${randomUUID()}`],
    ['post', `${LETTERS}/${randomUUID()}/retry`],
    ['delete', `${LETTERS}/${randomUUID()}`],
    ['get', '/admin/jobs'],
  ];
  for (const [method, path] of ROUTES) {
    test(`${method} ${path.replace(/[0-9a-f-]{36}/, '{id}')}: an administrator alone`, async () => {
      assertProblem(await restOf(server, alice)[method](path), 403, 'forbidden');
      assertProblem(await request(server, method.toUpperCase(), path), 401, 'unauthenticated');
      assert.notEqual((await admin[method](path)).status, 403);
    });
  }
});

describe('dead letters', () => {
  test('are listed without their text and shown with it', async () => {
    const row = await deadLetter();
    assertKeys(row, [
      'clientMessageId',
      'conversationId',
      'createdAt',
      'failedAt',
      'id',
      'kind',
      'reason',
      'senderId',
    ]);
    assert.deepEqual(
      [row.kind, row.conversationId, row.senderId, row.clientMessageId],
      ['message', id, alice, ''],
    );
    assertTime(row.failedAt);
    assert.ok(row.reason.length > 0 && !JSON.stringify(row).includes('poison '));
    const { status, body } = await admin.get(`${LETTERS}/${row.id}`);
    assert.equal(status, 200);
    assert.match(body.content, /^poison /);
    assert.deepEqual(body, { ...row, size: body.content.length, attachments: 0, content: body.content });
    assert.equal(await gauge(), (await letters()).length);
  });

  test('come newest first, page by page', async () => {
    const newest = await deadLetter();
    const [first] = await letters('?limit=1');
    assert.equal(first.id, newest.id);
    const rest = await letters(`?before=${first.id}`);
    assert.equal(rest.length, (await letters()).length - 1);
    for (const query of ['?limit=0', '?limit=201', '?limit=x', '?before=x']) {
      assertProblem(await admin.get(LETTERS + query), 400, 'bad_request');
    }
  });

  test('are dropped once', async () => {
    const { id: letter } = await deadLetter();
    const before_ = await gauge();
    assert.equal((await admin.delete(`${LETTERS}/${letter}`)).status, 200);
    assert.equal(await gauge(), before_ - 1);
    assertProblem(await admin.delete(`${LETTERS}/${letter}`), 404, 'not_found');
    assertProblem(await admin.get(`${LETTERS}/${letter}`), 404, 'not_found');
    assertProblem(await admin.get(`${LETTERS}/no-id`), 404, 'not_found');
  });

  test('are kept up to storage.max_dead_letters', async () => {
    while ((await letters()).length < 4) await deadLetter();
    assertProblem(await send('poison one too many'), 400, 'bad_request');
    assert.equal((await letters()).length, 4);
  });

  test('the gauge follows what other processes drop', async () => {
    await server.store.run('DELETE FROM dead_letters WHERE 1 = 1');
    await until(async () => (await gauge()) === 0, 'the gauge is at 0');
  });

  test('are refused again while the cause is there, and posted when it is gone', async () => {
    const { id: letter } = await deadLetter();
    const path = `${LETTERS}/${letter}/retry`;
    assertProblem(await admin.post(path), 409, 'conflict');
    assert.equal((await letters()).length, 1);
    await server.store.run(CURE);
    const listener = await joined(server, bob, id);
    const { status, body } = await admin.post(path);
    assert.equal(status, 200);
    assertKeys(body, ['conversationId', 'id', 'seq']);
    assert.equal(body.conversationId, id);
    assert.equal(await gauge(), 0);
    const isIt = ({ messageId }) => messageId === letter;
    const [heard] = await listener.waitFor('MessageReceived', isIt);
    assert.match(heard.content, /^poison /);
    assertProblem(await admin.post(path), 404, 'not_found');
    const { status: sent } = await send('after it');
    assert.equal(sent, 200);
    const texts = (await wholeHistory(server, bob, id)).map(({ content }) => content);
    assert.match(texts[0], /^poison /);
    assert.deepEqual(texts.slice(1), ['after it']);
  });
});

test('jobs say when they ran last, how long, and how it went', async () => {
  const jobs = async () => (await admin.get('/admin/jobs')).body;
  await until(async () => (await jobs()).every((job) => job.runs > 0), 'all have run');
  const all = await jobs();
  assert.deepEqual(
    all.map(({ name }) => name),
    ['mark-messages-delivered', 'count-dead-letters', 'remove-unused-attachments'],
  );
  for (const job of all) {
    assertKeys(job, [
      'everyMs',
      'failures',
      'found',
      'isRunning',
      'lastDurationMs',
      'lastError',
      'lastResult',
      'lastRunAt',
      'name',
      'runs',
    ]);
    assert.equal(job.everyMs, SWEEP_MS);
    assert.deepEqual([job.lastResult, job.lastError, job.failures], ['succeeded', null, 0]);
    assertTime(job.lastRunAt);
    assert.ok(job.lastDurationMs >= 0);
  }
});
