#!/usr/bin/env node
// Compares our hub layer with ASP.NET Core's SignalR: the same bytes go to tests/functional_hub and
// to tests/differential/reference, the answers must be alike but for differences.mjs. So must be the
// answers to the requests around them (http.mjs).
//
//   tests/differential/run.mjs [--seconds N] [--seed N]
//
// --seconds   how long random cases are tried after the recorded ones; default 20
// --seed      the first seed of the random cases; default 1
//
// The shared framework of ASP.NET Core speaks JSON only. What is well formed is also said to our hub
// in MessagePack, and must have the answer that the reference gives in JSON.
//
// Needs `dotnet` with the ASP.NET Core shared framework; without it this is skipped (exit 0).
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { startFunctionalHub, startPrinting } from '../e2e/support/functional.mjs';
import { inProtocol, randomCase, recorded } from './cases.mjs';
import { DIFFERENCES } from './differences.mjs';
import { compareHttp } from './http.mjs';
import { drive, protocols } from './wire.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const AT_ONCE = 8;
const PATIENCE_MS = 2_000;
const BUILD_MS = 600_000;

const { values: given } = parseArgs({
  options: {
    seconds: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
  },
});

const hasReference = () => {
  const { stdout } = spawnSync('dotnet', ['--list-runtimes'], { encoding: 'utf8' });
  const { stdout: sdks } = spawnSync('dotnet', ['--list-sdks'], { encoding: 'utf8' });
  return stdout?.includes('Microsoft.AspNetCore.App') && sdks?.trim();
};

/// @returns the built program
function buildReference() {
  const out = join(HERE, '../../build/differential');
  mkdirSync(out, { recursive: true });
  const args = ['build', join(HERE, 'reference'), '-c', 'Release', '-v', 'quiet', '--nologo'];
  args.push('-o', join(out, 'bin'), `-p:BaseIntermediateOutputPath=${join(out, 'obj')}/`);
  const env = { ...process.env, DOTNET_CLI_TELEMETRY_OPTOUT: '1', DOTNET_NOLOGO: '1' };
  execFileSync('dotnet', args, { stdio: ['ignore', 'ignore', 'inherit'], env, timeout: BUILD_MS });
  return join(out, 'bin/reference.dll');
}

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

const used = new Set();

/// Answers of our hub, in each protocol that can say it, and of the reference.
function answersTo(one, [hub, reference]) {
  const said = [[hub, one], [reference, one]];
  if (one.messages) said.splice(1, 0, [hub, inProtocol(one, protocols.messagepack)]);
  return Promise.all(said.map(([url, what]) => drive(url, what, PATIENCE_MS)));
}

/// @returns nothing when the answers are alike, else two that are not
async function differenceOf(one, servers) {
  const answers = (await answersTo(one, servers)).map((answer) => comparable(answer, one));
  const theirs = answers.pop();
  return answers.map((ours) => compared(one, ours, theirs)).find((difference) => difference);
}

function compared(one, ours, theirs) {
  if (isDeepStrictEqual(ours, theirs)) return undefined;
  for (const rule of DIFFERENCES) {
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
async function runAll(next, servers) {
  let count = 0;
  const worker = async () => {
    for (let one = next(); one; one = next()) {
      const difference = await differenceOf(one, servers);
      if (difference) report(one, difference);
      ++count;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return count;
}

async function main() {
  if (!hasReference()) return console.log('skipped: no dotnet SDK with ASP.NET Core here');
  const reference = await startPrinting('dotnet', [buildReference()], 60_000);
  const hub = await startFunctionalHub();
  const servers = [hub.url, reference.url];
  const requests = await compareHttp(servers);
  for (const fault of requests.faults) console.log(fault);
  const waiting = recorded();
  const cases = await runAll(() => waiting.shift(), servers);
  const stale = DIFFERENCES.filter(({ name }) => !used.has(name));
  let seed = Number(given.seed);
  const until = performance.now() + Number(given.seconds) * 1000;
  const random = await runAll(() => performance.now() < until && randomCase(seed++), servers);
  await Promise.all([hub.stop(), reference.stop()]);
  for (const { name } of stale) console.log(`STALE    no recorded case shows: ${name}`);
  console.log(
    `${cases} recorded and ${random} random cases (seeds ${given.seed} to ${seed - 1}), ` +
      `${DIFFERENCES.length} differences on purpose, ${failures} others; ` +
      `${requests.count} of requests, ${requests.differences} on purpose, ${requests.faults.length} others`,
  );
  process.exitCode = failures + stale.length + requests.faults.length > 0 ? 1 : 0;
}

await main();
