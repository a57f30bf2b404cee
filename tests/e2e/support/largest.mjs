// Every call whose answer or work is a product of limits, with the largest input that is allowed.
// largest.test.mjs looks at how many bytes each answers; bench/turns.mjs at how long each keeps others
// waiting. Both make the same world.
import { randomUUID } from 'node:crypto';
import { CLASSIC, connect } from './client.mjs';
import { restOf } from './rest.mjs';

export const MAX_ANSWER = 1024 * 1024;
/// As long as a message may be in UTF-16 units, and three bytes each.
export const LONG_TEXT = '€'.repeat(5_000);

const LIST = '/messaging/conversations';
const MEMBERS = 5_000;

const invented = (count) => Array.from({ length: count }, () => randomUUID());

async function made(rest, body) {
  const { status, body: answer } = await rest.post(LIST, body);
  if (status !== 200) throw new Error(`${status} ${JSON.stringify(answer)}`);
  return answer.conversationId;
}

/// Long messages by REST, in order.
async function fill(rest, id, count) {
  for (let i = 0; i < count; ++i) {
    const { status } = await rest.post(`${LIST}/${id}/messages`, { content: LONG_TEXT });
    if (status !== 200) throw new Error(`message ${i}: ${status}`);
  }
}

/// One user in two groups of 5,000, in a conversation with 200 long messages, in 100 with 10 each, with 200
/// long messages waiting for it. The server must have its rates off.
/// @param scale  below 1 for a smaller world with the same shape
export async function largestWorld(server, scale = 1) {
  const of = (count) => Math.max(1, Math.round(count * scale));
  const [me, other] = [`me-${randomUUID().slice(0, 8)}`, `other-${randomUUID().slice(0, 8)}`];
  const mine = restOf(server, me);
  const crowd = invented(of(MEMBERS) - 2);
  const large = await made(mine, { type: 'Group', participantIds: [other, ...crowd] });
  const long = await made(mine, { type: 'Group', participantIds: [other] });
  await fill(mine, long, 200);
  const waiting = await made(mine, { type: 'Direct', participantIds: [other] });
  await fill(mine, waiting, 200);
  const many = [];
  for (let i = 0; i < 100; ++i) {
    many.push(await made(mine, { type: 'Group', participantIds: [other], title: `group ${i}` }));
    await fill(mine, many.at(-1), of(10));
  }
  const small = await made(mine, { type: 'Group', participantIds: [other, ...crowd.slice(0, 198)] });
  const left = await made(mine, { type: 'Group', participantIds: [other, ...crowd] });
  await mine.put(`/users/me/blocks/blocked-${me}`);
  return { me, other, large, long, waiting, many, crowd, small, left };
}

const inHub = (method, name, ...args) => ({
  method,
  name: `${method}: ${name}`,
  call: async (own) => own.client.invoke(method, ...args),
});
const inClassic = (method, name, ...args) => ({
  method,
  name: `${method}: ${name}`,
  call: async (own) => own.classic.invoke(method, ...args),
});
/// @param route  as operations() names it
const byRest = (route, name, path, body) => ({
  method: route,
  name: `${route}: ${name}`,
  call: (own) => answered(own.rest[route.split(' ')[0].toLowerCase()](path, body)),
});
async function answered(asked) {
  const { status, body } = await asked;
  if (status >= 300) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body;
}
/// Does its work the first time only.
const once = (call) => ({ ...call, isOnce: true });
/// Is refused, and that is its largest work.
const refused = (call) => ({ ...call, refused: true });

/// As many as a record of the hub holds: 32 KiB, 4,096 values.
const short = (count) => Array.from({ length: count }, (_, i) => `u${i.toString(36)}`);
/// Ids that the world's `me` has sent, to be changed.
async function sent(own, world) {
  const { messageId } = await own.client.invoke('Send', { conversationId: world.large, content: LONG_TEXT });
  return messageId;
}

/// Makes a conversation of as many as may be, whom nobody knows.
export const largestCreation = (world) => (own) =>
  answered(own.rest.post(LIST, { type: 'Group', participantIds: invented(world.crowd.length) }));

/// {method, name, call(own)} of each method and route with the largest input that it takes, in an order
/// in which each finds what it needs. Files, sign-ins and what only administrators do are left out:
/// OTHERS says why.
/// @param own  {client, classic, rest}: of the world's `me`
export function largestCalls(world) {
  const at = `${LIST}/${world.large}`;
  const positions = (ids) => ids.map((conversationId) => ({ conversationId, afterSeq: 0 }));
  const hundred = positions([world.large, world.long, ...world.many.slice(0, 98)]);
  const whom = world.crowd[1];
  const four = short(Math.min(3_900, world.crowd.length));
  return [
    inHub('CatchUp', 'a hundred conversations', hundred),
    refused(inHub('CatchUp', 'one a hundred times', positions(Array(100).fill(world.large)))),
    byRest('POST /messaging/catch-up', 'a hundred conversations', '/messaging/catch-up', hundred),
    inHub('GetMessages', '200 long ones', { conversationId: world.long, limit: 200 }),
    inHub('GetMessages', 'from the first on', { conversationId: world.long, after: 0, limit: 200 }),
    inHub('GetMessages', 'around one', { conversationId: world.long, around: 100, limit: 200 }),
    inHub('GetMessages', 'among 5,000 members', { conversationId: world.large, limit: 200 }),
    {
      method: 'StreamHistory',
      name: 'StreamHistory: 200 long ones',
      call: (own) =>
        new Promise((complete, error) => {
          let count = 0;
          own.client.connection
            .stream('StreamHistory', { conversationId: world.long })
            .subscribe({ next: () => ++count, complete: () => complete(count), error });
        }),
    },
    byRest('GET /messaging/conversations/{conversationId}/messages', 'a page of 50',
      `${LIST}/${world.long}/messages?pageSize=50`),
    refused(byRest('GET /messaging/conversations/{conversationId}/messages', 'a page of 200',
      `${LIST}/${world.long}/messages?pageSize=200`)),
    inHub('GetConversations', '200 rows', { limit: 200 }),
    byRest('GET /messaging/conversations', 'without a query', LIST),
    inHub('GetPresence', '200 users', world.crowd.slice(0, 200)),
    byRest('GET /messaging/presence', '200 users', `/messaging/presence?userIds=${world.crowd.slice(0, 200).join(',')}`),
    byRest('GET /users/me', '', '/users/me'),
    byRest('PUT /users/me', '', '/users/me', { firstName: 'x'.repeat(100), lastName: 'y'.repeat(100) }),
    byRest('GET /users', 'a search', '/users?query=me&limit=50'),
    byRest('GET /users/me/blocks', '', '/users/me/blocks'),
    byRest('PUT /users/me/blocks/{userId}', '', `/users/me/blocks/${world.other}`),
    byRest('DELETE /users/me/blocks/{userId}', '', `/users/me/blocks/${world.other}`),
    inHub('JoinConversation', '5,000 members', world.large),
    inHub('JoinConversations', 'a hundred', [world.large, world.long, ...world.many.slice(0, 98)]),
    inHub('GetParticipants', '200 of 5,000 members', { conversationId: world.large, limit: 200 }),
    byRest('GET /messaging/conversations/{conversationId}/participants', '200 of 5,000 members',
      `${at}/participants?limit=200`),
    inHub('StartTyping', '200 members', world.small),
    inHub('StopTyping', '200 members', world.small),
    inHub('Send', '5,000 members', { conversationId: world.large, content: LONG_TEXT }),
    byRest('POST /messaging/conversations/{conversationId}/messages', '5,000 members', `${at}/messages`, {
      content: LONG_TEXT,
    }),
    inHub('MarkRead', '5,000 members', world.large),
    inHub('MarkDelivered', '5,000 members', world.large),
    byRest('POST /messaging/conversations/{conversationId}/messages/read', '5,000 members', `${at}/messages/read`, {}),
    byRest('POST /messaging/conversations/{conversationId}/messages/delivered', '5,000 members',
      `${at}/messages/delivered`, {}),
    {
      method: 'EditMessage',
      name: 'EditMessage: 5,000 members',
      call: async (own) => own.client.invoke('EditMessage', await sent(own, world), LONG_TEXT),
    },
    {
      method: 'PATCH /messaging/messages/{messageId}',
      name: 'PATCH /messaging/messages/{messageId}: 5,000 members',
      call: async (own) =>
        answered(own.rest.patch(`/messaging/messages/${await sent(own, world)}`, { content: LONG_TEXT })),
    },
    {
      method: 'DeleteMessage',
      name: 'DeleteMessage: 5,000 members',
      call: async (own) => own.client.invoke('DeleteMessage', await sent(own, world)),
    },
    {
      method: 'DELETE /messaging/messages/{messageId}',
      name: 'DELETE /messaging/messages/{messageId}: 5,000 members',
      call: async (own) => answered(own.rest.delete(`/messaging/messages/${await sent(own, world)}`)),
    },
    once(byRest('PATCH /messaging/conversations/{conversationId}', 'a title', at, { title: 't'.repeat(200) })),
    inHub('AddParticipants', 'who are members', world.large, world.crowd.slice(0, 800)),
    byRest('POST /messaging/conversations/{conversationId}/participants', '5,000 who are members',
      `${at}/participants`, { userIds: world.crowd }),
    once(inHub('SetRole', 'the last of 5,000', world.large, world.crowd.at(-1), 'admin')),
    once(byRest('PATCH /messaging/conversations/{conversationId}/participants/{userId}', 'the last of 5,000',
      `${at}/participants/${world.crowd.at(-1)}`, { role: 'member' })),
    once(inHub('RemoveParticipant', 'one of 5,000', world.large, whom)),
    once(byRest('DELETE /messaging/conversations/{conversationId}/participants/{userId}', 'one of 5,000',
      `${at}/participants/${world.crowd[2]}`)),
    once(inHub('AddParticipants', '3,900 short ids', world.many[0], four)),
    once(byRest('POST /messaging/conversations/{conversationId}/participants', '5,000 new members',
      `${LIST}/${world.long}/participants`, { userIds: world.crowd })),
    inHub('CreateConversation', '3,900 short ids', { type: 'Group', participantIds: four }),
    byRest('POST /messaging/conversations', '5,000 who are known', LIST, { type: 'Group', participantIds: world.crowd }),
    {
      method: 'POST /messaging/conversations',
      name: 'POST /messaging/conversations: 5,000 who are not',
      call: largestCreation(world),
    },
    once(inHub('Leave', '5,000 members', world.left)),
    inHub('LeaveConversation', '5,000 members', world.large),
    once(inClassic('RegisterUser', 'with what waits', world.me)),
    inClassic('SendMessage', '5,000 units', world.me, LONG_TEXT),
    inClassic('SendPrivateMessage', '5,000 units', world.other, LONG_TEXT),
    once(inClassic('JoinGroup', '', 'g'.repeat(100))),
    inClassic('SendToGroup', '5,000 units', 'g'.repeat(100), LONG_TEXT),
  ];
}

/// Methods and routes without a largest call, and why.
export const OTHERS = new Map([
  ['POST /messaging/attachments', 'an answer of one file'],
  ['POST /auth/register', 'hashed apart'],
  ['POST /auth/token', 'hashed apart'],
  ['POST /auth/session', 'an answer of one token'],
  ['DELETE /auth/session', 'one row'],
  ['GET /auth/sessions', 'fifty short rows'],
  ['DELETE /auth/sessions/{id}', 'one row'],
  ['PUT /auth/password', 'hashed apart'],
  ['POST /messaging/conversations/{conversationId}/invites', 'one row'],
  ['GET /messaging/conversations/{conversationId}/invites', 'fifty short rows'],
  ['DELETE /messaging/conversations/{conversationId}/invites/{code}', 'one row'],
  ['GET /messaging/invites/{code}', 'an answer of one title and one name'],
  ['POST /messaging/invites/{code}/join', 'one member comes in, as with JoinGroup'],
  ['GET /admin/dead-letters', 'for administrators'],
  ['GET /admin/dead-letters/{id}', 'for administrators'],
  ['POST /admin/dead-letters/{id}/retry', 'for administrators'],
  ['DELETE /admin/dead-letters/{id}', 'for administrators'],
  ['GET /admin/jobs', 'for administrators'],
]);

export const connectAs = async (server, user) => ({
  client: await connect(server, user),
  classic: await connect(server, user, { path: CLASSIC }),
  rest: restOf(server, user),
});
