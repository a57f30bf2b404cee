// parleyd as a user runs it: a process with settings in its environment, a data directory and a port.
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeCertificate } from './certificate.mjs';
import { guardChild, hasEnded, removeScratch, scratchDirectory } from './cleanup.mjs';
import { until } from './deadline.mjs';
import { freePort } from './ports.mjs';
import { freshStore } from './store.mjs';
import { SECRET } from './tokens.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
export const PARLEYD = resolve(process.env.PARLEYD ?? join(HERE, '../../../build/dev/parleyd'));
const START_MS = 30_000;
const STOP_MS = 20_000;

/// `hub.keep_alive_ms` -> `PARLEY_HUB__KEEP_ALIVE_MS`, as the server reads it.
const variable = (key) => `PARLEY_${key.toUpperCase().replaceAll('.', '__')}`;

export function environmentOf(settings) {
  const inherited = Object.entries(process.env).filter(([key]) => !key.startsWith('PARLEY'));
  const own = Object.entries(settings).map(([key, value]) => [variable(key), String(value)]);
  return Object.fromEntries([...inherited, ...own]);
}

/// Starts a server of its own for a test file.
/// @param settings contract keys, e.g. {'hub.keep_alive_ms': 200}
export async function startServer(settings = {}) {
  const server = await Server.prepare(settings);
  await server.start();
  return server;
}

export class Server {
  /// Everything but the process: directory, store, port.
  static async prepare(settings = {}) {
    const self = new Server();
    self.home = scratchDirectory('server');
    self.port = await freePort();
    self.metricsPort = await freePort();
    self.store = settings['storage.url']
      ? { dispose: async () => {} }
      : await freshStore(self.home);
    self.settings = { ...self.defaults(), ...settings };
    self.clients = new Set();
    return self;
  }

  defaults() {
    return {
      'http.port': this.port,
      'metrics.port': this.metricsPort,
      'auth.hs256_secret': SECRET,
      'storage.url': this.store.url,
      'storage.migrate_on_start': true,
      'limits.enabled': false,
      'log.level': process.env.PARLEY_TEST_LOG ?? 'info',
      ...this.variant(),
    };
  }

  /// PARLEY_TEST_TLS=1 and PARLEY_TEST_ENCRYPTION=1 run any suite over TLS, on sealed texts.
  variant() {
    const settings = {};
    if (process.env.PARLEY_TEST_TLS) {
      process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
      const { certificate, key } = makeCertificate('variant', 30, this.home);
      Object.assign(settings, { 'http.tls_certificate': certificate, 'http.tls_key': key });
    }
    if (process.env.PARLEY_TEST_ENCRYPTION)
      Object.assign(settings, {
        'encryption.enabled': true,
        'encryption.keys': `1:${randomBytes(32).toString('base64')}`,
      });
    return settings;
  }

  get url() {
    const scheme = this.settings['http.tls_certificate'] ? 'https' : 'http';
    return `${scheme}://127.0.0.1:${this.port}`;
  }

  /// Where the operator's pages are.
  get metricsUrl() {
    return `http://127.0.0.1:${this.metricsPort}`;
  }

  get log() {
    const path = join(this.home, 'log');
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  }

  /// Waits until the log has it: lines are written behind.
  logged(pattern) {
    return until(() => pattern.test(this.log), `the log holds ${pattern}`);
  }

  get isRunning() {
    return this.process !== undefined && !hasEnded(this.process);
  }

  async start() {
    this.spawn();
    await until(() => this.isReady(), `${PARLEYD} is ready`, START_MS).catch((error) => {
      throw new Error(`${error.message}\n${this.log.slice(-2000)}`);
    });
  }

  spawn() {
    const log = openSync(join(this.home, 'log'), 'a');
    this.process = spawn(PARLEYD, ['serve'], {
      cwd: this.home,
      env: environmentOf(this.settings),
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    guardChild(this.process);
    this.process.once('error', (error) => (this.failure = error));
  }

  async isReady() {
    if (this.failure) throw this.failure;
    if (hasEnded(this.process)) this.deadBeforeReady();
    // Where connections begin with a PROXY header, fetch cannot ask.
    const asked = this.settings['http.proxy_protocol'] ? this.metricsUrl : this.url;
    return (await fetch(`${asked}/readyz`)).ok;
  }

  /// A server that has ended will not become ready: no need to wait for the deadline.
  deadBeforeReady() {
    const how = this.process.signalCode ?? this.process.exitCode;
    throw Object.assign(new Error(`it ended (${how}) before it was ready`), { isFinal: true });
  }

  /// Asks the server to end. @returns its exit code
  async stop() {
    this.process.kill('SIGTERM');
    await this.ended('after SIGTERM');
    return this.process.exitCode;
  }

  async kill9() {
    this.process.kill('SIGKILL');
    await this.ended('after SIGKILL');
  }

  ended(when) {
    return until(() => hasEnded(this.process), `parleyd ends ${when}`, STOP_MS);
  }

  /// Stops the clients, the server and its store. A server that does not end well fails the test.
  async dispose() {
    await Promise.all([...this.clients].map((client) => client.stop()));
    const code = this.isRunning ? await this.stop() : 0;
    await this.store.dispose();
    const log = this.log;
    removeScratch(this.home);
    const how = this.process?.signalCode ?? code;
    if (code !== 0) throw new Error(`parleyd ended with ${how}:\n${log.slice(-2000)}`);
  }

  /// Runs another command of the program with this server's settings.
  /// @returns {Promise<{code: number, stdout: string, stderr: string}>}
  command(args, settings = {}) {
    const env = environmentOf({ ...this.settings, ...settings });
    return new Promise((done) => {
      execFile(PARLEYD, args, { cwd: this.home, env, timeout: STOP_MS }, (error, stdout, stderr) =>
        done({ code: error ? (error.code ?? error.signal) : 0, stdout, stderr }),
      );
    });
  }
}
