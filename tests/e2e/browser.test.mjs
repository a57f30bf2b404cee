// A real browser: a page on another origin talks to the hub by every transport, and one whose origin
// is not allowed by none. Proves section 3 of the SignalR facts, and that the heads of Server-Sent
// Events, of preflights and of refusals are what browsers need. Skipped where Chromium is missing.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { groupOf, newUser } from './support/chat.mjs';
import { guardChild, removeScratch, scratchDirectory } from './support/cleanup.mjs';
import { MESSAGING } from './support/client.mjs';
import { deferred, withDeadline } from './support/deadline.mjs';
import { startServer } from './support/server.mjs';
import { tokenFor } from './support/tokens.mjs';

const WITHIN_MS = 60_000;
const skip = spawnSync('chromium', ['--version']).error ? 'chromium is not installed' : false;
const read = (path) => readFile(new URL(path, import.meta.url));
const SCRIPTS = {
  '/signalr.js': './node_modules/@microsoft/signalr/dist/browser/signalr.min.js',
  '/messagepack.js':
    './node_modules/@microsoft/signalr-protocol-msgpack/dist/browser/signalr-protocol-msgpack.min.js',
  '/page.js': './support/browser-page.js',
};
const PAGE =
  '<!doctype html><meta charset="utf-8"><body>' +
  Object.keys(SCRIPTS)
    .map((path) => `<script src="${path}"></script>`)
    .join('');

/// What the pages told, by name.
const results = new Map();
const done = deferred();
let pages;
let server;
let browser;
let profile;

async function answer(request, response) {
  if (request.method === 'POST') {
    const parts = await request.toArray();
    const { name, ...result } = JSON.parse(Buffer.concat(parts));
    results.set(name, result);
    response.end();
    if (name === 'done') done.resolve();
  } else if (SCRIPTS[request.url]) {
    response.setHeader('content-type', 'text/javascript; charset=utf-8');
    response.end(await read(SCRIPTS[request.url]));
  } else {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(PAGE);
  }
}

function startBrowser(url) {
  profile = scratchDirectory('browser');
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'];
  flags.push('--no-first-run', '--no-proxy-server', `--user-data-dir=${profile}`);
  browser = spawn('chromium', [...flags, url], { stdio: 'ignore', detached: true });
  guardChild(browser);
}

before(async () => {
  if (skip) return;
  pages = createServer(answer);
  await new Promise((listens) => pages.listen(0, listens));
  const origin = `http://localhost:${pages.address().port}`;
  server = await startServer({ 'http.allowed_origins': origin, 'presence.grace_ms': 0 });
  const alice = newUser('alice');
  const given = {
    server: server.url,
    hub: MESSAGING,
    token: tokenFor(alice),
    conversation: await groupOf(server, alice, [newUser('bob')]),
  };
  startBrowser(`${origin}/#${encodeURIComponent(JSON.stringify(given))}`);
  await withDeadline(done.promise, 'the pages are through', WITHIN_MS).catch((error) => {
    throw new Error(`${error.message}; so far ${JSON.stringify([...results])}`);
  });
});

after(async () => {
  if (skip) return;
  if (browser) {
    const ended = new Promise((resolve) => browser.once('exit', resolve));
    process.kill(-browser.pid, 'SIGKILL'); // its own children too
    await ended;
    removeScratch(profile);
  }
  pages.closeAllConnections();
  pages.close();
  await server.dispose();
});

for (const name of [
  'WebSockets, json',
  'WebSockets, messagepack',
  'WebSockets without negotiation',
  'WebSockets, stateful reconnect',
  'ServerSentEvents, json',
  'LongPolling, json',
  'LongPolling, messagepack',
  'the best there is',
])
  test(`a page on another origin talks by ${name}`, { skip }, () =>
    assert.deepEqual(results.get(name), {
      value: { content: `${name} é 世界 🎈`, closed: 'undefined' },
    }),
  );

test('a refusal is told to the page, with its status', { skip }, () =>
  assert.match(results.get('a bad token').error, /Status code '401'/),
);

test('a page of an origin that is not allowed gets nothing, also not by a WebSocket', { skip }, () => {
  assert.match(results.get('foreign: negotiate').error, /Failed to fetch/);
  assert.deepEqual(results.get('foreign: WebSocket'), { value: 1006 });
});
