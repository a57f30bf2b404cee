// Pictures of states, compared with those that were kept. On a difference the picture of now and what
// differs lie beside the kept one, as NAME.now.png and NAME.differs.png.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import pixelmatch from 'pixelmatch';
import { PNG } from 'pngjs';

const FOLDER = fileURLToPath(new URL('../pictures/', import.meta.url));
/// Share of the pixels that may differ.
const MOST = 0.001;
const keeps = process.env.PARLEY_PICTURES === 'keep';

/// @param what a page, or a part of one
export async function looksAsKept(what, name) {
  const [kept, now, differs] = ['', '.now', '.differs'].map((end) => `${FOLDER}${name}${end}.png`);
  const bytes = await what.screenshot({ animations: 'disabled', caret: 'hide' });
  mkdirSync(FOLDER, { recursive: true });
  if (keeps) return writeFileSync(kept, bytes);
  assert.ok(existsSync(kept), `there is no picture ${name}: PARLEY_PICTURES=keep web/e2e/run makes it`);
  const [before, after] = [PNG.sync.read(readFileSync(kept)), PNG.sync.read(bytes)];
  assert.deepEqual([after.width, after.height], [before.width, before.height], name);
  const { width, height } = before;
  const between = new PNG({ width, height });
  const count = pixelmatch(before.data, after.data, between.data, width, height, { threshold: 0.1 });
  for (const old of [now, differs]) rmSync(old, { force: true });
  if (count <= MOST * width * height) return undefined;
  writeFileSync(now, bytes);
  writeFileSync(differs, PNG.sync.write(between));
  return assert.fail(`${name}: ${count} of ${width * height} pixels differ: see ${differs}`);
}
