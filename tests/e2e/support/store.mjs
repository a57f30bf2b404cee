// A fresh store per server, of the kind that PARLEY_TEST_STORE names.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { MariaDb } from './mariadb.mjs';

export const STORE = process.env.PARLEY_TEST_STORE ?? 'sqlite';
export const onMysql = STORE === 'mysql';

let shared;
let counter = 0;

/// One database server for all servers of this process, unless the runner lends one.
async function database() {
  shared ??= MariaDb.fromEnvironment() ?? MariaDb.start();
  return shared;
}

/// Python has SQLite in its standard library; Node only since 22.
function runSqlite(file, sql) {
  const script = `import sqlite3, sys
db = sqlite3.connect(sys.argv[1], timeout=10)
db.execute(sys.argv[2])
db.commit()`;
  return promisify(execFile)('python3', ['-c', script, file, sql]);
}

/// A store that lives in `directory` or, on MySQL, in an empty database of its own.
/// @returns {Promise<{url: string, run: (sql: string) => Promise, dispose: () => Promise<void>}>}
/// `run` does one statement of an administrator of the database
export async function freshStore(directory) {
  if (!onMysql) {
    const file = join(directory, 'parley.db');
    return { url: `sqlite:${file}`, run: (sql) => runSqlite(file, sql), dispose: async () => {} };
  }
  const server = await database();
  const name = `messaging_${process.pid}_${++counter}`;
  await server.createDatabase(name);
  return {
    url: server.url(name),
    run: (sql) => server.query(`USE \`${name}\`; ${sql}`),
    dispose: () => server.dropDatabase(name),
  };
}
