#!/usr/bin/env node
// Compares how parleyd, nginx and ASP.NET Core (Kestrel) speak HTTP/1: each case of cases.mjs goes to
// all three, byte for byte, on a connection of its own with an ordinary request behind it. Compared are
// the statuses, in order, and what becomes of the connection: whether that next request is served.
// Where nginx and ASP.NET Core agree parleyd must agree too, or differences.mjs says why not.
//
//   tests/http-reference/run.mjs [--all] [NAME...]
//
// --all    prints what each server made of each case
// NAME     only cases that hold this text
//
// Needs nginx and `dotnet` with the ASP.NET Core shared framework; without them this is skipped (exit 0).
import { connect } from 'node:net';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { CASES, NEXT } from './cases.mjs';
import { DIFFERENCES } from './differences.mjs';
import { missing, startAll } from './servers.mjs';

const AT_ONCE = 8;
/// Longer than any of them waits for what does not come.
const SILENCE_MS = 15_000;

const { values: given, positionals: wanted } = parseArgs({
  options: { all: { type: 'boolean', default: false } },
  allowPositionals: true,
});

/// One whole answer at the beginning of `bytes`, or nothing yet. @param method  of its request
function takeAnswer(bytes, method, isOver) {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const head = bytes.subarray(0, end).toString('latin1');
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1] ?? 0);
  const size = bodySize(bytes, end + 4, head, status, method, isOver);
  if (size === undefined || bytes.length < end + 4 + size) return undefined;
  return { status, rest: bytes.subarray(end + 4 + size) };
}

function bodySize(bytes, from, head, status, method, isOver) {
  if (status < 200 || status === 204 || status === 304 || method === 'HEAD') return 0;
  if (/^transfer-encoding: chunked/im.test(head)) {
    const end = bytes.indexOf('0\r\n\r\n', from);
    return end < 0 ? undefined : end + 5 - from;
  }
  const length = /^content-length: *(\d+)/im.exec(head);
  if (length) return Number(length[1]);
  return isOver ? bytes.length - from : undefined;
}

/// Sends the pieces of a case, the next request with the last of them, and waits until that is answered
/// or the server ends the connection; each server has its own time for what does not come.
/// @returns {{statuses: number[], fate: string}} goes on; closed; silent; lost: what came behind was no such answer
function drive(port, { pieces, methods }) {
  return new Promise((resolve) => {
    const statuses = [];
    let bytes = Buffer.alloc(0);
    const left = [...pieces];
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const finish = (fate) => {
      clearTimeout(silence);
      socket.destroy();
      resolve({ statuses, fate });
    };
    const silence = setTimeout(() => finish('silent'), SILENCE_MS);
    const send = () => {
      const piece = left.shift();
      if (piece !== undefined) socket.write(Buffer.from(left.length === 0 ? piece + NEXT : piece, 'latin1'));
    };
    const take = (isOver) => {
      for (let one; (one = takeAnswer(bytes, methods[statuses.length] ?? 'GET', isOver)); bytes = one.rest) {
        statuses.push(one.status);
        if (left.length > 0) send();
      }
    };
    socket.on('connect', send);
    socket.on('data', (more) => {
      bytes = Buffer.concat([bytes, more]);
      take(false);
      if (statuses.length > methods.length) finish(statuses.pop() === 200 ? 'goes on' : 'lost');
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      take(true);
      finish('closed');
    });
  });
}

const inWords = ({ statuses, fate }) => `${statuses.join(' ') || 'nothing'}, ${fate}`;

/// What is wrong with a case, in words; nothing: all is well.
function judge(name, [ours, nginx, dotnet]) {
  const agree = isDeepStrictEqual(nginx, dotnet);
  const differs = agree && !isDeepStrictEqual(ours, nginx);
  const reason = DIFFERENCES[name];
  if (differs && !reason) return `${name}: parleyd ${inWords(ours)}; both others ${inWords(nginx)}`;
  if (!differs && reason)
    return `${name}: differences.mjs has it, but ${agree ? 'there is no difference' : 'the others do not agree'}`;
  return undefined;
}

async function compareAll(servers) {
  const names = Object.keys(CASES).filter((name) => wanted.every((text) => name.includes(text)));
  const problems = [];
  const work = async () => {
    for (let name; (name = names.shift()) !== undefined; ) {
      const results = await Promise.all(servers.map(({ port }) => drive(port, CASES[name])));
      if (given.all) console.log(`${name}\n    ${results.map((one, i) => `${servers[i].name}: ${inWords(one)}`).join('\n    ')}`);
      const problem = judge(name, results);
      if (problem) problems.push(problem);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  for (const name of Object.keys(DIFFERENCES)) if (!(name in CASES)) problems.push(`${name}: no such case`);
  return problems;
}

const lack = missing();
if (lack) {
  console.log(`skipped: ${lack} is not installed`);
  process.exit(0);
}
const servers = await startAll();
try {
  const problems = await compareAll(servers);
  console.log(problems.join('\n') || `${Object.keys(CASES).length} requests, ${Object.keys(DIFFERENCES).length} differences with a reason`);
  process.exitCode = problems.length > 0 ? 1 : 0;
} finally {
  await Promise.all(servers.map(({ stop }) => stop()));
}
