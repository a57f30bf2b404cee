// Links into conversations, and people found by their whole name or by ids: who may make them, what they
// show, who comes in, how often.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { groupOf, newUser, newUsers } from './support/chat.mjs';
import { connect } from './support/client.mjs';
import { request, restOf } from './support/rest.mjs';
import { startServer } from './support/server.mjs';

const CODE = /^[\w-]{22}$/;
const UNKNOWN = 'A'.repeat(22);
let server;
before(async () => {
  server = await startServer({ 'auth.accounts': true });
});
after(() => server.dispose());

const rest = (sub) => restOf(server, sub);
const look = (code) => request(server, 'GET', `/messaging/invites/${code}`);
const join = (sub, code) => rest(sub).post(`/messaging/invites/${code}/join`);

async function group() {
  const [owner, member] = newUsers('owner', 'member');
  const id = await groupOf(server, owner, [member]);
  const path = `/messaging/conversations/${id}`;
  return {
    owner, member, id, path,
    invite: async (body, by = owner) => (await rest(by).post(`${path}/invites`, body)).body,
    members: async () => (await rest(owner).get(`${path}/participants`)).body.participants.map(({ userId }) => userId),
  };
}

describe('an invite', () => {
  test('is made by any member, shown to everybody who has it, and lets in', async () => {
    const { owner, member, id, path, members } = await group();
    await rest(owner).patch(path, { title: 'The garden' });
    await rest(member).put('/users/me', { displayName: 'Mem Ber' });
    const made = await rest(member).post(`${path}/invites`, {});
    assert.equal(made.status, 201);
    assert.match(made.body.code, CODE);
    assert.deepEqual(
      { ...made.body, code: 0, createdAt: 0 },
      { code: 0, conversationId: id, createdBy: member, createdAt: 0, expiresAt: null, usesLeft: null },
    );
    const { code } = made.body;
    const shown = await look(code);
    assert.equal(shown.status, 200);
    assert.deepEqual(shown.body, { title: 'The garden', memberCount: 2, invitedBy: 'Mem Ber' });
    const [guest] = newUsers('guest');
    const joined = await join(guest, code);
    assert.deepEqual([joined.status, joined.body], [200, { conversationId: id }]);
    assert.ok((await members()).includes(guest));
    assert.equal((await rest(guest).post(`${path}/messages`, { content: 'hello' })).status, 200);
    assert.deepEqual((await join(guest, code)).body, { conversationId: id }, 'once more is the same');
  });

  test('tells the members who has come in', async () => {
    const { owner, id, invite } = await group();
    const client = await connect(server, owner);
    const { code } = await invite({});
    const guest = newUser('guest');
    await join(guest, code);
    const [event] = await client.waitFor('ParticipantsAdded', (e) => e.conversationId === id);
    assert.deepEqual([event.userIds, event.addedBy], [[guest], guest]);
  });

  test('is listed to members, and ended by who made it, by owner and admins', async () => {
    const { owner, member, path, invite } = await group();
    const theirs = await invite({}, owner);
    const own = await invite({ maxUses: 3 }, member);
    const list = async (sub) => (await rest(sub).get(`${path}/invites`)).body.invites.map(({ code }) => code);
    assert.deepEqual(new Set(await list(member)), new Set([theirs.code, own.code]));
    const end = (sub, code) => rest(sub).delete(`${path}/invites/${code}`);
    assert.equal((await end(member, theirs.code)).status, 403);
    assert.equal((await end(member, own.code)).status, 200);
    assert.equal((await end(member, own.code)).status, 404);
    assert.equal((await end(owner, theirs.code)).status, 200);
    assert.deepEqual(await list(owner), []);
    assert.equal((await join(newUser('guest'), own.code)).status, 404);
  });

  test('ends at its time', async () => {
    const { invite } = await group();
    const { createdAt, expiresAt } = await invite({ expiresInS: 3600 });
    assert.equal(Date.parse(expiresAt) - Date.parse(createdAt), 3_600_000);
  });

  test('lets so many in as it says, also when they come at once', async () => {
    const { invite, members } = await group();
    const { code, usesLeft } = await invite({ maxUses: 3 });
    assert.equal(usesLeft, 3);
    const guests = Array.from({ length: 8 }, () => newUser('guest'));
    const answers = await Promise.all(guests.map((guest) => join(guest, code)));
    const inside = guests.filter((_, i) => answers[i].status === 200);
    assert.equal(inside.length, 3);
    for (const { status, body } of answers) if (status !== 200) assert.deepEqual([status, body.code], [404, 'not_found']);
    assert.deepEqual(new Set((await members()).slice(2)), new Set(inside));
    assert.equal((await look(code)).status, 404);
    assert.equal((await join(inside[0], code)).status, 200, 'who is in learns that it is');
  });

  test('is not used up by those who are in already', async () => {
    const { owner, invite } = await group();
    const { code } = await invite({ maxUses: 1 });
    for (let i = 0; i < 3; i++) assert.equal((await join(owner, code)).status, 200);
    assert.equal((await join(newUser('guest'), code)).status, 200);
  });

  test('is no way back for who was removed', async () => {
    const { owner, member, path, invite } = await group();
    const { code } = await invite({});
    await rest(owner).delete(`${path}/participants/${member}`);
    const refused = await join(member, code);
    assert.deepEqual([refused.status, refused.body.code], [404, 'not_found']);
    assert.deepEqual((await rest(owner).get(`${path}/invites`)).body.invites, [], 'all of them have ended');
    const fresh = await invite({});
    assert.equal((await join(member, fresh.code)).status, 200, 'a later one is meant for whoever has it');
  });

  test('is good while its maker is a member', async () => {
    const { member, path, invite } = await group();
    const { code } = await invite({}, member);
    await rest(member).delete(`${path}/participants/me`);
    assert.equal((await look(code)).status, 404);
    assert.equal((await join(newUser('guest'), code)).status, 404);
  });

  test('is nothing between two of whom one has blocked the other', async () => {
    const { owner, invite } = await group();
    const { code } = await invite({ maxUses: 2 });
    const [blocked, blocker] = newUsers('blocked', 'blocker');
    await rest(owner).put(`/users/me/blocks/${blocked}`);
    await rest(blocker).put(`/users/me/blocks/${owner}`);
    assert.equal((await join(blocked, code)).status, 404);
    assert.equal((await join(blocker, code)).status, 403);
    await rest(blocker).delete(`/users/me/blocks/${owner}`);
    assert.equal((await join(blocker, code)).status, 200, 'the tries used nothing up');
  });

  test('does not let in more than a conversation holds, and is not used up by the try', async () => {
    const small = await startServer({ 'chat.max_members': 3 });
    try {
      const [owner, member] = newUsers('owner', 'member');
      const id = await groupOf(small, owner, [member]);
      const { body } = await restOf(small, owner).post(`/messaging/conversations/${id}/invites`, { maxUses: 5 });
      const enter = (sub) => restOf(small, sub).post(`/messaging/invites/${body.code}/join`);
      assert.equal((await enter(newUser('third'))).status, 200);
      const refused = await enter(newUser('fourth'));
      assert.deepEqual([refused.status, refused.body.code], [422, 'limit']);
      const { body: left } = await restOf(small, owner).get(`/messaging/conversations/${id}/invites`);
      assert.equal(left.invites[0].usesLeft, 4);
    } finally {
      await small.dispose();
    }
  });

  test('is for groups', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const { body } = await rest(alice).post('/messaging/conversations', { type: 'Direct', participantIds: [bob] });
    const refused = await rest(alice).post(`/messaging/conversations/${body.conversationId}/invites`, {});
    assert.deepEqual([refused.status, refused.body.code], [403, 'forbidden']);
    const lobby = '/messaging/conversations/00000000-0000-7000-8000-000000000001/invites';
    assert.equal((await rest(alice).post(lobby, {})).status, 403);
  });

  test('is refused with what is wrong', async () => {
    const { owner, path } = await group();
    for (const [body, detail] of [
      [{ expiresInS: 59 }, 'expiresInS must be 60 to 31536000'],
      [{ expiresInS: 31_536_001 }, 'expiresInS must be 60 to 31536000'],
      [{ expiresInS: '60' }, 'expiresInS must be a whole number of at least 0'],
      [{ maxUses: 0 }, 'maxUses must be 1 to 100000'],
      [{ maxUses: 100_001 }, 'maxUses must be 1 to 100000'],
      [{ maxUses: 1.5 }, 'maxUses must be a whole number of at least 0'],
    ]) {
      const refused = await rest(owner).post(`${path}/invites`, body);
      assert.deepEqual([refused.status, refused.body.detail], [400, detail]);
    }
    for (const code of [UNKNOWN, 'x', `${'x'.repeat(500)}`, '%00', "' OR 1=1 --"]) {
      const refused = await look(encodeURIComponent(code));
      assert.deepEqual([refused.status, refused.body.detail], [404, 'no such invite']);
      assert.deepEqual((await join(owner, encodeURIComponent(code))).body, refused.body);
    }
  });

  test('is one of fifty that a conversation may have', async () => {
    const { owner, path, invite } = await group();
    const made = await Promise.all(Array.from({ length: 50 }, () => invite({})));
    const refused = await rest(owner).post(`${path}/invites`, {});
    assert.deepEqual([refused.status, refused.body.code], [422, 'limit']);
    await rest(owner).delete(`${path}/invites/${made[0].code}`);
    assert.match((await invite({})).code, CODE);
  });

  test('is looked at so often by an address', async () => {
    const strict = await startServer({
      'limits.enabled': true, 'limits.negotiates_burst': 3, 'limits.negotiates_per_s': 0.001,
    });
    try {
      const statuses = [];
      for (let i = 0; i < 4; i++)
        statuses.push((await request(strict, 'GET', `/messaging/invites/${UNKNOWN}`)).status);
      assert.deepEqual(statuses, [404, 404, 404, 429]);
    } finally {
      await strict.dispose();
    }
  });
});

describe('people', () => {
  const account = async (userName, displayName) =>
    (await request(server, 'POST', '/auth/register', { body: { userName, password: 'correct horse', displayName } })).body;

  test('are found by exactly their user name, whatever the search shows', async () => {
    const userName = newUser('ada').toLowerCase();
    const { userId, accessToken } = await account(userName, 'Ada');
    const seeker = rest(newUser('seeker'));
    const find = async (name) => (await seeker.get(`/users?userName=${encodeURIComponent(name)}`)).body;
    const ada = { userId, displayName: 'Ada', firstName: null, lastName: null, profilePictureUrl: null };
    assert.deepEqual(await find(userName), { users: [ada] });
    assert.deepEqual((await seeker.get(`/users?query=${userName}`)).body, []);
    for (const other of [userName.slice(0, -1), userName.toUpperCase(), `${userName} `, `${userName}%`, 'Ada'])
      assert.deepEqual(await find(other), { users: [] }, other);
    const self = await request(server, 'GET', `/users?userName=${userName}`, { token: accessToken });
    assert.deepEqual(self.body, { users: [] }, 'oneself is not looked for');
  });

  test('are not found by those whom they have blocked', async () => {
    const userName = newUser('ada').toLowerCase();
    const { accessToken } = await account(userName);
    const blocked = newUser('blocked');
    await request(server, 'PUT', `/users/me/blocks/${blocked}`, { token: accessToken });
    assert.deepEqual((await rest(blocked).get(`/users?userName=${userName}`)).body, { users: [] });
  });

  test('are asked for by ids, those who are known', async () => {
    const [alice, bob, stranger] = newUsers('alice', 'bob', 'stranger');
    await groupOf(server, alice, [bob]);
    await rest(bob).put('/users/me', { displayName: 'Bob' });
    await rest(stranger).get('/users/me');
    const ids = [stranger, bob, alice, 'nobody'].join(',');
    const { body } = await rest(alice).get(`/users?ids=${ids}`);
    assert.deepEqual(body.users.map(({ userId, displayName }) => [userId, displayName]), [[bob, 'Bob'], [alice, alice]]);
  });

  test('are asked for with one question at a time', async () => {
    const call = rest(newUser('alice'));
    for (const [query, detail] of [
      ['query=a&ids=b', 'give one of query, userName and ids'],
      ['userName=a&ids=b', 'give one of query, userName and ids'],
      ['ids=', 'ids must hold user ids'],
      [`ids=${Array.from({ length: 201 }, (_, i) => i).join(',')}`, 'an array of at most 200 user ids is expected'],
      ['ids=a%20b', 'a user id is not valid'],
      ['userName=', 'userName must have 1 to 64 UTF-16 units'],
      [`userName=${'x'.repeat(65)}`, 'userName must have 1 to 64 UTF-16 units'],
      ['', 'query is missing'],
    ]) {
      const refused = await call.get(`/users?${query}`);
      assert.deepEqual([refused.status, refused.body.detail], [400, detail], query);
    }
  });
});

describe('members', () => {
  test('come page by page, the same by REST and by hub', async () => {
    const owner = newUser('owner');
    const others = Array.from({ length: 24 }, () => newUser('member'));
    const id = await groupOf(server, owner, others);
    const path = `/messaging/conversations/${id}/participants`;
    const all = (await rest(owner).get(path)).body;
    assert.equal(all.participants.length, 25);
    assert.equal(all.next, null);
    assert.deepEqual(Object.keys(all.participants[0]), ['userId', 'displayName', 'profilePictureUrl', 'role', 'joinedAt']);
    assert.equal(all.participants.find(({ userId }) => userId === owner).role, 'owner');
    const client = await connect(server, owner);
    const walked = { rest: [], hub: [] };
    for (let after; after !== null; ) {
      const query = after ? `&after=${encodeURIComponent(after)}` : '';
      const page = (await rest(owner).get(`${path}?limit=10${query}`)).body;
      const same = await client.invoke('GetParticipants', { conversationId: id, limit: 10, ...(after && { after }) });
      walked.rest.push(...page.participants);
      walked.hub.push(...same.participants);
      assert.equal(same.next, page.next);
      after = page.next;
    }
    assert.deepEqual(walked.rest, all.participants);
    assert.deepEqual(walked.hub, all.participants);
  });

  test('are for members, and a page is asked for with what a page told', async () => {
    const { owner, id } = await group();
    const path = `/messaging/conversations/${id}/participants`;
    assert.equal((await rest(newUser('stranger')).get(path)).status, 404);
    for (const query of ['limit=0', 'limit=201', 'limit=x', 'after=x', 'after=1', 'after=%7Ca', 'after=-1%7Ca', 'after=1%7C'])
      assert.equal((await rest(owner).get(`${path}?${query}`)).status, 400, query);
  });
});
