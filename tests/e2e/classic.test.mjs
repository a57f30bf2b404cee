// The classic dialect: what the first generation of clients calls and hears, over /chathub.
// Proves R-003..R-005, R-008..R-010, R-021, R-024..R-027, C-01, C-02, C-03b, C-05, C-06, Q-22,
// Q-26..Q-29.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  LOBBY,
  chatList,
  directBetween,
  groupOf,
  joined,
  newUser,
  newUsers,
  post,
  wholeHistory,
} from './support/chat.mjs';
import { CLASSIC, MESSAGING, buildConnection, connect } from './support/client.mjs';
import { until } from './support/deadline.mjs';
import { request, restOf } from './support/rest.mjs';
import { startServer } from './support/server.mjs';
import { assertRefused } from './support/shapes.mjs';

let server;
before(async () => (server = await startServer()));
after(() => server.dispose());

const classic = (sub, claims) => connect(server, sub, { path: CLASSIC, claims });
const live = (text) => (_, message) => message === text;
const pending = (client) => client.all('ReceiveMessage', (first) => first === 1);

describe('the lobby', () => {
  test("SendMessage reaches every classic connection, the sender's too, with two arguments", async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const clients = [await classic(alice), await classic(bob), await classic(bob)];
    const text = `hello ${alice}`;
    assert.ok((await clients[0].invoke('SendMessage', 'someone else', text)) == null);
    for (const client of clients) {
      assert.deepEqual(
        await client.waitFor('ReceiveMessage', live(text)),
        [alice, text],
        "the name is the token's, not the caller's choice",
      );
    }
  });

  test('shows the display name of the token (Q-27)', async () => {
    const watcher = await classic(newUser('watcher'));
    const names = [
      [{ name: 'Alice A.', given_name: 'Al' }, 'Alice A.'],
      [{ given_name: 'Bob', family_name: 'Bauer' }, 'Bob Bauer'],
    ];
    for (const [claims, shown] of names) {
      const client = await classic(newUser('named'), claims);
      await client.invoke('SendMessage', 'x', `I am ${shown}`);
      assert.equal((await watcher.waitFor('ReceiveMessage', live(`I am ${shown}`)))[0], shown);
    }
  });

  test('is one conversation for both dialects', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const messaging = await joined(server, bob, LOBBY);
    const client = await classic(alice);
    await client.invoke('SendMessage', alice, 'from the old');
    const [event] = await messaging.waitFor(
      'MessageReceived',
      ({ content }) => content === 'from the old',
    );
    assert.deepEqual([event.conversationId, event.senderId], [LOBBY, alice]);
    await messaging.invoke('Send', { conversationId: LOBBY, content: 'from the new' });
    assert.deepEqual(await client.waitFor('ReceiveMessage', live('from the new')), [
      bob,
      'from the new',
    ]);
    assert.deepEqual(messaging.all('NewMessageNotification'), [], 'the lobby notifies nobody');
  });
});

describe('private messages', () => {
  test('reach all connections of both, and make the conversation', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const clients = [
      await classic(alice),
      await classic(alice),
      await classic(bob),
      await classic(bob),
    ];
    const modern = await connect(server, bob);
    await clients[0].invoke('SendPrivateMessage', bob, 'psst');
    for (const client of clients) {
      assert.deepEqual(await client.waitFor('ReceiveMessage', live('psst')), [alice, 'psst']);
    }
    const [notification] = await modern.waitFor(
      'NewMessageNotification',
      ({ preview }) => preview === 'psst',
    );
    const [row] = await chatList(server, bob);
    assert.equal(row.id, notification.conversationId);
    assert.equal(row.otherParticipantId, alice);
    assert.equal((await wholeHistory(server, alice, row.id))[0].content, 'psst');
  });

  test('reach nobody else', async () => {
    const [alice, bob, eve] = newUsers('alice', 'bob', 'eve');
    const other = await classic(eve);
    const [from, to] = [await classic(alice), await classic(bob)];
    await from.invoke('SendPrivateMessage', bob, 'psst');
    await to.waitFor('ReceiveMessage', live('psst'));
    await from.invoke('SendMessage', alice, 'to all, after');
    await other.waitFor('ReceiveMessage', live('to all, after'));
    assert.deepEqual(other.all('ReceiveMessage', live('psst')), []);
  });
});

describe('groups by name (Q-26)', () => {
  test('a group may have a name of 100 characters of three bytes', async () => {
    const [one, two] = [await classic(newUser('wei')), await classic(newUser('lin'))];
    const name = newUser('').slice(1).padEnd(100, '\u7fa4');
    await one.invoke('JoinGroup', name);
    await two.invoke('JoinGroup', name);
    await one.invoke('SendToGroup', name, 'hello');
    await two.waitFor('ReceiveMessage', live('hello'));
    await assert.rejects(one.invoke('JoinGroup', `${name}\u7fa4`), /bad_request/);
  });

  test('JoinGroup makes or joins one, SendToGroup reaches its members', async () => {
    const name = newUser('room');
    const [one, two, outside] = [
      await classic(newUser('one')),
      await classic(newUser('two')),
      await classic(newUser('outside')),
    ];
    await one.invoke('JoinGroup', name);
    await two.invoke('JoinGroup', name);
    await one.invoke('SendToGroup', name, 'hi room');
    for (const client of [one, two]) {
      assert.deepEqual(await client.waitFor('ReceiveMessage', live('hi room')), [
        one.sub,
        'hi room',
      ]);
    }
    await assert.rejects(
      outside.invoke('SendToGroup', name, 'let me in'),
      /HubException: (not_found|forbidden): /,
    );
    await one.invoke('SendMessage', 'x', 'to all, later');
    await outside.waitFor('ReceiveMessage', live('to all, later'));
    assert.deepEqual(outside.all('ReceiveMessage', live('hi room')), []);
  });

  test('are no way into a group made by CreateConversation', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const title = newUser('title');
    const id = await groupOf(server, alice, [bob], title);
    const eve = await classic(newUser('eve'));
    await eve.invoke('JoinGroup', title);
    await eve.invoke('JoinGroup', id).catch(() => {});
    await assertRefused(eve.invoke('JoinConversation', id), 'JoinConversation', 'not_found');
    assert.ok(!(await chatList(server, eve.sub)).some((row) => row.id === id));
  });

  test('with groups.open off let their members in, and nobody else', async (t) => {
    const own = await startServer();
    t.after(() => own.dispose());
    const [alice, eve] = newUsers('alice', 'eve');
    const open = (sub) => connect(own, sub, { path: CLASSIC });
    const name = newUser('room');
    const before_ = await open(alice);
    await before_.invoke('JoinGroup', name);
    await before_.stop();
    await own.stop();
    own.settings['groups.open'] = false;
    await own.start();
    const [member, stranger] = [await open(alice), await open(eve)];
    await member.invoke('JoinGroup', name);
    await member.invoke('SendToGroup', name, 'still here');
    await member.waitFor('ReceiveMessage', live('still here'));
    const refusals = [name, newUser('missing'), ''].map((group) =>
      stranger.invoke('JoinGroup', group).catch(({ message }) => message),
    );
    const [there, ...others] = await Promise.all(refusals);
    assert.match(there, /HubException: forbidden: /);
    for (const other of others) assert.equal(other, there, 'a name tells nothing');
    await assertRefused(stranger.invoke('SendToGroup', name, 'x'), 'SendToGroup', 'not_found');
  });
});

/// Waits for `times` more runs of the job that marks messages delivered.
async function untilSwept(on, times) {
  const runs = async () => {
    const { body } = await request(on, 'GET', '/metrics');
    const line = 'parley_job_runs_total{job="mark-messages-delivered",result="success"} ';
    return Number(body.slice(body.indexOf(line) + line.length).split('\n')[0]);
  };
  const enough = (await runs()) + times;
  await until(async () => (await runs()) >= enough, 'the sweeper has run');
}

describe('RegisterUser', () => {
  test('delivers what waited, oldest first, with three arguments, exactly once (R-010, Q-28)', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await directBetween(server, alice, bob);
    const texts = ['one', 'two', 'three'];
    for (const text of texts) await post(server, alice, id, text);
    const gone = await post(server, alice, id, 'deleted');
    await restOf(server, alice).delete(`/messaging/messages/${gone}`);
    const client = await classic(bob);
    await client.waitFor('Notify');
    assert.deepEqual(pending(client), [], 'opening the connection delivers nothing');
    assert.ok((await client.invoke('RegisterUser', bob)) == null);
    await client.waitForCount('ReceiveMessage', texts.length, (first) => first === 1);
    assert.deepEqual(
      pending(client),
      texts.map((text) => [1, text, 'Sent']),
    );
    const again = await classic(bob);
    await again.invoke('RegisterUser', bob);
    await again.invoke('SendMessage', 'x', `fence of ${bob}`);
    await again.waitFor('ReceiveMessage', live(`fence of ${bob}`));
    assert.deepEqual(pending(again), []);
  });

  test('delivers what waited though something came live before it was called, each once', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await directBetween(server, alice, bob);
    await post(server, alice, id, 'waited');
    const client = await classic(bob);
    const sender = await connect(server, alice);
    await post(server, alice, id, 'live');
    await client.waitFor('ReceiveMessage', live('live'));
    // A second conversation, where nothing waited, tells when receipts have been sent.
    const other = newUser('other');
    const quiet = await directBetween(server, other, bob);
    const watcher = await connect(server, other);
    await post(server, other, quiet, 'fresh');
    await watcher.waitFor('MessagesDelivered', ({ deliveredBy }) => deliveredBy === bob);
    assert.deepEqual(sender.all('MessagesDelivered'), []);
    await client.invoke('RegisterUser', bob);
    assert.deepEqual(pending(client), [[1, 'waited', 'Sent']]);
    await sender.waitFor('MessagesDelivered', ({ deliveredBy, upToSeq }) => {
      return deliveredBy === bob && upToSeq === 3;
    });
    await post(server, alice, id, 'after');
    await sender.waitFor('MessagesDelivered', ({ upToSeq }) => upToSeq === 4);
  });

  test('delivers what waited though the sweeper ran before it was called', async (t) => {
    const own = await startServer({ 'chat.sweep_interval_ms': 100 });
    t.after(() => own.dispose());
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await directBetween(own, alice, bob);
    await post(own, alice, id, 'waited');
    const client = await connect(own, bob, { path: CLASSIC });
    await client.waitFor('Notify');
    await untilSwept(own, 3);
    await client.invoke('RegisterUser', bob);
    assert.deepEqual(pending(client), [[1, 'waited', 'Sent']]);
  });

  test('delivers what a group said that was not joined', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const client = await classic(bob);
    await client.invoke('RegisterUser', bob);
    const id = await groupOf(server, alice, [bob]);
    const watcher = await connect(server, alice);
    await post(server, alice, id, 'unheard');
    const direct = await directBetween(server, alice, bob);
    await post(server, alice, direct, 'heard');
    await client.waitFor('ReceiveMessage', live('heard'));
    await watcher.waitFor('MessagesDelivered', ({ conversationId }) => conversationId === direct);
    await client.invoke('RegisterUser', bob);
    assert.deepEqual(pending(client), [[1, 'unheard', 'Sent']]);
  });

  test("never delivers what was said in the lobby, nor one's own messages", async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await directBetween(server, alice, bob);
    await post(server, bob, id, 'my own');
    const speaker = await classic(alice);
    await speaker.invoke('SendMessage', 'x', 'in the lobby');
    const client = await classic(bob);
    await client.invoke('RegisterUser', bob);
    await client.invoke('SendMessage', 'x', `fence of ${bob}`);
    await client.waitFor('ReceiveMessage', live(`fence of ${bob}`));
    assert.deepEqual(pending(client), []);
  });

  test('takes the display name or the sub, and no other name (Q-27)', async () => {
    const alice = newUser('alice');
    const client = await classic(alice, { name: 'Alice A.' });
    await client.invoke('RegisterUser', 'Alice A.');
    await client.invoke('RegisterUser', alice);
    for (const name of ['bob', 'alice a.', '', alice.toUpperCase()]) {
      await assertRefused(client.invoke('RegisterUser', name), 'RegisterUser', 'forbidden');
    }
  });
});

test('the query chooses the dialect over the path (C-01)', async () => {
  const client = await connect(server, newUser('alice'), { path: `${MESSAGING}?dialect=classic` });
  assert.deepEqual(await client.waitFor('Notify'), ['Welcome to the chat!']);
});

describe('guests', () => {
  let open;
  before(async () => (open = await startServer({ 'auth.anonymous': true })));
  after(() => open.dispose());

  test('come in without a token by /chathub only, and choose a name', async () => {
    const zoe = await connect(open, 'guest', { path: CLASSIC, token: '' });
    await zoe.invoke('RegisterUser', 'Zoe');
    await zoe.invoke('SendMessage', 'Zoe', 'hello');
    assert.match((await zoe.waitFor('ReceiveMessage', live('hello')))[0], /Zoe/);
    await assert.rejects(
      buildConnection(open, 'guest', { path: MESSAGING, token: '' }).start(),
      /401/,
    );
  });

  test('cannot take a name that is in use', async () => {
    const name = newUser('Max');
    const first = await connect(open, 'guest', { path: CLASSIC, token: '' });
    const second = await connect(open, 'guest', { path: CLASSIC, token: '' });
    await first.invoke('RegisterUser', name);
    await assert.rejects(second.invoke('RegisterUser', name), /HubException: /);
  });

  test('have one name at a time: with a new one the old one is free', async () => {
    const [name, next] = [newUser('Max'), newUser('Moritz')];
    const first = await connect(open, 'guest', { path: CLASSIC, token: '' });
    const second = await connect(open, 'guest', { path: CLASSIC, token: '' });
    await first.invoke('RegisterUser', name);
    await first.invoke('RegisterUser', next);
    await second.invoke('RegisterUser', name);
    await assert.rejects(second.invoke('RegisterUser', next), /HubException: conflict/);
  });
});
