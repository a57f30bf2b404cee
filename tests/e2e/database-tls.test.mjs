// TLS to the database: tls and tls_ca of storage.url against a MariaDB that has it, and whose user may
// not come without.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { makeCertificate } from './support/certificate.mjs';
import { directBetween, newUsers, post, wholeHistory } from './support/chat.mjs';
import { MariaDb } from './support/mariadb.mjs';
import { Server } from './support/server.mjs';
import { onMysql } from './support/store.mjs';

describe('TLS to the database', { skip: !onMysql }, () => {
  const own = makeCertificate('database');
  const other = makeCertificate('somebody-else');
  let database;
  before(async () => {
    database = await MariaDb.start([`--ssl-cert=${own.certificate}`, `--ssl-key=${own.key}`]);
    await database.query("ALTER USER 'parley'@'%' REQUIRE SSL");
  });
  after(() => database?.dispose());

  async function server(t, name, parameters, of = database) {
    await of.createDatabase(name);
    t.after(() => of.dropDatabase(name));
    const made = await Server.prepare({ 'storage.url': of.url(name) + parameters });
    t.after(() => made.dispose());
    return made;
  }

  /// It does not start, and says why in a line that names where, without the password.
  async function refuses(one, pattern) {
    const { code, stderr } = await one.command(['serve']);
    assert.equal(code, 1);
    assert.match(stderr, pattern);
    assert.match(stderr, /mysql:\/\/\w+:\*\*\*@127\.0\.0\.1:\d+\/messaging_tls/);
  }

  const verify = ({ certificate }) => `?tls=verify&tls_ca=${encodeURIComponent(certificate)}`;
  const GOOD = { required: '?tls=required', verified: verify(own) };
  for (const [what, parameters] of Object.entries(GOOD)) {
    test(`${what}: chat goes on over it`, async (t) => {
      const one = await server(t, `messaging_tls_${what}`, parameters);
      await one.start();
      const [alice, bob] = newUsers('alice', 'bob');
      const id = await directBetween(one, alice, bob);
      await post(one, alice, id, 'sealed on its way');
      const [stored] = await wholeHistory(one, bob, id);
      assert.equal(stored.content, 'sealed on its way');
    });
  }

  test('off: this user is refused', async (t) => {
    await refuses(await server(t, 'messaging_tls_off', '?tls=off'), /refuses this login/);
  });

  test('a certificate that the given one has not signed is refused', async (t) => {
    await refuses(await server(t, 'messaging_tls_other', verify(other)), /no TLS with this server/);
  });

  test('a server that has none is refused', async (t) => {
    const plain = MariaDb.fromEnvironment();
    const one = await server(t, 'messaging_tls_none', '?tls=required', plain);
    await refuses(one, /no TLS with this server/);
  });
});
