// The operator's tool beside a running server: what it says, what it changes, copies that are made under
// load and brought back. And what the server says when it starts, or does not.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  chatRow, directBetween, groupOf, joined, messagesRoute, newUser, newUsers, page, post, say, wholeHistory,
} from './support/chat.mjs';
import { ctl, done } from './support/ctl.mjs';
import { until } from './support/deadline.mjs';
import { downloaded, uploaded } from './support/files.mjs';
import { request, restOf } from './support/rest.mjs';
import { Server, startServer } from './support/server.mjs';
import { freshStore, onMysql } from './support/store.mjs';

const TOP = fileURLToPath(new URL('../../', import.meta.url));

const signIn = async (server, userName, password) =>
  (await request(server, 'POST', '/auth/token', { body: { userName, password } })).status;

describe('beside a running server', () => {
  let server;
  before(async () => (server = await startServer({ 'auth.accounts': true, 'attachments.sweep_interval_ms': 100 })));
  after(() => server.dispose());

  test('status says that it is ready and what there is; that it is not, with exit 1', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    await joined(server, alice, await directBetween(server, alice, bob));
    const { json } = await done(server, ['status', '--json']);
    assert.equal(json.server, 'ready');
    assert.match(json.version, /^\d+\.\d+\.\d+$/);
    assert.equal(json.connections, 1);
    assert.ok(json.conversations >= 1 && json.schema >= 1);
    assert.doesNotMatch(json.store, /parley-test/);
    const away = await ctl(server, ['status', '--json'], { settings: { 'metrics.port': 1 } });
    assert.equal(away.code, 1);
    assert.equal(away.json.server, 'not running');
    assert.match(away.stderr, /^parleyctl: no server answers at 127\.0\.0\.1 port 1 .*\n$/);
  });

  test('check finds nothing that would keep it from starting', async () => {
    const { json } = await done(server, ['check', '--json']);
    assert.deepEqual(json.filter(({ result }) => result === 'error'), []);
    assert.ok(json.some(({ what }) => what === 'schema'));
  });

  test('an account that it makes signs in, one that it disables does not, until it is enabled', async () => {
    const name = newUser('ann').slice(0, 12);
    await done(server, ['user', 'create', name], { typed: 'correct horse\n' });
    assert.equal(await signIn(server, name, 'correct horse'), 200);
    await done(server, ['user', 'disable', name]);
    assert.equal(await signIn(server, name, 'correct horse'), 401);
    await done(server, ['user', 'enable', name]);
    assert.equal(await signIn(server, name, 'correct horse'), 200);
    const { json } = await done(server, ['user', 'password', name, '--random', '--json']);
    assert.equal(await signIn(server, name, 'correct horse'), 401);
    assert.equal(await signIn(server, name, json.password), 200);
    await done(server, ['user', 'delete', name, '--yes']);
    assert.equal(await signIn(server, name, json.password), 401);
  });

  test('a token that it makes is taken', async () => {
    const { stdout } = await done(server, ['token', 'make', newUser('bob')]);
    const { status } = await request(server, 'GET', '/messaging/conversations', { token: stdout.trim() });
    assert.equal(status, 200);
  });

  test('whom it deletes is gone for those who are connected, with messages and files', async () => {
    const [ann, bob] = newUsers('ann', 'bob');
    const id = await groupOf(server, ann, [bob]);
    const from = await joined(server, ann, id);
    const to = await joined(server, bob, id);
    const file = await uploaded(server, ann, id, Buffer.from('bytes'));
    const { messageId } = await say(from, id, 'with a file', { attachmentIds: [file] });
    await to.waitFor('MessageReceived', (message) => message.messageId === messageId);
    const [{ attachments }] = (await page(server, bob, id)).messages;
    await downloaded(server, attachments[0].url);
    const { json } = await done(server, ['user', 'delete', ann, '--messages', '--yes', '--json']);
    assert.deepEqual([json.groupsLeft, json.messagesDeleted], [1, 1]);
    // The next message finds that another wrote, and shows what was missed.
    await post(server, bob, id, 'and now');
    await to.waitFor('MessageDeleted', (event) => event.messageId === messageId);
    await to.waitFor('ParticipantRemoved');
    assert.equal((await restOf(server, ann).get(messagesRoute(id))).status, 404);
    assert.equal((await page(server, bob, id)).messages[0].content, '');
    await until(async () => (await fetch(server.url + attachments[0].url)).status === 404, 'the file is gone');
  });

  test('a conversation is exported whole', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await directBetween(server, alice, bob);
    for (let i = 0; i < 20; ++i) await post(server, i % 2 ? alice : bob, id, `text ${i}`);
    const { stdout } = await done(server, ['conversation', 'export', id]);
    const lines = stdout.trimEnd().split('\n').map((line) => JSON.parse(line));
    assert.deepEqual(lines.map(({ record }) => record).slice(0, 4), ['conversation', 'member', 'member', 'entry']);
    const texts = lines.filter(({ kind }) => kind === 'message').map(({ content }) => content);
    assert.deepEqual(texts, Array.from({ length: 20 }, (_, i) => `text ${i}`));
    const { json } = await done(server, ['conversation', 'list', '--user', alice, '--json']);
    assert.deepEqual(json.map((row) => row.id), [id]);
  });
});

/// Every file below `folder`, with its size.
function filesBelow(folder, below = folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((each) => {
    const path = join(folder, each.name);
    return each.isDirectory() ? filesBelow(path, below) : [`${relative(below, path)} ${statSync(path).size}`];
  });
}

describe('backup and restore', () => {
  test('a copy made under load has all that was acknowledged before it, and comes back', async (t) => {
    const server = await startServer();
    t.after(() => server.dispose());
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await directBetween(server, alice, bob);
    const client = await joined(server, alice, id);
    const file = await uploaded(server, alice, id, Buffer.from('the bytes of the file'));
    await say(client, id, 'with a file', { attachmentIds: [file] });
    const acked = [];
    let sending = true;
    const load = (async () => {
      for (let i = 0; sending; ++i) acked.push((await say(client, id, `message ${i}`)).messageId);
    })();
    await until(() => acked.length > 50, 'the load is on');
    const before_ = acked.length;
    const folder = join(server.home, 'copy');
    const { json } = await done(server, ['backup', folder, '--json']);
    assert.equal(json.files, 1);
    assert.deepEqual(json.missing, []);
    await until(() => acked.length > before_ + 20, 'sending went on');
    sending = false;
    await load;

    // Nothing is overwritten.
    const onto = await ctl(server, ['restore', folder]);
    assert.equal(onto.code, 1);
    assert.match(onto.stderr, /nothing was done: .* is not empty/);

    const other = await Server.prepare();
    t.after(() => other.dispose());
    await done(other, ['restore', folder]);
    await other.start();
    const was = await wholeHistory(server, bob, id);
    const is = await wholeHistory(other, bob, id);
    assert.ok(is.length > before_, 'all that was acknowledged before it');
    assert.ok(is.length < was.length, 'and not what came later');
    const plain = (rows) => rows.map(({ id: message, seq, content, createdAt, senderId }) => ({
      message, seq, content, createdAt, senderId,
    }));
    assert.deepEqual(plain(is), plain(was.slice(0, is.length)));
    assert.equal((await downloaded(other, is[0].attachments[0].url)).toString(), 'the bytes of the file');
    assert.deepEqual(
      filesBelow(join(other.home, 'data/attachments')).filter((name) => name.includes(file)),
      filesBelow(join(server.home, 'data/attachments')).filter((name) => name.includes(file)),
    );
    await post(other, bob, id, 'life goes on');
    assert.equal((await chatRow(other, alice, id)).lastMessage.content, 'life goes on');
  });

  test('a copy that was changed is refused, and so is a database of another kind', async (t) => {
    const server = await startServer();
    t.after(() => server.dispose());
    await directBetween(server, ...newUsers('alice', 'bob'));
    const folder = join(server.home, 'copy');
    await done(server, ['backup', folder]);
    const other = await Server.prepare();
    t.after(() => other.dispose());
    const kind = onMysql ? 'sqlite:./x.db' : 'mysql://a:b@127.0.0.1:1/x';
    const foreign = await ctl(other, ['restore', folder], { settings: { 'storage.url': kind } });
    assert.match(foreign.stderr, /they must be of one kind/);
    const name = join(folder, onMysql ? 'parley.sql' : 'parley.db');
    writeFileSync(name, Buffer.concat([readFileSync(name), Buffer.from(' ')]));
    const changed = await ctl(other, ['restore', folder]);
    assert.equal(changed.code, 1);
    assert.match(changed.stderr, /is not what was backed up \(SHA256SUMS\)/);
  });
});

describe('a start', () => {
  test('warns of what nobody wants, and says nothing of what is in order', async (t) => {
    const unwise = await startServer({ 'auth.hs256_secret': '', 'http.trusted_proxies': '10.0.0.1' });
    t.after(() => unwise.dispose());
    await unwise.logged(/nobody can sign in/);
    await unwise.logged(/http\.trusted_proxies is set without http\.public_origin/);
    const wise = await startServer({ 'limits.enabled': true });
    t.after(() => wise.dispose());
    assert.doesNotMatch(wise.log, /"level":"warn/);
  });

  test('with a wrong password, or a database that is not there, is refused at once', { skip: !onMysql }, async (t) => {
    const store = await freshStore('.');
    t.after(() => store.dispose());
    const server = await Server.prepare({ 'storage.url': store.url });
    t.after(() => server.dispose());
    for (const [url, why] of [
      [store.url.replace('parley-test', 'wrong'), /mysql:\/\/parley:\*\*\*@\S+: cannot connect: the database refuses this login \(MySQL 1045\)/],
      [`${store.url}_not`, /messaging\w+_not: cannot connect: there is no such database \(MySQL 1049\)/],
    ]) {
      const { code, stderr } = await server.command(['serve'], { 'storage.url': url });
      assert.equal(code, 1);
      assert.match(stderr, why);
    }
  });

  test('on a file that cannot be a database is refused, and a new one is said', { skip: onMysql }, async (t) => {
    const server = await Server.prepare();
    t.after(() => server.dispose());
    mkdirSync(join(server.home, 'folder'));
    const { code, stderr } = await server.command(['serve'], { 'storage.url': 'sqlite:./folder' });
    assert.equal(code, 1);
    assert.match(stderr, /storage\.url sqlite:\.\/folder: the database file cannot be opened/);
    await server.start();
    await server.logged(/a new one is made/);
  });

  test('on a port that is taken names the settings', async (t) => {
    const server = await startServer();
    t.after(() => server.dispose());
    const { code, stderr } = await server.command(['serve'], { 'metrics.port': 0 });
    assert.equal(code, 1);
    assert.match(stderr, /cannot listen on 127\.0\.0\.1:\d+: .* \(http\.address, http\.port\)/);
  });

  test('every level of parleyd has help, and a mistake is one line', async (t) => {
    const server = await Server.prepare();
    t.after(() => server.dispose());
    for (const words of [['--help'], ['serve', '--help'], ['migrate', '--help'], ['migrate', 'up', '-h'], ['config', 'check', '--help']]) {
      const { code, stdout } = await server.command(words);
      assert.equal(code, 0, words.join(' '));
      assert.match(stdout, /^usage: parleyd /);
    }
    assert.match((await server.command(['-V'])).stdout, /^parleyd \d/);
    const { code, stderr } = await server.command(['migrate', 'sideways']);
    assert.equal(code, 2);
    assert.equal(stderr, "parleyd: unknown command 'migrate sideways'; see parleyd help\n");
    const unwise = await server.command(['config', 'check', '--http.address=0.0.0.0']);
    assert.equal(unwise.code, 0);
    assert.match(unwise.stdout, /^warning: passwords, tokens and texts cross the network in the clear/m);
  });
});

describe('manual page and completion', () => {
  test('name every command and option of the program', async (t) => {
    const server = await Server.prepare();
    t.after(() => server.dispose());
    const { stdout } = await done(server, ['help']);
    const commands = [...stdout.matchAll(/^ {2}([a-z]+(?: [a-z]+)?) /gm)].map(([, path]) => path);
    assert.ok(commands.length > 15);
    const manual = readFileSync(join(TOP, 'deploy/man/parleyctl.8'), 'utf8').replaceAll('\\', '');
    const completion = readFileSync(join(TOP, 'deploy/debian/completions/parleyctl'), 'utf8');
    for (const path of commands) {
      for (const word of path.split(' ')) assert.match(completion, new RegExp(`\\b${word}\\b`), path);
      if (path === 'help' || path === 'version') continue;
      assert.ok(manual.includes(path), `the manual says ${path}`);
      const help = (await done(server, [...path.split(' '), '--help'])).stdout;
      for (const [option] of help.matchAll(/^ {2}(--[a-z-]+)/gm)) {
        assert.ok(manual.includes(option.trim()), `the manual says ${option} of ${path}`);
        assert.ok(completion.includes(option.trim()), `the completion says ${option} of ${path}`);
      }
    }
  });
});
