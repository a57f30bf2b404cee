// The wall clock of a server at work steps back and forth: nothing is lost, nothing changes places, and no
// time within a conversation goes back. clock.c is what moves it, loaded before the C library.
// Proves decision 45 from outside.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, test } from 'node:test';
import { scratchDirectory } from '../e2e/support/cleanup.mjs';
import { groupOf, joined, newUsers, say } from '../e2e/support/chat.mjs';
import { CLASSIC, connect } from '../e2e/support/client.mjs';
import { until } from '../e2e/support/deadline.mjs';
import { restOf } from '../e2e/support/rest.mjs';
import { startServer } from '../e2e/support/server.mjs';

const SECOND = 1;
const HALF_HOUR = 30 * 60;
const THREE_DAYS = 3 * 24 * 3600;
const STEPS = [SECOND, -SECOND, HALF_HOUR, -HALF_HOUR, THREE_DAYS, -THREE_DAYS, 0];
const SENDS_PER_STEP = 40;
/// Good on every day that the server may believe it is.
const ALWAYS = { iat: 1, exp: 4_102_444_800 };

const hasCompiler = spawnSync('cc', ['--version']).status === 0;

/// A server whose wall clock is ahead by what `set` was told last, in seconds.
async function startWithClock(t) {
  const folder = scratchDirectory('clock');
  const [library, file] = [join(folder, 'clock.so'), join(folder, 'ahead')];
  const source = fileURLToPath(new URL('clock.c', import.meta.url));
  execFileSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, source]);
  const set = (seconds) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(seconds));
    writeFileSync(file, bytes, { flag: 'r+' });
  };
  writeFileSync(file, Buffer.alloc(8));
  Object.assign(process.env, { LD_PRELOAD: library, TEST_CLOCK: file });
  const server = await startServer().finally(() => {
    delete process.env.LD_PRELOAD;
    delete process.env.TEST_CLOCK;
  });
  t.after(() => server.dispose());
  return { server, set };
}

describe('the wall clock steps', { skip: !hasCompiler && 'no C compiler' }, () => {
  test('and nothing is lost, doubled or out of order', async (t) => {
    const { server, set } = await startWithClock(t);
    const [alice, bob, carol, dave] = newUsers('alice', 'bob', 'carol', 'dave');
    const id = await groupOf(server, alice, [bob, carol, dave]);
    const options = { claims: ALWAYS };
    const [writer, other, reader] = [
      await joined(server, alice, id, options),
      await joined(server, bob, id, options),
      await joined(server, carol, id, options),
    ];
    const acks = [];
    for (const [round, ahead] of STEPS.entries()) {
      const half = [];
      for (let i = 0; i < SENDS_PER_STEP; ++i) {
        if (i === SENDS_PER_STEP / 2) set(ahead); // with sends on their way
        const content = `${round}-${i}`;
        half.push(say(i % 2 ? other : writer, id, content, { clientMessageId: content }).then((ack) => ({ ...ack, content })));
      }
      acks.push(...(await Promise.all(half)));
      // Who joins and leaves by any clock keeps its place.
      await restOf(server, alice, ALWAYS).post(`/messaging/conversations/${id}/participants`, {
        userIds: newUsers(`late-${round}`),
      });
    }
    acks.sort((a, b) => a.seq - b.seq);
    const sent = acks.map(({ content }) => content);
    assert.equal(new Set(sent).size, STEPS.length * SENDS_PER_STEP);

    await reader.waitForCount('MessageReceived', sent.length);
    const heard = reader.all('MessageReceived').map(([message]) => message);
    assert.deepEqual(heard.map(({ content }) => content), sent);

    const [answer] = await reader.invoke('CatchUp', [{ conversationId: id, afterSeq: 0 }]);
    assert.equal(answer.recovered, true);
    assert.deepEqual(answer.events.map(({ seq }) => seq), answer.events.map((_, i) => i + 1));

    const rest = restOf(server, carol, ALWAYS);
    const stored = [];
    for (let after = 0, more = true; more; after = stored.at(-1).seq) {
      const { body } = await rest.get(`/messaging/conversations/${id}/messages?after=${after}&limit=200`);
      stored.push(...body.messages);
      more = body.hasMore;
    }
    assert.deepEqual(stored.map(({ content }) => content), sent);
    const times = stored.map(({ createdAt }) => Date.parse(createdAt));
    assert.deepEqual(times, times.toSorted((a, b) => a - b), 'times never go back');
    const days = (times.at(-1) - Date.now()) / (24 * 3600 * 1000);
    assert.ok(days > 2, `the clock was moved: ${days} days`);

    // A repeat is known whatever the clock says.
    const again = await say(writer, id, '0-0', { clientMessageId: '0-0' });
    assert.equal(again.seq, acks.find(({ content }) => content === '0-0').seq);

    // What waited for a classic client is handed over whole.
    const classic = await connect(server, dave, { path: CLASSIC, ...options });
    await classic.invoke('RegisterUser', dave);
    await until(() => classic.all('ReceiveMessage').length >= sent.length, 'all is handed over');
    assert.deepEqual(new Set(classic.all('ReceiveMessage').map(([, content]) => content)), new Set(sent));
  });
});
