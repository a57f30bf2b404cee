// The interface documents: valid by the official schemas, and true of a running server. Every REST
// operation is driven once; a new one that is documented and not driven here fails by its name. The
// hub's are driven by api-documents-hub.test.mjs.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import asyncapi from '@asyncapi/specs';
import { Validator } from '@seriousme/openapi-schema-validator';
import Ajv from 'ajv';
import formats from 'ajv-formats';
import { MISSING, newUser, newUsers } from './support/chat.mjs';
import { connect, tokenOf } from './support/client.mjs';
import { Documents } from './support/documents.mjs';
import { openPage } from './support/page.mjs';
import { CURE, POISON } from './support/poison.mjs';
import { request } from './support/rest.mjs';
import { startServer } from './support/server.mjs';
import { tokenFor } from './support/tokens.mjs';

const MAX_MEMBERS = 6;
const ADMIN = 'the-administrator';
let server;
let documents;
before(async () => {
  server = await startServer({
    'chat.max_members': MAX_MEMBERS, 'auth.admins': ADMIN, 'auth.accounts': true,
  });
  documents = await Documents.of(server);
});
after(() => server.dispose());

/// REST as `sub`, checked.
const as = (sub) => (method, path, body, headers) =>
  documents.request(server, method, path, { token: tokenFor(sub), body, headers });

describe('the documents', () => {
  test('are an OpenAPI 3.1 and an AsyncAPI 3.0 document by the official schemas', async () => {
    const openapi = await new Validator().validate(structuredClone(documents.rest));
    assert.ok(openapi.valid, JSON.stringify(openapi.errors, null, 1));
    assert.equal(documents.rest.openapi, '3.1.0');
    const ajv = formats(new Ajv({ strict: false, allErrors: true, unicodeRegExp: false }));
    const validate = ajv.compile(asyncapi.schemasWithoutId['3.0.0']);
    assert.ok(validate(documents.hub), JSON.stringify(validate.errors?.slice(0, 5), null, 1));
  });

  test('are served to everybody, with a page that loads nothing from elsewhere', async () => {
    for (const path of [
      '/docs',
      '/docs/page.css',
      '/docs/page.js',
      '/docs/openapi.json',
      '/docs/asyncapi.json',
    ]) {
      const { headers } = await documents.request(server, 'GET', path);
      assert.match(
        headers.get('content-security-policy'),
        /^default-src 'none'; script-src 'self'/,
      );
    }
    const head = await request(server, 'HEAD', '/docs');
    assert.equal(head.status, 200);
    assert.equal(head.body, '');
  });

  test('are shown by the page, entry by entry, and filtered', async () => {
    const { body, getElementById, type } = await openPage(server, '#method-Send');
    const expected = [
      ...documents.operations.map(({ operationId }) => `rest-${operationId}`),
      ...documents.hubNames('receive').map((name) => `method-${name}`),
      ...documents.hubNames('send').map((name) => `event-${name}`),
      ...Object.keys(documents.rest.components.schemas).map((name) => `schema-${name}`),
    ];
    const shown = new Set(body.querySelectorAll('.entry').map(({ id }) => id));
    assert.deepEqual(
      expected.filter((id) => !shown.has(id)),
      [],
    );
    assert.ok(getElementById('method-Send').open && getElementById('method-Send').isShown);
    const targets = body.querySelectorAll('a').map((link) => link.attributes.href.slice(1));
    const isThere = (id) => shown.has(id) || ['rest', 'methods', 'events', 'schemas'].includes(id);
    assert.deepEqual(
      targets.filter((id) => !isThere(id)),
      [],
      'every link leads somewhere',
    );
    const visible = () => body.querySelectorAll('.entry:not([hidden])').map(({ id }) => id);
    type('idempotency-key');
    assert.deepEqual(visible(), ['rest-sendMessage']);
    type('');
    assert.equal(visible().length, shown.size);
  });

  test('are away when http.docs is off', async () => {
    const silent = await startServer({ 'http.docs': false });
    try {
      for (const path of ['/docs', '/docs/openapi.json'])
        assert.equal((await request(silent, 'GET', path)).status, 404);
    } finally {
      await silent.dispose();
    }
  });
});

describe('REST answers as documented', () => {
  test('accounts', async () => {
    const userName = newUser('ada').toLowerCase();
    const given = { userName, password: 'correct horse', firstName: 'Ada' };
    const post = (path, body) => documents.request(server, 'POST', path, { body });
    assert.equal((await post('/auth/register', given)).status, 201);
    assert.equal((await post('/auth/register', given)).status, 409);
    assert.equal((await post('/auth/register', {})).status, 400);
    assert.equal((await post('/auth/token', { userName, password: given.password })).status, 200);
    assert.equal((await post('/auth/token', { userName, password: 'wrong one' })).status, 401);
    const signedIn = await post('/auth/token', { userName, password: given.password, session: true });
    const token = signedIn.body.accessToken;
    const headers = { origin: server.url, cookie: signedIn.headers.getSetCookie()[0].split(';')[0] };
    const call = (method, path, more) => documents.request(server, method, path, { token, headers, ...more });
    const { id } = (await call('GET', '/auth/sessions')).body.sessions[0];
    assert.equal((await call('POST', '/auth/session')).status, 200);
    assert.equal((await call('POST', '/auth/session', { headers: { cookie: headers.cookie } })).status, 403);
    const body = { currentPassword: given.password, newPassword: 'battery staple' };
    assert.equal((await call('PUT', '/auth/password', { body })).status, 200);
    assert.equal((await call('PUT', '/auth/password', { body })).status, 403);
    assert.equal((await call('PUT', '/auth/password', { body: {} })).status, 400);
    assert.equal((await call('DELETE', `/auth/sessions/${id}`)).status, 200);
    assert.equal((await call('DELETE', `/auth/sessions/${id}`)).status, 404);
    assert.equal((await call('DELETE', '/auth/session')).status, 200);
  });

  test('conversations and their people', async () => {
    const [alice, bob, carol, eve] = newUsers('alice', 'bob', 'carol', 'eve');
    const [call, stranger, member] = [as(alice), as(eve), as(bob)];
    const caseId = newUser('case');
    const made = await call('POST', '/messaging/conversations', {
      type: 'Group',
      participantIds: [bob],
      title: 't',
      caseId,
    });
    const path = `/messaging/conversations/${made.body.conversationId}`;
    await call('POST', '/messaging/conversations', { participant1Id: alice, participant2Id: bob });
    assert.equal(
      (await call('POST', '/messaging/conversations', { participant1Id: eve, participant2Id: bob }))
        .status,
      403,
    );
    assert.equal(
      (
        await stranger('POST', '/messaging/conversations', {
          type: 'Group',
          participantIds: [],
          caseId,
        })
      ).status,
      409,
    );
    assert.equal((await call('GET', '/messaging/conversations')).body.length, 2);
    assert.equal((await call('GET', '/messaging/conversations?limit=1')).body.length, 1);
    assert.equal((await call('GET', '/messaging/conversations?limit=0')).status, 400);
    assert.equal((await call('PATCH', path, { title: 'another' })).status, 200);
    assert.equal((await member('PATCH', path, { title: 'mine' })).status, 403);
    assert.equal((await stranger('PATCH', path, { title: 'mine' })).status, 404);
    assert.equal((await call('POST', `${path}/participants`, { userIds: [carol] })).status, 200);
    const many = Array.from({ length: MAX_MEMBERS }, () => newUser('crowd'));
    assert.equal((await call('POST', `${path}/participants`, { userIds: many })).status, 422);
    assert.equal((await member('DELETE', `${path}/participants/${alice}`)).status, 403);
    const role = (to) => call('PATCH', `${path}/participants/${carol}`, { role: to });
    assert.equal((await role('admin')).status, 200);
    assert.equal((await role('king')).status, 400);
    assert.equal((await member('PATCH', `${path}/participants/me`, { role: 'admin' })).status, 403);
    assert.equal((await call('DELETE', `${path}/participants/${carol}`)).status, 200);
    assert.equal((await call('GET', `${path}/participants?limit=1`)).body.participants.length, 1);
    assert.equal((await call('GET', `${path}/participants?limit=0`)).status, 400);
    const { code } = (await call('POST', `${path}/invites`, { maxUses: 2, expiresInS: 600 })).body;
    assert.equal((await call('POST', `${path}/invites`, { maxUses: 0 })).status, 400);
    assert.equal((await call('GET', `${path}/invites`)).body.invites.length, 1);
    assert.equal((await documents.request(server, 'GET', `/messaging/invites/${code}`)).body.memberCount, 2);
    assert.equal((await stranger('POST', `/messaging/invites/${code}/join`)).status, 200);
    assert.equal((await stranger('DELETE', `${path}/invites/${code}`)).status, 403);
    assert.equal((await call('DELETE', `${path}/invites/${code}`)).status, 200);
    assert.equal((await as(carol)('POST', `/messaging/invites/${code}/join`)).status, 404);
    assert.equal((await call('GET', `/messaging/presence?userIds=${bob},${carol}`)).body.length, 2);
  });

  test('messages', async () => {
    const [alice, bob, eve] = newUsers('alice', 'bob', 'eve');
    const [call, other, stranger] = [as(alice), as(bob), as(eve)];
    const made = await call('POST', '/messaging/conversations', {
      type: 'Direct',
      participantIds: [bob],
    });
    const path = `/messaging/conversations/${made.body.conversationId}/messages`;
    const key = { 'Idempotency-Key': newUser('key') };
    const { messageId } = (await call('POST', path, { content: 'hello' }, key)).body;
    assert.equal(
      (await call('POST', path, { content: 'other words' }, key)).body.code,
      'id_conflict',
    );
    assert.equal((await call('POST', path, { content: '' })).body.code, 'bad_request');
    assert.equal((await call('POST', path, { content: 'x'.repeat(5001) })).body.code, 'too_long');
    assert.equal((await stranger('POST', path, { content: 'x' })).status, 404);
    const answer = (await other('POST', path, { content: 'hi', replyTo: messageId })).body
      .messageId;
    for (const how of ['delivered', 'read']) {
      assert.equal((await other('POST', `${path}/${how}`)).status, 200);
      assert.equal((await other('POST', `${path}/${how}`, { upToSeq: 2 })).status, 200);
    }
    assert.equal(
      (await call('PATCH', `/messaging/messages/${messageId}`, { content: 'hello!' })).status,
      200,
    );
    assert.equal(
      (await call('PATCH', `/messaging/messages/${answer}`, { content: 'no' })).status,
      403,
    );
    assert.equal((await other('DELETE', `/messaging/messages/${answer}`)).status, 200);
    assert.equal(
      (await other('PATCH', `/messaging/messages/${answer}`, { content: 'no' })).status,
      409,
    );
    assert.equal((await call('DELETE', `/messaging/messages/${MISSING}`)).status, 404);
    const [edited, deleted] = (await call('GET', path)).body.messages;
    assert.ok(
      edited.editedAt && edited.readAt && deleted.deletedAt && deleted.replyTo,
      'all that a message may have',
    );
    assert.equal((await call('GET', `${path}?after=0&limit=1`)).body.hasMore, true);
    assert.equal((await call('GET', `${path}?pageSize=201`)).status, 400);
    assert.equal((await stranger('GET', path)).status, 404);
    const positions = [
      { conversationId: made.body.conversationId, afterSeq: 0 },
      { conversationId: MISSING, afterSeq: 7 },
    ];
    const caught = (await call('POST', '/messaging/catch-up', positions)).body;
    assert.deepEqual(
      caught.map(({ recovered }) => recovered),
      [true, false],
    );
  });

  test('profiles, search and blocks', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const call = as(alice);
    assert.equal((await call('GET', '/users/me')).body.firstName, null);
    const change = { firstName: 'Alice', displayName: alice, lastName: null };
    assert.equal((await call('PUT', '/users/me', change)).body.firstName, 'Alice');
    assert.equal((await call('PUT', '/users/me', { firstName: '' })).status, 400);
    await call('POST', '/messaging/conversations', { type: 'Direct', participantIds: [bob] });
    assert.equal((await as(bob)('GET', `/users?query=${alice}`)).body[0].userId, alice);
    assert.equal((await call('GET', '/users?query=')).status, 400);
    assert.equal((await call('GET', `/users?ids=${bob}`)).body.users[0].userId, bob);
    assert.deepEqual((await call('GET', '/users?userName=nobody')).body, { users: [] });
    const path = '/users/me/blocks';
    assert.equal((await call('PUT', `${path}/${bob}`)).status, 200);
    assert.equal((await call('PUT', `${path}/${alice}`)).status, 400);
    assert.equal((await call('GET', path)).body[0].userId, bob);
    const again = { type: 'Group', participantIds: [bob] };
    assert.equal((await call('POST', '/messaging/conversations', again)).status, 403);
    const back = { type: 'Group', participantIds: [alice] };
    assert.equal((await as(bob)('POST', '/messaging/conversations', back)).status, 404);
    assert.equal((await call('DELETE', `${path}/${bob}`)).status, 200);
  });

  test('attachments', async () => {
    const [alice, bob, eve] = newUsers('alice', 'bob', 'eve');
    const { body: made } = await as(alice)('POST', '/messaging/conversations', {
      type: 'Direct',
      participantIds: [bob],
    });
    const file = { ...made, fileName: 'a.txt', contentType: 'text/plain', size: 5 };
    const announce = (more) => as(alice)('POST', '/messaging/attachments', { ...file, ...more });
    assert.equal((await as(eve)('POST', '/messaging/attachments', file)).status, 404);
    assert.equal((await announce({ size: -1 })).status, 400);
    assert.equal((await announce({ size: 2 ** 40 })).status, 422);
    const { attachmentId, uploadUrl } = (await announce()).body;
    const files = (method, url, more) => documents.request(server, method, url, more);
    assert.equal((await files('PUT', `${uploadUrl}0`, { body: 'hello' })).status, 403);
    assert.equal((await files('PUT', uploadUrl, { body: 'hell' })).status, 400);
    assert.equal((await files('PUT', uploadUrl, { body: 'hello' })).status, 200);
    assert.equal((await files('PUT', uploadUrl, { body: 'hello' })).status, 409);
    const path = `/messaging/conversations/${made.conversationId}/messages`;
    const sent = { content: '', attachmentIds: [attachmentId] };
    assert.equal((await as(alice)('POST', path, sent)).status, 200);
    const tooMany = { content: '', attachmentIds: Array.from({ length: 11 }, () => randomUUID()) };
    assert.equal((await as(alice)('POST', path, tooMany)).status, 422);
    const { url } = (await as(bob)('GET', path)).body.messages[0].attachments[0];
    assert.equal((await files('GET', url)).body, 'hello');
    const part = await files('GET', url, { headers: { range: 'bytes=1-2' } });
    assert.deepEqual([part.status, part.body], [206, 'el']);
    assert.equal((await files('GET', url, { headers: { range: 'bytes=9-' } })).status, 416);
    assert.equal((await files('GET', url.replace('a.txt', 'b.txt'))).status, 403);
    assert.equal((await files('HEAD', url)).headers.get('content-length'), '5');
  });

  test('administration', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const [call, admin] = [as(alice), as(ADMIN)];
    const { body: made } = await call('POST', '/messaging/conversations', {
      type: 'Direct',
      participantIds: [bob],
    });
    const path = `/messaging/conversations/${made.conversationId}/messages`;
    await server.store.run(POISON);
    for (const content of ['poison one', 'poison two'])
      assert.equal((await call('POST', path, { content })).status, 400);
    const letters = '/admin/dead-letters';
    const [{ id: second }, { id: first }] = (await admin('GET', `${letters}?limit=2`)).body;
    assert.equal((await admin('GET', `${letters}?before=${second}`)).body[0].id, first);
    assert.equal((await admin('GET', `${letters}/${first}`)).body.content, 'poison one');
    assert.equal((await admin('POST', `${letters}/${first}/retry`)).status, 409);
    await server.store.run(CURE);
    assert.equal((await admin('POST', `${letters}/${first}/retry`)).status, 200);
    assert.equal((await admin('DELETE', `${letters}/${second}`)).status, 200);
    assert.equal((await admin('DELETE', `${letters}/${second}`)).status, 404);
    assert.equal((await call('GET', letters)).status, 403);
    const { enum: names } = documents.rest.components.schemas.Job.properties.name;
    const { body: jobs } = await admin('GET', '/admin/jobs');
    assert.deepEqual(
      jobs.map(({ name }) => name),
      names,
    );
  });

  test('a newer token', async () => {
    const alice = newUser('alice');
    for (const path of ['/hubs/chat', '/chathub']) {
      const client = await connect(server, alice, { path });
      const connectionToken = tokenOf(client);
      const refresh = (sub, id) =>
        as(sub)('POST', `${path}/refresh`, undefined, { 'x-signalr-connection-token': id });
      const { status, body } = await refresh(alice, connectionToken);
      assert.equal(status, 200);
      assert.ok(body.tokenLifetimeSeconds > 0);
      assert.equal((await refresh(newUser('eve'), connectionToken)).body.error, 'user_changed');
      assert.equal((await refresh(alice, 'x')).body.error, 'connection_not_found');
      const bare = await as(alice)('POST', `${path}/refresh`);
      assert.equal(bare.body.error, 'missing_connection_token');
    }
  });

  test('who is over a rate', async () => {
    const strict = await startServer({
      'limits.enabled': true,
      'limits.sends_burst': 1,
      'limits.sends_per_s': 0.001,
    });
    try {
      const [alice, bob] = newUsers('alice', 'bob');
      await connect(strict, alice);
      const call = (path, body) =>
        documents.request(strict, 'POST', path, { token: tokenFor(alice), body });
      const made = await call('/messaging/conversations', {
        participant1Id: alice,
        participant2Id: bob,
      });
      const path = `/messaging/conversations/${made.body.conversationId}/messages`;
      assert.equal((await call(path, { content: 'one' })).status, 200);
      const refused = await call(path, { content: 'two' });
      assert.equal(refused.status, 429);
      assert.ok(Number(refused.headers.get('retry-after')) >= 1);
      assert.ok(refused.body.retryAfterMs >= 1);
    } finally {
      await strict.dispose();
    }
  });

  test('the hub begins, and the pages', async () => {
    for (const path of ['/hubs/chat', '/chathub']) {
      const target = `${path}/negotiate?negotiateVersion=1&useStatefulReconnect=true`;
      assert.equal((await as(newUser('ada'))('POST', target)).status, 200);
    }
    for (const path of ['/healthz', '/readyz', '/metrics', '/web/config.json'])
      await documents.request(server, 'GET', path);
  });

  test('every operation but the open ones refuses who has no token', async () => {
    for (const { path, verb, security } of documents.operations) {
      if (security?.length === 0) continue;
      const target = path.replaceAll(/\{\w+\}/g, MISSING);
      const { status, body } = await documents.request(server, verb.toUpperCase(), target);
      assert.equal(status, 401, `${verb} ${path}`);
      assert.equal(body.code, 'unauthenticated');
    }
  });

  test('nothing is documented that was not answered here', () => {
    const left = documents.operations
      .map(({ operationId }) => operationId)
      .filter((id) => !documents.answered.has(id));
    assert.deepEqual(left, []);
  });
});
