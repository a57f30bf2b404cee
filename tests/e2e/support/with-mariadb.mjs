// node with-mariadb.mjs COMMAND...: runs it with one MariaDB for all suites in its environment, and a
// prepared data directory for those that need one of their own.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { scratchDirectory } from './cleanup.mjs';
import { MariaDb, installInto } from './mariadb.mjs';

const template = join(scratchDirectory('template'), 'data');
installInto(template);
process.env.PARLEY_TEST_MYSQL_TEMPLATE = template;
const database = await MariaDb.start();

const [command, ...args] = process.argv.slice(2);
const child = spawn(command, args, {
  stdio: 'inherit',
  env: { ...process.env, PARLEY_TEST_MARIADB: database.describe() },
});
child.once('exit', async (code) => {
  await database.dispose();
  process.exit(code ?? 1);
});
