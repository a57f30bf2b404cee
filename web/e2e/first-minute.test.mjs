// Two people who have never been here: from an empty server to a chat, by script within 10 s.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { skip } from './support/browser.mjs';
import { Person } from './support/person.mjs';
import { startParley } from './support/server.mjs';

/// Times say something on a quiet machine only, and are judged there: PARLEY_TEST_QUIET=1.
const isQuiet = Boolean(process.env.PARLEY_TEST_QUIET);
const WITHIN_MS = 10_000;
/// From the Enter of one to the screen of the other.
const ARRIVES_MS = 200;
let server;
before(async () => {
  if (!skip) server = await startParley();
});
after(() => server?.dispose());

async function register({ page }, name, userName) {
  await page.getByLabel('Your name').fill(name);
  await page.getByLabel('User name').fill(userName);
  await page.getByLabel('Password').fill('correct horse 1');
  await page.getByRole('button', { name: 'Create account' }).click();
}

test(
  'R-012, R-029, R-030, R-031: two people register, meet by a link and chat, in a minute',
  { skip },
  async (t) => {
    const begun = performance.now();
    const ann = await Person.at(server, { permissions: ['clipboard-read', 'clipboard-write'] });
    await ann.page.goto('/');
    await register(ann, 'Ann Lee', 'ann');
    await ann.page.getByRole('button', { name: 'New chat' }).last().waitFor();
    await ann.page.getByRole('button', { name: 'Invite: copy link' }).click();
    await ann.page.getByText('Link copied').waitFor();
    const link = await ann.page.evaluate(() => navigator.clipboard.readText());
    assert.match(link, new RegExp(`^${server.url}/join/[\\w-]{22,}$`));

    const ben = await Person.at(server);
    await ben.page.goto(link);
    await ben.page.getByText('Ann Lee invites you').waitFor();
    await register(ben, 'Ben Kim', 'ben');
    await ben.box.waitFor();

    const room = ann.page
      .getByRole('navigation', { name: 'Conversations' })
      .getByRole('link', { name: 'Welcome' });
    await room.click();
    await ben.box.pressSequentially('hi ann');
    await ann.page.getByText('Ben Kim is typing').waitFor();
    const [took] = await Promise.all([arrival(ann, 'hi ann'), ben.box.press('Enter')]);
    if (isQuiet) assert.ok(took < ARRIVES_MS, `it arrived after ${took} ms`);
    await ann.say('hello ben');
    await ben.sees('hello ben');
    assert.deepEqual(await ben.texts(), ['hi ann', 'hello ben']);
    assert.deepEqual(await ann.texts(), ['hi ann', 'hello ben']);
    const all = performance.now() - begun;
    t.diagnostic(`the message took ${Math.round(took)} ms, all of it ${Math.round(all)} ms`);
    if (isQuiet) assert.ok(all < WITHIN_MS, `it took ${all} ms`);
    for (const person of [ann, ben]) person.behaved();
  },
);

/// @returns ms from now until the text is in a message of the page
const arrival = ({ page }, text) =>
  page.evaluate(
    (wanted) =>
      new Promise((done) => {
        const begun = performance.now();
        const look = () => {
          const texts = [...document.querySelectorAll('p-message-text')];
          if (texts.some(({ textContent }) => textContent === wanted))
            done(performance.now() - begun);
        };
        new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
        look();
      }),
    text,
  );
