// Who is signed in, and in how many windows: W-30, W-31, and section 5 of the design.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { skip } from './support/browser.mjs';
import { Person } from './support/person.mjs';
import {
  changePassword,
  freshChat,
  post,
  signedInAnew,
  startParley,
  until,
} from './support/server.mjs';

const RECOVERS_MS = 45_000; // the longest wait between two tries is 30 s, 20 % more or less
const LIFETIME_S = 4;
let server;
before(async () => {
  if (!skip) server = await startParley();
});
after(() => server?.dispose());

/// A server whose tokens live shortly.
const hastyServer = () =>
  startParley({ 'auth.token_lifetime_s': LIFETIME_S, 'auth.clock_skew_s': 0 });

test('W-30 a token is renewed before it ends, on the open connection', { skip }, async () => {
  const hasty = await hastyServer();
  const { one, other, chat } = await freshChat(hasty, 1);
  const reader = await Person.at(hasty);
  let [sockets, renewals, extensions] = [0, 0, 0];
  reader.page.on('websocket', () => (sockets += 1));
  reader.page.on('response', (response) => {
    const path = new URL(response.url()).pathname;
    if (path === '/auth/session' && response.ok()) renewals += 1;
    if (path === '/hubs/chat/refresh' && response.ok()) extensions += 1;
  });
  await reader.page.goto('/signin');
  await reader.signIn(one);
  await reader.open(chat);
  await reader.sees('early 1');
  const begun = performance.now();
  await until(() => renewals >= 4 && extensions >= 3, 'it is renewed again and again', 20_000);
  assert.ok(performance.now() - begun > 1000 * LIFETIME_S, 'the first token has ended');
  await post(hasty, await signedInAnew(hasty, other), chat, 'still');
  await reader.sees('still');
  await reader.say('yes, still');
  await reader.isMarked('yes, still', 'sent');
  assert.equal(sockets, 1);
  reader.behaved();
  await reader.leave();
  await hasty.dispose();
});

test(
  'W-30 a renewal that is refused brings the card over the page; nothing is lost by it',
  { skip },
  async () => {
    const hasty = await hastyServer();
    const { one, other, chat } = await freshChat(hasty, 1);
    const reader = await Person.signedIn(hasty, one, chat);
    await reader.sees('early 1');
    await reader.say('said before');
    await reader.sees('said before');
    await reader.box.fill('half a sen');
    await changePassword(hasty, one, 'another horse 2');
    const card = reader.page.getByRole('dialog', { name: 'Sign in' });
    await card.waitFor({ timeout: 15_000 });
    await card.getByText('Nothing was lost').waitFor();
    assert.equal(await card.getByLabel('User name').inputValue(), one.userName);
    await reader.page.keyboard.press('Escape'); // there is no way around it
    await reader.page.keyboard.press('Escape');
    await card.waitFor();
    await reader.row('said before').waitFor(); // the page lies behind it
    await post(hasty, await signedInAnew(hasty, other), chat, 'said meanwhile');

    await card.getByLabel('Password').fill('not the password');
    await card.getByRole('button', { name: 'Sign in' }).click();
    await card.getByText('User name or password is wrong.').waitFor();
    await card.getByLabel('Password').fill('another horse 2');
    await card.getByRole('button', { name: 'Sign in' }).click();
    await card.waitFor({ state: 'hidden' });
    await reader.sees('said meanwhile');
    assert.equal(await reader.box.inputValue(), 'half a sen');
    await reader.box.press('End');
    await reader.box.pressSequentially('tence');
    await reader.box.press('Enter');
    await reader.isMarked('half a sentence', 'sent');
    assert.deepEqual(await reader.texts(), [
      'early 1',
      'said before',
      'said meanwhile',
      'half a sentence',
    ]);
    reader.behaved();
    await reader.leave();
    await hasty.dispose();
  },
);

/// From now on the server says that it is of another version.
const becomesNewer = ({ context }) =>
  context.route('**/web/config.json', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ json: { ...(await answer.json()), version: 'newer' } });
  });
const setHidden = ({ page }, isHidden) =>
  page.evaluate((is) => {
    Object.defineProperty(document, 'hidden', { value: is, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, isHidden);
const isTheSamePage = ({ page }) => page.evaluate(() => window.wasHere === true);

test(
  'W-31 a newer server: the page offers a reload, and takes it when hidden and nothing is half done',
  { skip },
  async () => {
    const { one, chat } = await freshChat(server, 1);
    const reader = await Person.signedIn(server, one, chat);
    await reader.sees('early 1');
    await reader.page.evaluate(() => (window.wasHere = true));
    await reader.box.fill('a draft');
    await reader.page.locator('input[type=file]').setInputFiles({
      name: 'plan.txt',
      mimeType: 'text/plain',
      buffer: Buffer.from('a plan'),
    });
    await reader.page.getByText('plan.txt: uploaded').waitFor({ state: 'attached' });
    await becomesNewer(reader);
    await server.kill9();
    await server.start();
    const offer = reader.page.getByRole('button', { name: 'Reload to update' });
    await offer.waitFor({ timeout: RECOVERS_MS });
    assert.ok(await isTheSamePage(reader), 'not by itself while somebody looks');
    await setHidden(reader, true);
    await reader.box.fill('');
    await reader.page
      .locator(`a[data-id="${chat}"]`)
      .getByText('early 1')
      .waitFor({ state: 'attached' });
    assert.ok(await isTheSamePage(reader), 'a file is not sent yet');
    const reloaded = reader.page.waitForEvent('load');
    await reader.page.getByRole('button', { name: 'Remove plan.txt' }).click();
    await reloaded;
    await reader.sees('early 1');
    assert.ok(!(await isTheSamePage(reader)));
    assert.equal(await offer.count(), 0);
    await reader.leave();
  },
);

test('W-31 a lazy part that is gone reloads the page, once', { skip }, async () => {
  const { one, chat } = await freshChat(server, 1);
  const reader = await Person.signedIn(server, one, chat);
  await reader.sees('early 1');
  await reader.page.evaluate(() => (window.wasHere = true));
  let gone = 0;
  await reader.context.route(/chunk-.*\.js$/, async (route) => {
    gone += 1;
    await route.fulfill({ status: 404, body: '' });
  });
  const reloaded = reader.page.waitForEvent('load');
  await reader.page.getByRole('link', { name: 'Settings' }).click();
  await until(() => gone > 0, 'it is asked for');
  await reader.context.unroute(/chunk-.*\.js$/); // the newer page knows where its parts are
  await reloaded;
  await reader.page.getByRole('navigation', { name: 'Conversations' }).waitFor();
  assert.ok(!(await isTheSamePage(reader)));

  await reader.context.route(/chunk-.*\.js$/, (route) => route.fulfill({ status: 404, body: '' }));
  await reader.page.evaluate(() => (window.wasHere = true));
  await reader.page.getByRole('link', { name: 'Settings' }).click();
  await reader.page.getByText('Something went wrong.').waitFor();
  assert.ok(await isTheSamePage(reader), 'not again and again');
  await reader.leave();
});

test(
  'too many windows: one says so and tries no more, is used here, and another one rests',
  { skip },
  async () => {
    const small = await startParley({
      'limits.enabled': true,
      'limits.connections_per_user': 2,
    });
    const { one, other, chat } = await freshChat(small, 1);
    const first = await Person.signedIn(small, one, chat);
    const windows = [first.page];
    for (let count = 0; count < 2; count += 1) {
      const page = await first.context.newPage();
      windows.push(page);
      if (count === 1) {
        page.asked = 0;
        page.on('request', (request) => {
          if (request.url().includes('/negotiate')) page.asked += 1;
        });
      }
      await page.goto(`/c/${chat}`);
      await page.locator('p-message-text', { hasText: 'early 1' }).waitFor();
    }
    const [, second, third] = windows;
    const over = (page) => page.getByRole('dialog', { name: 'Parley is open in many windows.' });
    await over(third).waitFor();
    const asked = third.asked;
    await over(third).getByText('There is no room for one more.').waitFor();
    assert.equal(await over(second).count(), 0);
    await third.keyboard.press('Escape');
    await over(third).waitFor();
    assert.equal(third.asked, asked, 'it does not hammer');

    await over(third).getByRole('button', { name: 'Use here' }).click();
    await over(third).waitFor({ state: 'hidden' });
    await over(second).getByText('Another window of this browser is used').waitFor();
    await over(first.page).waitFor();
    await post(small, other, chat, 'who hears it?');
    await third.locator('p-message-text', { hasText: 'who hears it?' }).waitFor();
    assert.equal(await second.locator('p-message-text', { hasText: 'who hears it?' }).count(), 0);

    await over(second).getByRole('button', { name: 'Use here' }).click(); // now there is room
    await over(second).waitFor({ state: 'hidden' });
    await second.locator('p-message-text', { hasText: 'who hears it?' }).waitFor();
    assert.equal(await over(third).count(), 0);
    first.behaved();
    await first.leave();
    await small.dispose();
  },
);

/// What a browser keeps of somebody, apart from settings.
const left = ({ page }) =>
  page.evaluate(async () => {
    const databases = (await indexedDB.databases()).map(({ name }) => name);
    const counts = await Promise.all(
      databases.map(
        (name) =>
          new Promise((done) => {
            const opening = indexedDB.open(name);
            opening.onsuccess = () => {
              const database = opening.result;
              const stores = [...database.objectStoreNames];
              const counting = database.transaction(stores).objectStore(stores[0]).count();
              counting.onsuccess = () => {
                database.close();
                done(counting.result);
              };
            };
          }),
      ),
    );
    const keys = Object.keys(localStorage).filter((key) => key !== 'parley-settings');
    return { rows: counts.reduce((sum, count) => sum + count, 0), keys };
  });

test(
  'a shared computer keeps nothing: no storage, no cookie, gone by a reload',
  { skip },
  async () => {
    const { one, chat } = await freshChat(server, 2);
    const reader = await Person.at(server);
    const { page } = reader;
    await page.goto('/signin');
    await page.getByLabel('This is a shared computer').check();
    await page.getByText('A reload signs you out.').waitFor();
    await reader.signIn(one);
    await reader.open(chat);
    await reader.sees('early 2');
    await reader.say('from a library');
    await reader.isMarked('from a library', 'sent');
    await reader.box.fill('a draft');
    await reader.page.getByRole('link', { name: 'Settings' }).click();
    await page.getByRole('heading', { name: 'Settings' }).waitFor();
    await page.goBack();
    await until(
      async () => (await reader.box.inputValue()) === 'a draft',
      'the page itself knows it',
    );
    assert.deepEqual(await left(reader), { rows: 0, keys: [] });
    assert.deepEqual(await reader.context.cookies(), []);
    await page.reload();
    await page.getByRole('button', { name: 'Create account' }).waitFor();
    assert.deepEqual(await left(reader), { rows: 0, keys: [] });
    reader.behaved();
    await reader.leave();
  },
);

test('another user who signs in finds nothing of the one before', { skip }, async () => {
  const { one, other, chat } = await freshChat(server, 2);
  const reader = await Person.signedIn(server, one, chat);
  const { page } = reader;
  await reader.sees('early 2');
  await reader.box.fill('a secret draft');
  await reader.context.clearCookies(); // the session has ended: nobody signed out
  await page.goto('/signin');
  await page.getByRole('button', { name: 'Create account' }).waitFor();
  await reader.signIn(other);
  await page.locator(`a[data-id="${chat}"]`).waitFor();
  const ofOne = (name) => name.includes(one.userId);
  await until(
    () =>
      page.evaluate(
        async (id) =>
          !(await indexedDB.databases()).some(({ name }) => name === `parley-pages:${id}`),
        one.userId,
      ),
    'what was kept is gone',
  );
  const keys = await page.evaluate(() => Object.keys(localStorage));
  assert.deepEqual(keys.filter(ofOne), []);
  await reader.leave();
});
