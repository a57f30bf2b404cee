// A private MariaDB in a directory of its own, that a test may kill and start again.
import { execFile, execFileSync, spawn } from 'node:child_process';
import { closeSync, cpSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { guardChild, hasEnded, removeScratch, scratchDirectory } from './cleanup.mjs';
import { until } from './deadline.mjs';
import { freePort } from './ports.mjs';

const run = promisify(execFile);
const USER = 'parley';
const PASSWORD = 'parley-test';
const START_MS = 60_000;

/// Where distributions keep servers and tools; the PATH of an ordinary user names half of it.
const FOLDERS = ['/usr/sbin', '/usr/bin', '/usr/local/sbin', '/usr/local/bin'];

function program(name) {
  const found = FOLDERS.map((folder) => join(folder, name)).find((path) => existsSync(path));
  if (!found) throw new Error(`${name} is not installed: make test-deps`);
  return found;
}

/// Where a fresh data directory comes from: a prepared copy if there is one, as making it takes
/// seconds and copying it takes none.
function makeDataDirectory(target) {
  const template = process.env.PARLEY_TEST_MYSQL_TEMPLATE;
  if (template && existsSync(template)) return cpSync(template, target, { recursive: true });
  installInto(target);
}

export function installInto(target) {
  mkdirSync(target, { recursive: true });
  execFileSync(
    program('mariadb-install-db'),
    [
      '--no-defaults',
      `--datadir=${target}`,
      '--skip-test-db',
      '--auth-root-authentication-method=normal',
      `--user=${userInfo().username}`,
      '--innodb-log-file-size=16M',
    ],
    { stdio: 'pipe' },
  );
}

export class MariaDb {
  /// @param more options of mariadbd
  static async start(more = []) {
    const self = new MariaDb();
    self.more = more;
    self.home = scratchDirectory('mariadb');
    makeDataDirectory(join(self.home, 'data'));
    self.socket = join(self.home, 'sock');
    self.port = await freePort();
    await self.launch();
    await self.createUser();
    return self;
  }

  /// Starts the process on the same data and port, and waits until it answers.
  async launch() {
    this.spawn();
    await this.ready();
  }

  spawn() {
    const log = openSync(join(this.home, 'log'), 'a');
    this.process = spawn(program('mariadbd'), this.arguments(), { stdio: ['ignore', log, log] });
    closeSync(log);
    guardChild(this.process);
  }

  arguments() {
    // Durable as in production; small, as several may run beside the tests.
    return [
      '--no-defaults',
      `--user=${userInfo().username}`,
      `--datadir=${join(this.home, 'data')}`,
      `--socket=${this.socket}`,
      `--port=${this.port}`,
      '--bind-address=127.0.0.1',
      `--pid-file=${join(this.home, 'pid')}`,
      '--skip-log-bin',
      '--innodb-log-file-size=16M',
      '--innodb-flush-log-at-trx-commit=1',
      '--innodb-buffer-pool-size=64M',
      '--max-connections=500',
      '--skip-name-resolve',
      ...this.more,
    ];
  }

  ready() {
    return until(() => this.query('SELECT 1'), 'MariaDB answers', START_MS);
  }

  async query(sql) {
    const { stdout } = await run(program('mariadb'), [
      '--no-defaults',
      `--socket=${this.socket}`,
      '--user=root',
      '--batch',
      '--execute',
      sql,
    ]);
    return stdout || 'ok';
  }

  createUser() {
    return this.query(
      `CREATE USER '${USER}'@'%' IDENTIFIED BY '${PASSWORD}';` +
        `GRANT ALL ON \`messaging%\`.* TO '${USER}'@'%'`,
    );
  }

  createDatabase(name) {
    return this.query(`CREATE DATABASE \`${name}\``);
  }

  dropDatabase(name) {
    return this.query(`DROP DATABASE IF EXISTS \`${name}\``);
  }

  url(database) {
    return `mysql://${USER}:${PASSWORD}@127.0.0.1:${this.port}/${database}`;
  }

  /// As a power switch would end it.
  kill9() {
    return this.end('SIGKILL');
  }

  /// Host and connections stay, and nothing is answered until it is thawed.
  freeze() {
    this.process.kill('SIGSTOP');
  }

  thaw() {
    this.process.kill('SIGCONT');
  }

  async dispose() {
    await this.end('SIGKILL');
    removeScratch(this.home);
  }

  async end(signal) {
    if (hasEnded(this.process)) return;
    this.process.kill(signal);
    await until(() => hasEnded(this.process), 'MariaDB ends');
  }

  /// What another process needs to use this database (see fromEnvironment).
  describe() {
    return JSON.stringify({ socket: this.socket, port: this.port, home: this.home });
  }

  /// The database that the runner started for all suites, or nothing.
  static fromEnvironment() {
    const text = process.env.PARLEY_TEST_MARIADB;
    return text ? Object.assign(new MariaDb(), JSON.parse(text)) : undefined;
  }
}
