// axe-core on every screen and the states of it: section 8 of the design, in each scheme of colours.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isAccessible } from './support/axe.mjs';
import { PHONE, skip } from './support/browser.mjs';
import { Person } from './support/person.mjs';
import {
  call,
  changePassword,
  chatOf,
  newAccount,
  post,
  roomOf,
  startParley,
} from './support/server.mjs';

const SCHEMES = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  'more contrast': { contrast: 'more' },
  'forced colours': { forcedColors: 'active' },
  'a phone': PHONE,
};
let server;
let ann;
let chat;
let empty;
before(async () => {
  if (skip) return;
  server = await startParley();
  ann = await newAccount(server, 'Ann');
  const [ben, cem] = [await newAccount(server, 'Ben'), await newAccount(server, 'Cem')];
  chat = await chatOf(server, ann, ben);
  empty = await chatOf(server, ann, cem);
  await post(server, ben, chat, 'hello, see https://example.com/x and `code` 👍');
  await post(server, ann, chat, 'a longer answer\nof two lines');
  await post(server, ben, chat, '안녕하세요');
});
after(() => server?.dispose());

test(
  'axe finds what is wrong: a field without a name, a text without contrast',
  { skip },
  async () => {
    const person = await Person.at(server, { bypassCSP: true });
    const { page } = person;
    await page.goto('/signin');
    await page.getByRole('button', { name: 'Create account' }).waitFor();
    await page.evaluate(() => {
      const field = document.querySelector('input[name=password]');
      document.body.append(field.cloneNode());
      document.querySelector('label').style.color = '#ddd';
    });
    await assert.rejects(isAccessible(page, 'broken'), ({ actual }) => {
      assert.deepEqual([...new Set(actual.map((one) => one.split(':')[0]))].sort(), [
        'color-contrast',
        'label',
      ]);
      return true;
    });
    await person.leave();
  },
);

for (const [name, options] of Object.entries(SCHEMES))
  describe(`axe finds nothing: ${name}`, { skip, concurrency: 1 }, () => {
    let person;
    let page;
    const state = (what, reach, leave = async () => {}) =>
      test(what, async () => {
        await reach();
        await isAccessible(page, `${name}: ${what}`);
        await leave();
      });
    before(async () => {
      person = await Person.at(server, { ...options, bypassCSP: true });
      ({ page } = person);
    });
    after(async () => {
      await person.leave();
    });

    state('the card that makes an account', async () => {
      await page.goto('/signin');
      await page.getByRole('button', { name: 'Create account' }).waitFor();
    });
    state('a wrong password', async () => {
      await page.getByRole('button', { name: 'I have an account' }).click();
      await page.getByLabel('User name').fill(ann.userName);
      await page.getByLabel('Password').fill('not the password');
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
      await page.getByRole('alert').waitFor();
    });
    state('nothing chosen', async () => {
      await page.getByLabel('Password').fill(ann.password);
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
      await page.locator(`a[data-id="${chat}"]`).waitFor();
    });
    state(
      'the new chat',
      async () => {
        await page.getByRole('button', { name: 'New chat' }).first().click();
        await page.getByRole('dialog').waitFor();
      },
      () => page.keyboard.press('Escape'),
    );
    state(
      'settings',
      async () => {
        await page.getByRole('link', { name: 'Settings' }).click();
        await page.getByRole('heading', { name: 'Settings' }).waitFor();
      },
      async () => {
        await page.goBack();
        await page.locator(`a[data-id="${chat}"]`).waitFor();
      },
    );
    state('a conversation', async () => {
      await person.open(chat);
      await person.sees('안녕하세요');
    });
    state(
      'what one can do with a message',
      async () => {
        await page.locator('[data-key]').last().focus();
        await page.keyboard.press('Enter');
        await page.getByRole('menu').waitFor();
      },
      () => page.keyboard.press('Escape'),
    );
    state(
      'people and emoji that are offered',
      async () => {
        await person.box.fill('');
        await person.box.pressSequentially(':smi');
        await page.getByRole('listbox').waitFor();
      },
      () => person.box.fill(''),
    );
    state(
      'all emoji',
      async () => {
        await page.getByRole('button', { name: 'Emoji' }).click();
        await page.getByRole('searchbox', { name: 'Find an emoji' }).waitFor();
      },
      () => page.keyboard.press('Escape'),
    );
    state(
      'too long a text',
      async () => {
        await person.box.fill('a'.repeat(5_001));
        await page.getByText('1 character too many').waitFor();
      },
      () => person.box.fill(''),
    );
    state(
      'an edit',
      async () => {
        await person.box.press('ArrowUp');
        await page.getByText('Editing a message').waitFor();
      },
      () => person.box.press('Escape'),
    );
    state(
      'the details',
      async () => {
        await page
          .getByRole('link', { name: /details/i })
          .or(page.getByRole('button', { name: /details/i }))
          .first()
          .click();
        await page.locator('p-details').waitFor();
      },
      () => page.goBack(),
    );
    state('an empty conversation', async () => {
      if (options.isMobile) await page.goBack();
      await person.open(empty);
      await page.getByText('Say hello').waitFor();
    });
  });

for (const [name, options] of Object.entries(SCHEMES))
  test(
    `axe finds nothing: ${name}: cards over the page, and lines between messages`,
    { skip },
    async () => {
      const small = await startParley({
        'limits.enabled': true,
        'limits.connections_per_user': 1,
        'auth.token_lifetime_s': 6,
        'auth.clock_skew_s': 0,
      });
      const [eva, fay] = [await newAccount(small, 'Eva'), await newAccount(small, 'Fay')];
      const room = await roomOf(small, fay, [eva], 'Crew');
      await post(small, fay, room, 'hello');
      await call(small, fay, 'PATCH', `/messaging/conversations/${room}`, { title: 'The crew' });
      const person = await Person.signedIn(small, eva, undefined, { ...options, bypassCSP: true });
      const { page } = person;
      await page.goto(`/c/${room}`);
      await page.getByText('Fay named the room').waitFor();
      await isAccessible(page, `${name}: a line between messages`);
      const second = await person.context.newPage();
      await second.goto(`/c/${room}`);
      await second.getByRole('button', { name: 'Use here' }).waitFor();
      await isAccessible(second, `${name}: too many windows`);
      await second.close();
      await changePassword(small, eva, 'another horse 2');
      await page.getByRole('dialog', { name: 'Sign in' }).waitFor({ timeout: 15_000 });
      await isAccessible(page, `${name}: the card over the page`);
      await person.leave();
      const guest = await Person.at(small, { ...options, bypassCSP: true });
      await guest.page.goto('/signin');
      await guest.page.getByLabel('This is a shared computer').check();
      await guest.page.getByText('A reload signs you out.').waitFor();
      await isAccessible(guest.page, `${name}: a shared computer`);
      await guest.leave();
      await small.dispose();
    },
  );
