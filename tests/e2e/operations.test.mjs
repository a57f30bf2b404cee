// Running it: health, metrics, settings, migrations, a clean end.
// Proves ..R-126, Q-30.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  chatList,
  directBetween,
  joined,
  newUser,
  newUsers,
  post,
  wholeHistory,
} from './support/chat.mjs';
import { connect } from './support/client.mjs';
import { until } from './support/deadline.mjs';
import { request } from './support/rest.mjs';
import { Server, startServer } from './support/server.mjs';
import { onMysql } from './support/store.mjs';

let server;
before(async () => (server = await startServer()));
after(() => server.dispose());

const get = (path, on = server) => request(on, 'GET', path);

/// Sum of the samples of one metric, whatever their labels.
async function metric(name, labels = '') {
  const { body } = await get('/metrics');
  const lines = body
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
  const wanted = lines.filter((line) => line.includes(labels));
  assert.ok(wanted.length > 0, `${name}${labels} is there`);
  return wanted.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

test('a healthy start logs version, address, store and schema, and no password', () => {
  const line = server.log.split('\n').find((each) => each.includes(' serves on '));
  assert.match(line, /parleyd \d+\.\d+\.\d+ serves on 127\.0\.0\.1:\d+, store .+, schema [1-9]\d*/);
  assert.doesNotMatch(line, /parley-test/);
});

describe('health', () => {
  test('/healthz and /readyz say yes without a token, and no more than that', async () => {
    for (const path of ['/healthz', '/readyz']) {
      const { status, body } = await get(path);
      assert.equal(status, 200);
      assert.ok(JSON.stringify(body).length < 200);
    }
  });
});

describe('metrics', () => {
  const NAMES = [
    'parley_connections',
    'parley_messages_accepted_total',
    'parley_messages_delivered_total',
    'parley_messages_acknowledged_total',
    'parley_outbox_bytes',
    'parley_dead_letters',
  ];

  test('are in Prometheus text, all present from the start (Q-30)', async () => {
    const { status, body, headers } = await get('/metrics');
    assert.equal(status, 200);
    assert.match(headers.get('content-type'), /^text\/plain/);
    for (const name of NAMES) {
      assert.match(body, new RegExp(`^# TYPE ${name} (counter|gauge)$`, 'm'));
      assert.match(body, new RegExp(`^${name}(\\{[^}]*\\})? \\d`, 'm'));
    }
    for (const worker of ['chat-message-to-db', 'chat-room-to-db']) {
      for (const name of ['parley_persistence_batch_rows', 'parley_persistence_commit_seconds']) {
        assert.match(body, new RegExp(`^${name}_count\\{[^}]*worker="${worker}"[^}]*\\} \\d`, 'm'));
      }
    }
    assert.match(body, /^parley_job_\w+\{[^}]*job="mark-messages-delivered"[^}]*\} /m);
  });

  test('rooms and messages are written by workers of their own (R-059, R-060)', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const rows = async () => [
      await metric('parley_persistence_rows_total', 'chat-room-to-db'),
      await metric('parley_persistence_rows_total', 'chat-message-to-db'),
    ];
    const [rooms, messages] = await rows();
    const id = await directBetween(server, alice, bob);
    const [withRoom, untouched] = await rows();
    assert.ok(withRoom > rooms, 'a room is a row of chat-room-to-db');
    assert.equal(untouched, messages);
    await post(server, alice, id, 'hello');
    assert.equal((await rows())[1], messages + 1);
  });

  test('count connections, messages and deliveries', async () => {
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await directBetween(server, alice, bob);
    const before_ = {
      connections: await metric('parley_connections'),
      accepted: await metric('parley_messages_accepted_total'),
      delivered: await metric('parley_messages_delivered_total'),
      commits: await metric('parley_persistence_batch_rows_count', 'chat-message-to-db'),
    };
    const client = await joined(server, bob, id);
    await until(
      async () => (await metric('parley_connections')) === before_.connections + 1,
      'one more',
    );
    for (let i = 0; i < 5; ++i) await post(server, alice, id, `${i}`);
    await client.waitForCount('MessageReceived', 5);
    assert.equal(await metric('parley_messages_accepted_total'), before_.accepted + 5);
    assert.ok((await metric('parley_messages_delivered_total')) >= before_.delivered + 5);
    assert.ok(
      (await metric('parley_persistence_batch_rows_count', 'chat-message-to-db')) > before_.commits,
    );
    await client.stop();
    await until(
      async () => (await metric('parley_connections')) === before_.connections,
      'one less',
    );
  });

  test('tell of the job and of queries by what really ran (R-122, R-125, R-126)', async () => {
    const own = await startServer({ 'chat.sweep_interval_ms': 100 });
    const figure = async (pattern) => {
      const { body } = await request(own, 'GET', '/metrics');
      return Number(new RegExp(`^${pattern} (\\S+)$`, 'm').exec(body)?.[1]);
    };
    const runs = 'parley_job_runs_total\\{job="mark-messages-delivered",result="success"\\}';
    await until(async () => (await figure(runs)) >= 2, 'the job ran twice');
    assert.ok((await figure('parley_job_last_success_timestamp_seconds\\{[^}]*\\}')) > 1e9);
    const queries = await figure('parley_db_query_seconds_count');
    await chatList(own, newUser('alice'));
    assert.ok((await figure('parley_db_query_seconds_count')) > queries);
    await own.dispose();
  });
});

describe('settings', () => {
  test('config print shows what is in force, and no secret', async () => {
    const { code, stdout } = await server.command(['config', 'print', '--hub.keep_alive_ms=4321']);
    assert.equal(code, 0);
    assert.match(stdout, /keep_alive_ms\s*=\s*4321/);
    assert.match(stdout, new RegExp(`port\\s*=\\s*${server.port}`));
    assert.ok(!stdout.includes(server.settings['auth.hs256_secret']));
    assert.ok(!stdout.includes('parley-test'), 'nor the password of the database');
  });

  test('an unknown key is refused with the nearest name', async () => {
    const { code, stdout, stderr } = await server.command(['serve'], { 'hub.keep_alife_ms': 5 });
    assert.notEqual(code, 0);
    assert.match(stdout + stderr, /keep_alive_ms/i);
    const flag = await server.command(['serve', '--http.prot=1']);
    assert.notEqual(flag.code, 0);
    assert.match(flag.stdout + flag.stderr, /http\.port/);
  });

  test('a value out of bounds or of the wrong kind is refused, naming the key', async () => {
    for (const [key, value] of [
      ['hub.keep_alive_ms', 'soon'],
      ['http.port', 70_000],
      ['delivery', 'sometimes'],
      ['storage.url', 'oracle://x'],
    ]) {
      const { code, stdout, stderr } = await server.command(['serve'], { [key]: value });
      assert.notEqual(code, 0, key);
      assert.match(stdout + stderr, new RegExp(key.split('.').at(-1), 'i'));
    }
  });

  test('a port in use is an error, not a hang', async () => {
    const { code } = await server.command(['serve']);
    assert.notEqual(code, 0);
  });
});

describe('SIGTERM', () => {
  test('in the middle of sending ends cleanly, and what was acknowledged is there', async () => {
    const own = await startServer();
    const [alice, bob] = newUsers('alice', 'bob');
    const id = await directBetween(own, alice, bob);
    const client = await connect(own, alice);
    const acked = [];
    let open = true;
    client.connection.onclose(() => (open = false));
    const sending = (async () => {
      for (let i = 0; open; ++i) {
        const ack = client.invoke('Send', { conversationId: id, content: `${i}` });
        await ack.then(
          ({ messageId }) => acked.push(messageId),
          () => {},
        );
      }
    })();
    await until(() => acked.length > 20, 'some are acknowledged');
    assert.equal(await own.stop(), 0, 'exit code');
    await sending;
    await own.start();
    const stored = (await wholeHistory(own, bob, id)).map((message) => message.id);
    assert.deepEqual(stored.slice(0, acked.length), acked);
    assert.ok(stored.length <= acked.length + 1, 'at most the one that was never answered');
    await own.dispose();
  });

  test('also ends a server that nobody talks to, quickly', async () => {
    const own = await startServer();
    const start = performance.now();
    assert.equal(await own.stop(), 0);
    assert.ok(performance.now() - start < 3000);
    await own.dispose();
  });
});

describe('migrations (R-086)', () => {
  let fresh;
  before(async () => (fresh = await Server.prepare({ 'storage.migrate_on_start': false })));
  after(() => fresh.dispose());

  test('status and plan name what is to be done, and do nothing', async () => {
    for (const what of ['status', 'plan', 'plan']) {
      const { code, stdout } = await fresh.command(['migrate', what]);
      assert.equal(code, 0);
      assert.match(stdout, /InitialMessagingMigration|initial_messaging/i);
    }
  });

  test(
    'serve on MySQL without a schema refuses with a clear word',
    { skip: !onMysql },
    async () => {
      const { code, stdout, stderr } = await fresh.command(['serve']);
      assert.notEqual(code, 0);
      assert.match(stdout + stderr, /migrat/i);
    },
  );

  test('up applies it once; then the server starts', async () => {
    assert.equal((await fresh.command(['migrate', 'up'])).code, 0);
    assert.equal((await fresh.command(['migrate', 'up'])).code, 0, 'again is no error');
    assert.equal((await fresh.command(['migrate', 'status'])).code, 0);
    await fresh.start();
    const [alice, bob] = newUsers('alice', 'bob');
    await directBetween(fresh, alice, bob);
  });
});
