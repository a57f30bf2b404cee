// Who may do what, who hears what: the one table. authorization.test.mjs tests every cell of it
// against a running server and holds its rows to the server's own list of operations;
// docs/authorization.md is made of it (`node tests/e2e/support/authorization.mjs`).
import { fileURLToPath } from 'node:url';
import { MISSING } from './chat.mjs';

/// Kinds of caller, in the order of every row's cells. The conversation is a group that `owner` made
/// and `removed` was removed from.
export const CALLERS = {
  owner: 'made the group',
  admin: 'was given the role',
  member: 'a member without a role',
  removed: 'was a member once',
  blocked: 'a member whom the author of the message has blocked',
  stranger: 'signed in, never a member',
  anonymous: 'no token',
  expired: 'a token that was good an hour ago',
};

/// What a cell can say, and what the test asserts.
export const OUTCOMES = {
  200: 'served',
  201: 'served, something was made',
  ok: 'the hub method completes without error',
  listed: 'served, and the answer holds the conversation (or the person)',
  unlisted: 'served, and the answer holds nothing of it',
  403: '`forbidden`',
  404: '`not_found`, byte for byte the answer for an id that does not exist',
  401: '`unauthenticated`, one body for all; a hub connection is refused with 401',
  heard: 'the event reaches the connection, once',
  silent: 'the connection hears nothing of it',
};

const row = (name, cells, more = {}) => ({
  name,
  cells: Object.fromEntries(Object.keys(CALLERS).map((caller, i) => [caller, cells.split(' ')[i]])),
  ...more,
});
//                  owner admin member removed blocked stranger anonymous expired
const EVERYBODY = '200 200 200 200 200 200 200 200';
const SIGNED_IN = '200 200 200 200 200 200 401 401';
const MEMBERS = '200 200 200 404 200 404 401 401';
const RULERS = '200 200 403 404 403 404 401 401';
const AUTHOR_ONLY = '403 403 403 404 403 404 401 401';
const LISTS = 'listed listed listed unlisted listed unlisted 401 401';

/// Whoever is blocked does not see who blocked it.
const SEES = LISTS.replace(/^((?:\w+ ){4})listed/, '$1unlisted');

const C = '/messaging/conversations/{conversationId}';
const M = '/messaging/messages/{messageId}';

/// "VERB /path", as the OpenAPI document spells it. `note` tells two uses of one route apart; `body`
/// is made of the world of a cell (see authorization.test.mjs); `seeks` is what `listed` looks for.
export const ROUTES = [
  row('POST /auth/register', '201 201 201 201 201 201 201 201', { body: (w) => w.newAccount }),
  row('POST /auth/token', EVERYBODY, { body: (w) => w.account }),
  ...['POST /auth/session', 'DELETE /auth/session'].map((name) =>
    row(name, '401 401 401 401 401 401 401 401', { note: 'without its cookie, which alone opens it' }),
  ),
  row('GET /auth/sessions', SIGNED_IN),
  row('DELETE /auth/sessions/{id}', '404 404 404 404 404 404 401 401', {
    note: "one that is not the caller's", names: () => ({ id: MISSING }),
  }),
  row('PUT /auth/password', '404 404 404 404 404 404 401 401', {
    note: 'without a built-in account', body: () => ({ currentPassword: 'correct horse', newPassword: 'battery staple' }),
  }),
  row('POST /messaging/conversations', SIGNED_IN, {
    body: () => ({ type: 'Group', participantIds: ['somebody-else'], title: 'own' }),
  }),
  row('GET /messaging/conversations', LISTS, { seeks: (w, body) => body.some(({ id }) => id === w.id) }),
  row(`PATCH ${C}`, RULERS, { body: () => ({ title: 'renamed' }) }),
  row(`GET ${C}/messages`, MEMBERS),
  row(`GET ${C}/messages`, MEMBERS, { note: 'by seq', query: '?after=0&limit=10' }),
  row(`POST ${C}/messages`, MEMBERS, { body: () => ({ content: 'mine' }) }),
  row(`POST ${C}/messages/read`, MEMBERS, { body: () => ({}) }),
  row(`POST ${C}/messages/delivered`, MEMBERS, { body: () => ({}) }),
  row(`GET ${C}/participants`, MEMBERS),
  row(`POST ${C}/participants`, MEMBERS, { body: () => ({ userIds: ['newcomer'] }) }),
  row(`DELETE ${C}/participants/{userId}`, RULERS, { note: 'a member' }),
  row(`DELETE ${C}/participants/{userId}`, '200 403 403 404 403 404 401 401', {
    note: 'an admin', names: (w) => ({ userId: w.otherAdmin }),
  }),
  row(`DELETE ${C}/participants/{userId}`, '200 403 403 404 403 404 401 401', {
    note: 'the owner (for the owner: leaving)', names: (w) => ({ userId: w.owner }),
  }),
  row(`DELETE ${C}/participants/{userId}`, MEMBERS, {
    note: 'me: leaving', names: () => ({ userId: 'me' }),
  }),
  row(`PATCH ${C}/participants/{userId}`, '200 403 403 404 403 404 401 401', {
    note: 'a member', body: () => ({ role: 'admin' }),
  }),
  row(`PATCH ${C}/participants/{userId}`, '200 403 403 404 403 404 401 401', {
    note: 'an admin', names: (w) => ({ userId: w.otherAdmin }), body: () => ({ role: 'member' }),
  }),
  row(`PATCH ${C}/participants/{userId}`, '403 200 403 404 403 404 401 401', {
    note: 'me: an admin lays the role down', names: () => ({ userId: 'me' }), body: () => ({ role: 'member' }),
  }),
  row(`PATCH ${C}/participants/{userId}`, '403 403 403 404 403 404 401 401', {
    note: 'the owner', names: (w) => ({ userId: w.owner }), body: () => ({ role: 'member' }),
  }),
  row(`POST ${C}/invites`, '201 201 201 404 201 404 401 401', { body: () => ({}) }),
  row(`GET ${C}/invites`, MEMBERS),
  row(`DELETE ${C}/invites/{code}`, RULERS, { note: "another's", names: (w) => ({ code: w.invite }) }),
  row('GET /messaging/invites/{code}', EVERYBODY, { names: (w) => ({ code: w.invite }) }),
  row('POST /messaging/invites/{code}/join', '200 200 200 200 200 200 401 401', {
    note: 'one that was made after the removal', names: (w) => ({ code: w.invite }),
  }),
  row(`PATCH ${M}`, AUTHOR_ONLY, { note: "another's", body: () => ({ content: 'changed' }) }),
  row(`PATCH ${M}`, MEMBERS, {
    note: "the caller's own (for strangers: any)", body: () => ({ content: 'changed' }), own: true,
  }),
  row(`DELETE ${M}`, AUTHOR_ONLY, { note: "another's" }),
  row(`DELETE ${M}`, MEMBERS, { note: "the caller's own (for strangers: any)", own: true }),
  row('GET /messaging/presence', SEES, {
    query: (w) => `?userIds=${w.present}`, seeks: (w, body) => body[0].online,
  }),
  row('POST /messaging/catch-up', LISTS, {
    body: (w) => [{ conversationId: w.id, afterSeq: 0 }], seeks: (w, body) => body[0].recovered,
  }),
  row('POST /hubs/chat/negotiate', SIGNED_IN, { query: '?negotiateVersion=1' }),
  row('POST /chathub/negotiate', SIGNED_IN, {
    query: '?negotiateVersion=1', note: 'auth.anonymous = false',
  }),
  row('POST /hubs/chat/refresh', '404 404 404 404 404 404 401 401', {
    query: '?id=nobodys', note: 'a connection that is not there; of another user: 403',
  }),
  row('POST /chathub/refresh', '404 404 404 404 404 404 401 401', {
    query: '?id=nobodys', note: 'a connection that is not there; of another user: 403',
  }),
  row('POST /messaging/attachments', MEMBERS, {
    body: (w) => ({ conversationId: w.id, fileName: 'a.txt', contentType: 'text/plain', size: 5 }),
  }),
  row('GET /messaging/attachments/{attachmentId}', '403 403 403 403 403 403 403 403', {
    note: 'without the signature of its URL, which alone opens it', names: () => ({ attachmentId: MISSING }),
  }),
  row('PUT /messaging/attachments/{attachmentId}', '403 403 403 403 403 403 403 403', {
    note: 'without the signature of its URL, which alone opens it', names: () => ({ attachmentId: MISSING }),
    body: () => ({ any: 'bytes' }),
  }),
  row('GET /users/me', SIGNED_IN),
  row('PUT /users/me', SIGNED_IN, { body: () => ({ firstName: 'Ada' }) }),
  row('GET /users', SIGNED_IN, { query: '?query=a', note: 'finds by users.search' }),
  row('GET /users', SIGNED_IN, { query: '?userName=ada', note: 'by a whole user name' }),
  row('GET /users', LISTS, {
    query: (w) => `?ids=${w.present}`, note: 'by ids', seeks: (w, { users }) => users.length === 1,
  }),
  row('GET /users/me/blocks', SIGNED_IN),
  row('PUT /users/me/blocks/{userId}', SIGNED_IN, { names: () => ({ userId: 'anybody' }) }),
  row('DELETE /users/me/blocks/{userId}', SIGNED_IN, { names: () => ({ userId: 'anybody' }) }),
  ...[
    'GET /admin/dead-letters',
    'GET /admin/dead-letters/{id}',
    'POST /admin/dead-letters/{id}/retry',
    'DELETE /admin/dead-letters/{id}',
    'GET /admin/jobs',
  ].map((name) =>
    row(name, '403 403 403 403 403 403 401 401', {
      note: 'served to who is named in auth.admins', names: () => ({ id: MISSING }),
    }),
  ),
  row('GET /web/config.json', EVERYBODY),
  row('GET /docs', EVERYBODY),
  row('GET /docs/openapi.json', EVERYBODY),
  row('GET /docs/asyncapi.json', EVERYBODY),
  row('GET /docs/page.css', EVERYBODY),
  row('GET /docs/page.js', EVERYBODY),
  row('GET /healthz', EVERYBODY),
  row('GET /readyz', EVERYBODY),
  row('GET /metrics', EVERYBODY, { note: 'on the listener of metrics.address; 404 elsewhere' }),
];

const CALLABLE = 'ok ok ok ok ok ok 401 401';
const BY_MEMBERS = 'ok ok ok 404 ok 404 401 401';
const BY_RULERS = 'ok ok 403 404 403 404 401 401';
const BY_AUTHOR = '403 403 403 404 403 404 401 401';

/// Hub methods; `args` are made of the world of a cell.
export const METHODS = [
  row('JoinConversation', BY_MEMBERS, { args: (w) => [w.id] }),
  row('JoinConversations', LISTS, { args: (w) => [[w.id]], seeks: (w, [{ ok }]) => ok }),
  row('LeaveConversation', BY_MEMBERS, { args: (w) => [w.id] }),
  row('StartTyping', BY_MEMBERS, { args: (w) => [w.id] }),
  row('StopTyping', BY_MEMBERS, { args: (w) => [w.id] }),
  row('MarkRead', BY_MEMBERS, { args: (w) => [w.id] }),
  row('MarkDelivered', BY_MEMBERS, { args: (w) => [w.id] }),
  row('Send', BY_MEMBERS, { args: (w) => [{ conversationId: w.id, content: 'mine' }] }),
  row('EditMessage', BY_AUTHOR, { note: "another's", args: (w) => [w.messageId, 'changed'] }),
  row('EditMessage', BY_MEMBERS, {
    note: "the caller's own (for strangers: any)", args: (w) => [w.messageId, 'changed'], own: true,
  }),
  row('DeleteMessage', BY_AUTHOR, { note: "another's", args: (w) => [w.messageId] }),
  row('DeleteMessage', BY_MEMBERS, {
    note: "the caller's own (for strangers: any)", args: (w) => [w.messageId], own: true,
  }),
  row('CreateConversation', CALLABLE, {
    args: () => [{ type: 'Group', participantIds: ['somebody-else'] }],
  }),
  row('AddParticipants', BY_MEMBERS, { args: (w) => [w.id, ['newcomer']] }),
  row('RemoveParticipant', BY_RULERS, { note: 'a member', args: (w) => [w.id, w.userId] }),
  row('RemoveParticipant', 'ok 403 403 404 403 404 401 401', {
    note: 'an admin', args: (w) => [w.id, w.otherAdmin],
  }),
  row('SetRole', 'ok 403 403 404 403 404 401 401', {
    note: 'a member', args: (w) => [w.id, w.userId, 'admin'],
  }),
  row('SetRole', 'ok 403 403 404 403 404 401 401', {
    note: 'an admin', args: (w) => [w.id, w.otherAdmin, 'member'],
  }),
  row('Leave', BY_MEMBERS, { args: (w) => [w.id] }),
  row('GetConversations', LISTS, {
    args: () => [{}], seeks: (w, rows) => rows.some(({ id }) => id === w.id),
  }),
  row('GetParticipants', BY_MEMBERS, { args: (w) => [{ conversationId: w.id }] }),
  row('GetMessages', BY_MEMBERS, { args: (w) => [{ conversationId: w.id }] }),
  row('StreamHistory', BY_MEMBERS, { streams: true, args: (w) => [{ conversationId: w.id }] }),
  row('CatchUp', LISTS, {
    args: (w) => [[{ conversationId: w.id, afterSeq: 0 }]], seeks: (w, all) => all[0].recovered,
  }),
  row('GetPresence', SEES, {
    args: (w) => [[w.present]], seeks: (w, all) => all[0].online,
  }),
  row('SendMessage', CALLABLE, { note: 'to the lobby', args: (w) => [w.caller, 'hello lobby'] }),
  row('RegisterUser', CALLABLE, { note: "the caller's own name", args: (w) => [w.caller] }),
  row('RegisterUser', '403 403 403 403 403 403 401 401', {
    note: "another's name", args: (w) => [w.present],
  }),
  row('SendPrivateMessage', 'ok ok ok ok 404 ok 401 401', {
    note: 'to the author of the message', hasNoMissing: true, args: (w) => [w.present, 'hello you'] }),
  row('JoinGroup', CALLABLE, { note: 'groups.open', args: (w) => [w.name] }),
  row('SendToGroup', BY_MEMBERS, {
    note: 'a group by name that was left or never joined', args: (w) => [w.name, 'hello group'],
  }),
];

const HEARD_BY_MEMBERS = 'heard heard heard silent heard silent 401 401';
/// The typist has blocked one of them.
const NOT_BY_THE_BLOCKED = 'heard heard heard silent silent silent 401 401';

/// Events. `by` is who causes it; `do` what it does, given the world of the row.
export const EVENTS = [
  row('MessageReceived', HEARD_BY_MEMBERS, { note: 'connections that joined' }),
  row('NewMessageNotification', HEARD_BY_MEMBERS, { note: 'not the sender' }),
  row('MessageEdited', HEARD_BY_MEMBERS),
  row('MessageDeleted', HEARD_BY_MEMBERS),
  row('MessagesRead', HEARD_BY_MEMBERS),
  row('MessagesDelivered', HEARD_BY_MEMBERS),
  row('ConversationCreated', HEARD_BY_MEMBERS),
  row('ParticipantsAdded', HEARD_BY_MEMBERS),
  row('ParticipantRemoved', HEARD_BY_MEMBERS, { note: 'and, once, who was removed' }),
  row('TitleChanged', HEARD_BY_MEMBERS),
  row('RoleChanged', HEARD_BY_MEMBERS, { note: 'the owner has left' }),
  row('UserTyping', NOT_BY_THE_BLOCKED, { note: 'connections that joined, not the typist' }),
  row('UserStoppedTyping', NOT_BY_THE_BLOCKED, { note: 'connections that joined, not the typist' }),
  row('UserOnline', HEARD_BY_MEMBERS, { note: 'of someone who shares the conversation' }),
  row('UserOffline', HEARD_BY_MEMBERS, { note: 'of someone who shares the conversation' }),
  row('ReceiveMessage', HEARD_BY_MEMBERS, { note: 'classic connections that joined the group' }),
  row('Notify', 'heard heard heard heard heard heard 401 401', { note: 'each classic connection, its own' }),
];

const table = (title, rows) =>
  [
    `## ${title}`,
    '',
    `| | ${Object.keys(CALLERS).join(' | ')} |`,
    `|---|${Object.keys(CALLERS).map(() => '---|').join('')}`,
    ...rows.map(({ name, note, cells }) => {
      const what = note ? `\`${name}\` (${note})` : `\`${name}\``;
      return `| ${what} | ${Object.values(cells).join(' | ')} |`;
    }),
    '',
  ].join('\n');

const list = (meanings) =>
  Object.entries(meanings).map(([word, meaning]) => `- **${word}**: ${meaning}`).join('\n');

/// docs/authorization.md
export const page = () =>
  [
    '# Who may do what',
    '',
    'Every REST route, hub method and event against every kind of caller. This page is made from',
    '[tests/e2e/support/authorization.mjs](../tests/e2e/support/authorization.mjs)',
    '(`node tests/e2e/support/authorization.mjs > docs/authorization.md`);',
    '`tests/e2e/authorization.test.mjs` tests every cell on a running server, every',
    '`{conversationId}` route also in its `by-case/{caseId}` form, and fails when the server has an',
    'operation that is not here.',
    '',
    list(CALLERS),
    '',
    'The cells:',
    '',
    list(OUTCOMES),
    '',
    table('REST routes', ROUTES),
    table('Hub methods', METHODS),
    table('Events', EVENTS).trimEnd(),
    '',
  ].join('\n');

if (process.argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(page());
