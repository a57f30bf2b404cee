// Browsers on another origin. Proves section 3 of the SignalR facts and the Origin row of the abuse
// table.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { MESSAGING } from './support/client.mjs';
import { until } from './support/deadline.mjs';
import { openRaw } from './support/raw.mjs';
import { request } from './support/rest.mjs';
import { startServer } from './support/server.mjs';
import { tokenFor } from './support/tokens.mjs';

const APP = 'https://app.example';
const NEGOTIATE = `${MESSAGING}/negotiate?negotiateVersion=1`;
let server;
before(async () => (server = await startServer({ 'http.allowed_origins': APP })));
after(() => server.dispose());

const preflight = (origin, path = NEGOTIATE) =>
  request(server, 'OPTIONS', path, {
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization',
    },
  });

describe('an allowed origin', () => {
  test('gets its preflight without a token', async () => {
    for (const path of [NEGOTIATE, '/messaging/conversations']) {
      const { status, headers } = await preflight(APP, path);
      assert.equal(status, 204);
      assert.equal(headers.get('access-control-allow-origin'), APP);
      assert.equal(headers.get('access-control-allow-credentials'), 'true');
      assert.match(headers.get('vary') ?? '', /origin/i);
      for (const name of [
        'authorization',
        'content-type',
        'x-requested-with',
        'x-signalr-user-agent',
        'x-signalr-connection-token',
      ]) {
        assert.ok(headers.get('access-control-allow-headers').toLowerCase().includes(name), name);
      }
      assert.match(headers.get('access-control-allow-methods'), /POST/);
    }
  });

  test('can read every answer, refusals too', async () => {
    const ask = (token) => request(server, 'POST', NEGOTIATE, { token, headers: { origin: APP } });
    for (const [token, expected] of [
      [tokenFor('alice'), 200],
      [undefined, 401],
    ]) {
      const { status, headers } = await ask(token);
      assert.equal(status, expected);
      assert.equal(headers.get('access-control-allow-origin'), APP);
      assert.equal(headers.get('access-control-allow-credentials'), 'true');
    }
  });

  test('may open a WebSocket', async () => {
    assert.equal((await openRaw(server, 'alice', { headers: { origin: APP } })).status, 101);
  });
});

for (const origin of [
  'https://evil.example',
  'null',
  `${APP}.evil.example`,
  'http://app.example',
  'https://app.example:8443',
]) {
  test(`the origin ${origin} gets no leave and no WebSocket`, async () => {
    const { headers } = await preflight(origin);
    assert.equal(headers.get('access-control-allow-origin'), null);
    const answer = await request(server, 'POST', NEGOTIATE, {
      token: tokenFor('alice'),
      headers: { origin },
    });
    assert.equal(answer.headers.get('access-control-allow-origin'), null);
    assert.equal((await openRaw(server, 'alice', { headers: { origin } })).status, 403);
  });
}

test("the server's own origin and clients without one need no entry", async () => {
  assert.equal((await openRaw(server, 'alice', { headers: { origin: server.url } })).status, 101);
  assert.equal((await openRaw(server, 'alice')).status, 101);
});

test('behind a proxy the pages of http.public_origin are our own, whatever the Host', async () => {
  const own = 'https://chat.example';
  const proxied = await startServer({ 'http.public_origin': own });
  try {
    const status = async (origin) => (await openRaw(proxied, 'alice', { headers: { origin } })).status;
    assert.equal(await status('https://Chat.example:443'), 101);
    assert.equal(await status(proxied.url), 403);
    await until(() => proxied.log.includes(`a page of ${proxied.url} was refused`), 'the first refusal is logged');
    assert.ok(proxied.log.includes(own), 'with what it was compared with');
  } finally {
    await proxied.dispose();
  }
});

test('a listed origin may send headers that nobody foresaw', async () => {
  const { headers } = await request(server, 'OPTIONS', NEGOTIATE, {
    headers: {
      origin: APP,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,traceparent',
    },
  });
  assert.match(headers.get('access-control-allow-headers'), /traceparent/);
  assert.equal(headers.get('access-control-expose-headers'), 'retry-after');
});
