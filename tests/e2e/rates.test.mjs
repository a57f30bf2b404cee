// Each rate of docs/limits.md is asked the same: is it lifted by a reconnect, by another io thread, by
// REST beside the hub, by many connections at once? A row there names its entry here; a ctest case
// checks that it does.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groupOf, messagesRoute, newUser } from './support/chat.mjs';
import { MESSAGING } from './support/client.mjs';
import { until } from './support/deadline.mjs';
import { RawHttp } from './support/raw-http.mjs';
import { connectRaw, invocation, openRaw, record } from './support/raw.mjs';
import { request, restOf } from './support/rest.mjs';
import { startServer } from './support/server.mjs';
import { tokenFor } from './support/tokens.mjs';

/// Comes back after an hour and more: what was spent stays spent.
const SLOW = 0.0003;
const ALL = [
  'invocations_per_s', 'records_per_s', 'sends_per_s', 'sends_per_min', 'conversation_sends_per_s',
  'signals_per_s', 'negotiates_per_s', 'opens_per_s', 'unauthorized_per_s', 'profiles_per_min',
  'pings_per_s', 'requests_per_s', 'logins_per_min', 'logins_per_account_per_min', 'logins_per_ip_per_min',
  'unauthenticated_per_ip', 'sockets_per_ip', 'connections_per_user', 'connections_per_ip',
];

// -- ways to spend: each answers whether it was let through ---------------------------------------------

let lastId = 0;
async function calls(socket, method, ...args) {
  const id = `${++lastId}`;
  socket.send(invocation(method, args, id));
  const { error = '' } = await socket.completion();
  return !/HubException: (rate_limited|busy): .*retryAfterMs=\d+$/.test(error);
}

async function asks(server, sub, method, path, body) {
  const { status, headers } = await request(server, method, path, { token: tokenFor(sub), body });
  const isRefused = status === 429 || status === 503;
  if (isRefused) assert.ok(Number(headers.get('retry-after')) > 0);
  return !isRefused;
}

/// A request of its own socket, from the address. @returns its first answer
async function asksFrom(server, address, method, path, headers = {}, body = '') {
  const http = new RawHttp(server, { address });
  const all = { host: 'parley', 'content-length': body.length, ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  http.send(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`);
  try {
    return await http.answer();
  } finally {
    http.stop();
  }
}

const UPGRADE = {
  connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': 13,
  'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
};
const as = (sub) => ({ authorization: `Bearer ${tokenFor(sub)}` });
const notTooMany = ({ status }) => status !== 429;

async function negotiated(server, sub) {
  const { body } = await restOf(server, sub).post(`${MESSAGING}/negotiate?negotiateVersion=1`);
  return `${MESSAGING}?id=${body.connectionToken}`;
}

async function opens(server, sub, headers, path) {
  const http = new RawHttp(server);
  const lines = Object.entries({ host: 'parley', ...as(sub), ...headers });
  http.send(`GET ${path} HTTP/1.1\r\n${lines.map(([k, v]) => `${k}: ${v}\r\n`).join('')}\r\n`);
  server.clients.add(http);
  const isAnswered = () => http.answers.length > 0 || http.bytes.includes('\r\n\r\n');
  await until(isAnswered, 'the opening is answered');
  return !`${http.bytes}`.startsWith('HTTP/1.1 429') && http.answers[0]?.status !== 429;
}

/// By a token that has a new name. One after the other: which of two was written last says little.
function tellsName(server, subject, connects = false) {
  const tell = async () => {
    const name = newUser('n');
    const token = tokenFor(subject.sub, { given_name: name });
    if (connects) await (await connectRaw(server, subject.sub, { token })).stop();
    return (await request(server, 'GET', '/users/me', { token })).body.firstName === name;
  };
  subject.told = (subject.told ?? Promise.resolve()).then(tell);
  return subject.told;
}

const hub = (what) => (server, subject, socket) => what(socket, subject);
const callsOf = { subject: async () => ({ sub: newUser('alice') }), open: openHub };
const sendsOf = { subject: roomOf, open: openHub };
const openNothing = async () => undefined;
let lastAddress = 1;
const newAddress = () => `127.0.${(++lastAddress >> 8) & 255}.${lastAddress & 255}`;
const newAccount = () => newUser('u').slice(0, 30);
const addressOf = { subject: async () => ({ address: newAddress() }), open: openNothing };
const accountOf = {
  subject: async () => ({ address: newAddress(), name: newAccount() }),
  open: openNothing,
};

function openHub(server, { sub }) {
  return connectRaw(server, sub);
}

async function roomOf(server) {
  const sub = newUser('alice');
  return { sub, id: await groupOf(server, sub, [newUser('bob')]) };
}

const SENDS = {
  'by hub': hub((socket, { id }) => calls(socket, 'Send', { conversationId: id, content: 'x' })),
  'by REST': (server, { sub, id }) => asks(server, sub, 'POST', messagesRoute(id), { content: 'x' }),
};

// -- the table --------------------------------------------------------------------------------------------

/// By the name that docs/limits.md gives it. `settings` let `burst` through; `subject` makes what is
/// counted (a user, an address, a conversation), `open` a connection of it; `ways` spend.
const RATES = {
  'calls of a user': {
    ...callsOf,
    settings: { 'limits.invocations_per_s': SLOW, 'limits.invocations_burst': 8 },
    burst: 8,
    ways: {
      'by hub': hub((socket) => calls(socket, 'GetPresence', [])),
      'by REST': (server, { sub }) => asks(server, sub, 'GET', '/messaging/conversations'),
      'of no method': hub((socket) => calls(socket, 'NoSuchMethod')),
      'with wrong arguments': hub((socket) => calls(socket, 'GetPresence', 1)),
      'by REST, with no JSON': (server, { sub }) =>
        asks(server, sub, 'POST', '/messaging/conversations', '{'),
      'that are not allowed': (server, { sub }) => asks(server, sub, 'GET', '/admin/jobs'),
    },
  },
  'sends of a user': {
    ...sendsOf,
    settings: { 'limits.sends_per_s': SLOW, 'limits.sends_burst': 4 },
    burst: 4,
    ways: SENDS,
  },
  'sends of a user in a minute': {
    ...sendsOf,
    settings: { 'limits.sends_per_min': 2 },
    burst: 2,
    ways: SENDS,
  },
  'sends into a conversation': {
    ...sendsOf,
    settings: { 'limits.conversation_sends_per_s': SLOW, 'limits.conversation_sends_burst': 4 },
    burst: 4,
    ways: SENDS,
  },
  'typing, receipts and presence of a user': {
    ...sendsOf,
    settings: { 'limits.signals_per_s': SLOW, 'limits.signals_burst': 4 },
    burst: 4,
    ways: {
      'typing': hub((socket, { id }) => calls(socket, 'StartTyping', id)),
      'receipts': hub((socket, { id }) => calls(socket, 'MarkRead', id)),
      'by REST': (server, { sub }) => asks(server, sub, 'GET', '/messaging/presence?userIds=bob'),
    },
  },
  'negotiates of an address': {
    ...addressOf,
    settings: { 'limits.negotiates_per_s': SLOW, 'limits.negotiates_burst': 4 },
    burst: 4,
    ways: {
      'negotiate': async (server, { address }) =>
        notTooMany(await asksFrom(server, address, 'POST', '/chathub/negotiate', as(newUser('a')))),
      'upgrade without one': async (server, { address }) =>
        notTooMany(await asksFrom(server, address, 'GET', MESSAGING, { ...UPGRADE, ...as(newUser('a')) })),
      'upgrade with an id that nobody gave': async (server, { address }) =>
        notTooMany(await asksFrom(server, address, 'GET', `${MESSAGING}?id=x`, { ...UPGRADE, ...as(newUser('a')) })),
      'poll with such an id': async (server, { address }) =>
        notTooMany(await asksFrom(server, address, 'GET', `${MESSAGING}?id=x`, as(newUser('a')))),
    },
  },
  'requests of an address': {
    ...addressOf,
    settings: { 'limits.requests_per_s': SLOW, 'limits.requests_burst': 4 },
    burst: 4,
    ways: {
      'a page': async (server, { address }) => notTooMany(await asksFrom(server, address, 'GET', '/healthz')),
      'by REST': async (server, { address }) =>
        notTooMany(await asksFrom(server, address, 'GET', '/users/me', as(newUser('a')))),
      'what there is not': async (server, { address }) =>
        notTooMany(await asksFrom(server, address, 'POST', '/nothing', {}, 'x')),
      'preflight': async (server, { address }) =>
        notTooMany(await asksFrom(server, address, 'OPTIONS', '/users/me')),
      'a file': async (server, { address }) =>
        notTooMany(await asksFrom(server, address, 'GET', '/messaging/attachments/x')),
    },
  },
  'opened connections of a user': {
    ...callsOf,
    open: openNothing,
    settings: { 'limits.opens_per_s': SLOW, 'limits.opens_burst': 3 },
    burst: 3,
    ways: {
      'without negotiate': (server, { sub }) => opens(server, sub, UPGRADE, MESSAGING),
      'negotiated': async (server, { sub }) =>
        opens(server, sub, UPGRADE, await negotiated(server, sub)),
      'event stream': async (server, { sub }) =>
        opens(server, sub, { accept: 'text/event-stream' }, await negotiated(server, sub)),
      'long poll': async (server, { sub }) => opens(server, sub, {}, await negotiated(server, sub)),
    },
  },
  '401s of an address': {
    ...addressOf,
    settings: { 'limits.unauthorized_per_s': SLOW, 'limits.unauthorized_burst': 4 },
    burst: 4,
    ways: {
      'by REST': (server, { address }) => isAnsweredAtOnce(server, address, 'GET', '/users/me'),
      'negotiate': (server, { address }) =>
        isAnsweredAtOnce(server, address, 'POST', `${MESSAGING}/negotiate`),
      'upgrade': (server, { address }) =>
        isAnsweredAtOnce(server, address, 'GET', MESSAGING, UPGRADE),
    },
  },
  'tries of an account by an address': {
    ...accountOf,
    settings: { 'auth.accounts': true, 'limits.logins_per_min': 2 },
    burst: 2,
    ways: { 'sign in': (server, { address, name }) => signsIn(server, address, '/auth/token', name) },
  },
  'tries of an account by strangers': {
    ...accountOf,
    settings: { 'auth.accounts': true, 'limits.logins_per_account_per_min': 2 },
    burst: 2,
    ways: { 'sign in': (server, { name }) => signsIn(server, newAddress(), '/auth/token', name) },
  },
  'tries to sign in and registrations by an address': {
    ...addressOf,
    settings: { 'auth.accounts': true, 'limits.logins_per_ip_per_min': 2 },
    burst: 2,
    ways: {
      'sign in': (server, { address }) => signsIn(server, address, '/auth/token'),
      'register': (server, { address }) => signsIn(server, address, '/auth/register'),
    },
  },
  'changes of a profile by tokens': {
    ...callsOf,
    open: openNothing,
    settings: { 'limits.profiles_per_min': 2 },
    burst: 2,
    ways: {
      'by REST': (server, subject) => tellsName(server, subject),
      'by hub': (server, subject) => tellsName(server, subject, true),
    },
  },
};

/// Beyond the rate a 401 is held back, and the last of its socket.
async function isAnsweredAtOnce(server, address, ...what) {
  const { status, headers } = await asksFrom(server, address, ...what);
  assert.equal(status, 401);
  return headers.connection !== 'close';
}

async function signsIn(server, address, path, userName = newAccount()) {
  const body = JSON.stringify({ userName, password: 'a good password' });
  return notTooMany(await asksFrom(server, address, 'POST', path, {}, body));
}

// -- the questions ------------------------------------------------------------------------------------------

/// Spends by turns until refused. @returns how many were let through
async function spendAll({ ways }, server, subject, connections, most) {
  const all = Object.values(ways);
  for (let i = 0; i < most; ++i) {
    const way = all[i % all.length];
    if (!(await way(server, subject, connections[i % connections.length]))) return i;
  }
  return most;
}

const QUESTIONS = {
  async 'a reconnect'(rate, server, subject) {
    const first = await rate.open(server, subject);
    const spent = await spendAll(rate, server, subject, [first], rate.burst);
    await first?.stop();
    const next = await rate.open(server, subject);
    return spent + (await spendAll(rate, server, subject, [next], rate.burst));
  },
  // Sockets are given to the threads in turn.
  async 'another io thread'(rate, server, subject) {
    const both = [await rate.open(server, subject), await rate.open(server, subject)];
    return spendAll(rate, server, subject, both, 2 * rate.burst);
  },
  async 'every other way beside'(rate, server, subject) {
    const one = await rate.open(server, subject);
    const spent = await spendAll(rate, server, subject, [one], rate.burst);
    const more = await Promise.all(Object.values(rate.ways).map((way) => way(server, subject, one)));
    return spent + more.filter(Boolean).length;
  },
  async 'many connections'(rate, server, subject) {
    const [way] = Object.values(rate.ways);
    const spend = async () => {
      const one = await rate.open(server, subject);
      return spendAll({ ways: { way } }, server, subject, [one], rate.burst);
    };
    const spent = await Promise.all(Array.from({ length: 6 }, spend));
    return spent.reduce((sum, each) => sum + each);
  },
};

const startLimited = (settings) =>
  startServer({
    ...Object.fromEntries(ALL.map((name) => [`limits.${name}`, 0])),
    'limits.enabled': true,
    'limits.close_after_min': 0,
    'http.threads': 2,
    ...settings,
  });

for (const [name, rate] of Object.entries(RATES))
  test(`${name}: nothing lifts it`, async (t) => {
    const server = await startLimited(rate.settings);
    t.after(() => server.dispose());
    for (const [question, ask] of Object.entries(QUESTIONS))
      await t.test(`not ${question}`, async () => {
        const subject = await rate.subject(server);
        assert.equal(await ask(rate, server, subject), rate.burst);
        const other = await rate.subject(server);
        const [way] = Object.values(rate.ways);
        assert.ok(await way(server, other, await rate.open(server, other)), 'others are served');
      });
  });

// -- rates of a connection ------------------------------------------------------------------------------------

/// A connection has its own, and so has the next: whoever reconnects to begin anew is held by the
/// rate of opened connections, over all threads and ways to open one.
const OF_A_CONNECTION = {
  'records of a connection': {
    settings: { 'limits.records_per_s': 5, 'limits.records_burst': 20 },
    async overspend(socket) {
      for (let i = 0; i < 19; ++i) socket.send(record({ type: 99 }));
      assert.ok(await calls(socket, 'GetPresence', []), 'a burst is taken');
      socket.send(record({ type: 99 }));
      assert.ok(await calls(socket, 'GetPresence', []), 'what is too much is taken later');
    },
    limit: 'records',
  },
  'pings of a connection': {
    settings: { 'limits.pings_per_s': 1, 'limits.pings_burst': 20 },
    async overspend(socket) {
      for (let i = 0; i < 60; ++i) socket.send(record({ type: 6 }));
      assert.equal((await socket.untilClosed()).code, 1008);
    },
  },
};

for (const [name, { settings, overspend, limit }] of Object.entries(OF_A_CONNECTION))
  test(name, async (t) => {
    const opening = { 'limits.opens_per_s': SLOW, 'limits.opens_burst': 4 };
    const server = await startLimited({ ...settings, ...opening });
    t.after(() => server.dispose());
    const sub = newUser('alice');
    const neighbour = await connectRaw(server, newUser('bob'));
    for (let i = 0; i < 4; ++i) {
      const socket = await connectRaw(server, sub);
      await overspend(socket);
      await socket.stop();
    }
    assert.equal((await openRaw(server, sub)).status, 429);
    assert.equal(await opens(server, sub, {}, await negotiated(server, sub)), false);
    assert.ok(await calls(neighbour, 'GetPresence', []), 'others are served');
    if (!limit) return;
    const { body } = await request(server, 'GET', '/metrics');
    assert.match(body, new RegExp(`^parley_limit_refusals_total\\{limit="${limit}"\\} [1-9]`, 'm'));
  });

test('what is not over its rate is as quick as ever beside a 401 that is held back', async (t) => {
  const server = await startLimited({ 'limits.unauthorized_per_s': SLOW, 'limits.unauthorized_burst': 1 });
  t.after(() => server.dispose());
  await request(server, 'GET', '/users/me');
  const held = new RawHttp(server);
  held.send('GET /users/me HTTP/1.1\r\nHost: parley\r\n\r\n'.repeat(2));
  const { status } = await restOf(server, newUser('alice')).get('/messaging/conversations');
  assert.equal(status, 200);
  assert.equal(held.answers.length, 0);
  const answers = await held.end();
  assert.deepEqual(answers.map((one) => one.status), [401]);
});
