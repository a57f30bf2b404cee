// Who is let in: tokens of every kind, forged ones, and the built-in accounts.
// Proves, C-04, Q-21, Q-27, Q-33, Q-34 and the token rows of the abuse table.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { chatRow, directBetween, newUser, newUsers } from './support/chat.mjs';
import { MESSAGING, connect } from './support/client.mjs';
import { openRaw } from './support/raw.mjs';
import { request, restOf } from './support/rest.mjs';
import { Server, startServer } from './support/server.mjs';
import { assertKeys, assertProblem } from './support/shapes.mjs';
import {
  ASYMMETRIC,
  SECRET,
  assemble,
  base64url,
  expiredToken,
  hs256,
  issuer,
  nowSeconds,
  tokenFor,
} from './support/tokens.mjs';

const LIST = '/messaging/conversations';
const keys = Object.fromEntries(ASYMMETRIC.map((name) => [name, issuer(name)]));
const NAMED = issuer('ES256');

let server;
before(async () => {
  server = await Server.prepare({ 'auth.accounts': true });
  const paths = ASYMMETRIC.map((name) => {
    const path = join(server.home, `${name}.pem`);
    writeFileSync(path, keys[name].pem);
    return path;
  });
  const named = join(server.home, 'named.pem');
  writeFileSync(named, NAMED.pem);
  server.settings['auth.public_keys'] = [...paths, `2026=${named}`].join(',');
  await server.start();
});
after(() => server.dispose());

const statusOf = async (token, on = server) => (await request(on, 'GET', LIST, { token })).status;

describe('good tokens', () => {
  test('HS256 with the secret opens REST and hub', async () => {
    assert.equal(await statusOf(tokenFor('alice')), 200);
    assert.equal((await openRaw(server, 'alice')).status, 101);
  });

  for (const algorithm of ASYMMETRIC) {
    test(`${algorithm} with a public key opens REST and hub, for the user in sub`, async () => {
      const alice = newUser('alice');
      const token = keys[algorithm].tokenFor(alice);
      assert.equal(await statusOf(token), 200);
      const client = await connect(server, alice, { token });
      assert.equal((await client.invoke('GetPresence', [alice]))[0].online, true);
    });
  }

  test('a key bound to a kid serves that kid', async () => {
    assert.equal(await statusOf(NAMED.tokenFor('alice', {}, { kid: '2026' })), 200);
    assert.equal(await statusOf(NAMED.tokenFor('alice', {}, { kid: '2027' })), 401);
  });

  test('an audience list, other claims and any order of claims are accepted', async () => {
    assert.equal(
      await statusOf(tokenFor('alice', { aud: ['a', 'b'], scope: 'x', deep: { a: [1] } })),
      200,
    );
  });
});

describe('bad tokens get one and the same 401', () => {
  const sign = (header, claims) => assemble(header, claims, hs256(SECRET));
  const HEADER = { alg: 'HS256', typ: 'JWT' };
  const claims = (more = {}) => ({ sub: 'alice', exp: nowSeconds() + 600, ...more });
  const unsigned = (alg) => assemble({ alg, typ: 'JWT' }, claims(), () => Buffer.alloc(0));
  /// A token over exactly this JSON text, signed with the right secret.
  function overText(headerText, claimsText) {
    const signed = `${base64url(headerText)}.${base64url(claimsText)}`;
    return `${signed}.${hs256(SECRET)(Buffer.from(signed)).toString('base64url')}`;
  }
  const good = () => tokenFor('alice');
  const flipped = () => {
    const [header, body, signature] = good().split('.');
    return `${header}.${body}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
  };
  const exp = nowSeconds() + 600;
  const mallory = issuer('RS256');

  const BAD = {
    'no token': () => undefined,
    'another secret': () => tokenFor('alice', {}, 'another secret of at least thirty-two bytes'),
    'one changed bit of the signature': flipped,
    expired: () => expiredToken('alice'),
    'not yet valid': () => tokenFor('alice', { nbf: nowSeconds() + 3600 }),
    'no exp': () => tokenFor('alice', { exp: undefined }),
    'exp as text': () => tokenFor('alice', { exp: String(exp) }),
    'exp beyond all numbers': () => overText(JSON.stringify(HEADER), '{"sub":"alice","exp":1e308}'),
    'negative exp': () => tokenFor('alice', { exp: -1 }),
    'no sub': () => tokenFor(undefined),
    'empty sub': () => tokenFor(''),
    'a sub of 65 characters': () => tokenFor('a'.repeat(65)),
    'a sub with a space': () => tokenFor('alice smith'),
    'a sub outside ASCII': () => tokenFor('älice'),
    'a sub that is a number': () => tokenFor(5),
    'alg none': () => unsigned('none'),
    'alg None': () => unsigned('None'),
    'alg nOnE': () => unsigned('nOnE'),
    'alg in lower case': () => sign({ alg: 'hs256', typ: 'JWT' }, claims()),
    'an unknown alg': () => sign({ alg: 'HS1', typ: 'JWT' }, claims()),
    'no alg': () => sign({ typ: 'JWT' }, claims()),
    'HS256 under the text of a public key': () => assemble(HEADER, claims(), hs256(keys.RS256.pem)),
    'RS256 in the header, HS256 in the signature': () => sign({ alg: 'RS256' }, claims()),
    'the right kind of key, of someone else': () => mallory.tokenFor('alice'),
    'a kid that is a path': () => mallory.tokenFor('alice', {}, { kid: '../../../../dev/null' }),
    'a kid that is SQL': () => mallory.tokenFor('alice', {}, { kid: "' OR 1=1 --" }),
    'a key brought along': () =>
      mallory.tokenFor('alice', {}, { jku: 'http://127.0.0.1:1/k', x5u: 'http://127.0.0.1:1/x' }),
    'critical extensions': () => sign({ ...HEADER, crit: ['exp2'], exp2: 1 }, claims()),
    'two parts': () => good().split('.').slice(0, 2).join('.'),
    'four parts': () => `${good()}.x`,
    'only dots': () => '..',
    'padded base64': () => `${good()}=`,
    'base64 with + and /': () => good().replace(/\./g, '.+/'),
    'one claim twice': () =>
      overText(JSON.stringify(HEADER), `{"sub":"alice","sub":"bob","exp":${exp}}`),
    'claims that are an array': () => overText(JSON.stringify(HEADER), '[]'),
    'claims that are no JSON': () => overText(JSON.stringify(HEADER), 'sub=alice'),
    'a header that is no JSON': () => overText('alg=HS256', JSON.stringify(claims())),
    'a basic password': () => undefined,
  };

  let first;
  before(async () => {
    const { body, headers } = await request(server, 'GET', LIST);
    first = { body, type: headers.get('content-type') };
  });

  for (const [name, make] of Object.entries(BAD)) {
    test(name, async () => {
      const headers = name === 'a basic password' ? { authorization: 'Basic YTpi' } : {};
      const answer = await request(server, 'GET', LIST, { token: make(), headers });
      assert.equal(answer.status, 401);
      assert.match(answer.headers.get('www-authenticate') ?? '', /^Bearer/);
      assert.deepEqual({ body: answer.body, type: answer.headers.get('content-type') }, first);
    });
  }

  test('a token of a megabyte is refused', async () => {
    const status = await statusOf('x'.repeat(1_000_000)).catch(() => 'cut off');
    assert.ok([400, 401, 413, 431, 'cut off'].includes(status), String(status));
    assert.equal(await statusOf(good()), 200);
  });
});

describe('issuer and audience', () => {
  let strict;
  before(async () => {
    strict = await startServer({ 'auth.issuer': 'https://id.example', 'auth.audience': 'parley' });
  });
  after(() => strict.dispose());

  test('both must be right when they are asked for', async () => {
    const right = { iss: 'https://id.example', aud: 'parley' };
    const with_ = (more) => statusOf(tokenFor('alice', { ...right, ...more }), strict);
    assert.equal(await with_({}), 200);
    assert.equal(await with_({ aud: ['other', 'parley'] }), 200);
    assert.equal(await with_({ aud: 'other' }), 401);
    assert.equal(await with_({ aud: undefined }), 401);
    assert.equal(await with_({ iss: 'https://id.example/' }), 401);
    assert.equal(await with_({ iss: undefined }), 401);
  });
});

describe('the secret', () => {
  test('one of less than 32 bytes is refused at start (Q-33)', async () => {
    const weak = await Server.prepare({ 'auth.hs256_secret': 'x'.repeat(31) });
    const { code, stderr, stdout } = await weak.command(['serve']);
    assert.notEqual(code, 0);
    assert.match(stdout + stderr, /hs256_secret/);
    assert.ok(!(stdout + stderr).includes('x'.repeat(31)), 'it is not printed');
    await weak.dispose();
  });

  test('its UTF-8 bytes are the key', async () => {
    const secret = 'ключ из шестнадцати букв';
    const other = await startServer({ 'auth.hs256_secret': secret });
    assert.equal(await statusOf(tokenFor('alice', {}, secret), other), 200);
    await other.dispose();
  });
});

describe('profiles', () => {
  test('claims fill the profile, each token refreshes what it carries (Q-21)', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const conversation = await directBetween(server, alice, bob);
    const seen = async () => {
      const row = await chatRow(server, alice, conversation);
      return [
        row.otherParticipantFirstName,
        row.otherParticipantLastName,
        row.otherParticipantProfilePictureUrl,
      ];
    };
    assert.deepEqual(await seen(), [null, null, null]);
    await restOf(server, bob, {
      given_name: 'Bob',
      family_name: 'Bauer',
      picture: 'https://x/b.png',
    }).get(LIST);
    assert.deepEqual(await seen(), ['Bob', 'Bauer', 'https://x/b.png']);
    await restOf(server, bob, { family_name: 'Byrne' }).get(LIST);
    assert.deepEqual(await seen(), ['Bob', 'Byrne', 'https://x/b.png']);
  });
});

describe('built-in accounts (Q-34)', () => {
  const register = (body) => request(server, 'POST', '/auth/register', { body });
  const login = (body) => request(server, 'POST', '/auth/token', { body });
  const password = 'correct horse battery staple';
  let counter = 0;
  const newName = () => `user.${process.pid}-${++counter}`;

  test('register, log in, and use the token everywhere', async () => {
    const userName = newName();
    const registered = await register({ userName, password, firstName: 'Ann', lastName: 'Lee' });
    assert.equal(registered.status, 201);
    assertKeys(registered.body, ['accessToken', 'expiresIn', 'userId']);
    assert.equal(await statusOf(registered.body.accessToken), 200);
    const { status, body } = await login({ userName, password });
    assert.equal(status, 200);
    assertKeys(body, ['accessToken', 'expiresIn', 'userId']);
    assert.equal(body.userId, registered.body.userId);
    assert.ok(Number.isInteger(body.expiresIn) && body.expiresIn > 0);
    assert.equal(await statusOf(body.accessToken), 200);
    const client = await connect(server, body.userId, { token: body.accessToken });
    assert.equal((await client.invoke('GetPresence', [body.userId]))[0].online, true);
  });

  test('the names given become the profile', async () => {
    const { body } = await register({
      userName: newName(),
      password,
      firstName: 'Ann',
      lastName: 'Lee',
    });
    const alice = newUser('alice');
    const conversation = await directBetween(server, alice, body.userId);
    const row = await chatRow(server, alice, conversation);
    assert.equal(row.otherParticipantFirstName, 'Ann');
    assert.equal(row.otherParticipantLastName, 'Lee');
  });

  test('a taken name is a conflict', async () => {
    const userName = newName();
    await register({ userName, password });
    assertProblem(await register({ userName, password: `${password}!` }), 409, 'conflict');
  });

  test('names and passwords out of bounds are refused', async () => {
    const bad = [
      { userName: 'ab' },
      { userName: 'a'.repeat(33) },
      { userName: 'Upper' },
      { userName: 'with space' },
      { userName: 'ünder' },
      { password: '1234567' },
      { password: 'x'.repeat(129) },
      { password: 5 },
      { userName: undefined },
    ];
    for (const part of bad) {
      assertProblem(await register({ userName: newName(), password, ...part }), 400, 'bad_request');
    }
  });

  test('a wrong password and an unknown name get the same 401', async () => {
    const userName = newName();
    await register({ userName, password });
    const wrong = await login({ userName, password: 'not the password' });
    const unknown = await login({ userName: newName(), password });
    assert.equal(wrong.status, 401);
    assert.equal(unknown.status, 401);
    assert.deepEqual(wrong.body, unknown.body);
  });
});

test('no token, password or text of a message is ever logged', async () => {
  const loud = await startServer({ 'log.level': 'trace', 'auth.accounts': true });
  const secrets = ['canary password 93', 'canary text 17', 'canary-name-55'];
  const [password, content, forged] = secrets;
  const [alice, bob] = newUsers('alice', 'bob');
  const tokens = [tokenFor(alice), expiredToken(alice), forged];
  for (const token of tokens) {
    await openRaw(loud, alice, { path: `${MESSAGING}?access_token=${token}`, token: null });
    await request(loud, 'GET', `${LIST}?access_token=${token}`, { token });
  }
  await request(loud, 'POST', '/auth/register', { body: { userName: 'canary', password } });
  await request(loud, 'POST', '/auth/token', { body: { userName: 'canary', password } });
  const conversation = await directBetween(loud, alice, bob);
  const client = await connect(loud, alice);
  await client.invoke('Send', { conversationId: conversation, content });
  await client.invoke('Send', { conversationId: content, content }).catch(() => {});
  await client.stop();
  await loud.stop();
  const log = loud.log;
  const signatures = tokens.map((token) => token.split('.').at(-1));
  for (const secret of [...secrets, ...tokens, ...signatures]) {
    assert.ok(!log.includes(secret), `the log holds ${secret}`);
  }
  await loud.dispose();
});
