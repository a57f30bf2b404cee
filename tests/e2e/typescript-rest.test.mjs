// The REST half of the TypeScript client, against the server.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { newUsers } from './support/chat.mjs';
import { until } from './support/deadline.mjs';
import { startServer } from './support/server.mjs';
import { tokenFor } from './support/tokens.mjs';
import { clientModule } from './support/typescript.mjs';

let server;
let sdk;
before(async () => {
  sdk = await clientModule();
  server = await startServer();
});
after(() => server.dispose());

/// @returns the ids of the messages, in the order of their answers
async function sendAs(sub, drafts) {
  const ids = [];
  const { url } = server;
  const onAck = (_, { messageId }) => ids.push(messageId);
  const chat = new sdk.ChatService({ url, token: () => tokenFor(sub), onAck });
  for (const draft of drafts) await chat.send(draft);
  chat.connect();
  await until(() => ids.length === drafts.length, 'all are answered');
  await chat.disconnect();
  return ids;
}

const restOf = (sub, claims) => new sdk.Rest(server.url, () => tokenFor(sub, claims));

test('people: who one is, who is found, who is blocked', async () => {
  const [ann, ben] = newUsers('ann', 'ben');
  const mine = restOf(ann);
  await restOf(ben, { name: `Benedikt ${ben}` }).me();
  await mine.createConversation({ type: 'Direct', participantIds: [ben] }); // found are contacts
  assert.equal((await mine.changeMe({ firstName: 'Ann' })).firstName, 'Ann');
  assert.deepEqual(await mine.me(), await mine.changeMe({}));
  assert.deepEqual(
    (await mine.findPeople(`Benedikt ${ben}`)).map(({ userId }) => userId),
    [ben],
  );
  await mine.block(ben);
  assert.deepEqual(
    (await mine.blocks()).map(({ userId }) => userId),
    [ben],
  );
  await mine.unblock(ben);
  assert.deepEqual(await mine.blocks(), []);
});

test('conversations and their history by stretches that join without a gap', async () => {
  const [ann, ben] = newUsers('ann', 'ben');
  const mine = restOf(ann);
  const { conversationId } = await mine.createConversation({
    type: 'Direct',
    participantIds: [ben],
  });
  const drafts = Array.from({ length: 7 }, (_, at) => ({ conversationId, content: `${at}` }));
  const ids = await sendAs(ann, drafts);
  let timeline = sdk.Timeline.empty;
  for (let before; ; before = timeline.segments[0].from) {
    const asked = { conversationId, limit: 3, ...(before !== undefined && { before }) };
    const stretch = await mine.messages(asked);
    timeline = timeline.withPage(sdk.stretchOf(asked, stretch));
    if (!stretch.hasMore) break;
  }
  assert.deepEqual(
    timeline.rows.map(({ messageId }) => messageId),
    ids,
  );
  assert.equal(timeline.segments.length, 1);
  const [row] = await mine.conversations({ limit: 1 });
  assert.deepEqual([row.id, row.lastMessage.id], [conversationId, ids.at(-1)]);
});

test('a file is announced, uploaded and named in a message', async () => {
  const [ann, ben] = newUsers('ann', 'ben');
  const mine = restOf(ann);
  const { conversationId } = await mine.createConversation({
    type: 'Direct',
    participantIds: [ben],
  });
  const file = new File(['some bytes'], 'note.txt', { type: 'text/plain' });
  const attachmentId = await mine.upload(conversationId, file);
  await sendAs(ann, [{ conversationId, content: '', attachmentIds: [attachmentId] }]);
  const { messages } = await restOf(ben).messages({ conversationId });
  const [{ fileName, contentType, size, url }] = messages[0].attachments;
  assert.deepEqual([fileName, contentType, size], ['note.txt', 'text/plain', 10]);
  assert.equal(await (await fetch(new URL(url, server.url))).text(), 'some bytes');
});

test('people come in by an invite, and are listed', async () => {
  const [ann, ben] = newUsers('ann', 'ben');
  const [mine, theirs] = [restOf(ann), restOf(ben)];
  const { conversationId } = await mine.createConversation({ type: 'Group', participantIds: [], title: 'team' });
  const { code, usesLeft } = await mine.makeInvite(conversationId, { maxUses: 2 });
  assert.equal(usesLeft, 2);
  const stranger = new sdk.Rest(server.url, () => 'no token');
  assert.deepEqual(await stranger.lookAtInvite(code), { title: 'team', memberCount: 1, invitedBy: null });
  assert.deepEqual(await theirs.joinByInvite(code), { conversationId });
  assert.equal((await mine.invites(conversationId))[0].usesLeft, 1);
  await mine.revokeInvite(conversationId, code);
  await assert.rejects(stranger.lookAtInvite(code), { code: 'not_found', status: 404 });
  const first = await mine.members({ conversationId, limit: 1 });
  const second = await mine.members({ conversationId, limit: 1, after: first.next });
  assert.deepEqual([...first.participants, ...second.participants].map(({ userId }) => userId), [ann, ben]);
  assert.equal(second.next, null);
  assert.deepEqual((await mine.people([ben, 'nobody'])).map(({ userId }) => userId), [ben]);
  assert.equal(await mine.findByUserName('nobody-has-this'), undefined);
  assert.deepEqual(await mine.sessions(), []);
  assert.equal((await stranger.config()).title, 'Parley');
});

test('refusals are told by their code', async () => {
  const mine = restOf(newUsers('ann')[0]);
  const conversationId = '0190f000-0000-7000-8000-00000000dead';
  await assert.rejects(mine.messages({ conversationId }), { code: 'not_found', status: 404 });
  await assert.rejects(mine.findPeople(''), { code: 'bad_request', status: 400 });
  const stranger = new sdk.Rest(server.url, () => 'no token');
  await assert.rejects(stranger.me(), { code: 'unauthenticated', status: 401 });
});
