// Who people are, and who finds whom: own profiles, search, the rates of sign-ins.
// Proves and the enumeration and rate rows of the abuse table.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { chatRow, directBetween, newUsers } from './support/chat.mjs';
import { request, restOf } from './support/rest.mjs';
import { startServer } from './support/server.mjs';
import { assertProblem } from './support/shapes.mjs';

let server;
before(async () => (server = await startServer({ 'auth.accounts': true })));
after(() => server.dispose());

const LIST = '/messaging/conversations';

describe('profiles', () => {
  test('GET /users/me answers what the token says', async () => {
    const [alice] = newUsers('alice');
    const { status, body } = await restOf(server, alice, {
      given_name: 'Alice',
      family_name: 'Adams',
      picture: 'https://id.example/a.png',
    }).get('/users/me');
    assert.equal(status, 200);
    assert.deepEqual(body, {
      userId: alice,
      displayName: 'Alice Adams',
      firstName: 'Alice',
      lastName: 'Adams',
      profilePictureUrl: 'https://id.example/a.png',
    });
  });

  test('what PUT says wins over claims until null clears it, and others see it', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const me = restOf(server, bob, { given_name: 'Bob', family_name: 'Bauer' });
    const conversation = await directBetween(server, alice, bob);
    const put = await me.put('/users/me', {
      firstName: 'Robert',
      displayName: 'Bobby 🙂',
      profilePictureUrl: 'https://own.example/b.png?size=64',
    });
    const expected = {
      userId: bob,
      displayName: 'Bobby 🙂',
      firstName: 'Robert',
      lastName: 'Bauer',
      profilePictureUrl: 'https://own.example/b.png?size=64',
    };
    assert.equal(put.status, 200);
    assert.deepEqual({ ...put.body, lastName: 'Bauer' }, expected);
    await restOf(server, bob, { given_name: 'Bob', family_name: 'Bauer' }).get(LIST);
    assert.deepEqual((await me.get('/users/me')).body, expected);
    const row = await chatRow(server, alice, conversation);
    assert.equal(row.otherParticipantFirstName, 'Robert');
    assert.equal(row.otherParticipantProfilePictureUrl, 'https://own.example/b.png?size=64');
    assert.equal(row.participants.find(({ userId }) => userId === bob).firstName, 'Robert');

    const cleared = await me.put('/users/me', { firstName: null, profilePictureUrl: null });
    assert.equal(cleared.body.firstName, 'Bob');
    assert.equal(cleared.body.profilePictureUrl, null);
    assert.equal(cleared.body.displayName, 'Bobby 🙂');
    assert.deepEqual((await me.put('/users/me', {})).body, cleared.body);
  });

  const BAD = {
    'an empty name': { firstName: '' },
    'a blank name': { lastName: '   ' },
    'a line break': { displayName: 'a\nb' },
    'a direction override': { displayName: '\u202egnp.exe' },
    'a number': { firstName: 5 },
    'a javascript URL': { profilePictureUrl: 'javascript:alert(1)' },
    'a relative URL': { profilePictureUrl: '/a.png' },
    'a URL without host': { profilePictureUrl: 'http:///a.png' },
    'a URL with a password': { profilePictureUrl: 'https://a:b@x.example/a.png' },
    'a URL of 1,025 bytes': { profilePictureUrl: `https://x.example/${'a'.repeat(1007)}` },
    'an array': [],
  };
  for (const [name, body] of Object.entries(BAD)) {
    test(`refused: ${name}`, async () => {
      const [alice] = newUsers('alice');
      assertProblem(await restOf(server, alice).put('/users/me', body), 400, 'bad_request');
    });
  }

  test('a name of 101 units is too long', async () => {
    const [alice] = newUsers('alice');
    const answer = await restOf(server, alice).put('/users/me', { firstName: 'x'.repeat(101) });
    assertProblem(answer, 400, 'too_long');
  });

  test('an account keeps its own names over new tokens', async () => {
    const userName = `u-${randomUUID().slice(0, 13)}`;
    const account = { userName, password: 'correct horse battery' };
    const made = await request(server, 'POST', '/auth/register', {
      body: { ...account, firstName: 'Ann', lastName: 'Lee' },
    });
    assert.equal(made.status, 201);
    const signIn = async () =>
      (await request(server, 'POST', '/auth/token', { body: account })).body.accessToken;
    const put = (token, body) => request(server, 'PUT', '/users/me', { token, body });
    await put(await signIn(), { firstName: 'Anna' });
    const token = await signIn();
    assert.equal((await request(server, 'GET', '/users/me', { token })).body.firstName, 'Anna');
    assert.equal((await put(token, { firstName: null })).body.firstName, 'Ann');
  });
});

describe('search', () => {
  let open;
  before(async () => (open = await startServer({ 'users.search': 'all' })));
  after(() => open.dispose());

  const find = async (on, who, query, more = '') => {
    const path = `/users?query=${encodeURIComponent(query)}${more}`;
    const { status, body } = await restOf(on, who).get(path);
    assert.equal(status, 200, JSON.stringify(body));
    return body;
  };
  const meet = (on, sub, claims) => restOf(on, sub, claims).get('/users/me');

  test('finds contacts only, unless told otherwise', async () => {
    const [alice, bob, carol] = newUsers('alice', 'bob', 'carol');
    const name = `Sam${randomUUID().slice(0, 8)}`;
    await meet(server, bob, { name });
    await meet(server, carol, { name });
    assert.deepEqual(await find(server, alice, name), []);
    await directBetween(server, alice, bob);
    assert.deepEqual(await find(server, alice, name.toUpperCase()), [
      { userId: bob, displayName: name, firstName: null, lastName: null, profilePictureUrl: null },
    ]);
  });

  test('with "all" finds everybody, the caller aside, up to the limit', async () => {
    const people = newUsers('a', 'b', 'c', 'd');
    const name = `Pat${randomUUID().slice(0, 8)}`;
    for (const one of people) await meet(open, one, { given_name: 'X', family_name: name });
    const ids = async (who, more) =>
      (await find(open, who, name.slice(0, 9), more)).map(({ userId }) => userId).sort();
    assert.deepEqual(await ids(people[0]), people.slice(1).sort());
    assert.equal((await ids(people[0], '&limit=2')).length, 2);
  });

  test('takes wildcards as characters', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const tag = randomUUID().slice(0, 8);
    await meet(open, bob, { name: `${tag}%_'` });
    assert.equal((await find(open, alice, `${tag}%_'`)).length, 1);
    for (const query of [`${tag}_`, `%${tag}`, '%', '_', "' OR 1=1 --"])
      assert.deepEqual(await find(open, alice, query), [], query);
  });

  test('does not show who blocked the caller', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const name = `Kim${randomUUID().slice(0, 8)}`;
    await meet(open, alice, { name });
    assert.equal((await find(open, bob, name)).length, 1);
    await restOf(open, alice).put(`/users/me/blocks/${bob}`);
    assert.deepEqual(await find(open, bob, name), []);
  });

  test('refuses queries and limits out of bounds', async () => {
    const me = restOf(server, newUsers('alice')[0]);
    for (const path of ['/users', '/users?query=', `/users?query=${'x'.repeat(65)}`]) {
      assertProblem(await me.get(path), 400, 'bad_request');
    }
    for (const limit of ['0', '51', '-1', 'many']) {
      assertProblem(await me.get(`/users?query=a&limit=${limit}`), 400, 'bad_request');
    }
  });

  test('is not there when it is off', async () => {
    const off = await startServer({ 'users.search': 'off' });
    assertProblem(await restOf(off, 'alice').get('/users?query=a'), 404, 'not_found');
    await off.dispose();
  });
});

describe('rates of sign-ins', () => {
  let strict;
  before(async () => {
    strict = await startServer({
      'auth.accounts': true, 'limits.enabled': true, 'limits.logins_per_min': 3,
      'limits.logins_per_ip_per_min': 5,
    });
  });
  after(() => strict.dispose());

  test('the fourth try of an account, the sixth of an address are 429 and say when to come back', async () => {
    const login = (userName) =>
      request(strict, 'POST', '/auth/token', { body: { userName, password: 'not the one' } });
    for (let i = 0; i < 3; ++i) assert.equal((await login('nobody')).status, 401);
    const refused = await login('nobody');
    assertProblem(refused, 429, 'rate_limited');
    const wait = Number(refused.headers.get('retry-after'));
    assert.ok(wait >= 1 && wait <= 20, String(wait));
    for (let i = 0; i < 2; ++i) assert.equal((await login(`other${i}`)).status, 401);
    assertProblem(await login('somebody'), 429, 'rate_limited');
    const body = { userName: 'newcomer', password: 'correct horse' };
    assertProblem(await request(strict, 'POST', '/auth/register', { body }), 429, 'rate_limited');
  });
});
