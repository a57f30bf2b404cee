// Every call whose answer or work is a product of limits, with the largest input that is allowed.
// largest.test.mjs looks at how many bytes each answers; bench/turns.mjs at how long each keeps others
// waiting. Both make the same world.
import { randomUUID } from 'node:crypto';
import { connect } from './client.mjs';
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

/// One user in a group of 5,000, in a conversation with 200 long messages, in 100 with 10 each, with 200
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
  return { me, other, large, long, waiting, many, crowd };
}

const hub = (name, ...args) => ({ name, call: async (own) => own.client.invoke(name, ...args) });

/// {name, call(own)}, in an order in which each finds what it needs.
/// @param own  {client, rest}: of the world's `me`
export function largestCalls(world) {
  const positions = (ids) => ids.map((conversationId) => ({ conversationId, afterSeq: 0 }));
  const rest = (name, path) => ({
    name,
    call: async (own) => (await own.rest.get(path)).body,
  });
  return [
    hub('CatchUp', positions([world.large, world.long, ...world.many.slice(0, 98)])),
    {
      name: 'CatchUp with an id a hundred times',
      refused: true,
      call: (own) => own.client.invoke('CatchUp', positions(Array(100).fill(world.large))),
    },
    hub('GetMessages', { conversationId: world.long, limit: 200 }),
    hub('GetMessages', { conversationId: world.long, after: 0, limit: 200 }),
    hub('GetMessages', { conversationId: world.long, around: 100, limit: 200 }),
    hub('GetMessages', { conversationId: world.large, limit: 200 }),
    hub('GetConversations', { limit: 200 }),
    rest('GET the chat list without a query', LIST),
    rest('GET a page of 200', `${LIST}/${world.long}/messages?pageSize=200`),
    rest('GET a page of 50', `${LIST}/${world.long}/messages?pageSize=50`),
    hub('GetPresence', world.crowd.slice(0, 200)),
    hub('AddParticipants', world.large, world.crowd),
    hub('MarkRead', world.large),
    hub('Send', { conversationId: world.large, content: LONG_TEXT }),
    hub('AddParticipants', world.long, world.crowd),
    hub('CreateConversation', { type: 'Group', participantIds: world.crowd }),
    hub('CreateConversation', { type: 'Group', participantIds: invented(world.crowd.length) }),
  ];
}

export const connectAs = async (server, user) => ({
  client: await connect(server, user),
  rest: restOf(server, user),
});
