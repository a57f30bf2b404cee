// How long the largest calls keep others waiting: each is made a few times against a server of its own,
// while another client asks for /healthz without a pause; and the longest read and transaction of the
// database, by /metrics.
//   node bench/turns.mjs [--scale=1] [--times=3]      PARLEYD=path of a release build
// Source: docs/limits.md, "Answers".
import { connectAs, largestCalls, largestWorld } from '../tests/e2e/support/largest.mjs';
import { startServer } from '../tests/e2e/support/server.mjs';

const FAMILIES = {
  read: 'parley_db_query_seconds',
  transaction: 'parley_persistence_commit_seconds',
};

const option = (name, fallback) => {
  const given = process.argv.find((one) => one.startsWith(`--${name}=`));
  return given ? Number(given.split('=')[1]) : fallback;
};

/// {bound: how many were no longer} over all label sets of a family.
function bucketsOf(text, family) {
  const counts = new Map();
  for (const [, labels, count] of text.matchAll(new RegExp(`^${family}_bucket\\{(.*)\\} (\\S+)$`, 'gm'))) {
    const bound = labels.match(/le="([^"]+)"/)[1];
    counts.set(bound, (counts.get(bound) ?? 0) + Number(count));
  }
  return [...counts].map(([bound, count]) => [bound === '+Inf' ? Infinity : Number(bound), count]);
}

/// The smallest bound that nothing between the two looks was over; 0: there was nothing.
function longest(before, after, family) {
  const old = new Map(bucketsOf(before, family));
  const fresh = bucketsOf(after, family)
    .map(([bound, count]) => [bound, count - (old.get(bound) ?? 0)])
    .sort(([a], [b]) => a - b);
  const all = fresh.at(-1)?.[1] ?? 0;
  return all === 0 ? 0 : fresh.find(([, count]) => count === all)[0];
}

const milliseconds = (seconds) =>
  seconds === 0 ? '-' : seconds === Infinity ? 'more' : `<= ${+(seconds * 1000).toPrecision(3)}`;

const server = await startServer({ 'limits.enabled': false });
const metrics = async () => (await fetch(`${server.url}/metrics`)).text();

/// Asks for a page that costs nothing until it is told to stop. @returns the longest wait in ms
function neighbour() {
  let asking = true;
  let longestWait = 0;
  const asked = (async () => {
    while (asking) {
      const start = performance.now();
      await (await fetch(`${server.url}/healthz`)).text();
      longestWait = Math.max(longestWait, performance.now() - start);
    }
    return longestWait;
  })();
  return () => {
    asking = false;
    return asked;
  };
}

try {
  const world = await largestWorld(server, option('scale', 1));
  const own = await connectAs(server, world.me);
  console.log(['call', 'KiB', 'answered in ms', 'a neighbour waits, ms', ...Object.keys(FAMILIES).map((one) => `${one}, ms`)].join(' | '));
  for (const { name, call, refused } of largestCalls(world)) {
    const before = await metrics();
    let size = 0;
    const took = [];
    const stop = neighbour();
    for (let i = 0; i < option('times', 3); ++i) {
      const start = performance.now();
      const answer = await (refused ? call(own).catch(() => null) : call(own));
      took.push(performance.now() - start);
      size = Math.max(size, JSON.stringify(answer ?? null).length);
    }
    const waited = await stop();
    const after = await metrics();
    const turns = Object.values(FAMILIES).map((family) => longest(before, after, family));
    const row = [name, Math.round(size / 1024), Math.round(Math.max(...took)), waited.toFixed(1), ...turns.map(milliseconds)];
    console.log(row.join(' | '));
  }
} finally {
  await server.dispose();
}
process.exit(0);
