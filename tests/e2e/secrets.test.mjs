// What the server keeps from other users of its machine: its files, and secrets on its command line.
import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Server, startServer } from './support/server.mjs';
import { onMysql } from './support/store.mjs';

test('what the server makes on disk is for its owner alone', { skip: onMysql }, async () => {
  const own = await startServer();
  const modes = readdirSync(own.home)
    .filter((name) => /\.db/.test(name))
    .map((name) => statSync(join(own.home, name)).mode & 0o777);
  assert.ok(modes.length > 0);
  assert.ok(modes.every((mode) => mode === 0o600), modes.map((mode) => mode.toString(8)).join());
  assert.equal(statSync(join(own.home, 'data')).mode & 0o077, 0);
  assert.doesNotMatch(own.log, /open to others/);
  await own.dispose();
});

test('a secret among the flags is not left in the process list, and warned of', async () => {
  const own = await Server.prepare();
  delete own.settings['auth.hs256_secret'];
  const secret = 'a secret that must not be seen, of 32 bytes';
  const { code, stdout, stderr } = await own.command(['config', 'print', `--auth.hs256_secret=${secret}`]);
  assert.equal(code, 0);
  assert.match(stderr, /--auth\.hs256_secret is a secret.*PARLEY_AUTH__HS256_SECRET_FILE/);
  assert.ok(!(stdout + stderr).includes(secret));
  await own.dispose();
});
