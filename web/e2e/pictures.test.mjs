// How it looks: the card, messages and the composer, in each scheme of colours, width and language
// (W-36, W-37, W-39). Kept pictures: pictures/; PARLEY_PICTURES=keep web/e2e/run web/e2e/pictures.test.mjs
// takes them anew.
import { after, before, describe, test } from 'node:test';
import { skip } from './support/browser.mjs';
import { Person } from './support/person.mjs';
import { looksAsKept } from './support/pictures.mjs';
import { chatOf, newAccount, post, startParley } from './support/server.mjs';

const PHONE = { width: 390, height: 844 };
const SCHEMES = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  contrast: { contrast: 'more' },
};
const LAYOUTS = {
  ...SCHEMES,
  390: { viewport: PHONE, hasTouch: true, isMobile: true },
  820: { viewport: { width: 820, height: 1180 } },
  korean: { locale: 'ko-KR' },
};
const TEXTS = [
  'Plain words, a link https://example.com/path?x=1 and `code`.',
  '안녕하세요. https://example.com/문서 를 보세요 👍',
  'שלום עולם, hello (123) https://example.com',
  '🎉',
  'first line\n\n  third line, with blanks',
];
let server;
let ann;
let chat;
before(async () => {
  if (skip) return;
  server = await startParley();
  ann = await newAccount(server, 'Ann');
  const ben = await newAccount(server, 'Ben');
  chat = await chatOf(server, ann, ben);
  for (const text of TEXTS) await post(server, ben, chat, text);
});
after(() => server?.dispose());

describe('the card looks as it did', { skip }, () => {
  for (const [name, options] of Object.entries(LAYOUTS))
    test(name, async () => {
      const person = await Person.at(server, options);
      await person.page.goto('/signin');
      await person.page.locator('form input[name=password]').waitFor();
      await looksAsKept(person.page, `card-${name}`);
      await person.leave();
    });

  test('from right to left', async () => {
    const person = await Person.at(server);
    await person.page.goto('/signin');
    await person.page.evaluate(() => (document.documentElement.dir = 'rtl'));
    await person.page.locator('form input[name=password]').waitFor();
    await looksAsKept(person.page, 'card-rtl');
    await person.leave();
  });
});

for (const [name, options] of Object.entries(SCHEMES))
  describe(`a conversation looks as it did: ${name}`, { skip, concurrency: 1 }, () => {
    let person;
    let part;
    before(async () => {
      person = await Person.signedIn(server, ann, chat, options);
      part = (selector) => person.page.locator(selector);
      await person.rows.last().waitFor();
    });
    after(() => person.leave());

    for (const [at, what] of ['a link', 'Korean', 'Hebrew', 'emoji', 'lines'].entries())
      test(what, () => looksAsKept(part('p-message-text').nth(at), `text-${at + 1}-${name}`));

    test('a text of three lines', async () => {
      await person.box.fill('one\ntwo\nthree');
      await looksAsKept(part('p-composer'), `composer-lines-${name}`);
    });
    test('a text that is too long', async () => {
      await person.box.fill('a '.repeat(2_510));
      await person.page.getByText('20 characters too many').waitFor();
      await looksAsKept(part('p-composer'), `composer-over-${name}`);
    });
    test('what is offered', async () => {
      await person.box.fill('');
      await person.box.pressSequentially('so :hea');
      await looksAsKept(part('p-mention-list ul'), `offers-${name}`);
      await person.box.press('Escape');
      await person.box.fill('x');
    });
    test('all emoji', async () => {
      await person.page.getByRole('button', { name: 'Emoji' }).click();
      await person.page.getByRole('searchbox', { name: 'Find an emoji' }).waitFor();
      await looksAsKept(part('p-emoji-picker'), `emoji-${name}`);
      await person.page.keyboard.press('Escape');
    });
    test('files to send', async () => {
      const buffer = Buffer.alloc(12_345, 'x');
      await part('input[type=file]').setInputFiles([
        { name: 'report with a rather long name.pdf', mimeType: 'application/pdf', buffer },
        { name: '보고서.txt', mimeType: 'text/plain', buffer },
      ]);
      await person.page.getByText('보고서.txt: uploaded').waitFor({ state: 'attached' });
      await person.page.locator('progress').first().waitFor({ state: 'detached' });
      await looksAsKept(part('p-composer'), `files-${name}`);
    });
  });
