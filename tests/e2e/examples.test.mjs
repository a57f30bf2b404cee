// The examples of docs/examples do what README.md shows, the second time as the first.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { startServer } from './support/server.mjs';

const run = promisify(execFile);
const ROOT = new URL('../../', import.meta.url);
const EXAMPLES = fileURLToPath(new URL('docs/examples/', ROOT));
const WITHIN_MS = 120_000;

/// Ids and times are new in every run.
const masked = (text) =>
  text.replace(/'[0-9a-f-]{36}'/g, "'ID'").replace(/'[0-9-]{10}T[0-9:.]+Z'/g, "'TIME'");

async function shownInReadme() {
  const readme = await readFile(new URL('README.md', ROOT), 'utf8');
  return /```text\n(ada sees .*?)```/s.exec(readme)[1];
}

let server;

before(async () => {
  await run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: EXAMPLES });
});

after(() => server?.dispose());

test('hello.mjs prints what the README shows, again and again', { timeout: WITHIN_MS }, async () => {
  // The second run signs in once more than a minute allows, and waits for its turn.
  const limits = { 'limits.enabled': true, 'limits.logins_per_ip_per_min': 7 };
  server = await startServer({ 'auth.accounts': true, ...limits });
  const expected = masked(await shownInReadme());
  const waiting = /^\(signing in is limited: waiting \d+ s\)\n/gm;
  for (const waits of [0, 1]) {
    const { stdout, stderr } = await run('node', ['hello.mjs', server.url], { cwd: EXAMPLES });
    assert.equal(stdout.match(waiting)?.length ?? 0, waits);
    assert.equal(masked(stdout.replace(waiting, '')), expected);
    assert.equal(stderr, '');
  }
});

test('hello.mjs says in a line that no server is there', { timeout: WITHIN_MS }, async () => {
  const gone = await startServer();
  await gone.dispose();
  const failed = await run('node', ['hello.mjs', gone.url], { cwd: EXAMPLES }).catch((e) => e);
  assert.equal(failed.code, 1);
  assert.equal(failed.stderr, `${gone.url}: ECONNREFUSED\n`);
});
