// Two people chat: node hello.mjs [http://127.0.0.1:8080]
// Needs a running Parley (make run) and `npm install @microsoft/signalr` beside this file.
import { HubConnectionBuilder, LogLevel } from '@microsoft/signalr';

const base = process.argv[2] ?? 'http://127.0.0.1:8080';
const suffix = Date.now().toString(36);

async function post(path, body, token) {
  const headers = { 'content-type': 'application/json' };
  if (token) headers.authorization = `Bearer ${token}`;
  const answer = await fetch(base + path, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

async function person(name) {
  const account = { userName: `${name}-${suffix}`, password: 'correct horse' };
  await post('/auth/register', { ...account, firstName: name });
  const { accessToken, userId } = await post('/auth/token', account);
  const hub = new HubConnectionBuilder()
    .withUrl(`${base}/hubs/chat`, { accessTokenFactory: () => accessToken })
    .withAutomaticReconnect()
    .configureLogging(LogLevel.Warning)
    .build();
  hub.on('MessageReceived', (m) => console.log(`${name} sees #${m.seq}: ${m.content}`));
  hub.on('NewMessageNotification', (n) => console.log(`${name} is notified: ${n.preview}`));
  await hub.start();
  return { name, userId, hub };
}

const ada = await person('ada');
const ben = await person('ben');
const { conversationId } = await ada.hub.invoke('CreateConversation', {
  type: 'Direct',
  participantIds: [ben.userId],
});
await ada.hub.invoke('JoinConversation', conversationId);
await ben.hub.invoke('JoinConversation', conversationId);

const ack = await ada.hub.invoke('Send', {
  conversationId,
  content: 'Hello, Ben!',
  clientMessageId: 'hello-1',
});
console.log('ada knows it is stored:', ack);
const again = await ada.hub.invoke('Send', {
  conversationId,
  content: 'Hello, Ben!',
  clientMessageId: 'hello-1',
});
console.log('sent again, same answer:', again.messageId === ack.messageId);

const [row] = await ben.hub.invoke('GetConversations');
console.log(`ben has ${row.unreadCount} unread from ${row.otherParticipantFirstName}`);
await ben.hub.invoke('MarkRead', conversationId);
console.log('and now', (await ben.hub.invoke('GetConversations'))[0].unreadCount);
await Promise.all([ada.hub.stop(), ben.hub.stop()]);
