// The situations that the authorization table is tested in: one group for each cell, so that no cell
// sees what another did.
import { newUser } from './chat.mjs';
import { connect } from './client.mjs';
import { restOf } from './rest.mjs';
import { expiredToken, tokenFor } from './tokens.mjs';

const ROLES = [
  'owner', 'admin', 'otherAdmin', 'member', 'present', 'removed', 'blocked', 'stranger',
];
const AT_ONCE = 8;

/// A group with one person of each kind, and a message that `present` wrote.
async function groupWorld(server, caller) {
  const who = Object.fromEntries(ROLES.map((role) => [role, newUser(role)]));
  const owner = restOf(server, who.owner);
  const caseId = newUser('case');
  const others = ROLES.slice(1, -1).map((role) => who[role]);
  const group = { type: 'Group', participantIds: others, title: 'a group', caseId };
  const { body } = await owner.post('/messaging/conversations', group);
  const id = body.conversationId;
  const route = `/messaging/conversations/${id}`;
  const write = async (sub) =>
    (await restOf(server, sub).post(`${route}/messages`, { content: 'words' })).body.messageId;
  const messageId = await write(who.present);
  const ownId = caller in who && caller !== 'stranger' ? await write(who[caller]) : messageId;
  await owner.delete(`${route}/participants/${who.removed}`);
  for (const admin of [who.admin, who.otherAdmin])
    await owner.patch(`${route}/participants/${admin}`, { role: 'admin' });
  await restOf(server, who.present).put(`/users/me/blocks/${who.blocked}`);
  const made = await restOf(server, who.present).post(`${route}/invites`, {});
  const invite = made.body.code;
  return { ...who, caller: who[caller], id, caseId, messageId, ownId, userId: who.present, invite };
}

/// The same people in a group that is entered by name.
async function addNamedGroup(server, world) {
  world.name = newUser('named');
  const clients = [];
  for (const role of ['owner', 'admin', 'member', 'blocked', 'removed'])
    clients.push(await connect(server, world[role]));
  for (const client of clients) await client.invoke('JoinGroup', world.name);
  await clients.at(-1).waitFor('ParticipantsAdded', ({ userIds }) => userIds.includes(world.removed));
  const [{ conversationId }] = clients.at(-1).all('ParticipantsAdded').at(-1);
  await clients[0].invoke('RemoveParticipant', conversationId, world.removed);
  await Promise.all(clients.map((client) => client.stop()));
}

/// Makes a world for each of `wanted` ({caller, named}).
export async function makeWorlds(server, wanted) {
  const worlds = [];
  const left = wanted.entries();
  const work = async () => {
    for (const [i, { caller, named }] of left) {
      worlds[i] = await groupWorld(server, caller);
      if (named) await addNamedGroup(server, worlds[i]);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return worlds;
}

/// What a caller of this kind shows. undefined: nothing.
export function tokenOf(caller, world) {
  if (caller === 'anonymous') return undefined;
  if (caller === 'expired') return expiredToken(world.owner);
  return tokenFor(world[caller]);
}
