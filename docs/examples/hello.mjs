// Two people chat: node hello.mjs [http://127.0.0.1:8080]
// Needs a running Parley (make run) and `npm ci` beside this file; `make hello` does both, and brings
// a Node if there is none.
import { HubConnectionBuilder, LogLevel } from '@microsoft/signalr';

const base = process.argv[2] ?? 'http://127.0.0.1:8080';
const suffix = Date.now().toString(36);

/// A server that has had enough says for how long, in milliseconds.
async function post(path, body) {
  const headers = { 'content-type': 'application/json' };
  for (;;) {
    const answer = await fetch(base + path, { method: 'POST', headers, body: JSON.stringify(body) });
    const result = await answer.json();
    if (answer.ok) return result;
    if (answer.status !== 429) throw new Error(`${path}: ${answer.status} ${result.detail}`);
    console.log(`(signing in is limited: waiting ${Math.ceil(result.retryAfterMs / 1000)} s)`);
    await new Promise((passed) => setTimeout(passed, result.retryAfterMs));
  }
}

async function person(name) {
  const account = { userName: `${name}-${suffix}`, password: 'correct horse' };
  await post('/auth/register', { ...account, firstName: name });
  const { accessToken, userId } = await post('/auth/token', account);
  const hub = new HubConnectionBuilder()
    .withUrl(`${base}/hubs/chat`, { accessTokenFactory: () => accessToken })
    .withAutomaticReconnect()
    .configureLogging(LogLevel.Error)
    .build();
  await hub.start();
  return { userId, hub, hears: (event) => new Promise((heard) => hub.on(event, heard)) };
}

async function chat() {
  const ada = await person('ada');
  const ben = await person('ben');
  const { conversationId } = await ada.hub.invoke('CreateConversation', {
    type: 'Direct',
    participantIds: [ben.userId],
  });
  await ada.hub.invoke('JoinConversation', conversationId);
  await ben.hub.invoke('JoinConversation', conversationId);

  const events = [
    ada.hears('MessageReceived'),
    ben.hears('MessageReceived'),
    ben.hears('NewMessageNotification'),
  ];
  const message = { conversationId, content: 'Hello, Ben!', clientMessageId: 'hello-1' };
  const ack = await ada.hub.invoke('Send', message);
  const [atAda, atBen, note] = await Promise.all(events);
  console.log(`ada sees #${atAda.seq}: ${atAda.content}`);
  console.log(`ben sees #${atBen.seq}: ${atBen.content}`);
  console.log(`ben is notified: ${note.preview}`);
  console.log('ada knows it is stored:', ack);
  const again = await ada.hub.invoke('Send', message);
  console.log('sent again, same answer:', again.messageId === ack.messageId);

  const [row] = await ben.hub.invoke('GetConversations');
  console.log(`ben has ${row.unreadCount} unread from ${row.otherParticipantFirstName}`);
  await ben.hub.invoke('MarkRead', conversationId);
  console.log('and now', (await ben.hub.invoke('GetConversations'))[0].unreadCount);
  await Promise.all([ada.hub.stop(), ben.hub.stop()]);
}

chat().catch((error) => {
  console.error(`${base}: ${error.cause?.code ?? error.message}`);
  process.exit(1);
});
