// Taking over a bulk export of Mattermost: its people sign in by the names they had, and read on.
// Proves R-054.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { chatList, joined, newUser, page, post as say, wholeHistory } from './support/chat.mjs';
import { ctl, done } from './support/ctl.mjs';
import {
  AT, bot, channel, directChannel, directPost, post, reply, team, user, version, writeExport,
} from './support/mattermost-export.mjs';
import { request } from './support/rest.mjs';
import { startServer } from './support/server.mjs';

let server;
before(async () => (server = await startServer({ 'auth.accounts': true })));
after(() => server.dispose());

const iso = (ms) => new Date(ms).toISOString();
const nameOf = (name) => newUser(name).slice(0, 22);
let made = 0;
const file = (lines) => writeExport(join(server.home, `export-${++made}.jsonl`), lines);
const imported = async (lines, more = []) => (await done(server, ['import', 'mattermost', file(lines), '--json', ...more])).json;
const titled = async (sub, title) => (await chatList(server, sub)).find((row) => row.title === title);

/// Two people in a channel of a team of their own.
function scene() {
  const [alice, bob] = [nameOf('alice'), nameOf('bob')];
  const core = nameOf('core');
  const head = [
    version(),
    team(core, 'Core'),
    channel(core, 'town', `Town of ${core}`),
    user(alice, core, { town: { last_viewed_at: AT + 2500, roles: 'channel_user channel_admin' } }, { first_name: 'Alice', last_name: 'A.' }),
    user(bob, core, { town: AT + 9000 }, { nickname: 'Bobby' }),
  ];
  return { alice, bob, core, head, title: `Town of ${core}` };
}

test('channels, threads, edits and conversations between people are read in their order and with their times', async () => {
  const { alice, bob, core, head, title } = scene();
  const lines = [
    ...head,
    post(core, 'town', bob, 'third', AT + 3000, { edit_at: AT + 3500 }),
    post(core, 'town', alice, 'first', AT, { replies: [reply(bob, 'an answer', AT + 2000)] }),
    post(core, 'town', alice, 'second', AT + 1000),
    directChannel([bob, alice], { participants: [{ username: alice, last_viewed_at: AT + 20_000 }, { username: bob, last_viewed_at: 0 }] }),
    directPost([alice, bob], alice, 'psst', AT + 10_000),
    directChannel([alice, alice]),
    directPost([alice, alice], alice, 'a note', AT + 11_000),
  ];
  const { refused, leftOut, newMessages, newConversations } = await imported(lines);
  assert.deepEqual([refused, leftOut, newMessages, newConversations], [0, 0, 6, 3]);

  const row = await titled(alice, title);
  assert.deepEqual([row.type, row.unreadCount], ['Group', 1]);
  const history = await wholeHistory(server, alice, row.id);
  assert.deepEqual(
    history.map(({ senderId, content, createdAt }) => [senderId, content, createdAt]),
    [[alice, 'first', iso(AT)], [alice, 'second', iso(AT + 1000)], [bob, 'an answer', iso(AT + 2000)], [bob, 'third', iso(AT + 3000)]],
  );
  assert.equal(history[2].replyTo, history[0].id);
  assert.equal(history[3].editedAt, iso(AT + 3500));
  const direct = (await chatList(server, bob)).find(({ type }) => type === 'Direct');
  assert.deepEqual([direct.unreadCount, direct.otherParticipantId, direct.otherParticipantFirstName], [1, alice, 'Alice']);
  assert.equal(direct.lastMessage.createdAt, iso(AT + 10_000));

  const again = await imported(lines);
  assert.deepEqual([again.newMessages, again.presentMessages, again.newConversations, again.newAccounts], [0, 6, 0, 0]);
  const bobs = await joined(server, bob, row.id);
  const id = await say(server, alice, row.id, 'and now');
  await bobs.waitFor('MessageReceived', ({ messageId }) => messageId === id);
});

test('people sign in once an operator gives them a password; who was deactivated does not', async () => {
  const { alice, core, head } = scene();
  const gone = nameOf('gone');
  await imported([...head, user(gone, core, { town: 0 }, { delete_at: AT }), post(core, 'town', gone, 'farewell', AT)]);
  const signIn = (userName, password) => request(server, 'POST', '/auth/token', { body: { userName, password } });
  assert.equal((await signIn(alice, 'correct horse')).status, 401);
  await done(server, ['user', 'password', alice], { typed: 'correct horse\n' });
  const { status, body } = await signIn(alice, 'correct horse');
  assert.equal(status, 200);
  const list = await request(server, 'GET', '/messaging/conversations', { token: body.accessToken ?? body.token });
  assert.equal(list.body[0].lastMessage.content, 'farewell');
  await done(server, ['user', 'password', gone], { typed: 'correct horse\n' });
  assert.equal((await signIn(gone, 'correct horse')).status, 401);
});

test('what Parley has no place for is listed by line, and fails nothing', async () => {
  const { alice, bob, core, head, title } = scene();
  const list = join(server.home, 'left.jsonl');
  const lines = [
    version(),
    JSON.stringify({ type: 'emoji', emoji: { name: 'party', image: 'party.png' } }),
    ...head.slice(1, 2),
    channel(core, 'town', title, { header: 'Welcome' }),
    ...head.slice(3),
    bot('matterbot'),
    post(core, 'town', alice, 'alice joined', AT, { type: 'system_join_channel' }),
    post(core, 'town', alice, 'text', AT + 1, {
      is_pinned: true,
      flagged_by: [bob],
      reactions: [{ user: bob, create_at: AT + 2, emoji_name: 'tada' }],
      attachments: [{ path: '20240115/a.png' }, { path: '20240115/b.png' }],
      props: { attachments: [{ text: 'card' }] },
    }),
    post(core, 'town', alice, '', AT + 3, { attachments: [{ path: '20240115/c.png' }] }),
    post(core, 'town', 'matterbot', 'beep', AT + 4),
    post(core, 'town', 'matterbot', 'beep', AT + 4),
  ];
  const { newMessages, leftOut } = await imported(lines, ['--refused', list]);
  assert.deepEqual([newMessages, leftOut], [2, 11]);
  const left = readFileSync(list, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line));
  assert.deepEqual(
    left.map(({ place, what }) => `${place} ${what}`),
    [
      'line 2 emoji', 'line 4 channel', 'line 8 post', 'line 9 file', 'line 9 reaction', 'line 9 bookmark',
      'line 9 pin', 'line 9 card', 'line 10 file', 'line 10 post', 'line 12 post',
    ],
  );
  assert.deepEqual(left.map(({ wrong }) => wrong), left.map(() => false));
  assert.match(left[9].reason, /nothing but files, and none of them is taken/);
  assert.equal((await page(server, bob, (await titled(bob, title)).id)).messages.at(-1).senderId, 'matterbot');
});

test('files come with their posts, once, and are downloaded', async (t) => {
  const { alice, bob, core, head, title } = scene();
  const data = join(server.home, `data-${made}`);
  mkdirSync(join(data, '20240115'), { recursive: true });
  const bytes = { 'a.png': Buffer.alloc(100_000, 'a'), 'b.txt': Buffer.from('text of b') };
  for (const [name, content] of Object.entries(bytes)) writeFileSync(join(data, '20240115', name), content);
  const lines = [
    ...head,
    post(core, 'town', alice, 'two files', AT, { attachments: [{ path: '20240115/a.png' }, { path: '20240115/b.txt' }] }),
    post(core, 'town', alice, '', AT + 1, { attachments: [{ path: '20240115/b.txt' }] }),
    post(core, 'town', alice, 'one is gone', AT + 2, { attachments: [{ path: '20240115/gone' }, { path: '../secret' }] }),
  ];
  const run = (more) => ctl(server, ['import', 'mattermost', file(lines), '--files', data, '--json', ...more]);
  const dry = await run(['--dry-run']);
  assert.deepEqual([dry.json.newFiles, dry.json.refused], [3, 2]);
  const killed = await ctl(server, ['import', 'mattermost', file(lines), '--files', data], { settings: { fail: 'import_files:kill:1' } });
  if (killed.code === 1) t.diagnostic('a build without failpoints');
  const { code, json, stderr } = await run([]);
  assert.equal(code, 1, stderr);
  assert.equal(json.refused, 2);
  assert.match(json.notTaken[0].reason, /^the file 20240115\/gone is not in the folder$/);
  const history = (await page(server, bob, (await titled(bob, title)).id)).messages;
  assert.deepEqual(history.map(({ content, attachments = [] }) => [content, attachments.map(({ fileName }) => fileName)]), [
    ['two files', ['a.png', 'b.txt']], ['', ['b.txt']], ['one is gone', []],
  ]);
  for (const { url, fileName, size } of history[0].attachments) {
    const answer = await fetch(server.url + url);
    assert.equal(answer.status, 200);
    assert.deepEqual(Buffer.from(await answer.arrayBuffer()), bytes[fileName]);
    assert.equal(size, bytes[fileName].length);
  }
  assert.equal((await run([])).json.newFiles, 0);
});

test('what is wrong is refused by line and part with the reason, and the rest is taken', async () => {
  const { alice, bob, core, head, title } = scene();
  const cases = [
    ['{"type":"post"', /^it is not JSON, from byte 15$/],
    [JSON.stringify({ type: 'poll', poll: {} }), /^its type 'poll' is not known$/],
    [post(core, 'nowhere', alice, 'x', AT), /^its channel .*\/nowhere is on no line before$/],
    [post(core, 'town', 'nobody', 'x', AT), /^the user nobody is on no line before$/],
    [post(core, 'town', alice, 'x'.repeat(5001), AT), /^its message has 5001 characters, more than 5000 \(chat\.max_text_units\)$/],
    [post(core, 'town', alice, '', AT), /^it has no message$/],
    [post(core, 'town', alice, 'x', 0), /^create_at is no time since 1970: 0$/],
    [post(core, 'town', alice, 'x', Date.UTC(2100, 0, 1)), /^create_at is in the future: /],
    [post(core, 'town', alice, 'x', 'noon'), /^create_at is not a whole number$/],
    [post(core, 'town', alice, 'x', 2 ** 63), /^create_at is not a (whole number|number that can be)$/],
    [post(core, 'town', alice, 7, AT), /^message is not a text$/],
    ['[]', /^there is no object where one should be$/],
    ['{}', /^it has no type$/],
    [user(bob, core), /^the user .* is on a line before$/],
    [user('two words', core), /^its username is no id of a user/],
    [channel(core, 'town', 'again'), /^the channel is on a line before$/],
    [channel('other', 'x', 'x'), /^its team other is on no line before$/],
    [channel(core, 'dm', 'x', { type: 'D' }), /^its type 'D' is neither O nor P$/],
    [directPost([], alice, 'x', AT), /^it has 0 members/],
    [directPost([alice, 'nobody'], alice, 'x', AT), /^the user nobody is on no line before$/],
  ];
  const thread = post(core, 'town', 'nobody', 'x', AT, { replies: [reply(bob, 'taken', AT + 5), reply(bob, '', AT + 6)] });
  const list = join(server.home, 'wrong.jsonl');
  const { code, json, stderr } = await ctl(server, [
    'import', 'mattermost', file([...head, ...cases.map(([line]) => line), thread]), '--json', '--refused', list,
  ]);
  const wrong = readFileSync(list, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line));
  cases.forEach(([line, reason], i) => {
    const found = wrong.find(({ place }) => place === `line ${head.length + i + 1}`);
    assert.match(found?.reason ?? 'nothing', reason, line);
  });
  assert.deepEqual(wrong.slice(-2).map(({ place }) => place), [`line ${head.length + cases.length + 1}`, `line ${head.length + cases.length + 1}, reply 2`]);
  assert.equal(code, 1);
  assert.equal(json.refused, cases.length + 2);
  assert.match(stderr, /^parleyctl: 22 things were refused, and all others are taken: see the list\n$/);
  assert.deepEqual((await page(server, bob, (await titled(bob, title)).id)).messages.map(({ content }) => content), ['taken']);
});

test('a dry run writes nothing, and says the same as the run', async () => {
  const { alice, core, head } = scene();
  const lines = [...head, post(core, 'town', alice, 'one', AT)];
  const dry = await imported(lines, ['--dry-run']);
  assert.equal((await ctl(server, ['user', 'show', alice])).code, 1);
  assert.deepEqual(await chatList(server, alice), []);
  const { dryRun, source, ...counts } = await imported(lines);
  assert.deepEqual({ ...dry, dryRun, source }, { ...counts, dryRun, source });
  const { stdout } = await done(server, ['import', 'mattermost', source]);
  assert.match(stdout, /^newMessages: 0$/m);
  assert.match(stdout, /^presentMessages: 1$/m);
});

test('an account here of the same name is somebody else until it is said', async () => {
  const { alice, core, head, title } = scene();
  const { stdout } = await done(server, ['user', 'create', alice, '--random', '--json']);
  const { userId } = JSON.parse(stdout);
  const lines = [...head, post(core, 'town', alice, 'mine', AT)];
  const { code, stderr } = await ctl(server, ['import', 'mattermost', file(lines)]);
  assert.equal(code, 1);
  assert.match(stderr, new RegExp(`^parleyctl: nothing was written: there are accounts of these names already: ${alice}\\. Say --same-people `));
  await imported(lines, ['--same-people']);
  const row = await titled(userId, title);
  assert.equal((await page(server, userId, row.id)).messages[0].senderId, userId);
});

test('without a server, and killed on its way, it takes the same', async (t) => {
  const own = await startServer();
  t.after(() => own.dispose());
  await own.stop();
  const { alice, bob, core, head } = scene();
  const posts = Array.from({ length: 1300 }, (_, i) => post(core, 'town', i % 2 ? alice : bob, `text ${i}`, AT + i));
  const source = file([...head, ...posts.toReversed()]);
  const killed = await ctl(own, ['import', 'mattermost', source], { settings: { fail: 'import_batch:kill:1' } });
  if (killed.code === 0) t.diagnostic('a build without failpoints');
  await done(own, ['import', 'mattermost', source]);
  await own.start();
  const [row] = await chatList(own, bob);
  assert.deepEqual((await wholeHistory(own, bob, row.id)).map(({ content }) => content), posts.map((_, i) => `text ${i}`));
});

describe('what it is given', () => {
  test('a file that is none is refused in one line that says what to do', async () => {
    const folder = join(server.home, 'folder');
    mkdirSync(folder);
    writeFileSync(join(server.home, 'zip'), 'PK\x03\x04...');
    writeFileSync(join(server.home, 'empty'), '');
    writeFileSync(join(server.home, 'slack'), '[{"user": "U1"}]');
    const cases = [
      ['nowhere', /nowhere: cannot be read: is it there/],
      [folder, /is a folder; name the file in it/],
      ['zip', /zip: it is a zip archive: unpack it, and name the \.jsonl in it/],
      ['empty', /empty: it has no line: this is no bulk export of Mattermost/],
      ['slack', /slack: line 1 is not its version: this is no bulk export/],
      [file([JSON.stringify({ type: 'version', version: 2 })]), /line 1: this version of the format is not known/],
    ];
    for (const [name, reason] of cases) {
      const { code, stdout, stderr } = await ctl(server, ['import', 'mattermost', name]);
      assert.equal(code, 1, name);
      assert.equal(stdout, '');
      assert.match(stderr, reason);
      assert.match(stderr, /^parleyctl: [^\n]+\n$/);
    }
    const same = file(scene().head);
    const overwritten = await ctl(server, ['import', 'mattermost', same, '--refused', same]);
    assert.equal(overwritten.code, 2);
    assert.match(overwritten.stderr, /--refused names the file that is to be imported\n$/);
    assert.equal(readFileSync(same, 'utf8').split('\n')[0], version());
    const { code, stderr } = await ctl(server, ['import', 'mattermost', file(scene().head), '--refused', join(server.home, 'no/such')]);
    assert.equal(code, 1);
    assert.match(stderr, /cannot be written; give --refused another file\n$/);
  });
});
