// What must not outlive the test process, even when it is cut short: children and directories.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const children = new Set();
const directories = new Set();

process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));

/// Ends `child` with this process. It does not keep this process alive.
export function guardChild(child) {
  children.add(child);
  child.once('exit', () => children.delete(child));
  child.unref();
}

export const hasEnded = (child) => child.exitCode !== null || child.signalCode !== null;

/// A directory that is removed with this process, or before. PARLEY_TEST_KEEP=1 keeps them all.
export function scratchDirectory(name) {
  const directory = mkdtempSync(join(tmpdir(), `parley-${name}-`));
  if (!process.env.PARLEY_TEST_KEEP) directories.add(directory);
  return directory;
}

export function removeScratch(directory) {
  if (!directories.delete(directory)) return;
  rmSync(directory, { recursive: true, force: true });
}
