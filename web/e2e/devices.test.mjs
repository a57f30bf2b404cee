// One person on two devices: what is said and read on one is known on the other.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { skip } from './support/browser.mjs';
import { Person } from './support/person.mjs';
import { freshChat, post, startParley } from './support/server.mjs';

let server;
before(async () => {
  if (!skip) server = await startParley();
});
after(() => server?.dispose());

const look = ({ page }, isLooking) =>
  page.evaluate((is) => {
    Object.defineProperty(document, 'hasFocus', { value: () => is, configurable: true });
    window.dispatchEvent(new Event(is ? 'focus' : 'blur'));
  }, isLooking);

test('W-18 own messages of another device stand below no line New', { skip }, async () => {
  const { one, other, chat } = await freshChat(server);
  const reader = await Person.signedIn(server, one, chat);
  await reader.page.getByText('Say hello').waitFor();
  await reader.say('from here');
  await reader.sees('from here');
  await look(reader, false);
  await post(server, one, chat, 'from my phone');
  await reader.sees('from my phone');
  const line = reader.page.getByTestId('new-line');
  assert.equal(await line.count(), 0);
  await post(server, other, chat, 'an answer');
  await line.waitFor();
  assert.match(await reader.rows.filter({ has: line }).textContent(), /an answer/);
  await post(server, one, chat, 'from my phone again');
  await reader.sees('from my phone again');
  assert.match(await reader.rows.filter({ has: line }).textContent(), /an answer/);
  reader.behaved();
  await reader.leave();
});

test(
  'what one said on another device is in the list when one comes back to this one',
  { skip },
  async () => {
    const { one, chat } = await freshChat(server, 2);
    const reader = await Person.signedIn(server, one);
    const row = reader.page.locator(`a[data-id="${chat}"]`);
    await row.getByText('early 2').waitFor();
    await look(reader, false);
    const leftAt = await reader.page.evaluate(() => performance.now());
    await post(server, one, chat, 'from my phone');
    await reader.page.waitForFunction((at) => performance.now() - at > 2_500, leftAt);
    await look(reader, true);
    await row.getByText('You: from my phone').waitFor();
    reader.behaved();
    await reader.leave();
  },
);
