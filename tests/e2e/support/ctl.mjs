// parleyctl as an operator runs it, with a server's settings.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { PARLEYD, environmentOf } from './server.mjs';

export const PARLEYCTL = join(dirname(PARLEYD), 'parleyctl');
const WITHIN_MS = 60_000;

/// @returns {code, stdout, stderr, json}; `json` when it was asked for
export function ctl(server, args, { settings = {}, typed = '' } = {}) {
  const env = environmentOf({ ...server.settings, ...settings });
  return new Promise((done) => {
    const options = { cwd: server.home, env, timeout: WITHIN_MS, maxBuffer: 1 << 28 };
    const child = execFile(PARLEYCTL, args, options, (error, stdout, stderr) => {
      const code = error ? (error.code ?? error.signal) : 0;
      done({ code, stdout, stderr, json: args.includes('--json') && stdout ? JSON.parse(stdout) : undefined });
    });
    child.stdin.on('error', () => {}); // it may end without reading
    child.stdin.end(typed);
  });
}

/// The same, when it must go well.
export async function done(server, args, options) {
  const answer = await ctl(server, args, options);
  assert.equal(answer.code, 0, answer.stderr);
  return answer;
}
