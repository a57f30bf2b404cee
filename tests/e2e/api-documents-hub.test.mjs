// The AsyncAPI document is true of a running server: every hub method and event is driven once; a new
// one that is documented and not driven here fails by its name.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { LOBBY, MISSING, newUser, newUsers } from './support/chat.mjs';
import { CLASSIC, connect } from './support/client.mjs';
import { Documents } from './support/documents.mjs';
import { restOf } from './support/rest.mjs';
import { startServer } from './support/server.mjs';

let server;
let documents;
before(async () => {
  server = await startServer();
  documents = await Documents.of(server);
});
after(() => server.dispose());

const open = (sub, path) =>
  connect(server, sub, { path, tune: (connection) => documents.listen(connection) });

describe('the hub answers and tells as documented', () => {
  test('messages and receipts', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const [one, other] = [await open(alice), await open(bob)];
    const call = (...args) => documents.invoke(one, ...args);
    const { conversationId } = await call('CreateConversation', {
      type: 'Direct',
      participantIds: [bob],
    });
    await call('JoinConversation', conversationId);
    await documents.invoke(other, 'JoinConversation', conversationId);
    const sent = await call('Send', { conversationId, content: 'hello', clientMessageId: 'a' });
    await other.waitFor('MessageReceived');
    await other.waitFor('NewMessageNotification');
    await one.waitFor('MessagesDelivered');
    await documents.invoke(other, 'Send', {
      conversationId,
      content: 'hi',
      replyTo: sent.messageId,
    });
    await documents.invoke(other, 'MarkDelivered', conversationId);
    await documents.invoke(other, 'MarkRead', conversationId, sent.seq);
    await one.waitFor('MessagesRead');
    await call('EditMessage', sent.messageId, 'hello!');
    await other.waitFor('MessageEdited');
    await call('DeleteMessage', sent.messageId);
    await other.waitFor('MessageDeleted');
    await call('StartTyping', conversationId);
    await other.waitFor('UserTyping');
    await call('StopTyping', conversationId);
    await other.waitFor('UserStoppedTyping');
    assert.equal((await call('GetMessages', { conversationId, limit: 1 })).hasMore, true);
    assert.equal((await call('GetParticipants', { conversationId })).next, null);
    assert.deepEqual(await call('JoinConversations', [conversationId]), [{ conversationId, ok: true }]);
    const streamed = await documents.stream(one, 'StreamHistory', { conversationId });
    assert.equal(streamed.length, 2);
    assert.equal((await call('GetConversations')).length, 1);
    assert.equal((await call('GetConversations', { limit: 1 })).length, 1);
    const [caught] = await call('CatchUp', [{ conversationId, afterSeq: 0 }]);
    assert.equal(caught.lastSeq, caught.events.at(-1).seq);
    await call('LeaveConversation', conversationId);
  });

  test('people come and go', async () => {
    const [alice, bob, carol] = newUsers('alice', 'bob', 'carol');
    const one = await open(alice);
    const call = (...args) => documents.invoke(one, ...args);
    const { conversationId } = await call('CreateConversation', {
      type: 'Group',
      participantIds: [bob],
      title: null,
    });
    await one.waitFor('ConversationCreated');
    const other = await open(bob);
    await one.waitFor('UserOnline', (user) => user === bob);
    await call('GetPresence', [bob, carol]);
    await call('AddParticipants', conversationId, [carol]);
    await other.waitFor('ParticipantsAdded');
    await call('SetRole', conversationId, carol, 'admin');
    await other.waitFor('RoleChanged', ({ userId, role }) => userId === carol && role === 'admin');
    await call('RemoveParticipant', conversationId, carol);
    await other.waitFor('ParticipantRemoved', ({ userId }) => userId === carol);
    await restOf(server, alice).patch(`/messaging/conversations/${conversationId}`, {
      title: 'named',
    });
    await other.waitFor('TitleChanged');
    await call('Leave', conversationId);
    await other.waitFor('RoleChanged', ({ userId, role }) => userId === bob && role === 'owner');
    const [caught] = await documents.invoke(other, 'CatchUp', [{ conversationId, afterSeq: 0 }]);
    assert.equal(caught.events.length, caught.lastSeq, 'every kind of entry is in it');
    const { conversationId: another } = await call('CreateConversation', {
      type: 'Direct',
      participantIds: [bob],
    });
    await other.waitFor('ConversationCreated', (made) => made.conversationId === another);
    await other.stop();
    await one.waitFor('UserOffline', (user) => user === bob);
  });

  test('older clients', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const one = await open(alice, CLASSIC);
    await one.waitFor('Notify');
    const call = (...args) => documents.invoke(one, ...args);
    await call('SendPrivateMessage', bob, 'for later');
    const other = await open(bob, CLASSIC);
    await documents.invoke(other, 'RegisterUser', bob);
    assert.deepEqual(await other.waitFor('ReceiveMessage', (first) => first === 1), [
      1,
      'for later',
      'Sent',
    ]);
    const group = newUser('group');
    await call('JoinGroup', group);
    await call('SendToGroup', group, 'to the group');
    await call('SendMessage', alice, 'to all');
    await other.waitFor('ReceiveMessage', (_, text) => text === 'to all');
  });

  test('a refusal names a documented code', async () => {
    const client = await open(newUser('ada'));
    const { enum: codes } = documents.rest.components.schemas.ErrorCode;
    const refused = client.invoke('JoinConversation', MISSING);
    await assert.rejects(refused, ({ message }) =>
      codes.includes(/HubException: (\w+): ./.exec(message)?.[1]),
    );
    await documents.invoke(client, 'JoinConversation', LOBBY);
  });

  test('nothing is documented that was not called or heard here', () => {
    const left = (action, seen) => documents.hubNames(action).filter((name) => !seen.has(name));
    assert.deepEqual(left('receive', documents.invoked), []);
    assert.deepEqual(left('send', documents.heard), []);
  });

  test('no event had another shape', () => assert.deepEqual(documents.problems, []));
});
