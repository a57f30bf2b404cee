// Files that go out with messages: announced, named, shown, refused, removed.
// Proves for attachments.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import {
  LOBBY,
  MISSING,
  chatRow,
  directBetween,
  groupOf,
  joined,
  messagesRoute,
  newUsers,
  oneMessage,
  say,
  wholeHistory,
} from './support/chat.mjs';
import { CLASSIC, connect } from './support/client.mjs';
import { until } from './support/deadline.mjs';
import {
  announce,
  announced,
  downloaded,
  fileOf,
  put,
  sendFiles,
  shared,
  uploaded,
} from './support/files.mjs';
import { request, restOf } from './support/rest.mjs';
import { startServer } from './support/server.mjs';
import { GUID, assertKeys, assertProblem, assertRefused, assertShape } from './support/shapes.mjs';

let server;
before(async () => {
  server = await startServer();
});
after(() => server.dispose());

test('what one connection sends keeps its order, with files, replies and repeats in it', async () => {
  const [alice, bob] = newUsers('alice', 'bob');
  const id = await directBetween(server, alice, bob);
  const client = await joined(server, alice, id);
  const { messageId: question } = await say(client, id, 'question');
  const expected = ['question'];
  const sends = [];
  const send = (content, more) => {
    expected.push(content);
    sends.push(client.invoke('Send', { conversationId: id, content, ...more }));
  };
  for (let round = 0; round < 10; ++round) {
    const attachmentId = await uploaded(server, alice, id, randomBytes(100));
    send(`photo ${round}`, { attachmentIds: [attachmentId], clientMessageId: `photo-${round}` });
    send(`plain ${round}`);
    send(`reply ${round}`, { replyTo: question });
    send(`plain again ${round}`);
    sends.push(
      client.invoke('Send', {
        conversationId: id,
        content: `photo ${round}`,
        attachmentIds: [attachmentId],
        clientMessageId: `photo-${round}`,
      }),
    );
    send(`last ${round}`);
  }
  await Promise.all(sends);
  const stored = await wholeHistory(server, bob, id);
  assert.deepEqual(
    stored.map(({ content }) => content),
    expected,
  );
});

describe('a message with files', () => {
  test('shows them wherever it is shown, and members get the bytes', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await directBetween(server, alice, bob);
    const [sender, receiver] = [
      await joined(server, alice, id),
      await joined(server, bob, id),
    ];
    const picture = randomBytes(300_000);
    const ids = [
      await uploaded(server, alice, id, picture, { name: 'café "1".png', type: 'image/png' }),
      await uploaded(server, alice, id, Buffer.from('hello'), { name: 'a.txt', type: 'text/plain' }),
    ];
    const ack = await say(sender, id, 'look', { attachmentIds: ids });
    assertShape(ack, 'ack');
    const expected = [
      { id: ids[0], fileName: 'café "1".png', contentType: 'image/png', size: 300_000 },
      { id: ids[1], fileName: 'a.txt', contentType: 'text/plain', size: 5 },
    ];
    const check = async (message) => {
      assert.deepEqual(
        message.attachments.map(({ url, ...rest }) => rest),
        expected,
      );
      assert.deepEqual(await downloaded(server, message.attachments[0].url), picture);
      assert.equal(String(await downloaded(server, message.attachments[1].url)), 'hello');
    };
    const isIt = ({ messageId }) => messageId === ack.messageId;
    const [event] = await receiver.waitFor('MessageReceived', isIt);
    assertShape(event, 'MessageReceived');
    await check(event);
    await check((await sender.waitFor('MessageReceived', isIt))[0]);
    await check(await oneMessage(server, bob, id, ack.messageId));
    await check((await wholeHistory(server, bob, id)).at(-1));
    await check((await chatRow(server, bob, id)).lastMessage);
    const { messages } = await receiver.invoke('GetMessages', { conversationId: id });
    await check(messages.at(-1));
    const [{ events }] = await receiver.invoke('CatchUp', [{ conversationId: id, afterSeq: 0 }]);
    await check(events.at(-1).data);
  });

  test('needs no text, and reaches classic clients as text alone', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await directBetween(server, alice, bob);
    const old = await connect(server, bob, { path: CLASSIC });
    const ids = [await uploaded(server, alice, id, Buffer.from('x'))];
    assert.equal((await sendFiles(server, alice, id, ids, { content: 'with a file' })).status, 200);
    assert.deepEqual(await old.waitFor('ReceiveMessage'), [alice, 'with a file']);
    const more = [await uploaded(server, alice, id, Buffer.from('y'))];
    assert.equal((await sendFiles(server, alice, id, more)).status, 200);
    assertProblem(await sendFiles(server, alice, id, []), 400, 'bad_request');
  });

  test('can lose its text but not its files in an edit, and shows none once deleted', async () => {
    const { alice, bob, id, message, url } = await shared(server);
    const rest = restOf(server, alice);
    const edited = await rest.patch(`/messaging/messages/${message.id}`, { content: '' });
    assert.equal(edited.status, 200);
    assert.equal((await oneMessage(server, bob, id, message.id)).attachments.length, 1);
    assert.equal((await rest.delete(`/messaging/messages/${message.id}`)).status, 200);
    assert.equal((await oneMessage(server, bob, id, message.id)).attachments, undefined);
    assert.equal((await fetch(server.url + url)).status, 200, 'a link lives until it expires');
  });

  test('is answered the same when it is sent again, and is another with other files', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await directBetween(server, alice, bob);
    const ids = [
      await uploaded(server, alice, id, Buffer.from('1')),
      await uploaded(server, alice, id, Buffer.from('2')),
    ];
    const key = { clientMessageId: 'k' };
    const first = await sendFiles(server, alice, id, [ids[0]], key);
    assert.equal(first.status, 200);
    assert.deepEqual((await sendFiles(server, alice, id, [ids[0]], key)).body, first.body);
    assertProblem(await sendFiles(server, alice, id, [ids[1]], key), 409, 'id_conflict');
    assertProblem(await sendFiles(server, alice, id, [], { ...key, content: 'x' }), 409, 'id_conflict');
    assert.equal((await sendFiles(server, alice, id, [ids[1]])).status, 200, 'a refused send loses no file');
    assert.equal((await wholeHistory(server, bob, id)).length, 2);
  });

  test('is stored once when it is sent several times at once', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await directBetween(server, alice, bob);
    const ids = [await uploaded(server, alice, id, Buffer.from('1'))];
    const again = () => sendFiles(server, alice, id, ids, { clientMessageId: 'k' });
    const answers = await Promise.all([1, 2, 3, 4, 5, 6].map(again));
    for (const { status, body } of answers) {
      assert.equal(status, 200, JSON.stringify(body));
      assert.deepEqual(body, answers[0].body);
    }
    assert.equal((await wholeHistory(server, bob, id)).length, 1);
  });

  test('reaches the lobby like any other', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const receiver = await joined(server, bob, LOBBY);
    const ids = [await uploaded(server, alice, LOBBY, Buffer.from('lobby'))];
    const { body } = await sendFiles(server, alice, LOBBY, ids);
    const isIt = ({ messageId }) => messageId === body.messageId;
    const [event] = await receiver.waitFor('MessageReceived', isIt);
    assert.equal(String(await downloaded(server, event.attachments[0].url)), 'lobby');
  });
});

describe('announcing', () => {
  test('answers an id and a URL', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await directBetween(server, alice, bob);
    const made = await announced(server, alice, id, { name: 'a', size: 0 });
    assertKeys(made, ['attachmentId', 'uploadUrl']);
    assert.match(made.attachmentId, GUID);
    assert.ok(made.uploadUrl.startsWith(`/messaging/attachments/${made.attachmentId}?`));
    assert.equal((await put(server, made.uploadUrl, '')).status, 200, 'an empty file is one');
  });

  test('is for members: a stranger hears what a missing conversation says', async () => {
    const [alice, bob, mallory] = newUsers('alice', 'bob', 'mallory');
    const id = await directBetween(server, alice, bob);
    const file = { name: 'a', size: 1 };
    const answers = [
      await announce(server, mallory, id, file),
      await announce(server, mallory, MISSING, file),
      await announce(server, mallory, 'no id', file),
    ];
    for (const answer of answers) {
      assertProblem(answer, 404, 'not_found');
      assert.deepEqual(answer.body, answers[1].body);
    }
    const anonymous = await request(server, 'POST', '/messaging/attachments', { body: {} });
    assert.equal(anonymous.status, 401);
  });

  test('refuses what is no file', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await directBetween(server, alice, bob);
    const good = { conversationId: id, fileName: 'a', contentType: 'text/plain', size: 1 };
    for (const [change, status, code] of [
      [{ fileName: '' }, 400, 'bad_request'],
      [{ fileName: 'x'.repeat(256) }, 400, 'bad_request'],
      [{ fileName: 'a\r\nb' }, 400, 'bad_request'],
      [{ fileName: 'a\0b' }, 400, 'bad_request'],
      [{ fileName: null }, 400, 'bad_request'],
      [{ contentType: 'png' }, 400, 'bad_request'],
      [{ contentType: 'text/html\r\nx: y' }, 400, 'bad_request'],
      [{ size: -1 }, 400, 'bad_request'],
      [{ size: 1.5 }, 400, 'bad_request'],
      [{ size: null }, 400, 'bad_request'],
      [{ size: 25 * 1024 * 1024 + 1 }, 422, 'limit'],
    ]) {
      const body = { ...good, ...change };
      const answer = await restOf(server, alice).post('/messaging/attachments', body);
      assertProblem(answer, status, code);
    }
  });
});

describe('naming a file in a message', () => {
  test('is for its uploader, in its conversation, once, when it is complete', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await directBetween(server, alice, bob);
    const group = await groupOf(server, alice, [bob]);
    const file = await uploaded(server, alice, id, Buffer.from('x'));
    const { attachmentId: empty } = await announced(server, alice, id, { name: 'a', size: 5 });
    assertProblem(await sendFiles(server, bob, id, [file]), 404, 'not_found');
    assertProblem(await sendFiles(server, alice, group, [file]), 404, 'not_found');
    assertProblem(await sendFiles(server, alice, id, [MISSING]), 404, 'not_found');
    assertProblem(await sendFiles(server, alice, id, [file, MISSING]), 404, 'not_found');
    assertProblem(await sendFiles(server, alice, id, [empty]), 409, 'conflict');
    assertProblem(await sendFiles(server, alice, id, [file, file]), 400, 'bad_request');
    assertProblem(await sendFiles(server, alice, id, ['x']), 400, 'bad_request');
    assert.equal((await sendFiles(server, alice, id, [file])).status, 200);
    assertProblem(await sendFiles(server, alice, id, [file]), 409, 'conflict');
    const client = await connect(server, alice);
    await assertRefused(say(client, id, 'x', { attachmentIds: [file] }), 'Send', 'conflict');
  });

  test('wins once when two messages race for it', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await directBetween(server, alice, bob);
    const file = await uploaded(server, alice, id, Buffer.from('x'));
    const answers = await Promise.all([1, 2, 3, 4].map(() => sendFiles(server, alice, id, [file])));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409, 409, 409]);
    assert.equal((await wholeHistory(server, bob, id)).length, 1);
  });

  test('takes ten, not eleven', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await directBetween(server, alice, bob);
    const ids = [];
    for (let i = 0; i < 11; ++i) ids.push(await uploaded(server, alice, id, Buffer.from('x')));
    assertProblem(await sendFiles(server, alice, id, ids), 422, 'limit');
    const { status, body } = await sendFiles(server, alice, id, ids.slice(1));
    assert.equal(status, 200);
    const { attachments } = await oneMessage(server, bob, id, body.messageId);
    assert.deepEqual(
      attachments.map(({ id: one }) => one),
      ids.slice(1),
    );
  });

  test('is over for who was removed, and so is getting a link', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await groupOf(server, alice, [bob]);
    const file = await uploaded(server, bob, id, Buffer.from('x'));
    const participants = `/messaging/conversations/${id}/participants`;
    assert.equal((await restOf(server, alice).delete(`${participants}/${bob}`)).status, 200);
    assertProblem(await sendFiles(server, bob, id, [file]), 404, 'not_found');
    assertProblem(await announce(server, bob, id, { name: 'a', size: 1 }), 404, 'not_found');
    assertProblem(await restOf(server, bob).get(messagesRoute(id)), 404, 'not_found');
  });
});

test('files that no message names are removed, the others stay', async () => {
  const brief = await startServer({
    'attachments.keep_unused_s': 1,
    'attachments.sweep_interval_ms': 100,
    'storage.give_up_ms': 100,
  });
  try {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await directBetween(brief, alice, bob);
    const used = await uploaded(brief, alice, id, Buffer.from('used'));
    const rest = restOf(brief, alice);
    const sent = await rest.post(messagesRoute(id), { content: '', attachmentIds: [used] });
    assert.equal(sent.status, 200);
    const unused = await uploaded(brief, alice, id, Buffer.from('unused'));
    await until(() => !existsSync(fileOf(brief, unused)), 'the unused file is gone');
    assert.ok(existsSync(fileOf(brief, used)));
    const late = await rest.post(messagesRoute(id), { content: '', attachmentIds: [unused] });
    assertProblem(late, 404, 'not_found');
    const counted = 'parley_job_found_total{job="remove-unused-attachments"} 1\n';
    const isCounted = async () =>
      (await request(brief, 'GET', '/metrics')).body.includes(counted);
    await until(isCounted, 'the job has counted it');
  } finally {
    await brief.dispose();
  }
});
