// Microsoft's client of .NET 11, on its own runtime, over every transport and in both protocols.
// Skipped where dotnet or the packages of 11.0.0 cannot be had.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { directBetween, joined, newUser, say } from './support/chat.mjs';
import { MESSAGING } from './support/client.mjs';
import { DotnetProgram, buildDotnetClient } from './support/dotnet-people.mjs';
import { connectRaw } from './support/raw.mjs';
import { startServer } from './support/server.mjs';
import { expiredToken, nowSeconds, tokenFor } from './support/tokens.mjs';

const WAYS = [
  { transport: 'WebSockets', protocol: 'json' },
  { transport: 'WebSockets', protocol: 'messagepack' },
  { transport: 'ServerSentEvents', protocol: 'json' },
  { transport: 'LongPolling', protocol: 'json' },
  { transport: 'LongPolling', protocol: 'messagepack' },
];
const nameOf = ({ transport, protocol }) => `${transport}, ${protocol}`;
const QUICK = Array(200).fill(50);

const { command, missing } = process.env.PARLEY_TEST_TLS
  ? { missing: "the server's certificate is unknown to .NET" }
  : buildDotnetClient();
const skip = missing ?? false;

let server;
let dotnet;
before(async () => {
  if (skip) return;
  server = await startServer({ 'auth.clock_skew_s': 1 });
  dotnet = await DotnetProgram.start(command);
});
after(async () => {
  if (skip) return;
  await dotnet.stop();
  await server.dispose();
});

const goodFor = (sub, seconds) => tokenFor(sub, { exp: nowSeconds() + seconds });

/// Connects a new user. @param more beside transport and protocol; seconds: how long the token is good
function connect({ seconds = 3600, ...more }) {
  const sub = newUser('dora');
  return dotnet.connect(sub, { url: server.url + MESSAGING, token: goodFor(sub, seconds), ...more });
}

/// One of each way, all at once.
const connectAll = (more) => Promise.all(WAYS.map((way) => connect({ ...way, ...more })));

/// Until a token that is good for so long would have ended its connection, and has.
async function untilTokensEnd(seconds) {
  const socket = await connectRaw(server, 'x', { token: goodFor(newUser('bob'), seconds) });
  await socket.untilClosed();
}

describe('the .NET 11 client', { skip }, () => {
  test('is the real one', () => assert.equal(dotnet.version, '11.0.0'));

  for (const way of WAYS)
    test(`${nameOf(way)}: sends, and hears what the npm client says`, async () => {
      const dora = await connect(way);
      const alice = newUser('alice');
      const conversationId = await directBetween(server, alice, dora.name);
      const other = await joined(server, alice, conversationId);
      await dora.do('join', { conversationId });
      const sent = await dora.do('say', { conversationId, content: 'from .NET: grüße 世界' });
      const [heard] = await other.waitFor('MessageReceived', ({ seq }) => seq === sent.seq);
      assert.deepEqual([heard.messageId, heard.content], [sent.messageId, 'from .NET: grüße 世界']);
      const answer = await say(other, conversationId, 'from npm');
      assert.deepEqual(await dora.waitFor('message', ({ seq }) => seq === answer.seq), {
        conversationId, messageId: answer.messageId, senderId: alice, content: 'from npm', seq: answer.seq,
      });
      await dora.do('stop');
      assert.equal(await dora.waitFor('closed'), null, 'without an error');
    });

  test('refreshes by hand, on every transport, and goes on where its token would have ended', async () => {
    const all = await connectAll({ seconds: 4 });
    for (const person of all) {
      await person.do('token', { token: goodFor(person.name, 60) });
      const lifetime = await person.do('refresh');
      assert.ok(lifetime > 50 && lifetime <= 60, `${lifetime} s`);
    }
    await untilTokensEnd(4);
    for (const person of all) {
      assert.equal((await person.do('state')).state, 'Connected');
      assert.deepEqual(person.events.map(({ event }) => event), ['refreshed']);
    }
  });

  test('refreshes by itself when half of a short lifetime has passed, and again', async () => {
    const end = untilTokensEnd(4);
    const all = await connectAll({ seconds: 4, refreshBefore: 60 });
    const connected = await Promise.all(all.map((person) => person.do('state')));
    for (const person of all) await person.do('token', { token: goodFor(person.name, 8) });
    for (const person of all) {
      const lifetime = await person.waitFor('refreshed');
      assert.ok(lifetime > 0 && lifetime < 8, `${lifetime} s`);
      await person.do('token', { token: goodFor(person.name, 3600) });
    }
    for (const person of all) await person.waitFor('refreshed', (newest) => newest > 3500);
    await end;
    for (const [i, person] of all.entries()) {
      assert.deepEqual(await person.do('state'), connected[i]);
      assert.deepEqual(person.all('reconnecting'), []);
    }
  });

  test('another user and a token that has ended are refused; the connection stays as it was', async () => {
    for (const person of await connectAll({})) {
      for (const [token, status] of [[tokenFor(newUser('mallory')), 403], [expiredToken(person.name), 401]]) {
        await person.do('token', { token });
        await assert.rejects(person.do('refresh'), new RegExp(`HttpRequestException.*${status}`));
      }
      assert.equal(person.all('refreshFailed').length, 2);
      await person.do('token', { token: goodFor(person.name, 3600) });
      assert.ok((await person.do('refresh')) > 3500, 'a good one is taken afterwards');
      assert.equal((await person.do('state')).state, 'Connected');
    }
  });

  test('without a refresh it is told to come back at the end, and does with a new token', async () => {
    const all = await connectAll({ seconds: 3, reconnect: QUICK });
    for (const person of all) await person.do('token', { token: goodFor(person.name, 3600) });
    for (const person of all) {
      await person.waitFor('reconnected');
      assert.deepEqual(person.all('reconnecting'), [null], 'no error');
    }
  });
});

describe('the .NET 11 client, when the server restarts', { skip }, () => {
  for (const stateful of [false, true])
    test(`comes back in every way and is heard${stateful ? ', with stateful reconnect' : ''}`, async () => {
      const all = await connectAll({ reconnect: QUICK, stateful });
      const before = await Promise.all(all.map((person) => person.do('state')));
      assert.equal(await server.stop(), 0);
      await server.start();
      for (const [i, person] of all.entries()) {
        await person.waitFor('reconnected', (id) => id !== before[i].connectionId);
        const conversationId = await directBetween(server, newUser('alice'), person.name);
        assert.ok((await person.do('say', { conversationId, content: 'back' })).messageId);
        await person.do('stop');
      }
    });
});
