// Taking over the tables of the .NET system, in every form that EF Core's providers give their GUIDs:
// its clients find their conversations under the ids they know, in order, with the times they had.
// Proves.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { chatList, chatRow, directBetween, joined, page, post, say, wholeHistory } from './support/chat.mjs';
import { ctl, done } from './support/ctl.mjs';
import { EfTables, FORMS } from './support/ef-tables.mjs';
import { MariaDb } from './support/mariadb.mjs';
import { Server, startServer } from './support/server.mjs';

const MESSAGES = 130;
let database;
let isOwn = false;
let server;
let made = 0;

before(async () => {
  database = MariaDb.fromEnvironment();
  isOwn = !database;
  database ??= await MariaDb.start();
  server = await startServer();
});
after(async () => {
  await server.dispose();
  if (isOwn) await database.dispose();
});

/// Tables with a file that names them, gone with the test.
async function tablesFor(t, form) {
  const tables = await EfTables.make(database, `messaging_net_${process.pid}_${++made}`, form);
  t.after(() => tables.dispose());
  tables.file = join(server.home, `source-${made}`);
  writeFileSync(tables.file, `${tables.url}\n`, { mode: 0o600 });
  return tables;
}

const people = (count) => Array.from({ length: count }, () => randomUUID());
const iso = (ms) => new Date(ms).toISOString();
const shown = ({ id, sender, content, at }) => [id, sender, content, iso(at)];
const shownHere = ({ id, senderId, content, createdAt }) => [id, senderId, content, createdAt];
const entriesOf = async (id) =>
  (await done(server, ['conversation', 'export', id])).stdout.trimEnd().split('\n').map((line) => JSON.parse(line));

describe('every form of GUIDs', () => {
  for (const [name, form] of Object.entries(FORMS))
    test(`${name}: a client reads the history, page by page, and goes on`, async (t) => {
      const tables = await tablesFor(t, form);
      const [ann, bob, eve] = people(3);
      const { conversation, rows } = await tables.history(ann, bob, MESSAGES);
      const other = await tables.history(eve, ann, 20);

      const dry = await done(server, ['import', 'dotnet', tables.file, '--dry-run', '--json']);
      assert.deepEqual(
        [dry.json.newConversations, dry.json.newMessages, dry.json.presentMessages, dry.json.refused],
        [2, MESSAGES + 20, 0, 0],
      );
      assert.deepEqual(await chatList(server, ann), []);

      const { json } = await done(server, ['import', 'dotnet', tables.file, '--json']);
      assert.deepEqual([json.newConversations, json.newMessages, json.dryRun], [2, MESSAGES + 20, false]);
      assert.deepEqual((await wholeHistory(server, bob, conversation)).map(shownHere), rows.map(shown));
      const second = await page(server, ann, conversation, '?pageNumber=2&pageSize=50');
      assert.deepEqual([second.totalCount, second.totalPages], [MESSAGES, 3]);
      assert.deepEqual(second.messages.map(shownHere), rows.slice(30, 80).map(shown));

      const row = await chatRow(server, ann, conversation);
      assert.deepEqual([row.type, row.otherParticipantId, row.unreadCount], ['ProfessionalPatient', bob, 2]);
      assert.equal(row.lastMessage.id, rows.at(-1).id);
      assert.equal(row.lastActivityAt, iso(rows.at(-1).at));
      assert.equal((await chatRow(server, bob, conversation)).unreadCount, 1);
      assert.equal((await chatRow(server, ann, other.conversation)).otherParticipantId, eve);
      const [last] = (await page(server, bob, conversation, '?pageSize=1')).messages;
      assert.deepEqual([last.status, last.deliveredAt, last.readAt], ['Delivered', iso(rows.at(-1).deliveredAt), null]);

      const again = await done(server, ['import', 'dotnet', tables.file, '--json']);
      assert.deepEqual(
        [again.json.newConversations, again.json.newMessages, again.json.presentMessages],
        [0, 0, MESSAGES + 20],
      );
      const bobs = await joined(server, bob, conversation);
      const { messageId, seq } = await say(await joined(server, ann, conversation), conversation, 'and now');
      await bobs.waitFor('MessageReceived', (message) => message.messageId === messageId);
      assert.equal(seq, MESSAGES + 2);
      assert.equal((await wholeHistory(server, bob, conversation)).length, MESSAGES + 1);
    });

  test('16 bytes without a version are refused until their order is given', async (t) => {
    const tables = await tablesFor(t, FORMS['Pomelo, LittleEndianBinary16']);
    const withoutVersion = () => `${randomUUID().slice(0, 14)}0000${randomUUID().slice(18)}`;
    const [ann, bob] = [withoutVersion(), withoutVersion()];
    const id = await tables.conversation(ann, bob, { id: withoutVersion() });
    const { code, stderr } = await ctl(server, ['import', 'dotnet', tables.file]);
    assert.equal(code, 1);
    assert.match(stderr, /^parleyctl: the order of the bytes of GUIDs cannot be told from the rows: give it with --guids\. /);
    assert.ok(stderr.includes(`${ann} if little-endian`), stderr);
    assert.equal(stderr.match(/\n/g).length, 1);
    await done(server, ['import', 'dotnet', tables.file, '--guids', 'little-endian']);
    assert.equal((await chatRow(server, ann, id)).otherParticipantId, bob);
  });
});

test('what is deleted stays so, at its time: the deletion stands where it happened', async (t) => {
  const tables = await tablesFor(t);
  const [ann, bob] = people(2);
  const conversation = await tables.conversation(ann, bob);
  const at = Date.UTC(2024, 0, 1, 12);
  const rows = [
    { id: randomUUID(), content: 'one', at, deletedAt: at + 2500 },
    { id: randomUUID(), content: 'two', at: at + 1000 },
    { id: randomUUID(), content: 'three', at: at + 2000 },
    { id: randomUUID(), content: 'four', at: at + 3000, status: 'Read', readAt: Date.UTC(2100, 0, 1), deliveredAt: Date.UTC(1, 0, 1) },
    { id: randomUUID(), contentSql: 'NULL', at: at + 4000, deletedAt: at + 5000 },
  ].map((row) => ({ ...row, conversation, sender: ann }));
  await tables.messages(rows.toReversed());
  await done(server, ['import', 'dotnet', tables.file]);
  const history = await wholeHistory(server, bob, conversation);
  assert.deepEqual(history.map(({ content }) => content), ['', 'two', 'three', 'four', '']);
  const entries = (await entriesOf(conversation)).filter(({ record }) => record === 'entry');
  assert.deepEqual(entries.map(({ kind }) => kind), ['created', 'message', 'message', 'message', 'delete', 'message', 'message', 'delete']);
  assert.deepEqual([history[3].status, history[3].readAt], ['Read', null]);
  assert.equal(entries[4].createdAt, iso(at + 2500));
  assert.equal(entries[1].deletedAt, iso(at + 2500));
});

test('rows that cannot be are refused each with its reason, and all others taken', async (t) => {
  const tables = await tablesFor(t);
  const [ann, bob, eve, zoe] = people(4);
  const conversation = await tables.conversation(ann, bob);
  const twin = await tables.conversation(bob, ann, { id: 'ffffffff-ffff-4fff-8fff-ffffffffffff' });
  const self = await tables.conversation(zoe, zoe);
  const group = await tables.conversation(ann, eve, { type: 7 });
  const at = Date.UTC(2024, 0, 1, 12);
  const good = { conversation, sender: ann, content: 'good', at };
  const wrong = [
    [{ conversation: randomUUID() }, /its conversation [0-9a-f-]{36} is not there/],
    [{ sender: eve }, /its sender [0-9a-f-]{36} is not in the conversation/],
    [{ contentSql: 'REPEAT(CONVERT(0xF09F9880 USING utf8mb4), 2501)' }, /more than 5000 characters \(chat\.max_text_units\)/],
    [{ content: '' }, /it has no Content/],
    [{ at: Date.UTC(2100, 0, 1) }, /CreatedAt is in the future/],
    [{ at: Date.UTC(1969, 0, 1) }, /CreatedAt is no time since 1970/],
    [{ statusNumber: 9 }, /Status 9 is none/],
    [{ conversation: group }, /is not there, or was not taken/],
    [{ sender: '00000000-0000-0000-0000-000000000000' }, /SenderId is no id of a user/],
  ].map(([row, reason]) => ({ row: { ...good, id: randomUUID(), ...row }, reason }));
  await tables.messages([good, { ...good, conversation: twin, content: 'twin', at: at + 1 }, ...wrong.map(({ row }) => row)]);

  const list = join(server.home, 'refused.jsonl');
  const { code, json, stderr } = await ctl(server, ['import', 'dotnet', tables.file, '--json', '--refused', list]);
  assert.equal(code, 1);
  assert.match(stderr, /^parleyctl: 11 things were refused, and all others are taken: see the list\n$/);
  assert.deepEqual([json.newConversations, json.newMessages, json.refused, json.leftOut], [1, 2, 11, 1]);
  const refused = readFileSync(list, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line));
  const reasonOf = (id) => refused.find(({ place }) => place === `row ${id}`)?.reason;
  for (const { row, reason } of wrong) assert.match(reasonOf(row.id) ?? 'nothing', reason);
  assert.match(reasonOf(self), /both participants are the same/);
  assert.match(reasonOf(group), /Type 7 is none of two people/);
  assert.match(reasonOf(twin), /the two have the conversation [0-9a-f-]{36} as well/);
  const history = await wholeHistory(server, bob, conversation);
  assert.deepEqual(history.map(({ content }) => content), ['good', 'twin']);
});

test('killed on its way, it shows nothing of a conversation, and the next run ends it without doubles', async (t) => {
  const tables = await tablesFor(t);
  const [ann, bob] = people(2);
  const { conversation, rows } = await tables.history(ann, bob, 1500);
  const killed = await ctl(server, ['import', 'dotnet', tables.file], { settings: { fail: 'import_batch:kill:2' } });
  if (killed.code === 0) return t.skip('a build without failpoints');
  assert.deepEqual(await chatList(server, ann), []);
  const { json } = await done(server, ['import', 'dotnet', tables.file, '--json']);
  assert.deepEqual([json.newMessages, json.presentMessages], [1500 - 1024, 1024]);
  assert.deepEqual((await wholeHistory(server, bob, conversation)).map(shownHere), rows.map(shown));
  return undefined;
});

test('remains of other data than the present are dropped', async (t) => {
  const tables = await tablesFor(t);
  const [ann, bob] = people(2);
  const { conversation, rows } = await tables.history(ann, bob, 600);
  const killed = await ctl(server, ['import', 'dotnet', tables.file], { settings: { fail: 'import_batch:kill:1' } });
  if (killed.code === 0) return t.skip('a build without failpoints');
  await tables.run(`DELETE FROM messages WHERE Id = ${tables.form.write(rows[0].id)}`);
  const { json } = await done(server, ['import', 'dotnet', tables.file, '--json']);
  assert.deepEqual([json.newMessages, json.presentMessages], [599, 0]);
  assert.deepEqual((await wholeHistory(server, bob, conversation)).map(shownHere), rows.slice(1).map(shown));
  return undefined;
});

test('a later run brings what is new, until people have written here', async (t) => {
  const tables = await tablesFor(t);
  const [ann, bob] = people(2);
  const { conversation, rows } = await tables.history(ann, bob, 40);
  await done(server, ['import', 'dotnet', tables.file]);
  const next = { conversation, sender: bob, content: 'later', at: rows.at(-1).at + 5000 };
  await tables.messages([next]);
  assert.equal((await done(server, ['import', 'dotnet', tables.file, '--json'])).json.newMessages, 1);
  await post(server, ann, conversation, 'here');
  await tables.messages([{ ...next, content: 'too late', at: next.at + 1000 }]);
  const { code, json } = await ctl(server, ['import', 'dotnet', tables.file, '--json']);
  assert.deepEqual([code, json.newMessages, json.presentMessages, json.refused], [1, 0, 41, 1]);
  assert.match(json.notTaken[0].reason, /^people have written in the conversation .* here since it was imported/);
  const history = await wholeHistory(server, bob, conversation);
  assert.deepEqual(history.slice(-2).map(({ content }) => content), ['later', 'here']);
});

test('two who have begun a conversation here keep it, and the old one is refused', async (t) => {
  const tables = await tablesFor(t);
  const [ann, bob] = people(2);
  const here = await directBetween(server, ann, bob);
  await tables.history(bob, ann, 10);
  const { code, json } = await ctl(server, ['import', 'dotnet', tables.file, '--json']);
  assert.deepEqual([code, json.newMessages, json.refused], [1, 0, 1]);
  assert.match(json.notTaken[0].reason, new RegExp(`the two have the conversation ${here} here already`));
  assert.match(json.notTaken[0].reason, /its 10 messages are not taken$/);
});

describe('what it is given', () => {
  const lineOf = async (args, options) => {
    const { code, stdout, stderr } = await ctl(server, ['import', 'dotnet', ...args], options);
    assert.equal(stdout, '');
    assert.match(stderr, /^parleyctl: [^\n]+\n$/);
    return [code, stderr];
  };

  test('a source that cannot be used is refused in one line that says what to do', async (t) => {
    const tables = await tablesFor(t);
    const [wrong, said] = await lineOf([tables.url]);
    assert.equal(wrong, 2);
    assert.match(said, /write it to a file, chmod 600, and name the file/);
    assert.doesNotMatch(said, /parley-test/);
    assert.match((await lineOf(['nowhere']))[1], /nowhere: cannot be read/);
    writeFileSync(join(server.home, 'empty'), '\n');
    assert.match((await lineOf(['empty']))[1], /its first line is no mysql:\/\/ URL/);
    writeFileSync(join(server.home, 'away'), 'mysql://u:p@127.0.0.1:1/x');
    const [away, why] = await lineOf(['away']);
    assert.equal(away, 1);
    assert.match(why, /^parleyctl: the database to import: cannot connect: /);
    assert.match((await lineOf([tables.file, '--guids', 'backwards']))[1], /--guids takes big-endian, /);
    assert.match((await lineOf([tables.file, '--messages', 'posts']))[1], /has no table posts; it has conversations, messages\. Name it with --messages/);
    await tables.run('ALTER TABLE messages MODIFY CreatedAt bigint NOT NULL');
    assert.match((await lineOf([tables.file]))[1], /the column CreatedAt of messages is bigint, which holds no time/);
    await tables.run('ALTER TABLE messages DROP COLUMN SenderId');
    assert.match((await lineOf([tables.file]))[1], /the table messages has no column SenderId; it has /);
    await tables.run('ALTER TABLE conversations MODIFY Id int NOT NULL');
    assert.match((await lineOf([tables.file]))[1], /the column Id of conversations is int, which holds no GUID/);
    await tables.run('ALTER TABLE conversations ADD direct_key varchar(129) NULL');
    assert.match((await lineOf([tables.file]))[1], /one of Parley's own: name the database of the \.NET system/);
  });

  test('tables and columns of another naming are found', async (t) => {
    const tables = await tablesFor(t);
    const [ann, bob] = people(2);
    const { conversation } = await tables.history(ann, bob, 5);
    await tables.run(
      'RENAME TABLE messages TO messaging_messages, conversations TO messaging_conversations;' +
        'ALTER TABLE messaging_messages RENAME COLUMN ConversationId TO conversation_id, RENAME COLUMN SenderId TO sender_id;' +
        "ALTER TABLE messaging_messages MODIFY Status varchar(16) NOT NULL; UPDATE messaging_messages SET Status = 'Read'",
    );
    await done(server, ['import', 'dotnet', tables.file]);
    assert.equal((await chatRow(server, ann, conversation)).unreadCount, 0);
    assert.equal((await wholeHistory(server, bob, conversation)).length, 5);
  });

  test('a database of an older schema, or none, is refused', async (t) => {
    const tables = await tablesFor(t);
    const fresh = await Server.prepare();
    t.after(() => fresh.dispose());
    const { code, stderr } = await ctl(fresh, ['import', 'dotnet', tables.file]);
    assert.equal(code, 1);
    assert.match(stderr, /^parleyctl: [^\n]*(does not exist|not up to date)[^\n]*\n$/);
  });
});
