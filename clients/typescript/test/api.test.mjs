// src/api.ts is what docs/api says today.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const path = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url));

test('the types are made from the documents: npm run api', () => {
  const made = execFileSync(process.execPath, [path('scripts/make-api.mjs'), '--print'], {
    encoding: 'utf8',
  });
  assert.equal(readFileSync(path('src/api.ts'), 'utf8'), made);
});

test('every method and event of the hub has a type', () => {
  const made = readFileSync(path('src/api.ts'), 'utf8');
  const hub = JSON.parse(readFileSync(path('../../docs/api/hub.json'), 'utf8'));
  for (const name of Object.keys(hub.operations))
    assert.match(made, new RegExp(`^  ${name}: [[{]`, 'm'), name);
});
