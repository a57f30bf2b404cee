// The three servers that get the same requests, each with a page (GET, HEAD /healthz) and something
// that takes any body (POST /hubs/chat/negotiate); all other paths are unknown.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { guardChild, hasEnded, removeScratch, scratchDirectory } from '../e2e/support/cleanup.mjs';
import { until } from '../e2e/support/deadline.mjs';
import { startPrinting } from '../e2e/support/functional.mjs';
import { freePort } from '../e2e/support/ports.mjs';
import { startServer } from '../e2e/support/server.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const BUILD_MS = 600_000;
const START_MS = 60_000;
const NGINX = ['/usr/sbin/nginx', '/usr/bin/nginx', '/usr/local/sbin/nginx'].find(existsSync);

const says = (program, argument) => spawnSync(program, [argument], { encoding: 'utf8' }).stdout ?? '';

/// What is missing, in words; nothing: all is here.
export function missing() {
  if (!NGINX) return 'nginx';
  if (!says('dotnet', '--list-runtimes').includes('Microsoft.AspNetCore.App')) return 'ASP.NET Core';
  return says('dotnet', '--list-sdks').trim() ? undefined : 'the .NET SDK';
}

/// The limits are those of our server, the times as well.
const nginxSettings = (home, port) => `
daemon off;
${process.getuid() === 0 ? 'user root;' : ''}
worker_processes 1;
pid ${home}/pid;
error_log ${home}/errors;
events { worker_connections 256; }
http {
  access_log off;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((one) => `${one}_temp_path ${home}/${one};`).join('\n  ')}
  client_max_body_size 256k;
  large_client_header_buffers 4 8k;
  client_header_timeout 2s;
  client_body_timeout 2s;
  default_type text/plain;
  server {
    listen 127.0.0.1:${port};
    root ${home}/pages;
    location = /healthz { }
    location = /hubs/chat/negotiate {
      if ($request_method != POST) { return 405; }
      return 200 "{}";
    }
    location / { return 404; }
  }
}
`;

const isOpen = (port) =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => resolve(socket.destroy()));
    socket.once('error', reject);
  });

async function startNginx() {
  const home = scratchDirectory('nginx');
  const port = await freePort();
  mkdirSync(join(home, 'pages'));
  writeFileSync(join(home, 'pages/healthz'), 'ok\n');
  writeFileSync(join(home, 'nginx.conf'), nginxSettings(home, port));
  const arguments_ = ['-p', home, '-c', join(home, 'nginx.conf'), '-e', join(home, 'errors')];
  const child = spawn(NGINX, arguments_, { stdio: ['ignore', 'ignore', 'inherit'] });
  guardChild(child);
  await until(async () => (await isOpen(port), true), 'nginx listens', START_MS);
  const stop = async () => {
    child.kill('SIGQUIT');
    await until(() => hasEnded(child), 'nginx ends', START_MS);
    removeScratch(home);
  };
  return { name: 'nginx', port, stop };
}

async function startReference() {
  const out = join(HERE, '../../build/http-reference');
  mkdirSync(out, { recursive: true });
  const build = ['build', join(HERE, 'reference'), '-c', 'Release', '-v', 'quiet', '--nologo'];
  build.push('-o', join(out, 'bin'), `-p:BaseIntermediateOutputPath=${join(out, 'obj')}/`);
  const env = { ...process.env, DOTNET_CLI_TELEMETRY_OPTOUT: '1', DOTNET_NOLOGO: '1' };
  execFileSync('dotnet', build, { stdio: ['ignore', 'ignore', 'inherit'], env, timeout: BUILD_MS });
  const { url, stop } = await startPrinting('dotnet', [join(out, 'bin/reference.dll')], START_MS);
  return { name: 'ASP.NET Core', port: Number(new URL(url).port), stop };
}

async function startParley() {
  const server = await startServer({ 'http.header_timeout_ms': 2_000, 'http.max_url_bytes': 8 * 1024 });
  return { name: 'parleyd', port: server.port, stop: () => server.dispose() };
}

/// @returns [parleyd, nginx, ASP.NET Core]: {name, port, stop}
export const startAll = () => Promise.all([startParley(), startNginx(), startReference()]);
