// Every REST route, hub method and event against every kind of caller: the table in
// support/authorization.mjs, cell by cell. Proves figure F13 and.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { CALLERS, EVENTS, METHODS, OUTCOMES, ROUTES, page } from './support/authorization.mjs';
import { MISSING, newUser } from './support/chat.mjs';
import { CLASSIC, connect } from './support/client.mjs';
import { operations } from './support/operations.mjs';
import { openRaw } from './support/raw.mjs';
import { restOf, urlOf } from './support/rest.mjs';
import { startServer } from './support/server.mjs';
import { makeWorlds, tokenOf } from './support/worlds.mjs';

const STRANGERS = ['removed', 'stranger'];
const isSignedIn = (caller) => caller !== 'anonymous' && caller !== 'expired';
const title = ({ name, note }) => (note ? `${name} (${note})` : name);

/// Each cell of `rows` once: {row, caller, want}.
const cellsOf = (rows) =>
  rows.flatMap((row) => Object.entries(row.cells).map(([caller, want]) => ({ row, caller, want })));

/// The route's spellings: with the conversation's id, and by its case.
const spellings = (row) =>
  row.name.includes('{conversationId}') ? [row, { ...row, byCase: true }] : [row];

let server;
before(async () => {
  server = await startServer({ 'chat.idle_ms': 50, 'auth.accounts': true });
});
after(() => server.dispose());

describe('the table', () => {
  test('has a known outcome for every kind of caller', () => {
    for (const { row, caller, want } of cellsOf([...ROUTES, ...METHODS, ...EVENTS]))
      assert.ok(want in OUTCOMES, `${title(row)}, ${caller}: ${want}`);
  });

  test('has the routes, methods and events that the server says it has', () => {
    const offered = operations();
    const names = (rows) => [...new Set(rows.map(({ name }) => name))].sort();
    assert.deepEqual(names(ROUTES), offered.routes.sort());
    assert.deepEqual(names(METHODS), offered.methods.sort());
    assert.deepEqual(names(EVENTS), offered.events.sort());
  });

  test('is the one in docs/authorization.md', () => {
    const written = readFileSync(new URL('../../docs/authorization.md', import.meta.url), 'utf8');
    assert.equal(written, page());
  });
});

/// Asks a route as `caller`. @returns {status, text, headers} with nothing parsed
async function ask(row, world, caller, { id = world.id, messageId } = {}) {
  const [verb, pattern] = row.name.split(' ');
  const names = { userId: world.userId, ...row.names?.(world) };
  const conversation = row.byCase && id === world.id ? `by-case/${world.caseId}` : id;
  const spelled = row.byCase && id !== world.id ? `by-case/${newUser('nocase')}` : conversation;
  const query = typeof row.query === 'function' ? row.query(world) : (row.query ?? '');
  const path = pattern
    .replace('{conversationId}', spelled)
    .replace('{messageId}', messageId ?? (row.own ? world.ownId : world.messageId))
    .replace(/\{(userId|attachmentId|code|id)\}/, (_, name) => names[name]);
  const token = tokenOf(caller, world);
  const body = row.body?.({ ...world, id });
  const response = await fetch(urlOf(server, path) + query, {
    method: verb,
    headers: {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body && { 'content-type': 'application/json' }),
    },
    body: body && JSON.stringify(body),
  });
  const headers = [...response.headers].filter(([name]) => name !== 'date');
  return { status: response.status, text: await response.text(), headers };
}

const CODES = { 401: 'unauthenticated', 403: 'forbidden', 404: 'not_found' };

function assertAnswer({ status, text }, want, seeks) {
  if (want === 'listed' || want === 'unlisted') {
    assert.equal(status, 200, text);
    assert.equal(seeks(JSON.parse(text)), want === 'listed', `${want}: ${text}`);
    return;
  }
  assert.equal(String(status), want, text);
  if (want in CODES) assert.equal(JSON.parse(text).code, CODES[want]);
}

describe('REST routes', () => {
  const cells = cellsOf(ROUTES.flatMap(spellings));
  let worlds;
  before(async () => {
    worlds = await makeWorlds(server, cells.map(({ caller }) => ({ caller })));
    const { post } = restOf(server, 'nobody');
    for (const [i, world] of worlds.entries()) {
      world.newAccount = { userName: `account-${i}`, password: 'correct horse' };
      world.account = { userName: 'account', password: 'correct horse' };
    }
    await post('/auth/register', { userName: 'account', password: 'correct horse' });
  });

  for (const [i, { row, caller, want }] of cells.entries()) {
    test(`${title(row)}${row.byCase ? ', by case' : ''}: ${caller} ${want}`, async () => {
      const world = worlds[i];
      if (row.name.endsWith('presence')) await connect(server, world.present);
      const answer = await ask(row, world, caller);
      assertAnswer(answer, want, (body) => row.seeks(world, body));
      if (want === '404')
        assert.deepEqual(answer, await ask(row, world, caller, { id: MISSING, messageId: MISSING }));
    });
  }

  test('a stranger learns nothing from the time an answer takes', async (t) => {
    const world = worlds.at(-1);
    const row = ROUTES.find(({ name }) => name.startsWith('GET') && name.endsWith('/messages'));
    const took = { [world.id]: [], [MISSING]: [] };
    for (let i = 0; i < 400; ++i)
      for (const id of Object.keys(took)) {
        const start = performance.now();
        const { status } = await ask(row, world, 'stranger', { id });
        took[id].push(performance.now() - start);
        assert.equal(status, 404);
      }
    const median = (times) => times.sort((a, b) => a - b)[times.length / 2].toFixed(3);
    t.diagnostic(`median ms: a stranger's id ${median(took[world.id])}, a missing one ${median(took[MISSING])}`);
  });
});

/// All items of a stream.
const streamOf = (client, name, ...args) =>
  new Promise((complete, error) => {
    const items = [];
    const next = (item) => items.push(item);
    client.connection.stream(name, ...args).subscribe({ next, complete: () => complete(items), error });
  });

/// Invokes a method. @returns {result} or {error}
async function invoke(client, row, world, more = {}) {
  const seen = { ...world, ...(row.own && { messageId: world.ownId }), ...more };
  const answer = row.streams
    ? streamOf(client, row.name, ...row.args(seen))
    : client.connection.invoke(row.name, ...row.args(seen));
  return answer.then(
    (result) => ({ result }),
    (error) => ({ error: error.message }),
  );
}

function assertOutcome({ result, error }, want, seeks) {
  if (want in CODES) return assert.match(error ?? 'no error', new RegExp(`HubException: ${CODES[want]}: .`));
  assert.equal(error, undefined);
  return want === 'ok' || assert.equal(seeks(result), want === 'listed', JSON.stringify(result));
}

const refusedConnection = async (world, caller) =>
  (await openRaw(server, world.owner, { token: tokenOf(caller, world) ?? null })).status;

describe('hub methods', () => {
  const cells = cellsOf(METHODS);
  let worlds;
  before(async () => {
    const isNamed = (row) => /Group$/.test(row.name);
    worlds = await makeWorlds(
      server,
      cells.map(({ row, caller }) => ({ caller, named: isNamed(row) })),
    );
  });

  for (const [i, { row, caller, want }] of cells.entries()) {
    test(`${title(row)}: ${caller} ${want}`, async () => {
      const world = worlds[i];
      if (!isSignedIn(caller)) return assert.equal(String(await refusedConnection(world, caller)), want);
      if (row.name === 'GetPresence') await connect(server, world.present);
      const client = await connect(server, world[caller]);
      const answer = await invoke(client, row, world);
      assertOutcome(answer, want, (result) => row.seeks(world, result));
      if (want === '404' && !row.hasNoMissing) {
        const missing = { id: MISSING, messageId: MISSING, ownId: MISSING, name: newUser('none') };
        assert.deepEqual(answer, await invoke(client, row, world, missing));
      }
      return client.stop();
    });
  }
});

/// How each event is caused, and which of it is meant.
const CAUSES = {
  async MessageReceived({ actor, world }) {
    const { messageId } = await actor.invoke('Send', { conversationId: world.id, content: 'said' });
    return (e) => e.messageId === messageId;
  },
  async NewMessageNotification({ actor, world }) {
    await actor.invoke('Send', { conversationId: world.id, content: 'noted' });
    return (e) => e.conversationId === world.id && e.preview === 'noted';
  },
  async MessageEdited({ actor, world }) {
    await actor.invoke('EditMessage', world.messageId, 'mended');
    return (e) => e.messageId === world.messageId;
  },
  async MessageDeleted({ actor, world }) {
    await actor.invoke('DeleteMessage', world.messageId);
    return (e) => e.messageId === world.messageId;
  },
  async MessagesRead({ actor, world }) {
    await actor.invoke('MarkRead', world.id);
    return (e) => e.conversationId === world.id && e.readBy === world.present;
  },
  async MessagesDelivered({ actor, world }) {
    await actor.invoke('MarkDelivered', world.id);
    return (e) => e.conversationId === world.id && e.deliveredBy === world.present;
  },
  async ConversationCreated({ world }) {
    const { body } = await restOf(server, world.otherAdmin).post('/messaging/conversations', {
      type: 'Group', participantIds: [world.owner, world.admin, world.member, world.blocked],
    });
    return (e) => e.conversationId === body.conversationId;
  },
  async ParticipantsAdded({ actor, world }) {
    await actor.invoke('AddParticipants', world.id, ['one-more']);
    return (e) => e.conversationId === world.id && e.userIds.includes('one-more');
  },
  async ParticipantRemoved({ world }) {
    await restOf(server, world.owner).delete(
      `/messaging/conversations/${world.id}/participants/${world.otherAdmin}`,
    );
    return (e) => e.conversationId === world.id && e.userId === world.otherAdmin;
  },
  async TitleChanged({ world }) {
    await restOf(server, world.owner).patch(`/messaging/conversations/${world.id}`, { title: 'new' });
    return (e) => e.conversationId === world.id;
  },
  async RoleChanged({ clients, world }) {
    // Its own way to lose an owner: a group whose owner leaves.
    const { body } = await restOf(server, world.otherAdmin).post('/messaging/conversations', {
      type: 'Group', participantIds: [world.owner, world.admin, world.member, world.blocked],
    });
    const about = (e) => e.conversationId === body.conversationId;
    await clients.member.waitFor('ConversationCreated', about);
    await restOf(server, world.otherAdmin).delete(
      `/messaging/conversations/${body.conversationId}/participants/me`,
    );
    return about;
  },
  async UserTyping({ actor, world }) {
    await actor.invoke('StartTyping', world.id);
    return (id, user) => id === world.id && user === world.present;
  },
  async UserStoppedTyping({ actor, world }) {
    await actor.invoke('StartTyping', world.id);
    await actor.invoke('StopTyping', world.id);
    return (id, user) => id === world.id && user === world.present;
  },
  async UserOnline({ world }) {
    await connect(server, world.otherAdmin);
    return (user) => user === world.otherAdmin;
  },
  async UserOffline({ clients, world }) {
    const leaver = await connect(server, world.otherAdmin);
    // Whoever leaves before anyone was told of its arrival is not told of.
    await clients.owner.waitFor('UserOnline', (user) => user === world.otherAdmin);
    await leaver.stop();
    return (user) => user === world.otherAdmin;
  },
  async ReceiveMessage({ actor, world }) {
    const content = newUser('classic');
    await actor.invoke('Send', { conversationId: world.id, content });
    return (user, text) => text === content;
  },
  async Notify() {
    return (text) => text === 'Welcome to the chat!';
  },
};

describe('events', () => {
  let worlds;
  before(async () => {
    worlds = await makeWorlds(server, EVENTS.map(() => ({ caller: 'owner' })));
  });

  for (const [i, row] of EVENTS.entries()) {
    test(title(row), async () => {
      const world = worlds[i];
      const isClassic = ['ReceiveMessage', 'Notify'].includes(row.name);
      const clients = {};
      for (const caller of Object.keys(CALLERS).filter(isSignedIn)) {
        clients[caller] = await connect(server, world[caller], isClassic ? { path: CLASSIC } : {});
        const joins = clients[caller].invoke('JoinConversation', world.id);
        await (STRANGERS.includes(caller) ? assert.rejects(joins, /not_found/) : joins);
      }
      const actor = await connect(server, world.present);
      const isMeant = await CAUSES[row.name]({ actor, clients, world });
      const at = (want) => Object.keys(row.cells).filter((caller) => row.cells[caller] === want);
      await Promise.all(at('heard').map((caller) => clients[caller].waitFor(row.name, isMeant)));
      for (const caller of at('silent')) await fenceOf(clients[caller], isClassic);
      for (const caller of at('heard'))
        assert.equal(clients[caller].all(row.name, isMeant).length, 1, `${caller} hears it once`);
      for (const caller of at('silent'))
        assert.deepEqual(clients[caller].all(row.name, isMeant), [], `${caller} hears nothing`);
      for (const caller of at('401')) assert.equal(await refusedConnection(world, caller), 401);
      await Promise.all([actor, ...Object.values(clients)].map((client) => client.stop()));
    });
  }

  /// What was told to this connection before is on record after something of its own has come.
  async function fenceOf(client, isClassic) {
    const sender = newUser('fence');
    const { body } = await restOf(server, sender).post('/messaging/conversations', {
      participant1Id: sender, participant2Id: client.sub,
    });
    const content = newUser('marker');
    await restOf(server, sender).post(`/messaging/conversations/${body.conversationId}/messages`, { content });
    if (isClassic) return client.waitFor('ReceiveMessage', (user, text) => text === content);
    return client.waitFor('NewMessageNotification', ({ preview }) => preview === content);
  }
});
