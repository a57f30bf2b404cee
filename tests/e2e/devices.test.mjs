// Browsers that stay signed in: the cookie of /auth/session, its exchange, the list of devices, and a new
// password.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { newUser } from './support/chat.mjs';
import { request } from './support/rest.mjs';
import { startServer } from './support/server.mjs';

const PASSWORD = 'correct horse';
let server;
before(async () => {
  server = await startServer({ 'auth.accounts': true });
});
after(() => server.dispose());

const claimsOf = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));

/// The cookie that an answer sets: {value, attributes}; nothing when it sets none.
function cookieOf({ headers }) {
  const [first] = headers.getSetCookie();
  if (!first) return undefined;
  const [pair, ...attributes] = first.split('; ');
  assert.match(pair, /^parley_session=/);
  return { value: pair.slice('parley_session='.length), attributes };
}

/// A page of this server, in a browser with a cookie.
class Browser {
  constructor(agent = 'Test Browser') {
    this.agent = agent;
  }

  get headers() {
    const own = { origin: server.url, 'user-agent': this.agent };
    return this.cookie ? { ...own, cookie: `a=b; parley_session=${this.cookie}; c=d` } : own;
  }

  async call(method, path, body, headers = {}) {
    const answer = await request(server, method, path, {
      token: this.token, body, headers: { ...this.headers, ...headers },
    });
    const set = cookieOf(answer);
    if (set) this.cookie = set.value || undefined;
    if (answer.body.accessToken) this.token = answer.body.accessToken;
    return answer;
  }

  /// As a page does that was loaded anew: the cookie is all it has.
  renew(headers) {
    this.token = undefined;
    return this.call('POST', '/auth/session', undefined, headers);
  }

  copy() {
    return Object.assign(new Browser(this.agent), { cookie: this.cookie });
  }
}

async function newAccount(agent, more) {
  const userName = newUser('ada').toLowerCase();
  const browser = new Browser(agent);
  const answer = await browser.call('POST', '/auth/register', {
    userName, password: PASSWORD, session: true, ...more,
  });
  assert.equal(answer.status, 201);
  return { userName, browser, answer };
}

async function signIn(userName, agent, password = PASSWORD) {
  const browser = new Browser(agent);
  const { status } = await browser.call('POST', '/auth/token', { userName, password, session: true });
  assert.equal(status, 200);
  return browser;
}

describe('a registration', () => {
  test('signs in', async () => {
    const userName = newUser('eve').toLowerCase();
    const body = { userName, password: PASSWORD, displayName: 'Eve Example' };
    const answer = await request(server, 'POST', '/auth/register', { body });
    assert.equal(answer.status, 201);
    assert.equal(answer.body.expiresIn, 3600);
    assert.equal(cookieOf(answer), undefined);
    const me = await request(server, 'GET', '/users/me', { token: answer.body.accessToken });
    assert.equal(me.body.userId, answer.body.userId);
    assert.equal(me.body.displayName, 'Eve Example');
  });

  test('refuses a name that is blank or hides something', async () => {
    for (const displayName of [' ', 'a\u202eb', 'x'.repeat(101), 7]) {
      const body = { userName: newUser('eve').toLowerCase(), password: PASSWORD, displayName };
      const answer = await request(server, 'POST', '/auth/register', { body });
      assert.equal(answer.status, 400, JSON.stringify(displayName));
      assert.match(answer.body.detail, /^displayName/);
    }
  });

  test('keeps the browser signed in only when asked to, by true or false', async () => {
    for (const session of ['yes', 1]) {
      const body = { userName: newUser('eve').toLowerCase(), password: PASSWORD, session };
      const answer = await request(server, 'POST', '/auth/register', { body });
      assert.equal(answer.body.detail, 'session must be true or false');
    }
  });
});

describe('the cookie', () => {
  test('goes to /auth/session alone, and no script reads it', async () => {
    const { answer } = await newAccount();
    const { value, attributes } = cookieOf(answer);
    assert.match(value, /^[\w.-]{60,256}$/);
    const expected = ['Path=/auth/session', 'Max-Age=2592000', 'HttpOnly', 'SameSite=Strict'];
    if (server.url.startsWith('https')) expected.push('Secure');
    assert.deepEqual(attributes, expected);
  });

  test('is exchanged for a token and a new cookie', async () => {
    const { browser, answer } = await newAccount();
    const first = browser.cookie;
    const renewed = await browser.renew();
    assert.equal(renewed.status, 200);
    assert.equal(renewed.body.userId, answer.body.userId);
    assert.notEqual(browser.cookie, first);
    assert.equal((await browser.call('GET', '/users/me')).status, 200);
    assert.equal((await browser.renew()).status, 200);
  });

  test('may be brought by two tabs at once', async () => {
    const { browser } = await newAccount();
    const tabs = [browser.copy(), browser.copy(), browser.copy()];
    const answers = await Promise.all(tabs.map((tab) => tab.renew()));
    assert.deepEqual(answers.map(({ status }) => status), [200, 200, 200]);
    assert.equal(new Set(tabs.map((tab) => tab.cookie)).size, 1, 'whichever the browser keeps');
    assert.equal((await tabs[0].renew()).status, 200);
  });

  test('that is older than the last one ends the session for whoever has a newer one', async () => {
    const { browser } = await newAccount();
    const thief = browser.copy();
    for (let i = 0; i < 2; i++) assert.equal((await browser.renew()).status, 200);
    const refused = await thief.renew();
    assert.equal(refused.status, 401);
    assert.equal(thief.cookie, undefined, 'the cookie is taken away');
    assert.equal((await browser.renew()).status, 401);
  });

  test('that is none is refused before anything is looked up', async () => {
    const { browser } = await newAccount();
    for (const cookie of ['', 'x', `${browser.cookie}x`, browser.cookie.replace(/.$/, '')]) {
      const fake = Object.assign(new Browser(), { cookie });
      const { status, body } = await fake.renew();
      assert.equal(status, 401, cookie);
      assert.equal(body.code, 'unauthenticated');
    }
    assert.equal((await browser.renew()).status, 200);
  });

  test('is for pages of this server', async () => {
    const { browser } = await newAccount();
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site', origin: server.url },
      { origin: '' },
    ])
      for (const method of ['POST', 'DELETE']) {
        const { status, body } = await browser.call(method, '/auth/session', undefined, headers);
        assert.equal(status, 403, JSON.stringify(headers));
        assert.equal(body.code, 'forbidden');
      }
    assert.equal((await browser.renew({ 'sec-fetch-site': 'same-origin', origin: '' })).status, 200);
  });

  test('is not given to a page of another origin', async () => {
    const { userName } = await newAccount();
    const body = { userName, password: PASSWORD, session: true };
    const headers = { origin: 'https://evil.example' };
    const { status } = await request(server, 'POST', '/auth/token', { body, headers });
    assert.equal(status, 403);
  });

  test('is worth nothing after signing out, however often that is asked', async () => {
    const { browser } = await newAccount();
    const copy = browser.copy();
    const out = await browser.call('DELETE', '/auth/session');
    assert.equal(out.status, 200);
    assert.equal(cookieOf(out).value, '');
    assert.ok(cookieOf(out).attributes.includes('Max-Age=0'));
    assert.equal((await copy.call('DELETE', '/auth/session')).status, 200);
    assert.equal((await copy.renew()).status, 401);
  });

  test('outlives a restart of the server', async () => {
    const { browser } = await newAccount();
    await server.stop();
    await server.start();
    assert.equal((await browser.renew()).status, 200);
  });

  test('is stored nowhere', async () => {
    const { browser } = await newAccount();
    await browser.renew();
    const secret = browser.cookie.split('.').at(-1);
    const files = readdirSync(server.home).filter((name) => name.startsWith('parley.db') || name === 'log');
    assert.ok(files.length > 0);
    for (const name of files) assert.ok(!readFileSync(join(server.home, name)).includes(secret), name);
  });
});

describe('devices', () => {
  test('are listed, the one used last first', async () => {
    const { userName, browser: laptop } = await newAccount('Laptop');
    const phone = await signIn(userName, 'Phone \u0001'.slice(0, 5) + 'x'.repeat(300));
    assert.equal((await laptop.renew()).status, 200);
    const { body } = await laptop.call('GET', '/auth/sessions');
    assert.deepEqual(body.sessions.map(({ agent, current }) => [agent.slice(0, 6), current]), [
      ['Laptop', true], ['Phonex', false],
    ]);
    const [here, there] = body.sessions;
    assert.equal(there.agent.length, 200);
    assert.ok(here.lastUsedAt >= here.createdAt);
    assert.match(here.createdAt, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    assert.equal(claimsOf(laptop.token).sid, here.id);
    assert.equal((await phone.call('GET', '/auth/sessions')).body.sessions[1].current, true);
  });

  test('are ended one by one, by their user alone', async () => {
    const { userName, browser: laptop } = await newAccount('Laptop');
    const phone = await signIn(userName, 'Phone');
    const { browser: stranger } = await newAccount('Stranger');
    const { sessions } = (await laptop.call('GET', '/auth/sessions')).body;
    const { id } = sessions.find(({ agent }) => agent === 'Phone');
    assert.equal((await stranger.call('DELETE', `/auth/sessions/${id}`)).status, 404);
    assert.equal((await laptop.call('DELETE', `/auth/sessions/${id}`)).status, 200);
    assert.equal((await laptop.call('DELETE', `/auth/sessions/${id}`)).status, 404);
    assert.equal((await laptop.call('DELETE', '/auth/sessions/x')).status, 404);
    assert.equal((await phone.renew()).status, 401);
    assert.equal((await laptop.renew()).status, 200);
  });

  test('are at most fifty of a user', async () => {
    const { userName, browser } = await newAccount('first');
    for (let i = 0; i < 50; i++) await signIn(userName, `device ${i}`);
    const newest = await signIn(userName, 'newest');
    const { sessions } = (await newest.call('GET', '/auth/sessions')).body;
    assert.equal(sessions.length, 50);
    assert.equal((await browser.renew()).status, 401);
  });
});

describe('a new password', () => {
  const change = (browser, currentPassword, newPassword) =>
    browser.call('PUT', '/auth/password', { currentPassword, newPassword });

  test('signs in from now on, and ends the other sessions', async () => {
    const { userName, browser: laptop } = await newAccount('Laptop');
    const phone = await signIn(userName, 'Phone');
    assert.equal((await change(laptop, PASSWORD, 'battery staple')).status, 200);
    assert.equal((await phone.renew()).status, 401);
    assert.equal((await laptop.renew()).status, 200);
    const body = { userName, password: PASSWORD };
    assert.equal((await request(server, 'POST', '/auth/token', { body })).status, 401);
    await signIn(userName, 'Phone', 'battery staple');
  });

  test('needs the present one, and a form', async () => {
    const { browser } = await newAccount();
    const wrong = await change(browser, 'wrong horse', 'battery staple');
    assert.deepEqual([wrong.status, wrong.body.code], [403, 'forbidden']);
    for (const short of ['', '1234567', 'x'.repeat(129)]) {
      const refused = await change(browser, PASSWORD, short);
      assert.deepEqual([refused.status, refused.body.detail], [400, 'newPassword must be 8 to 128 bytes']);
    }
    assert.equal((await browser.call('PUT', '/auth/password', {})).status, 400);
  });

  test('is nothing for users of an identity provider', async () => {
    const { restOf } = await import('./support/rest.mjs');
    const body = { currentPassword: PASSWORD, newPassword: 'battery staple' };
    assert.equal((await restOf(server, newUser('bob')).put('/auth/password', body)).status, 404);
  });

  test('is tried as seldom as a sign-in', async () => {
    const strict = await startServer({ 'auth.accounts': true, 'limits.enabled': true });
    try {
      const body = { userName: 'ada', password: PASSWORD };
      const made = await request(strict, 'POST', '/auth/register', { body });
      const token = made.body.accessToken;
      const wrong = { currentPassword: 'wrong horse', newPassword: 'battery staple' };
      const tried = [];
      for (let i = 0; i < 6; i++)
        tried.push((await request(strict, 'PUT', '/auth/password', { token, body: wrong })).status);
      assert.deepEqual(tried, [403, 403, 403, 403, 403, 429]);
    } finally {
      await strict.dispose();
    }
  });
});

test('without built-in accounts there are no sessions', async () => {
  const other = await startServer();
  try {
    for (const [method, path] of [['POST', '/auth/session'], ['DELETE', '/auth/session']])
      assert.equal((await request(other, method, path, { headers: { origin: other.url } })).status, 404);
  } finally {
    await other.dispose();
  }
});
