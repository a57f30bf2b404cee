// The connection, and who is told of what: W-27, W-30, W-31 to W-34.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { skip } from './support/browser.mjs';
import { Person } from './support/person.mjs';
import { chatOf, newAccount, post, startParley, until } from './support/server.mjs';

const RECOVERS_MS = 45_000; // the longest wait between two tries is 30 s, 20 % more or less
let server;
before(async () => {
  if (!skip) server = await startParley();
});
after(() => server?.dispose());

async function freshChat(count = 0) {
  const [one, other] = [await newAccount(server, 'Mia'), await newAccount(server, 'Noa')];
  const chat = await chatOf(server, one, other);
  for (let at = 1; at <= count; at += 1) await post(server, other, chat, `early ${at}`);
  return { one, other, chat };
}

/// What the bar said, from the moment the page began.
const watchBar = (context) =>
  context.addInitScript(() => {
    window.barSaid = [];
    new MutationObserver(() => {
      const bar = document.querySelector('[data-testid=connection]');
      const text = bar?.textContent.trim() ?? '';
      if (text !== (window.barSaid.at(-1)?.text ?? ''))
        window.barSaid.push({ text, at: performance.now() });
    }).observe(document, { childList: true, subtree: true, characterData: true });
  });

test('W-27 the bar flashes neither at a start nor at a reload', { skip }, async () => {
  const { one, chat } = await freshChat(1);
  const reader = await Person.at(server);
  await watchBar(reader.context);
  await reader.page.goto('/signin');
  await reader.signIn(one);
  await reader.open(chat);
  await reader.sees('early 1');
  await reader.page.reload();
  await reader.sees('early 1');
  assert.deepEqual(await reader.page.evaluate(() => window.barSaid), []);
  reader.behaved();
  await reader.leave();
});

test(
  'W-27 it comes 2 s after the connection went, says when it tries again, and goes',
  { skip },
  async () => {
    const { one, chat } = await freshChat(1);
    const reader = await Person.at(server);
    await watchBar(reader.context);
    await reader.page.goto('/signin');
    await reader.signIn(one);
    await reader.open(chat);
    await reader.sees('early 1');
    const bar = reader.page.getByTestId('connection');
    const begun = await reader.page.evaluate(() => performance.now());
    await server.kill9();
    await bar.waitFor();
    const [said] = await reader.page.evaluate(() => window.barSaid);
    assert.ok(said.at - begun >= 1_900, `it came after ${said.at - begun} ms`);
    await bar.getByText(/Next try in \d+ second/).waitFor({ timeout: 20_000 });
    await bar.getByRole('button', { name: 'Try now' }).waitFor();
    const back = bar.getByText('Back online').waitFor({ timeout: RECOVERS_MS });
    await server.start();
    await back;
    await bar.waitFor({ state: 'detached' });
    await reader.leave();
  },
);

test('W-32 the title counts unread conversations, and the icon has a dot', { skip }, async () => {
  const { one, other, chat } = await freshChat();
  const reader = await Person.signedIn(server, one);
  assert.equal(await reader.page.title(), 'Parley');
  await post(server, other, chat, 'first');
  await post(server, other, chat, 'second');
  await reader.page.waitForFunction(() => document.title === '(1) Parley');
  assert.match(await reader.page.locator('link[rel=icon]').getAttribute('href'), /unread/);
  await reader.open(chat);
  await reader.page.waitForFunction(() => document.title === 'Parley');
  await reader.leave();
});

test(
  'W-34 one notification for a message, whatever the number of tabs; none for what is in view',
  { skip },
  async () => {
    const { one, other, chat } = await freshChat();
    const first = await Person.at(server, { permissions: ['notifications'] });
    await first.context.addInitScript(() => {
      localStorage.setItem('parley-settings', '{"notify":true,"sound":false}');
      window.notified = [];
      class Heard extends EventTarget {
        static permission = 'granted';
        constructor(title, { body }) {
          super();
          window.notified.push(`${title}: ${body}`);
        }
        close() {}
      }
      window.Notification = Heard;
      document.hasFocus = () => window.isLookedAt ?? false;
    });
    await first.page.goto('/signin');
    await first.signIn(one);
    const second = await first.context.newPage();
    await second.goto('/');
    await second.locator(`a[data-id="${chat}"]`).waitFor();
    const heard = async () => [
      ...(await first.page.evaluate(() => window.notified)),
      ...(await second.evaluate(() => window.notified)),
    ];
    await post(server, other, chat, 'hello');
    await until(async () => (await heard()).length > 0, 'it is notified');
    await second.locator(`a[data-id="${chat}"]`).getByText('hello').waitFor();
    assert.deepEqual(await heard(), ['Noa: hello']);

    await second.locator(`a[data-id="${chat}"]`).click();
    await second.evaluate(() => {
      window.isLookedAt = true;
      window.dispatchEvent(new Event('focus'));
    });
    await second.waitForFunction(() => document.title === 'Parley');
    await post(server, other, chat, 'in view');
    await second.locator('p-message-text', { hasText: 'in view' }).waitFor();
    await first.page.locator(`a[data-id="${chat}"]`).getByText('in view').waitFor();
    assert.deepEqual(await heard(), ['Noa: hello']);
    await first.leave();
  },
);

test('W-35, R-033: who is online has a mark, with words for it', { skip }, async () => {
  const { one, other, chat } = await freshChat(1);
  const reader = await Person.signedIn(server, one);
  const row = reader.page.locator(`a[data-id="${chat}"]`);
  await row.waitFor();
  assert.equal(await row.getByText('online').count(), 0);
  const seen = await Person.signedIn(server, other);
  await row.getByText('online').waitFor({ state: 'attached' });
  await row.locator('.mark').waitFor();
  await seen.leave();
  await row.locator('.mark').waitFor({ state: 'detached', timeout: 20_000 });
  await reader.leave();
});

test(
  'signing out takes everything of the user out of the browser, in every tab',
  { skip },
  async () => {
    const { one, chat } = await freshChat(2);
    const reader = await Person.signedIn(server, one, chat);
    await reader.sees('early 2');
    const other = await reader.context.newPage();
    await other.goto('/');
    await other.locator(`a[data-id="${chat}"]`).waitFor();
    await reader.box.fill('a draft');
    await reader.page.getByRole('link', { name: 'Settings' }).click();
    await reader.page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await reader.page.getByRole('button', { name: 'Create account' }).waitFor();
    await other.getByRole('button', { name: 'Create account' }).waitFor();
    const left = await reader.page.evaluate(async () => {
      const databases = (await indexedDB.databases()).map(({ name }) => name);
      return {
        databases: databases.filter((name) => name.includes('pages')),
        user: localStorage.getItem('parley-user'),
      };
    });
    assert.deepEqual(left, { databases: [], user: null });
    await reader.leave();
  },
);
