// Reverse proxies as an operator sets them up: each runs the block that docs/operations.md shows for it,
// with other ports, names and folders, inside what a distribution has around it. They run as ordinary
// processes in a folder of their own, with time-outs of TIMEOUT_S.
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { makeCertificate } from './certificate.mjs';
import { guardChild, hasEnded, removeScratch, scratchDirectory } from './cleanup.mjs';
import { until } from './deadline.mjs';

export const TIMEOUT_S = 2;
const NAME = 'chat.example.com';
const MODULES = '/usr/lib/apache2/modules';
const START_MS = 20_000;
const isRoot = userInfo().uid === 0;

const page = readFileSync(new URL('../../../docs/operations.md', import.meta.url), 'utf8');

/// The blocks of that language on the page, in order.
export const blocksOf = (language) =>
  [...page.matchAll(/^```(\S+)\n(.*?)^```$/gms)].flatMap(([, is, text]) => (is === language ? [text] : []));

/// `text` with other words, each of which must be there.
function exchange(text, words) {
  for (const [old, fresh] of Object.entries(words)) {
    if (!text.includes(old)) throw new Error(`docs/operations.md: no ${old} in\n${text}`);
    text = text.replaceAll(old, fresh);
  }
  return text;
}

const nginx = {
  name: 'nginx',
  program: ['/usr/sbin/nginx', 'nginx'],
  block: () => blocksOf('nginx')[0],
  words: ({ home, port, tls }) => ({
    'listen 443': `listen ${port}`,
    [NAME]: 'localhost',
    '/etc/ssl/chat.crt': tls.certificate,
    '/etc/ssl/chat.key': tls.key,
    '/var/log/nginx': home,
  }),
  around: (block, { home }) => `
daemon off; worker_processes 1; pid ${home}/pid; error_log ${home}/start.log;${isRoot ? ' user root;' : ''}
events { worker_connections 512; }
http {
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((what) => `${what}_temp_path ${home}/${what};`).join(' ')}
  access_log off; proxy_read_timeout ${TIMEOUT_S}s; proxy_send_timeout ${TIMEOUT_S}s;
  ${block}
}`,
  arguments: ({ home, file }) => ['-p', home, '-e', `${home}/start.log`, '-c', file],
  logs: ['parley.log', 'parley.error.log'],
};

const haproxyOf = (which, words) => ({
  name: which === 0 ? 'HAProxy' : 'HAProxy (TCP)',
  program: ['/usr/sbin/haproxy', 'haproxy'],
  block: () => blocksOf('haproxy')[which],
  words,
  around: (block) => `global
  log stdout format raw local0
  ssl-server-verify none
defaults
  log global
  timeout connect 5s
  timeout client ${TIMEOUT_S}s
  timeout server ${TIMEOUT_S}s
  default-server inter 100ms
${block}`,
  arguments: ({ file }) => ['-db', '-f', file],
  logs: ['output'],
});
const haproxy = haproxyOf(0, ({ home, port }) => ({
  'bind :443': `bind 127.0.0.1:${port}`,
  '/etc/ssl/chat.pem': join(home, 'chat.pem'),
}));
const haproxyTcp = haproxyOf(1, ({ port }) => ({ 'bind :443': `bind 127.0.0.1:${port}` }));

const apache = {
  name: 'Apache',
  program: ['/usr/sbin/apache2'],
  block: () => blocksOf('apache')[0],
  words: ({ port, tls }) => ({
    '*:443': `*:${port}`,
    [NAME]: 'localhost',
    '/etc/ssl/chat.crt': tls.certificate,
    '/etc/ssl/chat.key': tls.key,
  }),
  around: (block, { home, port }) => `
ServerRoot ${home}
ServerName localhost
PidFile ${home}/pid
DefaultRuntimeDir ${home}
Mutex file:${home}
ErrorLog ${home}/error.log
Define APACHE_LOG_DIR ${home}
${['mpm_event', 'authz_core', 'ssl', 'socache_shmcb', 'proxy', 'proxy_http']
  .map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`)
  .join('\n')}
${isRoot ? 'User www-data\nGroup www-data' : ''}
StartServers 1
Timeout ${TIMEOUT_S}
Listen 127.0.0.1:${port}
${block}`,
  arguments: ({ file }) => ['-DFOREGROUND', '-f', file],
  logs: ['parley.log', 'error.log'],
};

const caddy = {
  name: 'Caddy',
  program: ['/usr/bin/caddy'],
  block: () => blocksOf('caddyfile')[0],
  words: () => ({ [NAME]: 'localhost', 'health_interval 5s': 'health_interval 100ms' }),
  // A certificate of its own, as it cannot have one of a public authority here.
  around: (block, { port }) => block.replace(/^\{/, `{
  admin off
  local_certs
  skip_install_trust
  auto_https disable_redirects
  https_port ${port}`),
  arguments: ({ file }) => ['run', '--adapter', 'caddyfile', '--config', file],
  logs: ['output'],
};

export const FRONTS = { nginx, haproxy, haproxyTcp, apache, caddy };

export class Front {
  /// Starts `kind` (of FRONTS) on `port`, before the server, and waits until it takes connections.
  static async before(kind, server, port) {
    const self = new Front();
    Object.assign(self, { kind, port, home: scratchDirectory('front') });
    const tls = makeCertificate('localhost', 30, self.home);
    writeFileSync(join(self.home, 'chat.pem'), readFileSync(tls.certificate) + readFileSync(tls.key));
    const words = kind.words({ home: self.home, port, tls });
    const block = exchange(kind.block(), { ...words, '127.0.0.1:8080': `127.0.0.1:${server.port}` });
    self.file = join(self.home, 'configuration');
    writeFileSync(self.file, kind.around(block, self));
    self.spawn();
    await until(() => self.isReady(), `${kind.name} takes connections`, START_MS).catch((error) => {
      throw new Error(`${error.message}\n${self.read('output')}${self.read('start.log')}`);
    });
    return self;
  }

  spawn() {
    const program = this.kind.program.find((path) => existsSync(path));
    if (!program) throw new Error(`${this.kind.name} is not installed: make test-deps`);
    const output = openSync(join(this.home, 'output'), 'a');
    const folders = { HOME: this.home, XDG_DATA_HOME: this.home, XDG_CONFIG_HOME: this.home };
    mkdirSync(join(this.home, 'run'), { recursive: true });
    this.process = spawn(program, this.kind.arguments(this), {
      cwd: this.home,
      env: { PATH: process.env.PATH, ...folders },
      stdio: ['ignore', output, output],
    });
    closeSync(output);
    guardChild(this.process);
  }

  async isReady() {
    if (hasEnded(this.process)) throw Object.assign(new Error('it ended'), { isFinal: true });
    await new Promise((done, fail) => {
      const socket = connectTls({ port: this.port, host: '127.0.0.1', servername: 'localhost' }, done);
      socket.once('error', fail).once('close', fail);
      socket.once('secureConnect', () => socket.destroy());
    });
    return true;
  }

  read(name) {
    const path = join(this.home, name);
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  }

  /// All that it wrote down.
  get log() {
    return this.kind.logs.map((name) => this.read(name)).join('');
  }

  get url() {
    return `https://localhost:${this.port}`;
  }

  /// The server as its clients see it through here.
  of(server) {
    return Object.create(server, { url: { value: this.url }, port: { value: this.port } });
  }

  async dispose() {
    this.process.kill('SIGTERM');
    await until(() => hasEnded(this.process), `${this.kind.name} ends`);
    removeScratch(this.home);
  }
}
