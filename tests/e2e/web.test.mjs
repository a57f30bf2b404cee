// The web client as browsers get it: its page, its parts, and what it asks first. A server that was built
// without the client has only the last; the cases of the others are skipped then.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import { after, before, describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { request } from './support/rest.mjs';
import { startServer } from './support/server.mjs';

let server;
let page;
before(async () => {
  server = await startServer({
    'auth.accounts': true, 'http.web_title': 'Fox & Sons', 'http.web_image_origins': 'https://faces.example',
  });
  page = await request(server, 'GET', '/');
});
after(() => server.dispose());

/// Skips the case when there is no client in the server.
const withPage = (name, body) =>
  test(name, (t) => (page.status === 404 ? t.skip('built without the web client') : body(t)));

/// The parts that the page loads, by its text.
const partsOf = (text) =>
  [...text.matchAll(/(?:src|href)="([^"/:]+\.\w+)"/g)].map(([, name]) => `/${name}`);

/// The bytes of an answer as they are sent; fetch unpacks them.
const rawBody = (path, headers) =>
  new Promise((done, failed) => {
    const { get } = server.url.startsWith('https') ? https : http;
    get(server.url + path, { headers }, async (answer) => {
      assert.equal(answer.headers['content-encoding'], 'gzip');
      done(Buffer.concat(await answer.toArray()));
    }).on('error', failed);
  });

describe('what a client asks first', () => {
  test('is answered to everybody, with what this server allows', async () => {
    const { status, body, headers } = await request(server, 'GET', '/web/config.json');
    assert.equal(status, 200);
    assert.equal(headers.get('cache-control'), 'no-store');
    assert.deepEqual(
      { ...body, version: undefined },
      {
        version: undefined,
        title: 'Fox & Sons',
        accounts: true,
        signInUrl: null,
        people: 'contacts',
        limits: { content: 5000, title: 200, members: 5000, name: 100 },
        attachments: { maxBytes: 25 * 1024 * 1024, maxPerMessage: 10 },
        imageOrigins: ['https://faces.example'],
        search: false,
        vapidKey: null,
      },
    );
    assert.match(body.version, /^\d+\.\d+\.\d+(\+[0-9a-f]{8})?$/);
    assert.equal((await request(server, 'POST', '/web/config.json')).status, 405);
  });

  test('is away with http.web off, and the page with it', async () => {
    const silent = await startServer({ 'http.web': false });
    try {
      for (const path of ['/', '/web/config.json', '/signin', '/favicon.svg'])
        assert.equal((await request(silent, 'GET', path)).body.code, 'not_found');
    } finally {
      await silent.dispose();
    }
  });

  test('settings that make no sense keep the server from starting', async () => {
    for (const [key, value] of [
      ['http.web_title', ''],
      ['http.web_title', 'x'.repeat(61)],
      ['http.web_sign_in_url', 'javascript:alert(1)'],
      ['http.web_sign_in_url', '/login'],
      ['http.web_image_origins', 'https://cdn.example/pictures'],
      ['http.web_image_origins', "https://a;script-src 'unsafe-inline'"],
    ]) {
      const { code, stderr } = await server.command(['config', 'print'], { [key]: value });
      assert.notEqual(code, 0, `${key} = ${value}`);
      assert.match(stderr, new RegExp(key.replace('.', '\\.')));
    }
  });
});

describe('the page', () => {
  withPage('is the same for every path that it draws, and is kept by nobody', async () => {
    for (const path of ['/signin', '/join/abc', '/c/1/m/2', '/settings/devices', '/search', '/console']) {
      const { status, headers } = await request(server, 'GET', path);
      assert.equal(status, 200, path);
      assert.equal(headers.get('cache-control'), 'no-store');
      assert.match(headers.get('content-type'), /^text\/html/);
    }
    for (const path of ['/nowhere', '/index.html', '/join/', '/c', '/settings.js'])
      assert.equal((await request(server, 'GET', path)).body.code, 'not_found', path);
  });

  withPage('has a nonce of its own in its head and its text', async () => {
    const nonces = new Set();
    for (let i = 0; i < 5; i++) {
      const { body, headers } = await request(server, 'GET', '/');
      const [, nonce] = headers.get('content-security-policy').match(/'nonce-([A-Za-z0-9+/]{22}==)'/);
      assert.match(body, new RegExp(`ngcspnonce="${nonce.replaceAll('+', '\\+')}"`, 'i'));
      assert.ok(!body.includes('{{'));
      nonces.add(nonce);
    }
    assert.equal(nonces.size, 5);
  });

  withPage('lets nothing in from elsewhere', () => {
    const policy = page.headers.get('content-security-policy');
    for (const rule of [
      "default-src 'none'", "script-src 'self'", "img-src 'self' blob: https://faces.example",
      "connect-src 'self'", "frame-ancestors 'none'", "require-trusted-types-for 'script'",
    ])
      assert.ok(policy.split('; ').includes(rule), `${rule} in ${policy}`);
    assert.ok(!/unsafe|\*/.test(policy));
    assert.equal(page.headers.get('cross-origin-opener-policy'), 'same-origin');
    assert.equal(page.headers.get('referrer-policy'), 'no-referrer');
    assert.match(page.headers.get('permissions-policy'), /camera=\(\)/);
  });
});

describe('a part of the client', () => {
  withPage('comes packed or plain, the same bytes, and is there for every name in the page', async () => {
    const parts = partsOf(page.body);
    assert.ok(parts.length >= 2, page.body);
    for (const path of parts) {
      const plain = await fetch(server.url + path, { headers: { 'accept-encoding': 'identity' } });
      assert.equal(plain.status, 200, path);
      const bytes = Buffer.from(await plain.arrayBuffer());
      const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 16);
      assert.equal(plain.headers.get('etag'), `"${hash}"`);
      assert.match(plain.headers.get('vary'), /Accept-Encoding/);
      const again = await fetch(server.url + path, { headers: { 'if-none-match': `"${hash}"` } });
      assert.equal(again.status, again.headers.get('etag') === `"${hash}"` ? 304 : 200);
      const isHashed = /-[\w-]{8}\.\w+$/.test(path);
      assert.equal(/immutable/.test(plain.headers.get('cache-control')), isHashed);
      const head = await request(server, 'HEAD', path, { headers: { 'accept-encoding': 'identity' } });
      assert.equal(head.headers.get('content-length'), String(bytes.length));
    }
  });

  withPage('is packed by whatever has no time in it', async () => {
    const path = partsOf(page.body).find((name) => name.endsWith('.js'));
    const packed = await rawBody(path, { 'accept-encoding': 'gzip' });
    assert.deepEqual([...packed.subarray(0, 8)], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0], 'no name, no time');
    const plain = await fetch(server.url + path, { headers: { 'accept-encoding': 'identity' } });
    assert.deepEqual(gunzipSync(packed), Buffer.from(await plain.arrayBuffer()));
  });
});
