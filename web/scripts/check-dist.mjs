// npm run check: dist/, which is committed, is what the sources make: the same files, the same bytes.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'parley-dist-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const built = spawnSync('node_modules/.bin/ng', ['build', '--output-path', folder], {
  encoding: 'utf8',
});
if (built.status !== 0) {
  process.stderr.write(built.stdout + built.stderr);
  process.exit(built.status ?? 1);
}
const fresh = join(folder, 'browser');
renameSync(join(folder, '3rdpartylicenses.txt'), join(fresh, 'licenses.txt'));

const filesOf = (root) => readdirSync(root, { recursive: true }).map(String).sort();
const all = [...new Set([...filesOf('dist'), ...filesOf(fresh)])];
const bytesOf = (root, file) => {
  try {
    return readFileSync(join(root, file));
  } catch {
    return undefined; // it is not there
  }
};
const wrong = all.filter((file) => {
  const [kept, made] = [bytesOf('dist', file), bytesOf(fresh, file)];
  return !kept || !made || !kept.equals(made);
});
console.log(
  wrong.map((file) => `dist/${file} differs: make web`).join('\n') || 'dist/ is up to date',
);
process.exitCode = wrong.length > 0 ? 1 : 0;
