// A fresh store per server, of the kind that PARLEY_TEST_STORE names.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { MariaDb } from './mariadb.mjs';

export const STORE = process.env.PARLEY_TEST_STORE ?? 'sqlite';
export const onMysql = STORE === 'mysql';

const run = promisify(execFile);
let shared;
let counter = 0;

/// One database server for all servers of this process, unless the runner lends one.
async function database() {
  shared ??= MariaDb.fromEnvironment() ?? MariaDb.start();
  return shared;
}

/// A store that lives in `directory` or, on MySQL, in an empty database of its own.
/// `execute` runs SQL behind the server's back.
/// @returns {Promise<{url: string, execute: (sql: string) => Promise<void>, dispose: () => Promise<void>}>}
export async function freshStore(directory) {
  const file = join(directory, 'parley.db');
  if (!onMysql)
    return {
      url: `sqlite:${file}`,
      execute: (sql) => run('sqlite3', ['-cmd', '.timeout 10000', file, sql]),
      dispose: async () => {},
    };
  const server = await database();
  const name = `messaging_${process.pid}_${++counter}`;
  await server.createDatabase(name);
  return {
    url: server.url(name),
    execute: (sql) => server.query(`USE \`${name}\`; ${sql}`),
    dispose: () => server.dropDatabase(name),
  };
}
