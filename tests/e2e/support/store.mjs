// A fresh store per server, of the kind that PARLEY_TEST_STORE names.
import { join } from 'node:path';
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

/// A store that lives in `directory` or, on MySQL, in an empty database of its own.
/// @returns {Promise<{url: string, dispose: () => Promise<void>}>}
export async function freshStore(directory) {
  if (!onMysql) return { url: `sqlite:${join(directory, 'parley.db')}`, dispose: async () => {} };
  const server = await database();
  const name = `messaging_${process.pid}_${++counter}`;
  await server.createDatabase(name);
  return { url: server.url(name), dispose: () => server.dropDatabase(name) };
}
