// The TypeScript client, built from its sources once a run.
import { execFile } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const HOME = new URL('../../../clients/typescript/', import.meta.url);
const run = (command, ...args) =>
  promisify(execFile)(command, args, { cwd: fileURLToPath(HOME), timeout: 120_000 });
const timeOf = (path) => {
  const file = new URL(path, HOME);
  return existsSync(file) ? statSync(file).mtimeMs : 0;
};

/// @returns the module `@parley/catch-up`
export async function catchUpModule() {
  if (timeOf('node_modules/.package-lock.json') < timeOf('package-lock.json'))
    await run('npm', 'ci', '--no-audit', '--no-fund', '--loglevel=error');
  await run('npx', 'tsc');
  return import(new URL('dist/catch-up.js', HOME).href);
}
