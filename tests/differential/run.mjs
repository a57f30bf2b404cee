#!/usr/bin/env node
// Compares our hub layer with ASP.NET Core's SignalR: the same bytes go to tests/functional_hub and
// to tests/differential/reference, the answers must be alike but for differences.mjs. So must be the
// answers to the requests around them (http.mjs), and what parleyd does when tokens end (refresh.mjs).
//
//   tests/differential/run.mjs [--seconds N] [--seed N]
//
// --seconds   how long random cases are tried after the recorded ones, on each reference; default 20
// --seed      the first seed of the random cases; default 1
//
// There are two references: the release that `dotnet` brings, and 11.0.0, whose runtime is made of
// packages. The shared framework of ASP.NET Core speaks JSON only. What is well formed is also said to
// our hub in MessagePack, and must have the answer that the reference gives in MessagePack if it can,
// else in JSON.
//
// Needs `dotnet` with the ASP.NET Core shared framework; without it this is skipped (exit 0), and so is
// 11.0.0 where its packages cannot be had.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { build, buildForNet11, missingSdk } from '../dotnet/dotnet.mjs';
import { startFunctionalHub, startPrinting } from '../e2e/support/functional.mjs';
import { startServer } from '../e2e/support/server.mjs';
import { inProtocol, randomCase, recorded } from './cases.mjs';
import { DIFFERENCES } from './differences.mjs';
import { compareHttp } from './http.mjs';
import { compareRefresh } from './refresh.mjs';
import { drive, protocols } from './wire.mjs';

const REFERENCE = join(fileURLToPath(new URL('.', import.meta.url)), 'reference');
const AT_ONCE = 8;
const PATIENCE_MS = 2_000;

const { values: given } = parseArgs({
  options: {
    seconds: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
  },
});

/// What may be compared: the order of records about one invocation, and of events; how streams and
/// calls beside each other interleave is a matter of threads.
function comparable({ handshake, records, code, late }, { beside = [] }) {
  const groups = {};
  // What ran beside the other calls may or may not have come to its end when the connection did.
  const isCutShort = ({ invocationId }) => code !== null && beside.includes(invocationId);
  for (const { invocationId, ...record } of records.filter((one) => !isCutShort(one)))
    (groups[invocationId ?? `(${record.target ?? record.type})`] ??= []).push(plain(record));
  return { handshake: parsed(handshake), groups, code, late };
}

/// Without members that are undefined, which JSON has not.
const plain = (record) => JSON.parse(JSON.stringify(record));

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text ?? null;
  }
}

/// Answers to a case: pairs of ours and theirs, for each protocol that can say it.
async function answersTo(one, { hub, reference, release }) {
  const ask = async (url, what) => comparable(await drive(url, what, PATIENCE_MS), one);
  const binary = one.messages && inProtocol(one, protocols.messagepack);
  const theirs = ask(reference, one);
  const pairs = [[ask(hub, one), theirs]];
  if (binary) pairs.push([ask(hub, binary), release >= 11 ? ask(reference, binary) : theirs]);
  return Promise.all(pairs.map((pair) => Promise.all(pair)));
}

/// @returns nothing when the answers are alike, else two that are not
async function differenceOf(one, beside) {
  const pairs = await answersTo(one, beside);
  return pairs.map((pair) => compared(one, pair, beside)).find((difference) => difference);
}

function compared(one, [ours, theirs], { rules, used }) {
  if (isDeepStrictEqual(ours, theirs)) return undefined;
  for (const rule of rules) {
    const before = JSON.stringify([ours, theirs]);
    [ours, theirs] = rule.alike(ours, theirs, one);
    if (JSON.stringify([ours, theirs]) !== before) used.add(rule.name);
  }
  return isDeepStrictEqual(ours, theirs) ? undefined : { ours, theirs };
}

let failures = 0;
function report({ name, chunks }, { ours, theirs }) {
  if (++failures > 20) return;
  const sent = Buffer.concat(chunks);
  console.log(`DIFFERS  ${name}`);
  console.log(`  sent   ${JSON.stringify(sent.subarray(0, 400).toString())}`);
  console.log(`  ours   ${JSON.stringify(ours).slice(0, 600)}`);
  console.log(`  theirs ${JSON.stringify(theirs).slice(0, 600)}`);
}

/// Runs the cases that `next` hands out until it has none. @returns how many
async function runAll(next, beside) {
  let count = 0;
  const worker = async () => {
    for (let one = next(); one; one = next()) {
      const difference = await differenceOf(one, beside);
      if (difference) report(one, difference);
      ++count;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return count;
}

/// Our hub beside one reference.
async function compareWith({ command: [program, ...args], release }, hub) {
  const { url, stop } = await startPrinting(program, args, 60_000);
  const earlier = failures;
  const rules = DIFFERENCES.filter(({ before = Infinity }) => release < before);
  const beside = { hub: hub.url, reference: url, release, rules, used: new Set() };
  const requests = await compareHttp([hub.url, url]);
  const tokens = release >= 11 ? await compareTokens(url) : undefined;
  const waiting = recorded();
  const cases = await runAll(() => waiting.shift(), beside);
  const stale = rules.filter(({ name }) => !beside.used.has(name));
  let seed = Number(given.seed);
  const until = performance.now() + Number(given.seconds) * 1000;
  const random = await runAll(() => performance.now() < until && randomCase(seed++), beside);
  await stop();
  for (const { name } of stale) console.log(`STALE    no recorded case shows: ${name}`);
  for (const fault of [...requests.faults, ...(tokens?.faults ?? [])]) console.log(fault);
  console.log(
    `ASP.NET Core ${release}: ${cases} recorded and ${random} random cases (seeds ${given.seed} to ${seed - 1}), ` +
      `${rules.length} differences on purpose, ${failures - earlier} others; ${counted(requests)} of requests` +
      (tokens ? `; ${counted(tokens)} of tokens` : ''),
  );
  return failures - earlier + stale.length + requests.faults.length + (tokens?.faults.length ?? 0);
}

const counted = ({ count, differences, faults }) => `${count} (${differences} on purpose, ${faults.length} others)`;

async function compareTokens(reference) {
  const parleyd = await startServer({ 'auth.clock_skew_s': 0 });
  const result = await compareRefresh([parleyd.url, reference]);
  await parleyd.dispose();
  return result;
}

async function main() {
  const missing = missingSdk();
  if (missing) return console.log(`skipped: ${missing}`);
  const hub = await startFunctionalHub();
  let faults = await compareWith(build(REFERENCE), hub);
  const newer = buildForNet11(REFERENCE);
  if (newer.missing) console.log(`skipped beside 11.0.0: ${newer.missing}`);
  else faults += await compareWith(newer, hub);
  await hub.stop();
  process.exitCode = faults > 0 ? 1 : 0;
}

await main();
