// npm run build: what parleyd serves, in dist/. The same bytes from the same sources, in any folder.
import { spawnSync } from 'node:child_process';
import { renameSync } from 'node:fs';

const built = spawnSync('node_modules/.bin/ng', ['build'], { stdio: 'inherit' });
if (built.status !== 0) process.exit(built.status ?? 1);
renameSync('dist/3rdpartylicenses.txt', 'dist/licenses.txt');
