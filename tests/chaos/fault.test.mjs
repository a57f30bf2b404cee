// A bug ends an actor that lives as long as the server: it must not go on as if it worked.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groupOf, newUsers } from '../e2e/support/chat.mjs';
import { connect } from '../e2e/support/client.mjs';
import { hasEnded } from '../e2e/support/cleanup.mjs';
import { until } from '../e2e/support/deadline.mjs';
import { startServer } from '../e2e/support/server.mjs';

test('a worker that ends takes the server with it, which says so', async (t) => {
  const server = await startServer({ drain_timeout_ms: 1000 });
  const [alice, bob] = newUsers('alice', 'bob');
  const id = await groupOf(server, alice, [bob]);
  await server.stop();
  server.settings.fail = 'before_commit:throw';
  await server.start();
  const client = await connect(server, alice);
  const sent = client.invoke('Send', { conversationId: id, content: 'hello' }).then(
    () => 'sent',
    () => 'cut',
  );
  if ((await Promise.race([sent, until(() => hasEnded(server.process), 'it ends')])) === 'sent') {
    await server.dispose();
    return t.skip('a build without failpoints');
  }
  await until(() => hasEnded(server.process), 'it ends');
  assert.equal(server.process.exitCode, 70);
  assert.match(server.log, /chat-message-to-db ended, and the server with it/);
  delete server.settings.fail;
  await server.start();
  const again = await connect(server, alice);
  await again.invoke('Send', { conversationId: id, content: 'hello' });
  await server.dispose();
});
