// Who is told of what outside of the page: W-33.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { skip } from './support/browser.mjs';
import { Person } from './support/person.mjs';
import { becomes, freshChat, post, roomOf, startParley } from './support/server.mjs';

let server;
before(async () => {
  if (!skip) server = await startParley();
});
after(() => server?.dispose());

/// Notifications as the browser would show them: by tag, the newest of each; and how often it was asked.
const listenToNotifications = ({ context }, answer = 'granted') =>
  context.addInitScript((permission) => {
    window.isLookedAt = false;
    document.hasFocus = () => window.isLookedAt;
    window.shown = new Map();
    window.asked = 0;
    class Shown extends EventTarget {
      static permission = sessionStorage.getItem('allowed') ?? 'default';
      static async requestPermission() {
        window.asked += 1;
        sessionStorage.setItem('allowed', permission);
        return (Shown.permission = permission);
      }
      constructor(title, { body, tag }) {
        super();
        Object.assign(this, { title, body, tag });
        window.shown.set(tag, this);
      }
      close() {
        if (window.shown.get(this.tag) === this) window.shown.delete(this.tag);
      }
    }
    window.Notification = Shown;
  }, answer);
const shown = ({ page }) =>
  page.evaluate(() => [...window.shown.values()].map(({ title, body }) => `${title}: ${body}`));
const shows = (person, ...wanted) => becomes(() => shown(person), wanted);
const allow = async ({ page }) => {
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByText('Parley can tell you of new messages').waitFor();
  assert.equal(await page.evaluate(() => window.asked), 0);
  await page.getByRole('button', { name: 'Allow notifications' }).click();
};

test(
  'W-33 permission is asked for by a button only, with a reason; a refusal says what to do',
  { skip },
  async () => {
    const { one, other, chat } = await freshChat(server);
    const reader = await Person.at(server);
    await listenToNotifications(reader, 'denied');
    await reader.page.goto('/signin');
    await reader.signIn(one);
    await post(server, other, chat, 'hello');
    await reader.page.locator(`a[data-id="${chat}"]`).getByText('hello').waitFor();
    await allow(reader);
    await reader.page.getByText('Your browser forbids notifications for this site.').waitFor();
    assert.deepEqual(await shown(reader), []);
    reader.behaved();
    await reader.leave();
  },
);

test(
  'W-33 a notification has name and text, one for each conversation, and opens the right one',
  { skip },
  async () => {
    const { one, other, chat } = await freshChat(server);
    const room = await roomOf(server, other, [one], 'Crew');
    const reader = await Person.at(server);
    await listenToNotifications(reader);
    await reader.page.goto('/signin');
    await reader.signIn(one);
    await allow(reader);
    await reader.page.getByLabel('Show notifications').waitFor();
    await post(server, other, chat, 'first');
    await shows(reader, 'Noa: first');
    await post(server, other, chat, 'second');
    await shows(reader, 'Noa: second');
    await post(server, other, room, 'to all');
    await shows(reader, 'Noa: second', 'Noa · Crew: to all');

    await reader.page.evaluate(() => {
      window.isLookedAt = true;
      window.dispatchEvent(new Event('focus'));
      [...window.shown.values()].find(({ title }) => title.includes('Crew')).onclick();
    });
    await reader.page.waitForURL(`**/c/${room}`);
    await reader.sees('to all');
    await shows(reader, 'Noa: second');
    reader.behaved();
    await reader.leave();
  },
);

test(
  'W-33 it closes when it is read on another device, and hides the text where one wants that',
  { skip },
  async () => {
    const { one, other, chat } = await freshChat(server);
    const reader = await Person.at(server);
    await listenToNotifications(reader);
    await reader.page.goto('/signin');
    await reader.signIn(one);
    await allow(reader);
    await reader.page.getByLabel('Show the text of messages in them').uncheck();
    await post(server, other, chat, 'for your eyes only');
    await shows(reader, 'Noa: New message');
    const elsewhere = await Person.signedIn(server, one, chat); // another device of hers
    await elsewhere.sees('for your eyes only');
    await shows(reader);
    reader.behaved();
    await Promise.all([reader.leave(), elsewhere.leave()]);
  },
);

test('W-33 quiet hours and "Do not disturb" are kept to', { skip }, async () => {
  const { one, other, chat } = await freshChat(server);
  const reader = await Person.at(server);
  await listenToNotifications(reader);
  await reader.page.clock.setFixedTime(new Date('2026-03-02T21:30:00Z')); // half past ten in Berlin
  await reader.page.goto('/signin');
  await reader.signIn(one);
  await allow(reader);
  const { page } = reader;
  const arrives = async (text) => {
    await post(server, other, chat, text);
    await page.locator(`a[data-id="${chat}"]`).getByText(text).waitFor();
  };
  await page.getByLabel('Quiet hours').check();
  assert.equal(await page.getByLabel('from').inputValue(), '22:00');
  await arrives('late');
  await page.getByLabel('Quiet hours').uncheck();
  await page.getByLabel('Do not disturb').check();
  await arrives('not now');
  assert.deepEqual(await shown(reader), []);
  await page.getByLabel('Do not disturb').uncheck();
  await arrives('good morning');
  await shows(reader, 'Noa: good morning');
  await reader.leave();
});
