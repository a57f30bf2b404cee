// How long the largest calls keep others waiting: each is made a few times against a server of its own,
// and the longest turn of its threads since the time before is read from /metrics.
//   node bench/turns.mjs [--scale=1] [--times=5] [--only=TEXT]      PARLEYD=path of a release build
// What else the machine does makes turns longer and never shorter: of several times the shortest counts.
// Ends with 1 when a turn of an io thread, or of an actor that all share, was over 20 ms, and when a
// method or route is left out. Source: docs/limits.md, "Times".
import { connectAs, largestCalls, largestCreation, largestWorld, OTHERS } from '../tests/e2e/support/largest.mjs';
import { operations } from '../tests/e2e/support/operations.mjs';
import { startServer } from '../tests/e2e/support/server.mjs';

const MOST_MS = 20;
const option = (name, fallback) =>
  process.argv.find((one) => one.startsWith(`--${name}=`))?.split('=')[1] ?? fallback;

const server = await startServer({ 'limits.enabled': false });
const figures = async () => (await fetch(`${server.metricsUrl}/metrics`)).text();
const longest = (text, thread) =>
  1000 * Number(text.match(new RegExp(`parley_longest_turn_seconds\\{thread="${thread}"\\} (\\S+)`))[1]);
const spent = (text, name) =>
  [...text.matchAll(new RegExp(`^${name}_sum(?:\\{.*\\})? (\\S+)$`, 'gm'))].reduce((all, [, one]) => all + 1000 * Number(one), 0);

/// One call. @returns what it kept busy and for how long, in ms
async function measured({ call, refused }, own) {
  const before = await figures();
  const start = performance.now();
  const answer = await (refused ? call(own).catch(() => null) : call(own));
  const took = performance.now() - start;
  const after = await figures();
  const more = (name) => spent(after, name) - spent(before, name);
  return {
    size: JSON.stringify(answer ?? null).length,
    took,
    io: longest(after, 'io'),
    pool: longest(after, 'pool'),
    reads: more('parley_db_query_seconds'),
    writes: more('parley_persistence_commit_seconds'),
  };
}

/// Small conversations, one after the other, while a large one is made. @returns the longest, in ms; the
/// shortest of several times
async function beside(own, world) {
  const longest = [];
  for (let round = 0; round < 5; ++round) {
    let isMaking = true;
    const large = (world ? largestCreation(world)(own) : Promise.resolve()).finally(() => (isMaking = false));
    const took = [];
    do {
      const start = performance.now();
      await own.client.invoke('CreateConversation', { type: 'Group', participantIds: ['other'] });
      took.push(performance.now() - start);
    } while (isMaking || took.length < 5);
    await large;
    longest.push(Math.max(...took));
  }
  return Math.min(...longest);
}

const shortest = (all, key) => Math.min(...all.map((one) => one[key]));
let failed = false;
try {
  const world = await largestWorld(server, Number(option('scale', 1)));
  const own = await connectAs(server, world.me);
  const calls = largestCalls(world);
  const walked = new Set(calls.map(({ method }) => method));
  const { methods, routes } = operations();
  const left = [...methods, ...routes.filter((one) => / \/(messaging|users|auth|admin)/.test(one))].filter(
    (one) => !walked.has(one) && !OTHERS.has(one) && !one.includes('{attachmentId}'),
  );
  if (left.length > 0) {
    console.error(`not walked: ${left.join(', ')}`);
    failed = true;
  }
  console.log('| call | KiB | answered, ms | io thread, ms | shared actor, ms | reads, ms | transactions, ms |');
  console.log('|---|---:|---:|---:|---:|---:|---:|');
  for (const one of calls.filter(({ name }) => name.includes(option('only', '')))) {
    const all = [];
    const times = one.isOnce ? 1 : Number(option('times', 5));
    for (let i = 0; i < times; ++i) all.push(await measured(one, own));
    const row = ['took', 'io', 'pool', 'reads', 'writes'].map((key) => shortest(all, key));
    const isLong = row[1] > MOST_MS || row[2] > MOST_MS;
    failed ||= isLong;
    console.log(`| ${one.name}${isLong ? ' **' : ''} | ${Math.round(Math.max(...all.map(({ size }) => size)) / 1024)} | ${row.map((ms) => ms.toFixed(1)).join(' | ')} |`);
  }
  console.log(`While 5,000 become one conversation, another creation takes ${(await beside(own, world)).toFixed(1)} ms; alone ${(await beside(own)).toFixed(1)} ms.`);
} finally {
  await server.dispose();
}
process.exit(failed ? 1 : 0);
