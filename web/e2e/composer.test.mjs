// Where one writes, in a real browser: W-07 to W-12.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { skip } from './support/browser.mjs';
import { inputMethodOf } from './support/ime.mjs';
import { Person } from './support/person.mjs';
import { chatOf, newAccount, startParley, until } from './support/server.mjs';

let server;
let ann;
let ben;
let chat;
let other;
before(async () => {
  if (skip) return;
  server = await startParley();
  ann = await newAccount(server, 'Ann');
  ben = await newAccount(server, 'Ben');
  const cem = await newAccount(server, 'Cem');
  chat = await chatOf(server, ann, ben);
  other = await chatOf(server, ann, cem);
});
after(() => server?.dispose());

/// A test with Ann in front of her chat with Ben.
const withAnn = (name, body, options) =>
  test(name, { skip }, async (t) => {
    const person = await Person.signedIn(server, ann, chat, options);
    t.after(() => person.leave());
    await body(person, t);
    person.behaved();
  });
const lastTexts = async (person, count) => (await person.texts()).slice(-count);
const isEmpty = (person) =>
  until(async () => (await person.box.inputValue()) === '', 'the box is empty');

withAnn('W-07 Enter sends, Shift+Enter breaks the line', async (person) => {
  await person.box.pressSequentially('one');
  await person.box.press('Shift+Enter');
  await person.box.pressSequentially('two');
  await person.box.press('Enter');
  await isEmpty(person);
  await until(async () => (await lastTexts(person, 1))[0] === 'one\ntwo', 'it is sent');
});

withAnn(
  'W-07 on a touch screen Enter breaks the line and the button sends',
  async (person) => {
    await person.box.tap();
    await person.page.keyboard.type('touch one\ntouch two');
    assert.equal(await person.box.inputValue(), 'touch one\ntouch two');
    await person.page.getByRole('button', { name: 'Send', exact: true }).tap();
    await isEmpty(person);
    await until(
      async () => (await lastTexts(person, 1))[0] === 'touch one\ntouch two',
      'it is sent',
    );
  },
  { hasTouch: true, isMobile: true, viewport: { width: 390, height: 800 } },
);

withAnn('W-08 the Enter that ends a Korean syllable sends once', async (person) => {
  await person.box.focus();
  const method = await inputMethodOf(person.page);
  for (const text of ['ㅎ', '하', '한']) await method.compose(text);
  await method.enterTaken();
  await method.commit('한');
  await method.enterUp();
  await isEmpty(person);
  await person.sees('한');
  for (const text of ['ㄱ', '그', '글']) await method.compose(text);
  await method.enterTaken();
  await method.commit('글');
  await method.enterDown(); // macOS tells it again, as a plain one
  await method.enterUp();
  await isEmpty(person);
  await person.sees('글');
  assert.deepEqual(await lastTexts(person, 2), ['한', '글']);
});

withAnn('W-08 the Enter that chooses Japanese, pinyin or Hanja only commits', async (person) => {
  await person.box.focus();
  const method = await inputMethodOf(person.page);
  const before = (await person.texts()).length;
  let written = '';
  for (const text of ['日本', 'nihao', '漢字']) {
    await method.compose(text);
    await method.enterTaken();
    await method.commit(text);
    await method.enterUp();
    written += text;
    assert.equal(await person.box.inputValue(), written);
  }
  assert.equal((await person.texts()).length, before);
  await method.enterDown();
  await method.enterUp();
  await isEmpty(person);
  await person.sees(written);
});

withAnn('W-09 a draft stays with its conversation, over switching and a reload', async (person) => {
  const { page, box } = person;
  const holds = (text) =>
    until(async () => (await box.inputValue()) === text, `the box holds ${text}`);
  await box.fill('for ben');
  await person.open(other);
  await holds('');
  await page.locator(`a[data-id="${chat}"]`).getByText('for ben').waitFor();
  await box.fill('for cem');
  await person.open(chat);
  await holds('for ben');
  await page.reload();
  await holds('for ben');
  await person.open(other);
  await holds('for cem');
});

withAnn(
  'W-10 the box grows to eight lines, then scrolls; what is left is counted',
  async (person) => {
    const { box, page } = person;
    const height = () => box.evaluate(({ clientHeight }) => clientHeight);
    const line = await box.evaluate((element) => parseFloat(getComputedStyle(element).lineHeight));
    const heights = [];
    for (let lines = 1; lines <= 10; lines += 1) {
      await box.fill(Array(lines).fill('x').join('\n'));
      heights.push(await height());
    }
    const grown = heights.map((one) => Math.round((one - heights[0]) / line));
    assert.deepEqual(grown, [0, 1, 2, 3, 4, 5, 6, 7, 7, 7]);
    await box.fill('a'.repeat(4_501));
    await page.getByText('499 characters left').waitFor();
    await box.fill('');
  },
);

withAnn('W-11 Arrow up edits the last own message; the draft is back behind it', async (person) => {
  const { box } = person;
  await person.say('teh words');
  await isEmpty(person);
  await person
    .row('teh words')
    .getByText(/^(sent|delivered|read)$/)
    .waitFor({ state: 'attached' });
  await box.press('ArrowUp');
  await until(async () => (await box.inputValue()) === 'teh words', 'it is edited');
  await box.fill('the words');
  await box.press('Enter');
  await person.sees('the words');
  await isEmpty(person);
  assert.equal(await person.row('teh words').count(), 0);
});

withAnn(
  'W-12 files are pasted, dropped and chosen, and sent when they are uploaded',
  async (person) => {
    const { box, page } = person;
    const give = (how, name, text = '') =>
      box.evaluate(
        (element, [type, fileName, words]) => {
          const data = new DataTransfer();
          data.items.add(new File(['bytes of it'], fileName, { type: 'text/plain' }));
          if (words) data.setData('text/plain', words);
          const init = { bubbles: true, cancelable: true };
          const event =
            type === 'paste'
              ? new ClipboardEvent('paste', { ...init, clipboardData: data })
              : new DragEvent('drop', { ...init, dataTransfer: data });
          (type === 'paste'
            ? element
            : (document.querySelector('[role=log]') ?? element)
          ).dispatchEvent(event);
        },
        [how, name, text],
      );
    const files = page.getByRole('list', { name: 'Files to send' });
    await give('paste', 'with-words.txt', 'words');
    assert.equal(await files.count(), 0);
    await give('paste', 'pasted.txt');
    await files.getByText('pasted.txt', { exact: true }).waitFor();
    await give('drop', 'dropped.txt');
    await files.getByText('dropped.txt', { exact: true }).waitFor();
    await page.locator('input[type=file]').setInputFiles({
      name: 'chosen.txt',
      mimeType: 'text/plain',
      buffer: Buffer.from('chosen'),
    });
    await files.getByText('chosen.txt', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Remove dropped.txt' }).click();
    await box.fill('two files');
    await box.press('Enter');
    await isEmpty(person);
    await person.row('two files').getByText('chosen.txt').first().waitFor();
    assert.equal((await person.row('two files').getByText('pasted.txt').count()) > 0, true);
    assert.equal(await files.count(), 0);
  },
);

withAnn(
  'W-13 emoji and people are picked by keyboard, and nothing is sent by it',
  async (person) => {
    const { box, page } = person;
    const before = (await person.texts()).length;
    await box.fill('');
    await box.pressSequentially('well :tad');
    await page.getByRole('option', { name: 'tada' }).waitFor();
    await box.press('Enter');
    assert.equal(await box.inputValue(), 'well 🎉 ');
    await page.getByRole('button', { name: 'Emoji' }).click();
    await page.getByRole('searchbox', { name: 'Find an emoji' }).fill('rocket');
    await page.keyboard.press('Enter');
    await until(async () => (await box.inputValue()) === 'well 🎉 🚀', 'it is put in');
    assert.equal((await person.texts()).length, before);
    await box.fill('');
  },
);
