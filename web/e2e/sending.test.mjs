// What becomes of a message that cannot go out at once: W-03, W-04, W-06.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { skip } from './support/browser.mjs';
import { Person } from './support/person.mjs';
import {
  call,
  chatOf,
  freshChat,
  newAccount,
  roomOf,
  startParley,
  until,
} from './support/server.mjs';

const RECOVERS_MS = 45_000; // the longest wait between two tries is 30 s, 20 % more or less
let server;
before(async () => {
  if (!skip) server = await startParley();
});
after(() => server?.dispose());

const isEmpty = ({ box }) =>
  until(async () => (await box.inputValue()) === '', 'the composer is empty');

test(
  'W-03 what was typed without a network is there after a reload, and goes out by itself',
  { skip },
  async () => {
    const { one, other, chat } = await freshChat(server, 2);
    const [mia, noa] = [
      await Person.signedIn(server, one, chat),
      await Person.signedIn(server, other, chat),
    ];
    await mia.sees('early 2');
    const comeBack = await mia.cutOff();
    await mia.page.reload();
    await mia.sees('early 2'); // as it was kept
    await mia.say('typed on the train');
    await isEmpty(mia);
    await mia.say('and in the tunnel');
    await isEmpty(mia);
    await mia.isMarked('typed on the train', 'waiting to be sent');
    await mia.page.getByText('2 messages are waiting to be sent').waitFor(); // W-06

    await mia.page.reload();
    await mia.sees('and in the tunnel');
    await mia.isMarked('typed on the train', 'waiting to be sent');
    assert.equal(await mia.box.inputValue(), '');
    await mia.page.getByText('2 messages are waiting to be sent').waitFor();

    await comeBack();
    await noa.sees('and in the tunnel', { timeout: RECOVERS_MS });
    await mia.isMarked('typed on the train', 'read');
    const said = ['early 1', 'early 2', 'typed on the train', 'and in the tunnel'];
    assert.deepEqual(await noa.texts(), said);
    assert.deepEqual(await mia.texts(), said);
    mia.behaved();
    await Promise.all([mia.leave(), noa.leave()]);
  },
);

test(
  'W-04 a message refused for good says why, stays over a reload, and stops no other',
  { skip },
  async () => {
    const strict = await startParley();
    const long = `a long story: ${'and then '.repeat(40)}`;
    const startWith = (units) => {
      strict.settings = { ...strict.settings, 'chat.max_text_units': units };
      return strict.start();
    };
    try {
      const { one, chat } = await freshChat(strict);
      const aside = await chatOf(strict, one, await newAccount(strict, 'Ola'));
      const mia = await Person.signedIn(strict, one, chat);
      await mia.page.getByText('Say hello').waitFor();
      await strict.stop();
      for (const text of [`1st ${long}`, `2nd ${long}`, `3rd ${long}`, 'short']) {
        await mia.say(text);
        await isEmpty(mia);
      }
      await mia.open(aside);
      await mia.say('to somebody else');
      await isEmpty(mia);
      await startWith(100); // it takes less than it did
      await mia.isMarked('to somebody else', 'sent', RECOVERS_MS);
      await mia.open(chat);
      for (const text of ['1st', '2nd', '3rd'])
        await mia.row(text).getByText('Not sent: That is too long.').waitFor();
      await mia.isMarked('short', 'sent'); // what stands behind it goes on

      await mia.page.reload();
      await mia
        .row('1st')
        .getByText(/^Not sent/)
        .waitFor();
      for (const name of ['Edit', 'Retry', 'Discard'])
        await mia.row('1st').getByRole('button', { name, exact: true }).waitFor();
      await mia.row('1st').getByRole('button', { name: 'Discard' }).click();
      await mia.row('1st').waitFor({ state: 'detached' });
      await mia.row('2nd').getByRole('button', { name: 'Edit' }).click();
      await until(async () => (await mia.box.inputValue()).startsWith('2nd'), 'it is edited');
      await mia.box.fill('2nd, in short');
      await mia.box.press('Enter');
      await mia.isMarked('2nd, in short', 'sent');
      await mia.row('3rd').getByRole('button', { name: 'Retry' }).click();
      await mia
        .row('3rd')
        .getByText(/^Not sent/)
        .waitFor(); // still too long

      await strict.stop();
      await mia.row('3rd').getByRole('button', { name: 'Retry' }).click();
      await startWith(5_000);
      await mia.isMarked('3rd', 'sent', RECOVERS_MS);
      assert.equal(await mia.page.getByText(/^Not sent/).count(), 0);
      assert.deepEqual(
        (await mia.texts()).map((text) => text.slice(0, 5)),
        ['short', '2nd, ', '3rd a'],
      );
      mia.behaved();
      await mia.leave();
    } finally {
      await strict.dispose();
    }
  },
);

test('W-04 somebody who was removed is told so, and keeps what they wrote', { skip }, async () => {
  const [one, other] = [await newAccount(server, 'Mia'), await newAccount(server, 'Noa')];
  const room = await roomOf(server, other, [one], 'Crew');
  const mia = await Person.signedIn(server, one, room);
  await mia.page.getByText('Say hello').waitFor();
  await call(
    server,
    other,
    'DELETE',
    `/messaging/conversations/${room}/participants/${one.userId}`,
  );
  await mia.page.getByText('This conversation is not here any more.').waitFor();
  await mia.page.getByRole('main').getByRole('link', { name: 'Back to the list' }).last().click();
  await mia.page.waitForURL(`${server.url}/`);
  mia.behaved();
  await mia.leave();
});

test(
  'W-04 a server that wants less at once is waited for, and nobody sees it',
  { skip },
  async () => {
    const slow = await startParley({
      'limits.enabled': true,
      'limits.sends_per_s': 4,
      'limits.sends_burst': 2,
    });
    try {
      const { one, other, chat } = await freshChat(slow);
      const [mia, noa] = [
        await Person.signedIn(slow, one, chat),
        await Person.signedIn(slow, other, chat),
      ];
      await mia.page.evaluate(() => {
        window.complained = [];
        new MutationObserver(() => {
          const said = document.querySelector('p-toasts')?.textContent.trim() ?? '';
          const failed = document.querySelector('[role=log] [role=alert]')?.textContent ?? '';
          if (said || failed) window.complained.push(said + failed);
        }).observe(document.body, { childList: true, subtree: true, characterData: true });
      });
      const said = Array.from({ length: 8 }, (_, at) => `quick ${at}`);
      for (const text of said) {
        await mia.say(text);
        await isEmpty(mia);
      }
      await noa.sees('quick 7');
      assert.deepEqual(await noa.texts(), said);
      assert.deepEqual(await mia.texts(), said);
      assert.deepEqual(await mia.page.evaluate(() => window.complained), []);
      await Promise.all([mia.leave(), noa.leave()]);
    } finally {
      await slow.dispose();
    }
  },
);
