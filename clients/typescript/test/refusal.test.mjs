// What a refusal says, from the hub, from REST, and from what stands between.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { Rest, refusalOf } from '../dist/index.js';

const hub = (text) =>
  new Error(`An unexpected error occurred invoking 'Send' on the server. ${text}`);

test('a hub refusal says its code, its words and when to come back', () => {
  const { code, detail, retryAfterMs, isPassing } = refusalOf(
    hub('HubException: rate_limited: too many; messages; retryAfterMs=250'),
  );
  assert.deepEqual(
    [code, detail, retryAfterMs, isPassing],
    ['rate_limited', 'too many; messages', 250, true],
  );
  const plain = refusalOf(hub('HubException: id_conflict: used before'));
  assert.deepEqual(
    [plain.code, plain.detail, plain.retryAfterMs],
    ['id_conflict', 'used before', undefined],
  );
  assert.equal(plain.isPassing, false);
});

test('a call that the hub does not take is a refusal, an end of the connection is none', () => {
  assert.equal(
    refusalOf(new Error("Failed to invoke 'X' due to an error on the server.")).code,
    'bad_request',
  );
  const cuts = [
    'Invocation canceled due to the underlying connection being closed.',
    "Cannot send data if the connection is not in the 'Connected' State.",
    'WebSocket closed with status code: 1006',
  ];
  for (const text of cuts) assert.equal(refusalOf(new Error(text)), undefined, text);
  assert.equal(refusalOf(undefined), undefined);
});

let server;
let answer;
before(async () => {
  server = createServer((request, response) => answer(request, response));
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
});
after(() => server.close());
const rest = () => new Rest(`http://127.0.0.1:${server.address().port}/base`, () => 'token');
const answering = (status, body, headers = {}) => {
  answer = (_, response) => response.writeHead(status, headers).end(body);
};

test('a problem is told with its code and wait', async () => {
  answering(429, JSON.stringify({ code: 'rate_limited', detail: 'slow down', retryAfterMs: 300 }));
  await assert.rejects(rest().me(), {
    name: 'Refusal',
    code: 'rate_limited',
    detail: 'slow down',
    retryAfterMs: 300,
    status: 429,
  });
});

test('the page of a proxy is told by its status, and its Retry-After counts', async () => {
  answering(503, '<html>down</html>', { 'Retry-After': '7' });
  await assert.rejects(rest().me(), { code: 'unavailable', retryAfterMs: 7000, status: 503 });
  answering(404, '');
  await assert.rejects(rest().me(), { code: 'not_found', detail: '404 Not Found' });
  answering(418, '');
  await assert.rejects(rest().me(), { code: 'bad_request' });
});

test('a server below a path is found there, with the token in the header and never in the URL', async () => {
  let seen;
  answer = (request, response) => {
    seen = request;
    response.end('[]');
  };
  assert.deepEqual(await rest().findPeople('a b&c', 5), []);
  assert.equal(seen.url, '/base/users?query=a+b%26c&limit=5');
  assert.equal(seen.headers.authorization, 'Bearer token');
  await rest().signIn({ userName: 'a', password: 'b' });
  assert.equal(seen.headers.authorization, undefined);
});
