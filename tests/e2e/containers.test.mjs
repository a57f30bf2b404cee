// deploy/container names files, settings and secrets that exist. No engine runs where tests do: the
// steps of the image are run by scripts/check-package.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const TOP = fileURLToPath(new URL('../../', import.meta.url));
const HOME = resolve(TOP, 'deploy/container');
const read = (path) => readFileSync(resolve(TOP, path), 'utf8');
const containerfile = read('deploy/container/Containerfile');
const compose = parse(read('deploy/container/compose.yml'));

/// PARLEY_HTTP__PORT, and PARLEY_STORAGE__URL_FILE for a file with its value.
function knownVariables() {
  const known = new Set();
  let section = '';
  for (const line of read('config/parley.example.toml').split('\n')) {
    const name = /^\[(\w+)\]$/.exec(line)?.[1];
    if (name) section = `${name.toUpperCase()}__`;
    const key = /^(\w+) = /.exec(line)?.[1];
    if (key) for (const end of ['', '_FILE']) known.add(`PARLEY_${section}${key.toUpperCase()}${end}`);
  }
  return known;
}

test('every setting that the image, its start and the compose file use is one of the server', () => {
  const known = knownVariables();
  assert.ok(known.has('PARLEY_HTTP__PORT') && known.has('PARLEY_DELIVERY'));
  const texts = [containerfile, read('deploy/container/entrypoint'), JSON.stringify(compose)];
  const used = texts.flatMap((text) => text.match(/PARLEY_[A-Z][A-Z0-9_]*[A-Z0-9]/g));
  assert.ok(used.length > 5);
  for (const name of used) assert.ok(known.has(name) || name === 'PARLEY_AUTH', name);
});

test('every file that the image copies is there, and its scripts are scripts', () => {
  const copies = [...containerfile.matchAll(/^COPY (.*)$/gm)].map(([, words]) => words.split(/\s+/));
  assert.ok(copies.length >= 3);
  for (const words of copies) {
    const isFromStage = words.some((word) => word.startsWith('--from='));
    const sources = words.filter((word) => !word.startsWith('--')).slice(0, -1);
    if (!isFromStage) for (const source of sources) assert.ok(existsSync(resolve(TOP, source)), source);
  }
  for (const [shell, script] of [
    ['sh', 'entrypoint'],
    ['bash', 'healthy'],
  ]) {
    const path = resolve(HOME, script);
    accessSync(path, constants.X_OK);
    execFileSync(shell, ['-n', path]);
  }
});

test('the image is what its package makes, without a secret, as an ordinary user, with one volume', () => {
  assert.match(containerfile, /^RUN make deb$/m);
  assert.match(containerfile, /rm -rf \/etc\/parleyd\/secret/);
  assert.match(containerfile, /^USER parley$/m);
  assert.equal(containerfile.match(/^VOLUME /gm).length, 1);
  assert.match(containerfile, /^STOPSIGNAL SIGTERM$/m);
  assert.match(read('Makefile'), /^deb: /m);
});

test('the compose file builds from here, waits for its database, and its secrets are explained', () => {
  const { parley, database } = compose.services;
  assert.ok(existsSync(resolve(HOME, parley.build.context, parley.build.dockerfile)));
  assert.equal(parley.depends_on.database.condition, 'service_healthy');
  assert.ok(database.healthcheck.test.length > 0);
  const guide = read('docs/operations.md');
  for (const [name, { file }] of Object.entries(compose.secrets)) {
    assert.equal(dirname(file), './secrets');
    assert.ok(guide.includes(`secrets/${name}`), name);
  }
  for (const service of [parley, database])
    for (const volume of service.volumes) assert.ok(volume.split(':')[0] in compose.volumes, volume);
  assert.ok(read('.dockerignore').includes('deploy/container/secrets'));
});
