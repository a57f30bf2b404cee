// What clients need to keep in step: a sender's own id, quotes, places in the chat list, joins of many, sizes
// of images.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';
import { MISSING, chatRow, directBetween, groupOf, joined, newUser, newUsers, post } from './support/chat.mjs';
import { connect } from './support/client.mjs';
import { restOf } from './support/rest.mjs';
import { startServer } from './support/server.mjs';

let server;
before(async () => {
  server = await startServer();
});
after(() => server.dispose());

const rest = (sub) => restOf(server, sub);
const messagesOf = async (sub, id, query = '?after=0') =>
  (await rest(sub).get(`/messaging/conversations/${id}/messages${query}`)).body.messages;
const send = (client, conversationId, more = {}) =>
  client.invoke('Send', { conversationId, content: 'hello', clientMessageId: randomUUID(), ...more });

for (const [name, protocol] of [['JSON', undefined], ['MessagePack', new MessagePackHubProtocol()]])
  describe(`a sender's own id, by ${name}`, () => {
    test('comes back to its own connections, and to nobody else', async () => {
      const [alice, bob] = newUsers('alice', 'bob');
      const id = await groupOf(server, alice, [bob]);
      const [phone, laptop, other] = await Promise.all([
        joined(server, alice, id, { protocol }), joined(server, alice, id, { protocol }), joined(server, bob, id, { protocol }),
      ]);
      const clientMessageId = randomUUID();
      const { messageId } = await send(phone, id, { clientMessageId });
      const heard = async (client) => (await client.waitFor('MessageReceived', (e) => e.messageId === messageId))[0];
      for (const own of [phone, laptop]) assert.equal((await heard(own)).clientMessageId, clientMessageId);
      assert.ok(!('clientMessageId' in (await heard(other))));
      const [note] = await other.waitFor('NewMessageNotification', (e) => e.messageId === messageId);
      assert.deepEqual(Object.keys(note), ['conversationId', 'senderId', 'preview', 'messageId', 'seq', 'mention']);
      assert.equal(note.seq, (await heard(other)).seq);
      assert.equal(note.mention, false);
      assert.deepEqual(phone.all('NewMessageNotification', (e) => e.messageId === messageId), []);
    });
  });

describe("a sender's own id", () => {
  test('is in pages, CatchUp and the chat list, for the sender alone', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await groupOf(server, alice, [bob]);
    const client = await joined(server, alice, id);
    const other = await joined(server, bob, id);
    const clientMessageId = randomUUID();
    await send(client, id, { clientMessageId });
    const ids = async (sub, by) => [
      (await messagesOf(sub, id))[0],
      (await messagesOf(sub, id, ''))[0],
      (await by.invoke('GetMessages', { conversationId: id })).messages[0],
      (await by.invoke('CatchUp', [{ conversationId: id, afterSeq: 0 }]))[0].events.at(-1).data,
      (await chatRow(server, sub, id)).lastMessage,
    ].map((message) => message.clientMessageId);
    assert.deepEqual(await ids(alice, client), Array(5).fill(clientMessageId));
    assert.deepEqual(await ids(bob, other), Array(5).fill(undefined));
  });

  test('is missing where none was given', async () => {
    const alice = newUser('alice');
    const id = await groupOf(server, alice, [newUser('bob')]);
    const client = await joined(server, alice, id);
    const { messageId } = await client.invoke('Send', { conversationId: id, content: 'hi' });
    const [event] = await client.waitFor('MessageReceived', (e) => e.messageId === messageId);
    assert.ok(!('clientMessageId' in event));
    assert.ok(!('clientMessageId' in (await messagesOf(alice, id))[0]));
  });
});

describe('a reply', () => {
  const scene = async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await groupOf(server, alice, [bob]);
    return { alice, bob, id, client: await joined(server, bob, id) };
  };

  test('shows what it answers, live and in history', async () => {
    const { alice, bob, id, client } = await scene();
    const text = `${'\u{1f600}'.repeat(49)}abcdef`;
    const messageId = await post(server, alice, id, text);
    const sent = await send(client, id, { replyTo: messageId });
    const [first] = await messagesOf(alice, id);
    const quote = {
      messageId, seq: first.seq, senderId: alice, content: `${'\u{1f600}'.repeat(49)}ab`, deleted: false,
    };
    const [event] = await client.waitFor('MessageReceived', (e) => e.messageId === sent.messageId);
    assert.equal(event.replyTo, messageId);
    assert.deepEqual(event.replyToMessage, quote);
    for (const query of ['?after=0', '', `?around=${sent.seq}`])
      assert.deepEqual((await messagesOf(bob, id, query)).at(-1).replyToMessage, quote, query);
    const [caught] = await client.invoke('CatchUp', [{ conversationId: id, afterSeq: 0 }]);
    assert.deepEqual(caught.events.at(-1).data.replyToMessage, quote);
    const plain = await messagesOf(bob, id);
    assert.ok(!('replyToMessage' in plain[0]));
  });

  test('shows it as it is now', async () => {
    const { alice, id, client } = await scene();
    const messageId = await post(server, alice, id, 'first words');
    await send(client, id, { replyTo: messageId });
    const quoted = async () => (await messagesOf(alice, id)).at(-1).replyToMessage;
    await rest(alice).patch(`/messaging/messages/${messageId}`, { content: 'other words' });
    assert.equal((await quoted()).content, 'other words');
    await rest(alice).delete(`/messaging/messages/${messageId}`);
    assert.deepEqual([(await quoted()).content, (await quoted()).deleted], ['', true]);
  });

  test('shows nothing of what was said before its reader came', async () => {
    const { alice, bob, id, client } = await scene();
    const messageId = await post(server, alice, id, 'between us');
    const late = newUser('late');
    await rest(alice).post(`/messaging/conversations/${id}/participants`, { userIds: [late] });
    const newcomer = await joined(server, late, id);
    const sent = await send(client, id, { replyTo: messageId });
    const [event] = await newcomer.waitFor('MessageReceived', (e) => e.messageId === sent.messageId);
    assert.equal(event.replyTo, messageId);
    assert.ok(!('replyToMessage' in event));
    assert.ok(!('replyToMessage' in (await messagesOf(late, id)).at(-1)));
    const [caught] = await newcomer.invoke('CatchUp', [{ conversationId: id, afterSeq: 0 }]);
    assert.ok(!('replyToMessage' in caught.events.at(-1).data));
    assert.equal((await messagesOf(bob, id)).at(-1).replyToMessage.content, 'between us');
  });
});

describe('history around a message', () => {
  test('is asked for by its id', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await groupOf(server, alice, [bob]);
    const ids = [];
    for (let i = 0; i < 9; i++) ids.push(await post(server, alice, id, `message ${i}`));
    const client = await connect(server, bob);
    await client.invoke('MarkRead', id); // what is delivered meanwhile changes nothing any more
    const asked = { conversationId: id, aroundId: ids[4], limit: 4 };
    const { messages, hasMore } = await client.invoke('GetMessages', asked);
    assert.deepEqual(messages.map((m) => m.id), ids.slice(2, 6));
    assert.equal(hasMore, true);
    assert.deepEqual(await messagesOf(bob, id, `?aroundId=${ids[4]}&limit=4`), messages);
    assert.deepEqual(await messagesOf(bob, id, `?around=${messages[2].seq}&limit=4`), messages);
  });

  test('is not found where the message is not', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const [here, there] = [await groupOf(server, alice, [bob]), await groupOf(server, alice, [bob])];
    const elsewhere = await post(server, alice, there, 'elsewhere');
    const early = await post(server, alice, here, 'early');
    const late = newUser('late');
    await rest(alice).post(`/messaging/conversations/${here}/participants`, { userIds: [late] });
    const ask = (sub, aroundId) => rest(sub).get(`/messaging/conversations/${here}/messages?aroundId=${aroundId}`);
    for (const id of [elsewhere, MISSING, 'x', '']) {
      const { status, body } = await ask(bob, id);
      assert.deepEqual([status, body.detail], [404, 'no such message'], id);
    }
    assert.equal((await ask(late, early)).status, 404);
    const both = await rest(bob).get(`/messaging/conversations/${here}/messages?around=1&aroundId=${early}`);
    assert.deepEqual([both.status, both.body.detail], [400, 'give one of before, after, around and aroundId']);
  });
});

describe('changes among messages', () => {
  test('are told when asked for, each once by stretches that follow each other', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await groupOf(server, alice, [bob]);
    const path = `/messaging/conversations/${id}`;
    const people = newUsers('one', 'two', 'three', 'four');
    for (const user of people) {
      await post(server, alice, id, `before ${user}`);
      await rest(alice).post(`${path}/participants`, { userIds: [user] });
    }
    await rest(alice).patch(path, { title: 'renamed' });
    await rest(alice).patch(`${path}/participants/${people[0]}`, { role: 'admin' });
    await rest(alice).delete(`${path}/participants/${people[1]}`);
    const client = await connect(server, alice);
    const [caught] = await client.invoke('CatchUp', [{ conversationId: id, afterSeq: 0 }]);
    const expected = caught.events.filter(({ event }) => event !== 'MessageReceived');
    assert.equal(expected.length, 8);
    const stretch = async (query) => (await rest(alice).get(`${path}/messages?changes=true&limit=1&${query}`)).body;
    const up = [];
    for (let after = 0, more = true; more; ) {
      const { messages, hasMore, changes } = await stretch(`after=${after}`);
      up.push(...changes);
      [after, more] = [messages.at(-1).seq, hasMore];
    }
    assert.deepEqual(up, expected);
    const down = [];
    for (let before, more = true; more; ) {
      const { messages, hasMore, changes } = await stretch(before ? `before=${before}` : '');
      down.unshift(...changes);
      [before, more] = [messages[0].seq, hasMore];
    }
    assert.deepEqual(down, expected);
    const byHub = await client.invoke('GetMessages', { conversationId: id, after: 0, limit: 200, changes: true });
    assert.deepEqual(byHub.changes, expected);
    assert.equal(byHub.changesComplete, true);
    assert.ok(!('changes' in (await client.invoke('GetMessages', { conversationId: id, after: 0 }))));
    const refused = await rest(alice).get(`${path}/messages?changes=yes`);
    assert.deepEqual([refused.status, refused.body.detail], [400, 'changes must be true or false']);
  });

  test('from before one came are not told', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await groupOf(server, alice, [bob]);
    const path = `/messaging/conversations/${id}`;
    await rest(alice).patch(path, { title: 'old title' });
    const late = newUser('late');
    await rest(alice).post(`${path}/participants`, { userIds: [late] });
    await rest(alice).patch(path, { title: 'new title' });
    await post(server, alice, id, 'hello');
    const { body } = await rest(late).get(`${path}/messages?changes=true`);
    assert.deepEqual(body.changes.map(({ data }) => data.title), ['new title']);
  });
});

describe('a row of the chat list', () => {
  test('says how far the conversation, the caller and the other one are', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await directBetween(server, alice, bob);
    const empty = await chatRow(server, alice, id);
    assert.deepEqual(
      [empty.lastSeq, empty.muted, empty.cursors.readSeq], [1, false, empty.readSeq],
    );
    const messageId = await post(server, alice, id, 'one');
    await post(server, alice, id, 'two');
    await rest(alice).patch(`/messaging/messages/${messageId}`, { content: 'changed' });
    await rest(bob).post(`/messaging/conversations/${id}/messages/read`, { upToSeq: 2 });
    const row = await chatRow(server, alice, id);
    assert.deepEqual([row.lastSeq, row.lastMessage.seq], [4, 3]);
    assert.deepEqual(row.cursors, { deliveredSeq: 2, readSeq: 2 });
    assert.equal((await chatRow(server, bob, id)).readSeq, 2);
    assert.ok((await chatRow(server, bob, id)).cursors.readSeq < 2);
  });

  test('of a group has no cursors, and of one who has blocked the caller those of that time', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const group = await groupOf(server, alice, [bob]);
    assert.equal((await chatRow(server, alice, group)).cursors, null);
    const id = await directBetween(server, alice, bob);
    await post(server, alice, id, 'one');
    await rest(bob).post(`/messaging/conversations/${id}/messages/read`, { upToSeq: 2 });
    assert.equal((await chatRow(server, alice, id)).cursors.readSeq, 2);
    await rest(bob).put(`/users/me/blocks/${alice}`);
    await post(server, bob, id, 'no').catch(() => undefined);
    await rest(bob).post(`/messaging/conversations/${id}/messages/read`);
    assert.deepEqual((await chatRow(server, alice, id)).cursors, { deliveredSeq: 2, readSeq: 2 });
  });
});

describe('joining many', () => {
  test('answers each for itself, and what they say is heard', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const mine = [await groupOf(server, alice, [bob]), await groupOf(server, alice, [bob])];
    const others = await groupOf(server, bob, [newUser('carol')]);
    const client = await connect(server, alice);
    const asked = [mine[0], others, MISSING, mine[1]];
    assert.deepEqual(await client.invoke('JoinConversations', asked), [
      { conversationId: mine[0], ok: true },
      { conversationId: others, ok: false, code: 'not_found' },
      { conversationId: MISSING, ok: false, code: 'not_found' },
      { conversationId: mine[1], ok: true },
    ]);
    for (const id of mine) {
      const messageId = await post(server, bob, id, 'heard');
      await client.waitFor('MessageReceived', (e) => e.messageId === messageId);
    }
    assert.deepEqual(await client.invoke('JoinConversations', []), []);
  });

  test('takes at most a hundred, each once', async () => {
    const client = await connect(server, newUser('alice'));
    const hundred = Array.from({ length: 100 }, () => randomUUID());
    assert.equal((await client.invoke('JoinConversations', hundred)).length, 100);
    await assert.rejects(client.invoke('JoinConversations', [...hundred, randomUUID()]), /bad_request.*100/);
    await assert.rejects(client.invoke('JoinConversations', [MISSING, MISSING]), /named twice/);
    await assert.rejects(client.invoke('JoinConversations', [7]), /bad_request/);
  });
});

describe('an image', () => {
  test('goes out with its width and height, wherever it is shown', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await groupOf(server, alice, [bob]);
    const client = await joined(server, bob, id);
    const announce = (more) =>
      rest(alice).post('/messaging/attachments', {
        conversationId: id, fileName: 'a.png', contentType: 'image/png', size: 5, ...more,
      });
    const { attachmentId, uploadUrl } = (await announce({ width: 640, height: 480 })).body;
    await fetch(new URL(uploadUrl, server.url), { method: 'PUT', body: 'hello' });
    const path = `/messaging/conversations/${id}/messages`;
    const { messageId } = (await rest(alice).post(path, { content: '', attachmentIds: [attachmentId] })).body;
    const [event] = await client.waitFor('MessageReceived', (e) => e.messageId === messageId);
    const shown = [event, (await messagesOf(bob, id))[0], (await chatRow(server, bob, id)).lastMessage];
    for (const { attachments } of shown)
      assert.deepEqual([attachments[0].width, attachments[0].height], [640, 480]);
    const plain = (await announce({})).body;
    await fetch(new URL(plain.uploadUrl, server.url), { method: 'PUT', body: 'hello' });
    await rest(alice).post(path, { content: '', attachmentIds: [plain.attachmentId] });
    assert.ok(!('width' in (await messagesOf(bob, id)).at(-1).attachments[0]));
    for (const [more, detail] of [
      [{ width: 640 }, 'give both width and height, or neither'],
      [{ height: 480 }, 'give both width and height, or neither'],
      [{ width: 0, height: 480 }, 'width must be 1 to 32767'],
      [{ width: 640, height: 32_768 }, 'height must be 1 to 32767'],
      [{ width: '640', height: 480 }, 'width must be a whole number of at least 0'],
      [{ width: 1.5, height: 480 }, 'width must be a whole number of at least 0'],
    ]) {
      const refused = await announce(more);
      assert.deepEqual([refused.status, refused.body.detail], [400, detail]);
    }
  });
});
